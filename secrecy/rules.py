"""When somebody's data are to be removed (gallring): the rule, in dates. Pure.

Lag (2001:454) om behandling av personuppgifter inom socialtjänsten and socialtjänstlagen: five years after
the last entry, done within the calendar year that follows; what concerns those born on the 5th, the 15th or
the 25th is kept for research. The numbers are settings.
"""

from calendar import monthrange
from collections.abc import Collection
from datetime import date

from sundbyberg_am.personnummer import Personnummer


def birth_day(personnummer: str | None, birth_date: date | None) -> int | None:
    """The day of the month; of a samordningsnummer its day less 60. None when nobody knows."""
    if personnummer:
        number = Personnummer(personnummer)
        day = int(personnummer[6:8]) - 60 * number.is_coordination_number
        if day:
            return day
    return birth_date.day if birth_date else None


def is_kept(day: int | None, kept_days: Collection[int]) -> bool:
    """Whether somebody born on that day of the month is kept for research.

    What cannot be undone is not done to somebody whose day of birth is unknown, as long as any day is kept.
    """
    return day in kept_days if day is not None else bool(kept_days)


def due_on(last_entry: date, years: int) -> date:
    """The day when the years have passed; for a leap day the last of February (lag 1930:173)."""
    year = last_entry.year + years
    return last_entry.replace(
        year=year, day=min(last_entry.day, monthrange(year, last_entry.month)[1])
    )


def last_day(last_entry: date, years: int) -> date:
    """When it is to be done at the latest: at the end of the calendar year after it became due."""
    return date(due_on(last_entry, years).year + 1, 12, 31)


def is_on_list(last_entry: date, year: int, years: int) -> bool:
    """Whether it stands on the list of the year: what became due in the years before."""
    return due_on(last_entry, years).year < year
