"""The goal chain as a report keeps it: each goal, how it is measured, and how far it is met.

An outcome is not repeated: an indicator names the figure, group and sex that it is the value of, so what the
public version hides there is hidden here too.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from ..figure import Unit
from ..figures import CATALOGUE
from ..forecast import can_be_forecast
from ..values import Key, Value, Values, by_key
from .degrees import RULE, as_shown, degree_of, degree_so_far
from .models import BoardGoal, Indicator

_FIGURES = {figure.code: figure for figure in CATALOGUE}
_WHOLE = (Unit.SHARE, Unit.PERSONS, Unit.ENROLMENTS, Unit.REFERRALS)


def keys_of(goals: Iterable[BoardGoal]) -> list[Key]:
    """What the indicators are the values of; those counted by hand are of nothing."""
    return [
        (one.figure, one.dimension, one.member, one.sex)
        for goal in goals
        for one in goal.indicators.all()
        if one.figure
    ]


def chain(
    goals: Iterable[BoardGoal],
    figures: Iterable[Value],
    forecasts: Iterable[Value],
    *,
    last_day: date,
    is_over: bool,
) -> dict[str, Any]:
    """The goals with their indicators and degrees, as JSON can hold them.

    `last_day` is that of the period; an outcome counted by hand for a later one is left out. `is_over` says
    whether the year is, so that a number can grow no more.
    """
    found, foreseen = by_key(figures), by_key(forecasts)
    return {
        "rule": RULE,
        "goals": [
            {
                "number": goal.number,
                "text": goal.text,
                "responsible": goal.responsible,
                "indicators": [
                    _indicator(one, found, foreseen, last_day=last_day, is_over=is_over)
                    for one in goal.indicators.all()
                ],
            }
            for goal in goals
        ],
    }


def _indicator(
    one: Indicator,
    found: Values,
    foreseen: Values,
    *,
    last_day: date,
    is_over: bool,
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "label": one.label,
        "direction": one.direction,
        "target": None if one.target is None else float(one.target),
        "comment": one.comment,
    }
    if not one.figure:
        known = one.hand_until is not None and one.hand_until <= last_day
        value = one.hand_outcome if known else None
        growing = not is_over and one.hand_unit in ("persons", "number")
        degree = (degree_so_far if growing else degree_of)(value, one.target, one.direction)
        return said | {
            "unit": one.hand_unit,
            "by_hand": {
                "value": None if value is None else float(value),
                "until": one.hand_until.isoformat() if known and one.hand_until else None,
            },
            "judged_by": "outcome",
            "degree": degree.code,
        }
    key = (one.figure, one.dimension, one.member, one.sex)
    figure = _FIGURES[one.figure]
    forecast = foreseen.get(key)
    judged = _as_shown(figure.unit, forecast or found.get(key))
    growing = not is_over and forecast is None and figure.unit in _WHOLE[1:]
    grows = growing and can_be_forecast(figure)
    degree = (degree_so_far if grows else degree_of)(judged, one.target, one.direction)
    return said | {
        "unit": figure.unit,
        "figure": one.figure,
        "by": {one.dimension: one.member} if one.dimension else {},
        "sex": one.sex,
        "judged_by": "forecast" if forecast else "outcome",
        "degree": degree.code,
    }


def _as_shown(unit: str, value: Value | None) -> Decimal | None:
    """The value as a reader sees it: a share in whole per cent."""
    if value is None or value["value"] is None:
        return None
    if unit == Unit.SHARE:
        return as_shown(Decimal(str(value["value"])) * 100, 0)
    return as_shown(value["value"], 0 if unit in _WHOLE else 1)
