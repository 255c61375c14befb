"""A forecast for the whole year from a part of it. Pure.

What is counted so far, plus the mean of what the rest of the year added in earlier years. How much a year's
rest added is the figure of the whole year less the figure of the same part of that year: for what happens on
a day that is the number of the remaining months, and for persons, who are counted once a year, those who were
new. With fewer than two earlier years the number is drawn out by days instead, and then there is no interval.

A share is forecast by its numerator and its denominator. Never forecast are medians and means, which do not
add up, nor what is counted on one day: what is ongoing at the end of the year is not what is ongoing now plus
anything, since people go as well as come.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .figure import Figure, Measure

YEARS_BACK, YEARS_NEEDED = 3, 2
# Counted on the period's last day, not through the period.
ON_A_DAY = frozenset({"ongoing", "ongoing_10_months", "data_complete_share"})

Part = tuple[int, int]  # numerator and denominator


@dataclass(frozen=True, slots=True)
class Forecast:
    """The year's number, or share, with the lowest and highest that any earlier year would give.

    `years` are the earlier years it stands on; none when it is drawn out by days. A share of nothing is None.
    """

    value: int | float | None
    low: int | float | None
    high: int | float | None
    years: tuple[int, ...]


def can_be_forecast(figure: Figure) -> bool:
    """Whether the figure grows through the year, so that the rest of it can be added."""
    adds_up = figure.measure in (Measure.COUNT, Measure.SHARE, Measure.SHARE_OF_ALL)
    return adds_up and figure.code not in ON_A_DAY


def forecast_count(so_far: int, added: Mapping[int, int], *, gone: int, days: int) -> Forecast:
    """The year's count. `added` is what the rest of each earlier year added; `gone` of `days` have passed."""
    if len(added) < YEARS_NEEDED:
        return Forecast(_whole(Fraction(so_far * days, gone)), None, None, ())
    sums = [so_far + more for more in added.values()]
    mean = Fraction(sum(sums), len(sums))
    return Forecast(_whole(mean), min(sums), max(sums), tuple(sorted(added)))


def forecast_share(so_far: Part, added: Mapping[int, Part]) -> Forecast:
    """The year's share: both parts of `so_far`, each with the mean of what earlier years' rest added.

    Drawn out by days both parts grow alike, so the share stays as it is.
    """
    if len(added) < YEARS_NEEDED:
        return Forecast(_share(*so_far), None, None, ())
    part, whole = so_far
    years = len(added)
    value = _share(
        part * years + sum(more for more, _ in added.values()),
        whole * years + sum(more for _, more in added.values()),
    )
    each = [_share(part + more, whole + more_whole) for more, more_whole in added.values()]
    known = [one for one in each if one is not None]
    if value is None or not known:
        return Forecast(None, None, None, tuple(sorted(added)))
    return Forecast(value, min(known), max(known), tuple(sorted(added)))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None


def _whole(number: Fraction) -> int:
    """Half rounded up."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
