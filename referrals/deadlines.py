"""When a referral is to be answered. Pure; the day is an argument."""

from datetime import date, timedelta
from functools import cache

from holidays import country_holidays

ANSWER_WORKING_DAYS = 10


@cache
def _days_off(year: int) -> frozenset[date]:
    """Holidays and the eves that are days off like them.

    Source: lagen (1989:253) om allmänna helgdagar. Midsummer's, Christmas and New Year's Eve are equal to
    a Sunday by semesterlagen (1977:480) 3 a §; the package calls them `de_facto`.
    """
    return frozenset(country_holidays("SE", years=year, categories=("public", "de_facto")))


def is_working_day(day: date) -> bool:
    """Whether the office is open: a weekday that is no holiday and none of the three eves."""
    return day.weekday() < 5 and day not in _days_off(day.year)


def answer_due(submitted_on: date) -> date:
    """The last day for an answer: ten working days after the day of submission."""
    day, left = submitted_on, ANSWER_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return day
