"""The goal chain and the forecasts of a report's content, read as they are shown. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sundbyberg_am.templatetags.swedish import number

from ..values import Value, Values, by_key, key_of
from .degrees import Degree, as_shown

MISSING, NO_VALUE, PERCENT = "Saknas", "–", "\u00a0%"
DIRECTIONS = {"at_least": "minst", "at_most": "högst"}
UNITS = {
    "share": "procent",
    "persons": "personer",
    "enrolments": "inskrivningar",
    "referrals": "anvisningar",
    "interventions": "insatser",
    "answers": "svar",
    "scale": "på en skala 1–5",
    "weeks": "veckor",
    "days": "dagar",
    "number": "antal",
}
WHOLE = ("share", "persons", "enrolments", "referrals", "interventions", "answers", "number")

# What stands above a chain's and a forecast's columns, in the order of their rows.
CHAIN_HEADINGS = ("Indikator", "Målvärde", "Utfall", "Prognos", "Bedömning")
OUTLOOK_HEADINGS = ("Siffra", "Utfall hittills", "Prognos", "Spann")

BY_YEARS = (
    "Utfallet hittills plus medelvärdet av vad resten av året gav {years}. "
    "Spannet går från det lägsta till det högsta av de åren."
)
BY_DAYS = (
    "Utfallet hittills uppräknat efter årets dagar, för det finns färre än två tidigare år att jämföra med. "
    "Därför finns inget spann."
)
NEVER = (
    "Andelar räknas fram med täljare och nämnare var för sig. Medianer, medelvärden och det som räknas på en "
    "enda dag, som pågående inskrivningar, har ingen prognos."
)
HIDDEN = "Prognoser för en grupp, och de som vilar på små tal, är dolda."


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in the unit that is shown: a share in per cent. `text` is how it is shown."""

    value: float | None
    unit: str
    hidden: str = ""

    @property
    def unit_label(self) -> str:
        """What it is a number of, in Swedish."""
        return UNITS.get(self.unit, self.unit)

    @property
    def text(self) -> str:
        """As it is shown: 1 234, 29 %, 16,4, – or, when it is hidden, its mark."""
        if self.hidden:
            return self.hidden
        if self.value is None:
            return NO_VALUE
        decimals = 0 if self.unit in WHOLE and self.value == int(self.value) else 1
        text = number(self.value, decimals)
        return f"{text}{PERCENT}" if self.unit == "share" else text


@dataclass(frozen=True, slots=True)
class ForecastRead:
    """A figure's forecast for the year."""

    code: str
    label: str
    unit: str
    so_far: Amount
    year: Amount
    low: Amount
    high: Amount

    @property
    def interval(self) -> str:
        """From the lowest to the highest: 210–244."""
        if self.low.hidden or self.low.value is None:
            return self.low.text
        if self.low.text == self.high.text:
            return self.low.text
        return f"{self.low.text.removesuffix(PERCENT)}–{self.high.text}"

    @property
    def row(self) -> tuple[str, ...]:
        """As a line of a table."""
        return (self.label, self.so_far.text, self.year.text, self.interval)


@dataclass(frozen=True, slots=True)
class IndicatorRead:
    """How a goal is measured, what was aimed at and what came of it."""

    label: str
    direction: str
    target: Amount
    outcome: Amount
    until: str  # the day that an outcome counted by hand goes to
    forecast: Amount | None  # none where there is none to give
    degree: Degree
    comment: str

    @property
    def target_text(self) -> str:
        """The target with its direction: minst 45 %."""
        if self.target.value is None:
            return MISSING
        return f"{self.direction} {self.target.text}"

    @property
    def forecast_text(self) -> str:
        """The forecast, or a dash."""
        return self.forecast.text if self.forecast else NO_VALUE

    @property
    def row(self) -> tuple[str, ...]:
        """As a line of a table."""
        return (
            self.label,
            self.target_text,
            self.outcome.text,
            self.forecast_text,
            self.degree.text,
        )


@dataclass(frozen=True, slots=True)
class GoalRead:
    """A goal of the board, who answers for it, and its indicators."""

    title: str
    responsible: str
    indicators: tuple[IndicatorRead, ...]

    @property
    def comments(self) -> tuple[tuple[str, str], ...]:
        """What is said of its indicators: name and words."""
        return tuple((one.label, one.comment) for one in self.indicators if one.comment)


@dataclass(frozen=True, slots=True)
class ChainRead:
    """All goals of the year, and the rule for the degrees."""

    rule: str
    goals: tuple[GoalRead, ...]

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is missing, a sentence each: goals that nothing measures, indicators without target."""
        return (
            *(
                f"Målet ”{one.title}” har ingen indikator."
                for one in self.goals
                if not one.indicators
            ),
            *(
                f"Indikatorn ”{one.label}” har inget målvärde."
                for goal in self.goals
                for one in goal.indicators
                if one.target.value is None
            ),
        )


@dataclass(frozen=True, slots=True)
class OutlookRead:
    """The forecasts for the whole year."""

    method: str
    forecasts: tuple[ForecastRead, ...]


def read_chain(content: Mapping[str, Any]) -> ChainRead | None:
    """The goals; None when the year has none, or the content is from before they were kept."""
    said = content.get("goals")
    if not said or not said["goals"]:
        return None
    found, foreseen = by_key(content["figures"]), by_key(content["forecasts"])
    return ChainRead(
        rule=said["rule"],
        goals=tuple(
            GoalRead(
                f"{goal['number']}. {goal['text']}",
                goal["responsible"],
                tuple(_indicator(one, found, foreseen) for one in goal["indicators"]),
            )
            for goal in said["goals"]
        ),
    )


def read_outlook(content: Mapping[str, Any]) -> OutlookRead | None:
    """The forecasts; None for a whole year, and for a part that was not over when it was counted."""
    forecasts = content.get("forecasts")
    if not forecasts:
        return None
    names, found = _Names(content["definitions"]), by_key(content["figures"])
    return OutlookRead(
        method=" ".join((_method(forecasts), NEVER, *([HIDDEN] if "public" in content else []))),
        forecasts=tuple(
            ForecastRead(
                code=one["figure"],
                label=names.of(one),
                unit=(unit := names.unit(one["figure"])),
                so_far=amount_of(found[key_of(one)], unit),
                year=amount_of(one, unit),
                low=amount_of(one, unit, "low"),
                high=amount_of(one, unit, "high"),
            )
            for one in forecasts
        ),
    )


def _method(forecasts: Iterable[Value]) -> str:
    """All stand on the same years, since a year is there for every figure or for none."""
    years = [str(year) for year in next(iter(forecasts))["years"]]
    if not years:
        return BY_DAYS
    return BY_YEARS.format(years=f"{', '.join(years[:-1])} och {years[-1]}")


def _indicator(one: Value, found: Values, foreseen: Values) -> IndicatorRead:
    unit = one["unit"]
    forecast = None
    if "by_hand" in one:
        by_hand = one["by_hand"]
        outcome = Amount(by_hand["value"], unit, by_hand.get("hidden", ""))
        until = by_hand["until"] or ""
    else:
        key, until = key_of(one), ""
        outcome = amount_of(found[key], unit) if key in found else Amount(None, unit)
        if key in foreseen:
            forecast = amount_of(foreseen[key], unit)
    return IndicatorRead(
        label=one["label"],
        direction=DIRECTIONS[one["direction"]],
        target=Amount(one["target"], unit),
        outcome=outcome,
        until=until,
        forecast=forecast,
        degree=Degree.of_code(one["degree"]),
        comment=one["comment"],
    )


def amount_of(value: Value, unit: str, of: str = "value") -> Amount:
    """A value of a figure in the unit that is shown."""
    found = value[of]
    if found is not None and unit == "share":
        found = float(as_shown(Decimal(str(found)) * 100, 0))
    return Amount(found, unit, value.get("hidden", ""))


class _Names:
    """What figures, groups and sexes are called in the content."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.figures = {
            figure["code"]: figure
            for section in definitions["sections"]
            for figure in section["figures"]
        }
        self.members = {
            (key, member["code"]): member["label"]
            for key, dimension in definitions["dimensions"].items()
            for member in dimension["members"]
        }
        self.sexes = {sex["code"]: sex["label"] for sex in definitions["sexes"]}

    def unit(self, code: str) -> str:
        unit: str = self.figures[code]["unit"]
        return unit

    def of(self, value: Value) -> str:
        """The figure, the group and the sex: Avslut, AM2, kvinnor."""
        code, dimension, member, sex = key_of(value)
        words = [self.figures[code]["label"]]
        if dimension:
            words.append(self.members[dimension, member])
        if sex != "all":
            words.append(self.sexes[sex].lower())
        return ", ".join(words)
