"""People who do not exist. Pure.

Their numbers have a serial number of 980–999, the series held for tests and demonstrations, and their
telephone numbers are of the series that PTS holds for fiction.
"""

from datetime import date, timedelta
from random import Random

from participants.models import Education
from sundbyberg_am.personnummer import with_check_digit

from .fates import Person
from .texts import CONTACT, LANGUAGES, LAST_NAMES, MEN, STREETS, WOMEN

AGES = ((16, 24, 20), (25, 34, 27), (35, 44, 23), (45, 54, 18), (55, 63, 12))
EDUCATIONS = {
    Education.PRIMARY_INCOMPLETE: 18,
    Education.PRIMARY: 24,
    Education.SECONDARY: 32,
    Education.POST_SECONDARY: 11,
    Education.UNVALIDATED: 9,
    Education.UNKNOWN: 6,
}
COORDINATION_NUMBERS = 0.015
ENDINGS = str.maketrans("åäöéø", "aaoeo")


class Register:
    """Hands out people, nobody twice."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def somebody(self, rng: Random, day: date, *, woman: bool, number: bool = True) -> Person:
        """A person of working age on the day; with `number` false, one who has no personnummer yet."""
        first_name, last_name = rng.choice(WOMEN if woman else MEN), rng.choice(LAST_NAMES)
        youngest, oldest = rng.choices(
            [(first, last) for first, last, _ in AGES], [weight for _, _, weight in AGES]
        )[0]
        days = rng.randint(int(youngest * 365.25) + 31, int((oldest + 1) * 365.25) - 31)
        born = day - timedelta(days=days)
        speaks = rng.choice(LANGUAGES) if rng.random() < 0.15 else ""
        name = f"{first_name}.{last_name}".lower().translate(ENDINGS)
        return Person(
            digits=self._number(rng, born, woman=woman) if number else None,
            no_number_reason="" if number else "Väntar på samordningsnummer från Skatteverket.",
            birth_date=born,
            is_woman=woman,
            first_name=first_name,
            last_name=last_name,
            education=rng.choices(list(EDUCATIONS), list(EDUCATIONS.values()))[0],
            phone=f"070-174 06 {rng.randint(5, 99):02}",
            email=f"{name}@example.com" if rng.random() < 0.6 else "",
            address=f"{rng.choice(STREETS)} {rng.randint(1, 60)}, Sundbyberg",
            contact=rng.choice(CONTACT) if rng.random() < 0.4 else "",
            language=speaks,
        )

    def _number(self, rng: Random, born: date, *, woman: bool) -> str:
        day = born.day + (60 if rng.random() < COORDINATION_NUMBERS else 0)
        while True:
            serial = rng.randrange(980 if woman else 981, 1000, 2)
            digits = f"{born:%Y}"[:2] + with_check_digit(f"{born:%y%m}{day:02}{serial}")
            if digits not in self._taken:
                self._taken.add(digits)
                return digits
