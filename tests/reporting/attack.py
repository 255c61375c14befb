"""Somebody who wants to know what a public report hides, with pen, paper and patience.

Knows what every reader can: the definitions, and that the sexes sum to all, the members of a dimension to
the whole, the tertials to the period, and that a share is its numerator over its denominator. Solves it with
exact linear algebra, and by narrowing the least and the most that each hidden number can be.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

Name = tuple[Any, ...]
Row = dict[Name, Fraction]  # unknown numbers with their coefficients; under () the constant

# Of interventions and needs a person can have several. Of what is arranged each has one of every group.
OVERLAPPING = {"kind", "audience", "need", "offer", "provider"}
APART = "offer_interventions"
ROUNDS = 30


class Attack:
    """The published numbers as equations between those that are not."""

    def __init__(self, public: Mapping[str, Any]) -> None:
        self.public = public
        self.figures = {
            figure["code"]: figure
            for section in public["definitions"]["sections"]
            for figure in section["figures"]
        }
        self.known: dict[Name, int] = {}
        self.least: dict[Name, Fraction] = {}
        self.most: dict[Name, Fraction | None] = {}
        layers = [public, public["previous"], *public["tertials"]]
        for number, layer in enumerate(layers):
            for value in layer["figures"]:
                self.read(value, number)
        for number, layer in enumerate(layers):
            for value in layer["figures"]:
                self.read_mean(value, number)
        self.rows = [row for row in self.equations() if row.keys() - {()}]

    # what is published

    def read(self, value: Mapping[str, Any], number: int) -> None:
        figure = self.figures[value["figure"]]
        code, of = figure["code"], figure["of"]
        ((dimension, member),) = value["by"].items() or [("", "")]
        cell = (number, dimension, member, value["sex"])
        hidden = value.get("hidden")
        if figure["measure"] == "count":
            self.note((code, *cell), value["value"], hidden)
        if figure["unit"] == "share":
            of_all = figure["measure"] == "share_of_all"
            whole = (number, "", "", value["sex"]) if of_all else cell
            self.note((of or f"{code}:of", *whole), value.get("denominator"), hidden and "share")
            part = of if of_all else f"{code}:part"
            self.note((part, *cell), value.get("numerator"), hidden and "share")

    def note(self, name: Name, value: int | None, hidden: str | None) -> None:
        if not hidden:
            assert value is not None
            self.known[name] = value
            return
        small = hidden.startswith("<")
        self.least[name] = max(self.least.get(name, Fraction(0)), Fraction(int(small)))
        most = Fraction(int(hidden[1:]) - 1) if small else None
        self.most[name] = self.most.get(name) or most

    def read_mean(self, value: Mapping[str, Any], number: int) -> None:
        figure = self.figures[value["figure"]]
        if figure["measure"] != "mean" or not figure["of"]:
            return
        ((dimension, member),) = value["by"].items() or [("", "")]
        cell = (number, dimension, member, value["sex"])
        n = self.known.get((figure["of"], *cell))
        if value.get("hidden") or n is None:
            self.note((f"{figure['code']}:sum", *cell), None, "dold")
        else:
            days = {"weeks": 7, "scale": 5}.get(figure["unit"], 1)
            self.known[f"{figure['code']}:sum", *cell] = round((value["value"] or 0) * n * days)

    # what follows from it

    def equations(self) -> Iterator[Row]:
        names = {*self.known, *self.least}
        by_table: defaultdict[Name, list[Name]] = defaultdict(list)
        for name in names:
            population, number, dimension, _, sex = name
            by_table[population, number, dimension, sex].append(name)
            if sex == "all":
                apart = [(*name[:4], one) for one in ("women", "men", "unknown")]
                yield from self.equation(name, apart, names)
        for (population, number, dimension, sex), members in by_table.items():
            is_parted = population.startswith(APART) or dimension not in OVERLAPPING
            if dimension and is_parted:
                yield from self.equation((population, number, "", "", sex), members, names)
            for known in self.public["definitions"]["sums"]:
                if (known["of"], known["dimension"]) == (population, dimension):
                    parts = [(population, number, dimension, m, sex) for m in known["members"]]
                    share = (f"{known['figure']}:part", number, "", "", sex)
                    yield from self.equation(share, parts, names)
        for known in self.public["definitions"].get("parts", []):
            for name in names:
                if name[0] == known["figure"]:
                    parts = [(part, *name[1:]) for part in known["parts"]]
                    yield from self.equation(name, parts, names)
        yield from self.over_time(names)

    def over_time(self, names: set[Name]) -> Iterator[Row]:
        """Of what is counted on a day, the tertials within the period sum to it."""
        period = self.public["period"]
        inside = [
            number
            for number, tertial in enumerate(self.public["tertials"], 2)
            if period["first_day"] <= tertial["period"]["first_day"]
            and tertial["period"]["last_day"] <= period["last_day"]
        ]
        for name in names:
            population, number, dimension, _, sex = name
            flows = ("exits", "enrolments_started", "referrals", "work_or_studies_share:part")
            stays = population in flows and dimension not in ("age", "outcome")
            if number == 0 and sex == "all" and inside and stays:
                parts = [(population, other, *name[2:]) for other in inside]
                yield from self.equation(name, parts, names)

    def equation(self, whole: Name, parts: list[Name], names: set[Name]) -> Iterator[Row]:
        if not {whole, *parts} <= names:
            return
        row: Row = defaultdict(Fraction)
        for name, times in [(whole, 1), *((part, -1) for part in parts)]:
            if name in self.known:
                row[()] += times * self.known[name]
            else:
                row[name] += times
        yield {name: value for name, value in row.items() if value or name == ()}

    # solved

    def found(self) -> dict[Name, Fraction]:
        """The hidden numbers that can be worked out; that nobody is in a group tells of nobody."""
        rows = self.rows + self.solve()
        least, most = dict(self.least), dict(self.most)
        for _ in range(ROUNDS):
            before = (dict(least), dict(most))
            for row in rows:
                narrow(row, least, most)
            if (least, most) == before:
                break
        return {
            name: value
            for name, value in least.items()
            if name not in self.known and most[name] == value != 0
        }

    def solve(self) -> list[Row]:
        """The same equations with as few unknowns in each as elimination gives."""
        solved: dict[Name, Row] = {}
        for given in self.rows:
            row = dict(given)
            for name in given:
                if name in solved:
                    add(row, solved[name], -given[name])
            unknown = next((name for name in row if name != ()), None)
            if unknown is None:
                assert not row.get((), 0), "the published numbers contradict each other"
                continue
            row = {name: value / row[unknown] for name, value in row.items()}
            for other in solved.values():
                if unknown in other:
                    add(other, row, -other[unknown])
            solved[unknown] = row
        return list(solved.values())


def add(row: Row, other: Row, times: Fraction) -> None:
    for name, value in other.items():
        row[name] = row.get(name, Fraction(0)) + times * value
        if not row[name] and name != ():
            del row[name]


def narrow(row: Row, least: dict[Name, Fraction], most: dict[Name, Fraction | None]) -> None:
    """What the others leave for each number in the row."""
    constant = row.get((), Fraction(0))
    for name, times in row.items():
        if name == ():
            continue
        low: Fraction | None = -constant
        high: Fraction | None = -constant
        for other, value in row.items():
            if other in ((), name):
                continue
            ends = [None if end is None else value * end for end in (least[other], most[other])]
            if value < 0:
                ends.reverse()
            low = None if low is None or ends[1] is None else low - ends[1]
            high = None if high is None or ends[0] is None else high - ends[0]
        limits = [None if end is None else end / times for end in (low, high)]
        if times < 0:
            limits.reverse()
        if limits[0] is not None:
            least[name] = max(least[name], Fraction(-(-limits[0] // 1)))
        if limits[1] is not None:
            end, limit = most[name], Fraction(limits[1] // 1)
            most[name] = limit if end is None else min(end, limit)
