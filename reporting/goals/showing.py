"""A year's goals as their page shows them, before anything is counted."""

from dataclasses import dataclass

from ..figures import CATALOGUE
from .models import BoardGoal, HandUnit, Indicator
from .reading import DIRECTIONS, Amount

_FIGURES = {figure.code: figure for figure in CATALOGUE}


@dataclass(frozen=True, slots=True)
class IndicatorShown:
    """A line: what it is called, how it is measured and what is aimed at."""

    pk: int
    label: str
    measured_by: str
    target: str  # empty when there is none
    comment: str


@dataclass(frozen=True, slots=True)
class GoalShown:
    """A goal with its lines."""

    pk: int
    title: str
    responsible: str
    indicators: tuple[IndicatorShown, ...]


def goal_shown(goal: BoardGoal) -> GoalShown:
    """The goal as it is read."""
    return GoalShown(
        goal.pk,
        f"{goal.number}. {goal.text}",
        goal.responsible,
        tuple(_shown(one) for one in goal.indicators.all()),
    )


def _shown(one: Indicator) -> IndicatorShown:
    figure = _FIGURES.get(one.figure)
    unit = figure.unit.value if figure else one.hand_unit
    target = None if one.target is None else float(one.target)
    return IndicatorShown(
        pk=one.pk,
        label=one.label,
        measured_by=figure.label if figure else _by_hand(one),
        target="" if target is None else f"{DIRECTIONS[one.direction]} {Amount(target, unit).text}",
        comment=one.comment,
    )


def _by_hand(one: Indicator) -> str:
    if one.hand_outcome is None:
        return "Räknas för hand, inget utfall än"
    outcome = Amount(float(one.hand_outcome), one.hand_unit).text
    unit = "" if one.hand_unit == HandUnit.SHARE else f" {one.get_hand_unit_display()}"
    return f"Räknas för hand: {outcome}{unit} till och med {one.hand_until}"
