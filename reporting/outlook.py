"""The forecasts of a report: of which figures, and on what they stand."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from . import counting
from .figure import Figure, Measure
from .figures import CATALOGUE
from .forecast import (
    YEARS_BACK,
    Forecast,
    can_be_forecast,
    forecast_count,
    forecast_share,
)
from .periods import Period
from .values import Key, Value, Values, by_key, key_of

_FIGURES = {figure.code: figure for figure in CATALOGUE}
# What a whole forecast is made of: every figure that can be, but a share of all that is always all.
_SHOWN = [
    (figure.code, "", "", "all")
    for figure in CATALOGUE
    if can_be_forecast(figure) and figure.measure != Measure.SHARE_OF_ALL
]
NO_DATA = "participants", "", "", "all"


def outlook(
    period: Period,
    figures: Iterable[Value],
    figures_before: Iterable[Value],
    keys: Iterable[Key],
    *,
    counted_on: date,
) -> list[dict[str, Any]]:
    """The year's forecast of each figure, and of what `keys` names; in the order of the catalogue.

    `figures_before` are those of the same part of the year before, which are counted already. Empty for a
    whole year, and for a part that was not over when it was counted. What the rest of each earlier year
    added is kept in `added`, so that anybody can do the sum.
    """
    if period.is_year or counted_on <= period.last_day:
        return []
    now = by_key(figures)
    earlier = _earlier(period, by_key(figures_before))
    return [
        _said(key, now[key], earlier, period)
        for key in dict.fromkeys((*_SHOWN, *keys))
        if key in now and can_be_forecast(_FIGURES[key[0]])
    ]


def _earlier(period: Period, part_before: Values) -> dict[int, tuple[Values, Values]]:
    """Of each earlier year with somebody enrolled in its same part: that part, and the whole year."""
    found = {}
    part = period
    for back in range(1, YEARS_BACK + 1):
        part = part.previous
        values = part_before if back == 1 else _counted(part)
        if values[NO_DATA]["value"]:
            found[part.first_day.year] = (values, _counted(part.whole_year))
    return found


def _counted(period: Period) -> Values:
    return {
        key_of({"figure": one.figure, "by": one.by, "sex": one.sex}): {
            "value": one.value,
            "numerator": one.numerator,
            "denominator": one.denominator,
        }
        for one in counting.count(period)
    }


def _said(
    key: Key, now: Value, earlier: Mapping[int, tuple[Values, Values]], period: Period
) -> dict[str, Any]:
    code, dimension, member, sex = key
    forecast, added = _forecast(_FIGURES[code], key, now, earlier, period)
    return {
        "figure": code,
        "by": {dimension: member} if dimension else {},
        "sex": sex,
        "value": forecast.value,
        "low": forecast.low,
        "high": forecast.high,
        "years": list(forecast.years),
        "added": {str(year): more for year, more in added.items()},
    }


def _forecast(
    figure: Figure,
    key: Key,
    now: Value,
    earlier: Mapping[int, tuple[Values, Values]],
    period: Period,
) -> tuple[Forecast, dict[int, Any]]:
    if figure.measure == Measure.COUNT:
        counts = {
            year: whole[key]["value"] - part[key]["value"]
            for year, (part, whole) in earlier.items()
        }
        gone, days = period.days, period.whole_year.days
        return forecast_count(now["value"], counts, gone=gone, days=days), dict(counts)
    shares = {
        year: (
            whole[key]["numerator"] - part[key]["numerator"],
            whole[key]["denominator"] - part[key]["denominator"],
        )
        for year, (part, whole) in earlier.items()
    }
    return (
        forecast_share((now["numerator"], now["denominator"]), shares),
        {year: list(more) for year, more in shares.items()},
    )
