"""What a report says in words: sentences made from its figures, in the order that a reader asks. Pure.

No judgements and no adjectives: what there was, what rose and what fell, by how much. A sentence compares
what is shown, so a rounded value that has not moved has not risen. In the public version nothing is said
about what is hidden: a sentence that would need it is left out.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sundbyberg_am.templatetags.swedish import long_day, number

Values = Mapping[tuple[str, str], Mapping[str, Any]]  # by figure and sex, of the whole

# What is compared with the year before: the figure, as the subject of a sentence.
COMPARED = (
    ("participants", "Antalet deltagare"),
    ("enrolments_started", "Antalet nya inskrivningar"),
    ("exits", "Antalet avslut"),
    ("ongoing", "Antalet pågående inskrivningar"),
    ("ongoing_10_months", "Antalet som har pågått i tio månader eller mer"),
    ("referrals", "Antalet anvisningar"),
    ("work_or_studies_share", "Andelen avslut till arbete eller studier"),
    ("progress_share", "Andelen deltagare som har tagit steg framåt"),
    ("re_entry_share", "Andelen återinskrivna inom ett år"),
    ("plan_within_30_days_share", "Andelen med handlingsplan inom 30 dagar"),
    ("weeks_enrolled_median", "Mediantiden som inskriven"),
    ("referral_to_decision_days_median", "Mediantiden från anvisning till svar"),
    ("data_complete_share", "Andelen deltagare med alla uppgifter"),
)
UNITS_SAID = {"share": "procentenheter", "weeks": "veckor", "days": "dagar"}


def lead(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts of the text, each with a heading and its sentences; an empty part is left out."""
    now, before = _wholes(content["figures"]), _wholes(content["previous"]["figures"])
    units = {
        figure["code"]: figure["unit"]
        for section in content["definitions"]["sections"]
        for figure in section["figures"]
    }
    moved: dict[str, list[str]] = {"Ökade": [], "Minskade": [], "Oförändrade": []}
    for code, subject in COMPARED:
        value, earlier = now.get((code, "all")), before.get((code, "all"))
        if value and earlier and value["value"] is not None and earlier["value"] is not None:
            heading, sentence = _moved(subject, units[code], value["value"], earlier["value"])
            moved[heading].append(sentence)
    period, previous = content["period"], content["previous"]["period"]["code"]
    parts = {"I perioden": [*_opening(period, now)]}
    parts |= {f"{heading} mot {previous}": sentences for heading, sentences in moved.items()}
    return [
        {"heading": heading, "sentences": sentences}
        for heading, sentences in parts.items()
        if sentences
    ]


def _wholes(figures: list[dict[str, Any]]) -> Values:
    return {(value["figure"], value["sex"]): value for value in figures if not value["by"]}


def _opening(period: Mapping[str, str], now: Values) -> Iterator[str]:
    """Who took part, who came and went, and to what."""
    first, last = (date.fromisoformat(period[key]) for key in ("first_day", "last_day"))

    def value(code: str, sex: str = "all") -> int | None:
        found: int | None = now.get((code, sex), {}).get("value")
        return found

    participants, women, men = value("participants"), *_by_sex(value, "participants")
    if participants is not None:
        sentence = f"{_many(participants, 'person', 'personer')} var inskrivna minst en dag"
        sentence += f" från {long_day(first)} till {long_day(last)}"
        if women is not None and men is not None:
            sentence += f": {_many(women, 'kvinna', 'kvinnor')} och {_many(men, 'man', 'män')}"
            unknown = value("participants", "unknown")
            if unknown:
                sentence += f", och {number(unknown)} där uppgift om kön saknas"
        yield f"{sentence}."
    started, exits, ongoing = value("enrolments_started"), value("exits"), value("ongoing")
    if started is not None and exits is not None:
        yield f"{_many(started, 'inskrivning', 'inskrivningar')} började och {number(exits)} avslutades."
    if ongoing is not None:
        yield f"{_many(ongoing, 'inskrivning', 'inskrivningar')} fortsatte efter periodens sista dag."
    share = now.get(("work_or_studies_share", "all"), {})
    if share.get("denominator"):
        yield (
            f"Av {number(share['denominator'])} avslut ledde {number(share['numerator'])} till arbete eller "
            f"studier, {_shown('share', share['value'])}."
        )
        by_sex = [
            now.get(("work_or_studies_share", sex), {}).get("value") for sex in ("women", "men")
        ]
        told = [_shown("share", one) for one in by_sex if one is not None]
        if len(told) == len(by_sex):
            of_women, of_men = told
            yield f"Bland kvinnor var det {of_women} och bland män {of_men}."


def _by_sex(value: Any, code: str) -> tuple[int | None, int | None]:
    return value(code, "women"), value(code, "men")


def _moved(subject: str, unit: str, now: float, before: float) -> tuple[str, str]:
    """Under which heading, and the sentence."""
    change = _rounded(unit, now) - _rounded(unit, before)
    if not change:
        return "Oförändrade", f"{subject}: {_shown(unit, now)}."
    by = number(abs(change), _decimals(unit))
    said = f" {_unit_of(unit, abs(change))}" if unit in UNITS_SAID else ""
    verb = "ökade" if change > 0 else "minskade"
    sentence = (
        f"{subject} {verb} med {by}{said}, från {_shown(unit, before)} till {_shown(unit, now)}."
    )
    return verb.capitalize(), sentence


def _unit_of(unit: str, change: Decimal) -> str:
    return "procentenhet" if unit == "share" and change == 1 else UNITS_SAID[unit]


def _decimals(unit: str) -> int:
    return 1 if unit in ("weeks", "days") else 0


def _rounded(unit: str, value: float) -> Decimal:
    """As it is shown: whole per cent, weeks and days with a decimal, half rounded up."""
    shown = Decimal(str(value)) * (100 if unit == "share" else 1)
    return shown.quantize(Decimal(1).scaleb(-_decimals(unit)), ROUND_HALF_UP)


def _shown(unit: str, value: float) -> str:
    text = number(_rounded(unit, value), _decimals(unit))
    return f"{text}\u00a0%" if unit == "share" else text


def _many(count: int, one: str, many: str) -> str:
    return f"{number(count)}\u00a0{one if count == 1 else many}"
