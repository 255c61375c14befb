"""The public version of a report's content. Pure; the one place where small numbers are hidden.

Hidden are counts under the threshold (shown as `<5`), shares, medians and means of fewer than ten, and then
what would let any of those be worked out (shown as `dold`): the sexes sum to all, the members of a dimension
to the whole, the stand-alone tertials to the period, and a share is its numerator over its denominator.
A nought is shown, and so is – where there is nothing to count.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from .disclosure import Equation, Hidden, Limit, Name, Published
from .figure import WHOLES, Unit
from .goals.publishing import hide_forecasts, hide_in_chain
from .lead import lead

BESIDE = "dold"
COUNTS = ("persons", "enrolments", "referrals", "interventions", "answers")
ALL, APART = "all", ("women", "men", "unknown")

Value = dict[str, Any]


def suppress(content: Mapping[str, Any], *, below: int, base: int) -> dict[str, Any]:
    """The content with counts of 1 to `below` - 1, and shares and such on fewer than `base`, hidden.

    A hidden value has `hidden`, what is shown in its place, and no numbers. Earlier periods are given for
    all only, as they are shown. The content itself is left as it is.
    """
    layers = [
        content["figures"],
        *(_for_all(layer["figures"]) for layer in (content["previous"], *content["tertials"])),
    ]
    tables = _Tables(content, layers, below, base)
    tables.hide()
    shown = [
        [tables.shown(value, number) for value in layer] for number, layer in enumerate(layers)
    ]
    published = {
        **content,
        **_goals_and_forecasts(content, shown, below, base),
        "public": {"below": below, "base": base},
        "figures": shown[0],
        "previous": {**content["previous"], "figures": shown[1]},
        "tertials": [
            {**tertial, "figures": figures}
            for tertial, figures in zip(content["tertials"], shown[2:], strict=True)
        ],
    }
    # Said anew from what is left to read, so that the text tells nothing that the tables hide.
    return {**published, "lead": lead(published)}


def _goals_and_forecasts(
    content: Mapping[str, Any], shown: list[list[Value]], below: int, base: int
) -> dict[str, Any]:
    """What is said of goals and of the whole year; nothing in content from before that was said."""
    if "goals" not in content:
        return {}
    forecasts = hide_forecasts(content["forecasts"], shown, below=below, base=base)
    goals = hide_in_chain(content["goals"], shown[0], forecasts, below=below)
    return {"goals": goals, "forecasts": forecasts}


def _for_all(figures: list[Value]) -> list[Value]:
    return [value for value in figures if value["sex"] == ALL]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The numbers behind a value, by name; what a figure does not have is None."""

    count: Name | None = None
    numerator: Name | None = None
    denominator: Name | None = None
    sum: Name | None = None


class _Tables:
    """Every number that a report publishes, and how they hang together.

    A number's name is what is counted, which of the periods, and the dimension, member and sex.
    """

    def __init__(
        self, content: Mapping[str, Any], layers: list[list[Value]], below: int, base: int
    ) -> None:
        definitions = content["definitions"]
        self.content, self.layers, self.below, self.base = content, layers, below, base
        self.figures = {
            figure["code"]: figure
            for section in definitions["sections"]
            for figure in section["figures"]
        }
        self.sums = definitions.get("sums", [])
        self.parts_of = {known["figure"]: known["parts"] for known in definitions.get("parts", [])}
        self.at_most = definitions.get("at_most", [])
        self.values: dict[Name, int] = {}
        self.parts: dict[tuple[int, int], _Parts] = {}
        for number, layer in enumerate(layers):
            for value in layer:
                self.parts[number, id(value)] = self._parts(value, number)
        self.published = Published(
            below=below,
            values=self.values,
            equations=[*self._equations()],
            limits=[*self._limits()],
            cost=self._cost,
            counts=_is_count,
        )

    def hide(self) -> None:
        """First what is small, then what would give it away, until nothing changes."""
        hidden = self.published.hidden
        for name, value in self.values.items():
            if _is_count(name) and 0 < value < self.below:
                hidden[name] = Hidden.SMALL
        for parts in self.parts.values():
            if self._is_of_few(parts) and parts.numerator in hidden:
                hidden[parts.numerator] = Hidden.ANY
        before = -1
        while len(hidden) != before:
            before = len(hidden)
            for number, layer in enumerate(self.layers):
                for one in layer:
                    self._hide_behind(one, number)
            self.published.protect()

    def _is_of_few(self, parts: _Parts) -> bool:
        """Whether a share is hidden for its denominator: that its numerator is small is then not told."""
        own = parts.numerator is not None and parts.numerator[0].endswith(":part")
        return own and parts.denominator is not None and self.values[parts.denominator] < self.base

    def _hide_behind(self, value: Value, number: int) -> None:
        """The numbers that only a hidden value would tell are hidden with it."""
        parts, hidden = self.parts[number, id(value)], self.published.hidden
        if self._mark(value, number):
            for own in (parts.numerator, parts.sum):
                if own and own[0].endswith((":part", ":sum")) and self._size(value, parts) != 0:
                    hidden.setdefault(own, Hidden.ANY)

    def shown(self, value: Value, number: int) -> Value:
        """The value as it is published."""
        mark = self._mark(value, number)
        kept = {key: value[key] for key in ("figure", "by", "sex")}
        if mark:
            return {**kept, "value": None, "hidden": mark}
        return kept | {
            key: value[key] for key in ("value", "numerator", "denominator") if key in value
        }

    def _mark(self, value: Value, number: int) -> str:
        """What is shown in place of the value, or nothing when it is published."""
        parts, hidden = self.parts[number, id(value)], self.published.hidden
        if parts.count and self._counts(value):
            why = hidden.get(parts.count)
            return f"<{self.below}" if why is Hidden.SMALL else BESIDE if why else ""
        behind = (parts.count, parts.numerator, parts.denominator, parts.sum)
        if any(name in hidden for name in behind if name):
            return BESIDE
        size = self._size(value, parts)
        return BESIDE if size is None or 0 < size < self.base else ""

    def _counts(self, value: Value) -> bool:
        return self.figures[value["figure"]]["unit"] in COUNTS

    def _size(self, value: Value, parts: _Parts) -> int | None:
        """On how many a share, a median or a mean is taken; None when that was not kept."""
        if value["value"] is None:
            return 0
        if parts.denominator:
            return self.values[parts.denominator]
        n: int | None = value.get("n")
        return n

    def _parts(self, value: Value, number: int) -> _Parts:
        """Name the numbers behind a value and note what they are."""
        figure = self.figures[value["figure"]]
        code, of = figure["code"], figure.get("of", "")
        ((dimension, member),) = value["by"].items() or [("", "")]
        cell = (number, dimension, member, value["sex"])

        def noted(population: str, amount: int, place: tuple[int, str, str, str] = cell) -> Name:
            name: Name = (population, *place)
            self.values[name] = amount
            return name

        if self._counts(value):
            return _Parts(count=noted(code, value["value"]))
        if figure["unit"] == "share":
            part, whole = value["numerator"], value["denominator"]
            if figure.get("measure") == "share_of_all":
                of_all = noted(of or f"{code}:of", whole, (number, "", "", value["sex"]))
                return _Parts(numerator=noted(of or f"{code}:part", part), denominator=of_all)
            return _Parts(
                numerator=noted(f"{code}:part", part), denominator=noted(of or f"{code}:of", whole)
            )
        n = value.get("n") or 0
        behind = noted(of, n) if of else None
        if figure.get("measure") != "mean":
            return _Parts(count=behind)
        # Whole days, or whole marks of a scale, so the sum is a whole number too.
        wholes = WHOLES.get(Unit(figure["unit"]), 1)
        return _Parts(
            count=behind, sum=noted(f"{code}:sum", round((value["value"] or 0) * n * wholes))
        )

    def _equations(self) -> Iterator[Equation]:
        """Every sum that holds between the numbers. One that holds by chance does no harm."""
        tables: dict[tuple[str, int, str], dict[str, list[str]]] = {}
        for population, number, dimension, member, sex in self.values:
            table = tables.setdefault((population, number, dimension), {})
            table.setdefault(sex, []).append(member)
        for (population, number, dimension), by_sex in tables.items():
            for member in by_sex.get(ALL, []):
                cell = (population, number, dimension, member)
                yield from self._holds((*cell, ALL), *((*cell, sex) for sex in APART))
            for sex, members in by_sex.items():
                whole = (population, number, "", "", sex)
                if dimension:
                    parts = [(population, number, dimension, member, sex) for member in members]
                    yield from self._holds(whole, *parts)
                for known in self.sums:
                    if known["of"] == population and known["dimension"] == dimension:
                        parts = [
                            (population, number, dimension, member, sex)
                            for member in known["members"]
                        ]
                        share: Name = (f"{known['figure']}:part", number, "", "", sex)
                        yield from self._holds(share, *parts)
        for name in [*self.values]:
            if name[0] in self.parts_of:
                pieces: list[Name] = [(part, *name[1:]) for part in self.parts_of[name[0]]]
                yield from self._holds(name, *pieces)
        yield from self._over_time()

    def _limits(self) -> Iterator[Limit]:
        """A part is at most its whole, and the whole at most its parts together."""
        for least, most in self.at_most:
            for population, *cell in self.values:
                if population == least and (most, *cell) in self.values:
                    yield ((least, *cell), (most, *cell))
        for parts in self.parts.values():
            if parts.numerator and parts.denominator:
                yield (parts.numerator, parts.denominator)
        members: dict[tuple[str, int, str, str], list[Name]] = {}
        for name in self.values:
            population, number, dimension, _, sex = name
            if dimension and (whole := (population, number, "", "", sex)) in self.values:
                yield (name, whole)
                members.setdefault((population, number, dimension, sex), []).append(name)
        for (population, number, _, sex), parts_of_whole in members.items():
            whole = (population, number, "", "", sex)
            if self.values[whole] <= sum(self.values[name] for name in parts_of_whole):
                yield (whole, *parts_of_whole)

    def _over_time(self) -> Iterator[Equation]:
        """The period and the stand-alone tertials in it."""
        period = self.content["period"]
        inside = [
            number
            for number, tertial in enumerate(self.content["tertials"], start=2)
            if tertial["period"]["first_day"] >= period["first_day"]
            and tertial["period"]["last_day"] <= period["last_day"]
        ]
        for name in [*self.values]:
            population, number, *cell = name
            if number == 0 and cell[2] == ALL and inside:
                yield from self._holds(name, *((population, other, *cell) for other in inside))

    def _holds(self, whole: Name, *parts: Name) -> Iterator[Equation]:
        values = self.values
        known = all(name in values for name in (whole, *parts))
        if known and values[whole] == sum(values[part] for part in parts):
            yield (whole, *parts)

    def _cost(self, name: Name) -> int:
        """How much a reader would miss a number: wholes, both sexes and the period itself the most."""
        _, number, dimension, _, sex = name
        margins = (number < 2) + (sex == ALL) + (not dimension) * 2
        return 10 * 4**margins + min(self.values[name], 9)


def _is_count(name: Name) -> bool:
    return not name[0].endswith(":sum")


def hidden_values(content: Mapping[str, Any]) -> dict[str, int]:
    """How many values of the period are hidden, by what is shown in their place."""
    marks = sorted(value["hidden"] for value in content["figures"] if value.get("hidden"))
    return {mark: len([*group]) for mark, group in groupby(marks)}
