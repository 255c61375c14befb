"""When somebody is to be removed: the days, case by case."""

from datetime import date, timedelta

import pytest

from secrecy.rules import birth_day, due_on, is_kept, is_on_list, last_day
from sundbyberg_am.personnummer import with_check_digit

RESEARCH = frozenset({5, 15, 25})
# Written out, not counted: the last entry, when five years have passed, and the year whose list it is on.
LAST_ENTRIES = """
2019-01-01  2024-01-01  2025
2019-06-15  2024-06-15  2025
2019-12-30  2024-12-30  2025
2019-12-31  2024-12-31  2025
2020-01-01  2025-01-01  2026
2020-01-02  2025-01-02  2026
2020-02-28  2025-02-28  2026
2020-02-29  2025-02-28  2026
2020-03-01  2025-03-01  2026
2020-06-30  2025-06-30  2026
2020-12-31  2025-12-31  2026
2021-01-01  2026-01-01  2027
2021-02-28  2026-02-28  2027
2021-12-31  2026-12-31  2027
2022-01-01  2027-01-01  2028
2023-02-28  2028-02-28  2029
2023-03-01  2028-03-01  2029
2024-02-29  2029-02-28  2030
2024-12-31  2029-12-31  2030
2025-01-01  2030-01-01  2031
1996-02-29  2001-02-28  2002
1999-12-31  2004-12-31  2005
2000-01-01  2005-01-01  2006
2000-02-29  2005-02-28  2006
2000-12-31  2005-12-31  2006
"""
CASES = [
    (date.fromisoformat(last), date.fromisoformat(due), int(first))
    for last, due, first in (line.split() for line in LAST_ENTRIES.strip().splitlines())
]
YEARS = [(*case, case[2] + more) for case in CASES for more in (-2, -1, 0, 1, 10)]
# Every day of a month, as a personnummer and as a samordningsnummer, and whether the person is kept.
BORN = [
    (day, f"198501{day + more:02}", day in (5, 15, 25)) for day in range(1, 32) for more in (0, 60)
]


def number(born: str) -> str:
    return born[:2] + with_check_digit(f"{born[2:]}980")


@pytest.mark.parametrize(("last", "due", "first_year", "year"), YEARS)
def test_whoever_is_due_is_on_the_list_of_the_year_after(last, due, first_year, year):
    assert due_on(last, 5) == due
    assert is_on_list(last, year, 5) == (year >= first_year)
    assert last_day(last, 5) == date(first_year, 12, 31)


@pytest.mark.parametrize(("day", "born", "is_kept_for_research"), BORN)
def test_whoever_is_born_on_some_days_is_kept(day, born, is_kept_for_research):
    found = birth_day(number(born), None)
    assert found == day
    assert is_kept(found, RESEARCH) == is_kept_for_research


@pytest.mark.parametrize("day", range(1, 32))
def test_without_a_number_the_date_of_birth_counts(day):
    found = birth_day(None, date(1985, 1, day))
    assert is_kept(found, RESEARCH) == (day in (5, 15, 25))


@pytest.mark.parametrize(
    ("personnummer", "birth_date", "kept"),
    [
        ("19850060", None, True),  # a samordningsnummer that tells no day: nobody can say
        ("19850060", date(1985, 3, 4), False),
        ("19850060", date(1985, 3, 5), True),
        ("19850065", None, True),  # no month, but the day
        ("19850064", None, False),
        (None, None, True),
    ],
)
def test_nobody_is_removed_whose_day_is_unknown(personnummer, birth_date, kept):
    told = number(personnummer) if personnummer else None
    assert is_kept(birth_day(told, birth_date), RESEARCH) == kept


def test_where_nobody_is_kept_the_day_does_not_matter():
    assert not is_kept(None, frozenset())
    assert not is_kept(5, frozenset())


@pytest.mark.parametrize("years", [1, 2, 5, 10])
def test_another_number_of_years(years):
    last = date(2020, 7, 1)
    assert due_on(last, years) == date(2020 + years, 7, 1)
    assert not is_on_list(last, 2020 + years, years)
    assert is_on_list(last, 2021 + years, years)


def test_no_day_of_four_years_is_removed_early_or_left_late():
    """By another way of counting: the year of the list is that of the last entry and six more."""
    day = date(2019, 1, 1)
    while day.year < 2023:
        assert [is_on_list(day, year, 5) for year in range(day.year, day.year + 8)] == [
            *[False] * 6,
            True,
            True,
        ]
        assert timedelta(days=5 * 365) <= due_on(day, 5) - day <= timedelta(days=5 * 365 + 2)
        day += timedelta(days=1)


def test_there_are_enough_cases():
    assert len(YEARS) + len(BORN) + 31 + 6 >= 200
