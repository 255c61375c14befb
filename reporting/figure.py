"""What a figure is: its unit, its measure, and what it is divided by. The figures stand in `figures.py`."""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a value is a number of."""

    PERSONS = "persons"
    ENROLMENTS = "enrolments"
    REFERRALS = "referrals"
    INTERVENTIONS = "interventions"
    ANSWERS = "answers"
    SHARE = "share"
    WEEKS = "weeks"
    DAYS = "days"
    SCALE = "scale"  # 1–5


# Of how many whole numbers one of the unit consists: the days of a week, the five marks of an answer.
WHOLES = {Unit.WEEKS: 7, Unit.SCALE: 5}


class Measure(StrEnum):
    """How a value comes out of what was counted."""

    COUNT = "count"
    SHARE = "share"  # those of whom something is so, of those in the group
    SHARE_OF_ALL = "share_of_all"  # those in the group, of all
    MEDIAN = "median"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Member:
    """One of the groups that a dimension divides into."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a figure is divided by. Its list of members is always complete."""

    key: str
    label: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a period, with its definition in plain Swedish.

    `of` is the figure that counts what this one is a share, a median or a mean of, where there is one:
    both then tell the same number, and the public version hides it in both or in neither.
    """

    code: str
    section: str
    label: str
    unit: Unit
    measure: Measure
    by: tuple[str, ...]
    definition: str
    of: str = ""
    parts: tuple[str, ...] = ()  # dimensions where a member's share is of those in all members


UNKNOWN = Member("unknown", "Uppgift saknas")
