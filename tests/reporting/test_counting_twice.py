"""The figures against an independent count of the same rows."""

import os
import statistics

import pytest

from reporting import counting
from reporting.content import machine_values
from reporting.figures import CATALOGUE, SEXES, all_dimensions
from reporting.periods import Period

from .populations import a_population
from .reference import Reference

pytestmark = pytest.mark.django_db

# REPORTING_POPULATIONS=50 REPORTING_CASES=2000 counts as many and as large as the whole check asks for.
POPULATIONS = int(os.environ.get("REPORTING_POPULATIONS", "4"))
CASES = int(os.environ.get("REPORTING_CASES", "250"))


@pytest.mark.parametrize("seed", range(POPULATIONS))
def test_every_figure_equals_an_independent_count(seed):
    a_population(seed, CASES)
    for code in ("2024-T1", "2024-T2", "2024"):
        period = Period.parse(code)
        expected = Reference(period.first_day, period.last_day).figures()
        assert machine_values(period) == expected, code


def test_every_figure_of_an_empty_database_equals_an_independent_count():
    period = Period.parse("2026")
    assert machine_values(period) == Reference(period.first_day, period.last_day).figures()


@pytest.mark.parametrize("seed", range(2))
def test_the_rows_behind_each_figure_add_up_to_it(seed):
    a_population(seed + 100, 80)
    members = {
        key: [member.code for member in dimension.members]
        for key, dimension in all_dimensions().items()
    }
    for code in ("2024-T1", "2024-T2", "2024"):
        period = Period.parse(code)
        counted = {
            (value.figure, tuple(value.by.items()), value.sex): value
            for value in counting.count(period)
        }
        for figure in CATALOGUE:
            rows = counting.rows_of(figure, period)
            cells = [("", ""), *((key, code) for key in figure.by for code in members[key])]
            for key, member in cells:
                for sex in SEXES:
                    behind = counting.rows_behind(figure, rows, key, member, sex.code)
                    value = counted[figure.code, ((key, member),) if key else (), sex.code]
                    assert added_up(figure, behind) == worth(value), (value, code)
                    if not key:
                        assert counting.value_of(figure, rows, key, member, sex.code) == value
                    ids = [row["row_id"] for row, _ in behind]
                    assert len(ids) == len(set(ids))


def added_up(figure, behind):
    """What a reader makes of the rows by hand."""
    within = [row for row, is_counted in behind if is_counted]
    if figure.measure in ("share", "share_of_all"):
        return len(within), len(behind)
    assert len(within) == len(behind)
    if figure.measure == "count":
        return len(within)
    if not within:
        return None
    middle = {"median": statistics.median, "mean": statistics.mean}[figure.measure]
    wholes = {"weeks": 7, "scale": 5}.get(figure.unit, 1)
    return pytest.approx(middle([row["measured"] for row in within]) / wholes)


def worth(value):
    if value.denominator is not None:
        return value.numerator, value.denominator
    return value.value
