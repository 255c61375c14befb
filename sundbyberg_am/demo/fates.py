"""What happens to each person of the demonstration municipality, to the end, whatever day it is today.

Pure. A fate says everything that will happen; what is stored is what has happened by a day. So the past
is the same whichever day the municipality is made.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from participants.models import InterventionOutcome, StepState
from referrals.deadlines import is_working_day
from referrals.models import Status


@dataclass(slots=True, eq=False)
class Person:
    """Somebody made up. `free_from` is when they can be referred again."""

    digits: str | None
    no_number_reason: str
    birth_date: date
    is_woman: bool
    first_name: str
    last_name: str
    education: str
    phone: str
    email: str
    address: str
    contact: str
    language: str
    free_from: date = date.min

    @property
    def key(self) -> str:
        return self.digits or f"{self.birth_date} {self.first_name} {self.last_name}"


@dataclass(slots=True)
class StepFate:
    text: str
    kind: str
    responsible: str
    due_on: date
    started_on: date
    done_on: date
    cancelled: bool

    def state_on(self, day: date) -> str:
        if self.done_on <= day:
            return StepState.CANCELLED if self.cancelled else StepState.DONE
        return StepState.ONGOING if self.started_on <= day else StepState.PLANNED


@dataclass(slots=True)
class GoalFate:
    text: str
    steps: list[StepFate]


@dataclass(slots=True)
class PlanFate:
    """A version of the plan; it changes until `replaced_on`."""

    drafted_on: date
    adopted_on: date
    follow_up_on: date
    disagreement: str
    goals: list[GoalFate]
    replaced_on: date = date.max


@dataclass(slots=True)
class InterventionFate:
    """An intervention of an offer; without one, its workplace is the provider."""

    kind: str
    offer: str
    workplace: str
    need: str
    hours: int
    started_on: date
    planned_end_on: date
    ended_on: date
    outcome: str = InterventionOutcome.COMPLETED


@dataclass(slots=True)
class NoteFate:
    happened_on: date
    kind: str
    text: str


@dataclass(slots=True)
class AssessmentFate:
    """An assessment, with the steps of each view by domain."""

    assessed_on: date
    occasion: str
    participant_steps: dict[str, int]
    consultant_steps: dict[str, int]


@dataclass(slots=True)
class PauseFate:
    """A pause; `is_planned`: its last day is known from the start."""

    kind: str
    started_on: date
    ended_on: date
    is_planned: bool


@dataclass(slots=True)
class Stay:
    """An enrolment from beginning to end. `consultant` and `deputy` are places in the office's list."""

    started_on: date
    ended_on: date
    level: str  # the last one, or empty when none is ever registered
    reason: str
    destination: str = ""
    confirmed: bool | None = None
    confirmed_on: date | None = None
    consultant: int = 0
    deputy: int = 1
    settled_by: date = date.max  # the level does not change after this day
    levels: list[tuple[date, str]] = field(default_factory=list)
    plans: list[PlanFate] = field(default_factory=list)
    interventions: list[InterventionFate] = field(default_factory=list)
    notes: list[NoteFate] = field(default_factory=list)
    assessments: list[AssessmentFate] = field(default_factory=list)
    pause: PauseFate | None = None
    was_taken_over: bool = False  # from the one who left, when that was

    def has_ended_by(self, day: date) -> bool:
        return self.ended_on <= day


@dataclass(slots=True)
class Way:
    """A referral from draft to answer, and the stay that came of it. `sender` None: not from the city."""

    person: Person
    initiator: str
    sender: int | None
    drafted_on: date
    submitted_on: date
    opened_on: date
    outcome: str
    closed_on: date
    level: str
    asked_on: date | None = None
    completed_on: date | None = None
    stay: Stay | None = None

    @property
    def key(self) -> str:
        return f"{self.person.key} {self.submitted_on}"

    def status_on(self, day: date) -> Status | None:
        """Where the referral stands on the day; None when it is not begun."""
        if day < self.drafted_on:
            return None
        if day < self.submitted_on:
            return Status.DRAFT
        if day >= self.closed_on:
            return Status(self.outcome)
        if self.completed_on and day >= self.completed_on:
            return Status.COMPLETED
        if self.asked_on and day >= self.asked_on:
            return Status.COMPLETION_ASKED
        return Status.SUBMITTED


def at_work(day: date) -> date:
    """The day, or the next one that somebody is at work."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def at_work_before(day: date) -> date:
    """The day, or the last one before it that somebody was at work."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def later(rng: Random, day: date, first: int, last: int) -> date:
    """A working day at least `first` and about at most `last` days after the day."""
    return at_work(day + timedelta(days=rng.randint(first, last)))
