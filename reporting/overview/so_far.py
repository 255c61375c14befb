"""This year so far, beside the same days of last year: key figures, and the goals with their targets."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from ..content import machine_values
from ..figures import CATALOGUE
from ..goals.chain import chain
from ..goals.models import BoardGoal
from ..goals.reading import Amount, ChainRead, GoalRead, IndicatorRead, amount_of, read_chain
from ..periods import Period
from ..values import by_key

KEY_FIGURES = (
    "participants",
    "enrolments_started",
    "exits",
    "work_or_studies_share",
    "ongoing",
    "referral_to_decision_days_median",
)
_FIGURES = {figure.code: figure for figure in CATALOGUE}
_KEYS = [(_FIGURES[code], (code, "", "", "all")) for code in KEY_FIGURES]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure so far, and on the same day a year ago."""

    label: str
    now: Amount
    before: Amount


@dataclass(frozen=True, slots=True)
class GoalSoFar:
    """A goal, and each of its indicators with what it was a year ago."""

    goal: GoalRead
    indicators: tuple[tuple[IndicatorRead, Amount], ...]


@dataclass(frozen=True, slots=True)
class SoFar:
    """What the year is so far."""

    year: int
    key_figures: tuple[KeyFigure, ...]
    chain: ChainRead | None
    goals: tuple[GoalSoFar, ...]


def so_far(today: date) -> SoFar:
    """Count the year up to today, and last year up to the same day.

    There is no forecast here: the reports have it.
    """
    now, before = machine_values(Period.so_far(today)), machine_values(_year_ago(today))
    said = chain(BoardGoal.objects.of_year(today.year), now, [], last_day=today, is_over=False)
    content: dict[str, Any] = {"goals": said, "figures": now, "forecasts": []}
    shown, earlier = read_chain(content), read_chain({**content, "figures": before})
    found, found_before = by_key(now), by_key(before)
    return SoFar(
        year=today.year,
        key_figures=tuple(
            KeyFigure(
                figure.label,
                amount_of(found[key], figure.unit),
                amount_of(found_before[key], figure.unit),
            )
            for figure, key in _KEYS
        ),
        chain=shown,
        goals=_side_by_side(shown, earlier) if shown and earlier else (),
    )


def _side_by_side(now: ChainRead, before: ChainRead) -> tuple[GoalSoFar, ...]:
    """What is counted by hand was counted for this year only, so it has nothing beside it."""
    return tuple(
        GoalSoFar(
            goal,
            tuple(
                (one, Amount(None, one.target.unit) if one.until else then.outcome)
                for one, then in zip(goal.indicators, earlier.indicators, strict=True)
            ),
        )
        for goal, earlier in zip(now.goals, before.goals, strict=True)
    )


def _year_ago(today: date) -> Period:
    """The same day a year ago; of 29 February the 28th."""
    if (today.month, today.day) == (2, 29):
        return Period.so_far(date(today.year - 1, 2, 28))
    return Period.so_far(today.replace(year=today.year - 1))
