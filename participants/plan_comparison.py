"""Two versions of a plan side by side: what is the same, changed, new and gone. Pure.

A goal or step has no identity across versions, since each version keeps its own rows. The same text is
the same step; of the others, those that are written nearly alike are taken for one that was changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from typing import Generic, TypeVar

from .models import Goal, Plan, Step, StepState

ALIKE = 0.6  # the share of two texts that must be the same for one to be the other, changed

T = TypeVar("T", Goal, Step)


class Mark(Enum):
    """What has become of a goal or step: a sign and a word."""

    SAME = "=", "Oförändrat"
    CHANGED = "≠", "Ändrat"
    NEW = "+", "Nytt"
    GONE = "−", "Borttaget"
    FINISHED = "✓", "Klart, så det är inte med längre"

    @property
    def sign(self) -> str:
        """One character that says it."""
        return self.value[0]

    @property
    def word(self) -> str:
        """The same in words."""
        return self.value[1]


@dataclass(frozen=True)
class Pair(Generic[T]):
    """A goal or step as it was and as it became; either is None where it does not exist."""

    before: T | None
    after: T | None
    mark: Mark


@dataclass(frozen=True)
class GoalPair(Pair[Goal]):
    """A goal with its steps."""

    steps: list[Pair[Step]]


def compare(before: Plan, after: Plan) -> list[GoalPair]:
    """Every goal of the two, in the order of the later version; those that are gone come last."""
    goals = _match(list(before.goals.all()), list(after.goals.all()))
    return [
        GoalPair(
            old,
            new,
            _mark_of_goal(old, new),
            [
                Pair(was, became, _mark_of_step(was, became))
                for was, became in _match(_steps(old), _steps(new))
            ],
        )
        for old, new in goals
    ]


def _steps(goal: Goal | None) -> list[Step]:
    return list(goal.steps.all()) if goal else []


def _mark_of_goal(before: Goal | None, after: Goal | None) -> Mark:
    if before is None:
        return Mark.NEW
    if after is None:
        return Mark.GONE
    return Mark.SAME if before.text == after.text else Mark.CHANGED


def _mark_of_step(before: Step | None, after: Step | None) -> Mark:
    if before is None:
        return Mark.NEW
    if after is None:
        return Mark.FINISHED if before.state == StepState.DONE else Mark.GONE
    return Mark.SAME if _said(before) == _said(after) else Mark.CHANGED


def _said(step: Step) -> tuple[object, ...]:
    return step.text, step.kind, step.responsible, step.due_on, step.state


def _match(before: Sequence[T], after: Sequence[T]) -> list[tuple[T | None, T | None]]:
    """Pairs in the order of `after`, then what is left of `before`; each row is in one pair."""
    left, found = list(before), dict[int, T]()
    for likeness in (_equal, _alike):
        for place, new in enumerate(after):
            if place not in found and left:
                best = max(left, key=lambda old: likeness(old.text, new.text))
                if likeness(best.text, new.text) >= ALIKE:
                    found[place] = best
                    left.remove(best)
    paired: list[tuple[T | None, T | None]] = [
        (found.get(place), new) for place, new in enumerate(after)
    ]
    return paired + [(old, None) for old in left]


def _equal(one: str, other: str) -> float:
    return float(one.casefold() == other.casefold())


def _alike(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False)
    # The quick answer is never lower than the right one.
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0
