"""The catalogue of figures as a page to read, docs/figures.md."""

from sundbyberg_am.templatetags.swedish import in_text

from ..figures import CATALOGUE, SECTIONS, all_dimensions

_INTRODUCTION = """# Så räknas siffrorna

Den här sidan skrivs ut ur katalogen i `reporting/figures*.py` med `manage write_definitions` och ändras bara
där. En siffras kod byter aldrig betydelse: när en definition måste ändras får siffran en ny kod.

Alla dagar är kalenderdagar i svensk tid. En periods sista dag hör till perioden, och både första och sista
dagen i en inskrivning är inskrivna dagar. En felregistrerad inskrivning räknas ingenstans. Feriejobb är inga
inskrivningar. Varje siffra ges för alla, kvinnor, män och dem där uppgift om juridiskt kön saknas. Veckor är
dagar delat med sju, utan avrundning. En andel sparas som täljare och nämnare och visas i hela procent. Finns
inget att räkna visas –, aldrig noll, för andelar, medianer och medelvärden.

Perioder: `2026-T1` är januari–april, `2026-T2` är januari–augusti och `2026` är hela året.
"""


def render() -> str:
    """Markdown: every figure by section, with its code, what it is divided by and its definition."""
    dimensions = all_dimensions()
    lines = [_INTRODUCTION]
    for section in SECTIONS:
        lines.append(f"## {section}\n")
        for figure in (one for one in CATALOGUE if one.section == section):
            divided = ", ".join(in_text(dimensions[key].label) for key in figure.by) or "–"
            lines.append(f"**{figure.label}** · `{figure.code}` · per {divided}  ")
            lines.append(f"{figure.definition}\n")
    return "\n".join(lines)
