"""Personnummer and samordningsnummer: read, check, show. Pure; the day is an argument.

Source: folkbokföringslagen (1991:481) 18–18 a §§ and Skatteverket's SKV 704 and SKV 707. A
samordningsnummer is built like a personnummer with 60 added to the day; its month and day may be
partly unknown (00, and 60 for the day), so its birth date is kept beside it.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

_PATTERN = re.compile(
    r"(?P<century>[0-9]{2})?(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?P<sign>[-+]?)(?P<last>[0-9]{4})"
)


class InvalidPersonnummer(ValueError):
    """The text is no personnummer or samordningsnummer. The message is a Swedish sentence."""


@dataclass(frozen=True, slots=True)
class Personnummer:
    """A valid personnummer or samordningsnummer, as twelve digits: ÅÅÅÅMMDDNNNN."""

    digits: str

    @classmethod
    def parse(cls, text: str, *, today: date) -> Self:
        """Read ten or twelve digits, with or without `-`, `+` and spaces.

        `today` decides the century of ten digits: with `-` or nothing the latest one possible, with
        `+` the one before that.
        Raises InvalidPersonnummer.
        """
        match = _PATTERN.fullmatch(re.sub(r"[\s\u2010-\u2015]", _dash_or_nothing, text))
        if match is None:
            raise InvalidPersonnummer(
                "Skriv personnumret med tio eller tolv siffror, till exempel ÅÅÅÅMMDD-NNNN."
            )
        day = int(match["day"])
        digits = _century(match, today) + "".join(match.group("year", "month", "day", "last"))
        if _checksum(digits[2:]) != 0 or match["last"].startswith("000"):
            raise InvalidPersonnummer(
                "Kontrollsiffran stämmer inte. Kontrollera att alla siffror är rätt."
            )
        number = cls(digits)
        if day < 60:
            if number.birth_date is None:
                raise InvalidPersonnummer("Datumet i personnumret finns inte i kalendern.")
        elif not (60 <= day <= 91 and 0 <= int(match["month"]) <= 12) or (
            day > 60 and match["month"] != "00" and number.birth_date is None
        ):
            raise InvalidPersonnummer("Datumet i samordningsnumret finns inte i kalendern.")
        if number.birth_date is not None and number.birth_date > today:
            raise InvalidPersonnummer("Personnumret är för en dag som inte har varit än.")
        return number

    @property
    def is_coordination_number(self) -> bool:
        """Whether this is a samordningsnummer."""
        return int(self.digits[6:8]) >= 60

    @property
    def birth_date(self) -> date | None:
        """The day of birth; None for a samordningsnummer that does not tell it."""
        day = int(self.digits[6:8])
        try:
            return date(int(self.digits[:4]), int(self.digits[4:6]), day - 60 if day >= 60 else day)
        except ValueError:
            return None

    @property
    def is_woman(self) -> bool:
        """Legal sex by the ninth of the ten digits: even for women, odd for men."""
        return int(self.digits[10]) % 2 == 0

    def __str__(self) -> str:
        # Kept out of logs and error texts: whoever may see the number asks for `full`.
        return self.masked

    @property
    def full(self) -> str:
        """ÅÅÅÅMMDD-NNNN."""
        return f"{self.digits[:8]}-{self.digits[8:]}"

    @property
    def masked(self) -> str:
        """ÅÅÅÅMMDD-****."""
        return f"{self.digits[:8]}-****"


def with_check_digit(nine: str) -> str:
    """The ten digits that begin with these nine, for demonstrations and tests."""
    return nine + str(-_checksum(nine + "0") % 10)


def _dash_or_nothing(match: re.Match[str]) -> str:
    return "" if match[0].isspace() else "-"


def _century(match: re.Match[str], today: date) -> str:
    if match["century"]:
        return match["century"]
    born = "".join(match.group("year", "month")) + f"{int(match['day']) % 60:02}"
    # A birthday later this year is of the century before: that person is not yet 100.
    century = today.year // 100 - (born > f"{today:%y%m%d}")
    return str(century - (match["sign"] == "+"))


def _checksum(ten: str) -> int:
    """The Luhn sum modulo 10: 0 when the last digit is right."""
    total = 0
    for position, digit in enumerate(ten):
        product = int(digit) * (2 if position % 2 == 0 else 1)
        total += product // 10 + product % 10
    return total % 10
