"""A report's content, read: sections, figures and lines in the order they are shown. Pure.

What a page or a file shows comes from here, so that all of them say the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from sundbyberg_am.plots import Bar, BarChart
from sundbyberg_am.templatetags.swedish import in_text, number, percent

from .goals.reading import ChainRead, OutlookRead, read_chain, read_outlook

UNITS = {
    "persons": "personer",
    "enrolments": "inskrivningar",
    "referrals": "anvisningar",
    "interventions": "insatser",
    "answers": "svar",
    "share": "andel",
    "weeks": "veckor",
    "days": "dagar",
    "scale": "betyg 1–5",
}
WITH_A_DECIMAL = ("weeks", "days", "scale")

# What a reader wants to know first.
KEY_FIGURES = (
    "participants",
    "enrolments_started",
    "exits",
    "work_or_studies_share",
    "weeks_enrolled_median",
    "plan_within_30_days_share",
    "ongoing",
    "ongoing_10_months",
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it was counted, under the heading of its column. None means nothing to count.

    In the public version it may be hidden: then `hidden` is what is shown, and there are no numbers.
    """

    heading: str
    unit: str
    value: int | float | None
    numerator: int | None
    denominator: int | None
    hidden: str = ""
    address: str = (
        ""  # where the figure's page finds it: dimension, member and sex; only of the period
    )

    @property
    def text(self) -> str:
        """As it is shown: 1 234, 29 %, 16,4, – or, when it is hidden, <5 or dold."""
        if self.hidden:
            return self.hidden
        if self.unit == "share":
            return percent(self.value)
        return number(self.value, 1 if self.unit in WITH_A_DECIMAL else 0)

    @property
    def with_parts(self) -> str:
        """As it is shown, and of a share how many of how many: 29 % (12 av 41)."""
        if not self.denominator:
            return self.text
        return f"{self.text} ({number(self.numerator)} av {number(self.denominator)})"


@dataclass(frozen=True, slots=True)
class Line:
    """One group of a figure: by sex in the order of the report's sexes, and what to compare with."""

    code: str  # of the group, empty for the whole
    label: str
    cells: tuple[Cell, ...]
    previous: Cell  # all, the same period one year earlier
    trend: tuple[Cell, ...]  # all, each tertial

    @property
    def total(self) -> Cell:
        """The value for all."""
        return self.cells[0]

    @property
    def apart(self) -> tuple[Cell, ...]:
        """Women and men, and those of unknown sex when there are any."""
        women, men, unknown = self.cells[1:]
        return (women, men, unknown) if unknown.value or unknown.hidden else (women, men)

    @property
    def compared(self) -> tuple[Cell, ...]:
        """By sex, and the year before."""
        return (*self.cells, self.previous)


def _bar(cell: Cell) -> Bar:
    return Bar(cell.value, cell.text)


@dataclass(frozen=True, slots=True)
class Division:
    """The lines of a figure by one dimension."""

    key: str
    label: str
    title: str
    lines: tuple[Line, ...]

    def chart(self, now: str) -> BarChart:
        """Its lines as bars: all, and the year before. A line that is nought both times has no bars."""
        shown = [line for line in self.lines if line.total.text != "0" or line.previous.text != "0"]
        first = self.lines[0]
        return BarChart(
            title=self.title,
            series=(now, first.previous.heading),
            groups=tuple((line.label, _bar(line.total), _bar(line.previous)) for line in shown),
        )


@dataclass(frozen=True, slots=True)
class FigureRead:
    """A figure with its definition, its whole and its divisions."""

    code: str
    label: str
    unit: str
    definition: str
    whole: Line
    divisions: tuple[Division, ...]

    measure: str = ""

    def place(self, key: str, member: str) -> Line | None:
        """The line of a member of a dimension, or the whole; None when there is no such."""
        if not key and not member:
            return self.whole
        lines = next((one.lines for one in self.divisions if one.key == key), ())
        return next((line for line in lines if line.code == member), None)

    @property
    def is_share(self) -> bool:
        """Whether it is some of others."""
        return self.unit == "share"

    @property
    def unit_label(self) -> str:
        """What the values are a number of, in Swedish."""
        return UNITS[self.unit]


@dataclass(frozen=True, slots=True)
class Section:
    """Figures that are read together."""

    label: str
    figures: tuple[FigureRead, ...]
    period: str  # its code

    @property
    def charted(self) -> tuple[FigureRead, Division] | None:
        """What is drawn: the first figure that is divided, by its first dimension."""
        divided = (figure for figure in self.figures if figure.divisions)
        return next(((figure, figure.divisions[0]) for figure in divided), None)

    @property
    def chart(self) -> BarChart | None:
        """The drawing of what is charted; none when all of it is nought."""
        if self.charted is None:
            return None
        chart = self.charted[1].chart(self.period)
        return chart if chart.groups else None

    @property
    def divided_by(self) -> str:
        """The dimensions of its figures, in words: nivå, ålder och utbildning; empty without any."""
        found = [
            in_text(division.label) for figure in self.figures for division in figure.divisions
        ]
        *first, last = dict.fromkeys(found or [""])
        return f"{', '.join(first)} och {last}" if first else last


@dataclass(frozen=True, slots=True)
class LeadPart:
    """Some sentences that go together: what happened, what rose, what fell."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that a report says. Days are ISO dates."""

    code: str
    label: str
    first_day: str
    last_day: str
    counted_on: str
    previous_label: str
    tertial_labels: tuple[str, ...]
    sexes: tuple[str, ...]
    sections: tuple[Section, ...]
    lead: tuple[LeadPart, ...]
    public: str  # what is hidden in the public version, in a sentence; empty in the internal one
    chain: ChainRead | None = None  # none when the year has no goals
    outlook: OutlookRead | None = None  # none when there is nothing to forecast

    @property
    def days(self) -> str:
        """The days that it is about, when it was counted, and whether some of the days were to come."""
        days = f"{self.first_day} – {self.last_day}. Räknad {self.counted_on}"
        return (
            f"{days}, innan perioden var slut." if self.counted_on <= self.last_day else f"{days}."
        )

    def figure(self, code: str) -> FigureRead | None:
        """The figure with the code, if the report has it."""
        figures = (figure for section in self.sections for figure in section.figures)
        return next((figure for figure in figures if figure.code == code), None)

    def place_of_section(self, asked: str) -> int:
        """The place of a section, from 1, as an address has it; 0 when there is no such."""
        places = range(1, len(self.sections) + 1)
        return next((place for place in places if str(place) == asked), 0)

    @property
    def key_figures(self) -> list[FigureRead]:
        """Those to show first."""
        found = {figure.code: figure for section in self.sections for figure in section.figures}
        return [found[code] for code in KEY_FIGURES]


Key = tuple[str, str, str, str]  # figure, dimension, member, sex
Values = Mapping[Key, Mapping[str, Any]]
Column = tuple[str, Values, str]  # heading, the values of its period, sex


def read(content: Mapping[str, Any]) -> Report:
    """The report that the content of a run says."""
    definitions = content["definitions"]
    period, previous, tertials = content["period"], content["previous"], content["tertials"]
    values = _by_key(content["figures"])
    values_before = _by_key(previous["figures"])
    reader = _Reader(
        dimensions=definitions["dimensions"],
        sexes=tuple((sex["label"], values, sex["code"]) for sex in definitions["sexes"]),
        previous=(previous["period"]["code"], values_before, "all"),
        trend=tuple(
            (tertial["period"]["label"], _by_key(tertial["figures"]), "all") for tertial in tertials
        ),
    )
    return Report(
        code=period["code"],
        label=period["label"],
        first_day=period["first_day"],
        last_day=period["last_day"],
        counted_on=content["counted_on"],
        previous_label=previous["period"]["code"],
        tertial_labels=tuple(tertial["period"]["label"] for tertial in tertials),
        sexes=tuple(sex["label"] for sex in definitions["sexes"]),
        sections=tuple(
            Section(section["label"], tuple(map(reader.figure, section["figures"])), period["code"])
            for section in definitions["sections"]
        ),
        lead=tuple(
            LeadPart(part["heading"], tuple(part["sentences"])) for part in content.get("lead", ())
        ),
        public=_what_is_hidden(content.get("public")),
        chain=read_chain(content),
        outlook=read_outlook(content),
    )


def _what_is_hidden(public: Mapping[str, int] | None) -> str:
    if public is None:
        return ""
    below, base = public["below"], public["base"]
    return (
        f"Offentlig version. <{below} står för 1 till {below - 1}. Dold står där talet annars skulle avslöja "
        f"ett så litet tal, och för andelar, medianer och medelvärden av färre än {base}. 0 är ingen, och – "
        "betyder att det inte finns något att räkna."
    )


def _address(dimension: str, member: str, sex: str) -> str:
    asked = {"efter": dimension, "grupp": member, "kon": "" if sex == "all" else sex}
    return urlencode({key: code for key, code in asked.items() if code})


def _by_key(figures: list[dict[str, Any]]) -> Values:
    found = {}
    for value in figures:
        ((dimension, member),) = value["by"].items() or [("", "")]
        found[value["figure"], dimension, member, value["sex"]] = value
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    dimensions: Mapping[str, Any]
    sexes: tuple[Column, ...]
    previous: Column
    trend: tuple[Column, ...]

    def figure(self, figure: Mapping[str, Any]) -> FigureRead:
        return FigureRead(
            code=figure["code"],
            label=figure["label"],
            unit=figure["unit"],
            definition=figure["definition"],
            whole=self._line(figure, "", "", "Alla"),
            divisions=tuple(self._division(figure, key) for key in figure["by"]),
            measure=figure["measure"],
        )

    def _division(self, figure: Mapping[str, Any], key: str) -> Division:
        name, label = figure["label"], self.dimensions[key]["label"]
        # Some names say already what the figure is divided by: Avslut efter orsak.
        title = name if " efter " in name else f"{name} efter {in_text(label)}"
        return Division(key, label, title, tuple(self._lines(figure, key)))

    def _lines(self, figure: Mapping[str, Any], key: str) -> Iterator[Line]:
        for member in self.dimensions[key]["members"]:
            yield self._line(figure, key, member["code"], member["label"])

    def _line(self, figure: Mapping[str, Any], dimension: str, member: str, label: str) -> Line:
        def cell(column: Column) -> Cell:
            heading, values, sex = column
            found = values[figure["code"], dimension, member, sex]
            part, whole = found.get("numerator"), found.get("denominator")
            hidden = found.get("hidden", "")
            address = "" if column not in self.sexes else _address(dimension, member, sex)
            return Cell(heading, figure["unit"], found["value"], part, whole, hidden, address)

        return Line(
            code=member,
            label=label,
            cells=tuple(map(cell, self.sexes)),
            previous=cell(self.previous),
            trend=tuple(map(cell, self.trend)),
        )


class Labels:
    """The words that a report has for members, sexes and values, as they stood when it was counted."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.sexes: dict[str, str] = {sex["code"]: sex["label"] for sex in definitions["sexes"]}
        self._dimensions = definitions["dimensions"]
        self._members = {
            key: {member["code"]: member["label"] for member in dimension["members"]}
            for key, dimension in self._dimensions.items()
        }

    def dimension(self, key: str) -> str:
        """What a dimension is called; nothing for the whole."""
        return str(self._dimensions[key]["label"]) if key else ""

    def columns(self, figure: FigureRead) -> list[str]:
        """What the dimensions of a figure are called."""
        return [division.label for division in figure.divisions]

    def members(self, figure: FigureRead, row: Any) -> list[str]:
        """The groups of a row behind the figure, in the order of its dimensions."""
        return [
            ", ".join(
                self._members[division.key].get(code, code)
                for code in row.members.get(division.key, ())
            )
            for division in figure.divisions
        ]

    def where(self, key: str, line: Line, cell: Cell) -> str:
        """The group and the sex in words: Nivå AM2, kvinnor."""
        group = f"{self.dimension(key)} {line.label}" if key else line.label
        return group if cell is line.total else f"{group}, {cell.heading.lower()}"

    def cell(self, cell: Cell, value: Any) -> Cell:
        """The value as the cell would have held it."""
        return replace(
            cell, value=value.value, numerator=value.numerator, denominator=value.denominator
        )

    def text(self, figure: FigureRead, value: Any) -> str:
        """The value as it is shown."""
        cell = Cell("", figure.unit, value.value, value.numerator, value.denominator)
        return cell.with_parts

    def measured(self, figure: FigureRead) -> str:
        """What the last column of the rows holds; nothing where the rows are only counted."""
        if figure.is_share:
            return "Räknas med i andelen"
        return figure.unit_label.capitalize() if figure.measure in ("median", "mean") else ""
