"""The periods that are reported: two tertial reports and the whole year. Pure.

Source: the city's tertialrapport 1, tertialrapport 2 (counted from the start of the year) and
verksamhetsberättelse. A period's last day belongs to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

FIRST_YEAR, LAST_YEAR = 2000, 2100

# suffix of the code, last month and day, what the report is called
_REPORTS = (
    ("-T1", (4, 30), "Tertialrapport 1"),
    ("-T2", (8, 31), "Tertialrapport 2"),
    ("", (12, 31), "Verksamhetsberättelse"),
)
_TERTIALS = (
    ("jan–apr", (1, 1), (4, 30)),
    ("maj–aug", (5, 1), (8, 31)),
    ("sep–dec", (9, 1), (12, 31)),
)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days that is counted; both days belong to it."""

    code: str
    first_day: date
    last_day: date
    label: str  # what the report is called: Tertialrapport 1 2026; of a stand-alone tertial: jan–apr 2026

    @classmethod
    def parse(cls, code: str) -> Self:
        """The period of a report: `2026-T1`, `2026-T2` or `2026`.

        Raises ValueError with a Swedish sentence.
        """
        match = re.fullmatch(r"([0-9]{4})(-T1|-T2|)", code)
        if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
            raise ValueError(
                "Skriv perioden som 2026-T1, 2026-T2 eller 2026, "
                f"med ett år från {FIRST_YEAR} till {LAST_YEAR}."
            )
        return cls._of(int(match[1]), match[2])

    @classmethod
    def begun(cls, today: date) -> Iterator[Self]:
        """Every period of the year of today and the years before it, the latest to end first."""
        for year in range(today.year, FIRST_YEAR - 1, -1):
            for suffix, _, _ in reversed(_REPORTS):
                yield cls._of(year, suffix)

    @classmethod
    def latest_finished(cls, today: date) -> Self:
        """The period that ended last before today."""
        return next(period for period in cls.begun(today) if period.last_day < today)

    @property
    def previous(self) -> Self:
        """The same period one year earlier."""
        return self._of(self.first_day.year - 1, self.code[4:])

    @property
    def is_year(self) -> bool:
        """Whether it is the report of a whole year."""
        return (self.last_day.month, self.last_day.day) == (12, 31)

    @property
    def whole_year(self) -> Self:
        """The whole year that it is a part of."""
        return self._of(self.first_day.year, "")

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last_day - self.first_day).days + 1

    @classmethod
    def so_far(cls, day: date) -> Self:
        """The days of a year up to the day: no report, but counted in the same way."""
        return cls(f"{day.year}", date(day.year, 1, 1), day, f"{day.year} hittills")

    @property
    def tertials(self) -> tuple[Self, ...]:
        """The three stand-alone tertials that ended last, at the latest on the period's last day.

        Each of jan–apr, maj–aug and sep–dec is there once and is over, so a report of the spring
        shows the spring after the two tertials before it.
        """
        year = self.first_day.year
        ended = [
            type(self)(f"{of}-{name}", date(of, *first), date(of, *last), f"{name} {of}")
            for of in (year - 1, year)
            for name, first, last in _TERTIALS
            if date(of, *last) <= self.last_day
        ]
        return tuple(ended[-3:])

    @classmethod
    def _of(cls, year: int, suffix: str) -> Self:
        last, name = next((last, name) for known, last, name in _REPORTS if known == suffix)
        return cls(f"{year}{suffix}", date(year, 1, 1), date(year, *last), f"{name} {year}")
