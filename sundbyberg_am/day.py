"""What a start page is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from .plots import Series, line_plot


@dataclass(frozen=True)
class Item:
    """A line of a work list, opening at the place where it is dealt with."""

    url: str
    title: str
    detail: str
    due: str = ""
    tone: str = ""


@dataclass(frozen=True)
class WorkList:
    """A list of one kind of thing to act on."""

    title: str
    items: list[Item]
    empty_text: str


@dataclass(frozen=True)
class Stat:
    """A number worth a look."""

    label: str
    value: int
    detail: str = ""


@dataclass(frozen=True)
class Trend:
    """How something has gone, week by week: a plot, and the same numbers to read."""

    title: str
    values: Sequence[tuple[str, int]]  # the week, and how many

    @property
    def plot(self) -> SafeString:
        """The drawing, on the scale from nought."""
        return line_plot(
            [week for week, _ in self.values],
            [Series("Antal", [size for _, size in self.values])],
            label=f"{self.title}, vecka för vecka. Talen står i tabellen under.",
        )


@dataclass(frozen=True)
class Goals:
    """How the goals of the year stand, in the report that says so."""

    label: str
    url: str
    indicators: Sequence[Any]


@dataclass(frozen=True)
class Case:
    """A line of the caseload: how a case stands, its next step and what is missing."""

    url: str
    name: str
    level: str
    enrolled: str
    step: str
    step_due_on: date | None
    is_late: bool
    missing: str


@dataclass(frozen=True)
class Covering:
    """What a deputy answers for while colleagues are away: who they are, and the lists of their cases."""

    headings: list[str]
    lists: list[WorkList]


@dataclass(frozen=True)
class Day:
    """What a start page shows, and whom it shows."""

    lists: list[WorkList]
    stats: list[Stat]
    subjects: list[Any]
    caseload: list[Case] | None = None
    covering: "Covering | None" = None
    trends: Sequence[Trend] = ()
    goals: "Goals | None" = None
