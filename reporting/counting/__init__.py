"""Counts every figure of a period.

The database groups each population to rows that are alike, all of them in one statement; here those are
folded to the members of each dimension, and a median comes from a table of values and how many have each.
"""

from bisect import bisect_left
from calendar import isleap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from django.db import connections, transaction

from participants.models import NEED_ANSWERED_BY, Audience, InterventionKind, Need
from sundbyberg_am import replica

from ..figure import UNKNOWN, WHOLES, Dimension, Figure, Measure
from ..figures import AGE_ABOVE, AGE_BANDS, CATALOGUE, SEXES, all_dimensions
from ..periods import Period
from .sources import SOURCES, Row
from .statements import SHARED, Population

# Dimension, member and sex; what is counted without a dimension has "" for the first two.
Cell = tuple[str, str, str]
# In each cell, how many have each value: days, whether something is so, or None when only counted.
Tally = Mapping[Cell, Counter[Any]]
_NOTHING: Counter[Any] = Counter()


@dataclass(frozen=True, slots=True)
class FigureValue:
    """One value of a figure: for all or for one member of one dimension, and for one sex.

    `value` is None when there is nothing to take a share, a median or a mean of. `numerator` and
    `denominator` are None where the figure is no share; `n` is how many a median or a mean is of.
    """

    figure: str
    by: dict[str, str]
    sex: str
    value: int | float | None
    numerator: int | None = None
    denominator: int | None = None
    n: int | None = None


# Groups are kept in memory rather than sorted on disk, and a row is looked up rather than all rows read,
# whatever disk the database believes that it has.
_FOR_MANY_ROWS = "SET LOCAL work_mem = '64MB'; SET LOCAL random_page_cost = 1.1"


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Every count inside sees the rows as they stood when the first of them began.

    Inside a transaction that is already under way, its own isolation holds.
    """
    connection = connections[replica.alias()]
    begins = not connection.in_atomic_block
    with transaction.atomic(using=connection.alias):
        if begins:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute(_FOR_MANY_ROWS)
        yield


def count(period: Period) -> list[FigureValue]:
    """Every figure of the catalogue, in its order: first the whole, then each dimension's members."""
    with one_snapshot():
        dimensions = all_dimensions()
        tallies = _tallies(period)
    return [
        _value(figure, key, member, sex.code, tallies[figure.code])
        for figure in CATALOGUE
        for key, member in (("", ""), *_members(figure, dimensions))
        for sex in SEXES
    ]


def rows_of(figure: Figure, period: Period) -> list[Row]:
    """Everyone or everything that the figure counts, a row each: the same population, not grouped.

    A row has `row_id`, `enrolment_id`, `referral_id`, the figure's dimensions, `sex`, and `measured`: the
    days of a median or a mean, whether it is so of a share, else None.
    """
    source = SOURCES[figure.code]
    found = source.rows_of(_rows(source.population.one_each, period))
    return [
        {**row, "n": 1, "measured": row[source.value] if source.value else None} for row in found
    ]


def rows_behind(
    figure: Figure, rows: Iterable[Row], key: str, member: str, sex: str
) -> list[tuple[Row, bool]]:
    """Of a figure's rows, those behind one of its values; of a share, whether each is in the numerator."""
    of_all = figure.measure == Measure.SHARE_OF_ALL or key in figure.parts
    behind = []
    for row in rows:
        inside = not key or member in members_of(row, key)
        if sex not in ("all", row["sex"] or UNKNOWN.code) or not (inside or of_all):
            continue
        is_share = figure.measure == Measure.SHARE and not of_all
        behind.append((row, row["measured"] is True if is_share else inside))
    return behind


def value_of(figure: Figure, rows: Iterable[Row], key: str, member: str, sex: str) -> FigureValue:
    """One value of a figure, counted from its rows."""
    return _value(figure, key, member, sex, _fold(figure, rows, "measured"))


def _members(figure: Figure, dimensions: Mapping[str, Dimension]) -> Iterator[tuple[str, str]]:
    for key in figure.by:
        for member in dimensions[key].members:
            yield key, member.code


def _tallies(period: Period) -> dict[str, Tally]:
    """What is counted of each figure, by its code. A population that several figures count is asked once."""
    found = _grouped(period)
    return {
        figure.code: _fold(figure, source.rows_of(found[source.population]), source.value)
        for figure in CATALOGUE
        for source in (SOURCES[figure.code],)
    }


def _grouped(period: Period) -> dict[Population, list[Row]]:
    """Every population, grouped, in one statement: what they share is read once."""
    populations = list(dict.fromkeys(source.population for source in SOURCES.values()))
    queries = [
        f"SELECT {number}, json_agg(alike) FROM ({population.grouped}) alike"  # noqa: S608
        for number, population in enumerate(populations)
    ]
    with connections[replica.alias()].cursor() as cursor:
        cursor.execute(f"{SHARED} {' UNION ALL '.join(queries)}", _parameters(period))
        return {populations[number]: rows or [] for number, rows in cursor.fetchall()}


def _rows(statement: str, period: Period) -> list[Row]:
    """What a statement gives."""
    with connections[replica.alias()].cursor() as cursor:
        cursor.execute(statement, _parameters(period))
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, values, strict=True)) for values in cursor.fetchall()]


def _parameters(period: Period) -> dict[str, Any]:
    return {
        "first_day": period.first_day,
        "last_day": period.last_day,
        "bands": [_born_after(age, period.last_day) for age in _AGES],
        "band_codes": list(_BAND_CODES),
        **_SUPPLY,
    }


_ANSWERS = [(need, kind) for need, kinds in NEED_ANSWERED_BY.items() for kind in sorted(kinds)]
_SUPPLY = {
    "needs": list(Need.values),
    "answered": [str(need) for need, _ in _ANSWERS],
    "answering": [str(kind) for _, kind in _ANSWERS],
    "general": [kind.value for kind in InterventionKind if kind.audience == Audience.GENERAL],
}

# From the oldest to the youngest: the ages that bands begin at, and the code of each band between them.
_AGES = (AGE_ABOVE, *(age for _, age in reversed(AGE_BANDS)))
_BAND_CODES = ("other", *(band for band, _ in reversed(AGE_BANDS)), "other")


def _born_after(age: int, day: date) -> date:
    """The first birth date of those who are younger than this on the day.

    On 29 February that is as on the 28th where the year then had none: nobody was born between.
    """
    year = day.year - age
    if (day.month, day.day) == (2, 29) and not isleap(year):
        day = day.replace(day=28)
    return day.replace(year=year) + timedelta(days=1)


def _fold(figure: Figure, rows: Iterable[Row], value: str | None) -> Tally:
    """Put the rows into the cells of the figure.

    A row whose column holds several members is counted in each of them, once. The value of a row of many may
    be the list of theirs.
    """
    tally: defaultdict[Cell, Counter[Any]] = defaultdict(Counter)
    for row in rows:
        counted, sex = row[value] if value else None, row["sex"] or UNKNOWN.code
        for key in ("", *figure.by):
            for member in members_of(row, key) if key else ("",):
                if isinstance(counted, list):
                    tally[key, member, sex].update(counted)
                else:
                    tally[key, member, sex][counted] += row["n"]
    for (key, member, _), found in list(tally.items()):
        tally[key, member, "all"].update(found)
    return tally


def members_of(row: Mapping[str, Any], key: str) -> list[str]:
    """The members of a dimension that a row belongs to: one, mostly."""
    members = row[key]
    return sorted(set(members)) if isinstance(members, list) else [members or UNKNOWN.code]


def _value(figure: Figure, key: str, member: str, sex: str, tally: Tally) -> FigureValue:
    by = {key: member} if key else {}
    counted = tally.get((key, member, sex), _NOTHING)
    total = counted.total()
    if figure.measure == Measure.COUNT:
        return FigureValue(figure.code, by, sex, total)
    if figure.measure in (Measure.SHARE, Measure.SHARE_OF_ALL):
        part, whole = counted[True], total
        if figure.measure == Measure.SHARE_OF_ALL or key in figure.parts:
            part, whole = total, tally.get(("", "", sex), _NOTHING).total()
        return FigureValue(figure.code, by, sex, part / whole if whole else None, part, whole)
    if not total:
        return FigureValue(figure.code, by, sex, None, n=0)
    whole = WHOLES.get(figure.unit, 1)
    if figure.measure == Measure.MEAN:
        summed = sum(value * n for value, n in counted.items())
        return FigureValue(figure.code, by, sex, summed / (total * whole), n=total)
    return FigureValue(figure.code, by, sex, _twice_the_median(counted) / (2 * whole), n=total)


def _twice_the_median(counted: Counter[int]) -> int:
    """The sum of the two middle values, which are the same one when their number is odd."""
    values = sorted(counted)
    passed = list(accumulate(counted[value] for value in values))
    lower, upper = (passed[-1] + 1) // 2, passed[-1] // 2 + 1
    return values[bisect_left(passed, lower)] + values[bisect_left(passed, upper)]
