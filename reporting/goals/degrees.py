"""How far a target is met: in a word, a sign and a tone. Pure.

What is compared is what a reader sees: values rounded as they are shown, so that 45 % against the target
45 % is met whatever the decimals say.
"""

from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from django.db.models import TextChoices


class Direction(TextChoices):
    """On which side of the target the outcome should be."""

    AT_LEAST = "at_least", "Minst"
    AT_MOST = "at_most", "Högst"


class Degree(Enum):
    """A degree of fulfilment: its code, sign, word and tone. The sign is one that the typeface has."""

    MET = ("met", "✓", "Uppfyllt", "success")
    PARTLY = ("partly", "△", "Delvis uppfyllt", "warning")
    NOT_MET = ("not_met", "✗", "Inte uppfyllt", "danger")
    UNDERWAY = ("underway", "○", "Året pågår", "info")
    UNKNOWN = ("unknown", "–", "Går inte att bedöma", "neutral")
    HIDDEN = ("hidden", "■", "Dold", "neutral")

    def __init__(self, code: str, sign: str, word: str, tone: str) -> None:
        self.code, self.sign, self.word, self.tone = code, sign, word, tone

    @property
    def text(self) -> str:
        """Sign and word: ✓ Uppfyllt."""
        return f"{self.sign} {self.word}"

    @classmethod
    def of_code(cls, code: str) -> "Degree":
        """The degree that content names so."""
        return next(degree for degree in cls if degree.code == code)


PARTLY_WITHIN = Decimal("0.1")

RULE = (
    "Uppfyllt: värdet når målvärdet. Delvis uppfyllt: det skiljer högst en tiondel av målvärdet. "
    "Inte uppfyllt: det skiljer mer. Värdena jämförs så som de visas. Innan året är slut bedöms "
    "prognosen där det finns en, annars utfallet hittills. Ett antal som växer under året och varken har "
    "nått eller passerat målvärdet står som ”Året pågår”. Utan målvärde eller utfall går det inte att bedöma."
)


def as_shown(value: float | Decimal, decimals: int) -> Decimal:
    """The value rounded half up."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def degree_of(value: Decimal | None, target: Decimal | None, direction: str) -> Degree:
    """How far a value, rounded as it is shown, meets the target."""
    if value is None or target is None:
        return Degree.UNKNOWN
    short = target - value if direction == Direction.AT_LEAST else value - target
    if short <= 0:
        return Degree.MET
    return Degree.PARTLY if short <= target * PARTLY_WITHIN else Degree.NOT_MET


def degree_so_far(value: Decimal | None, target: Decimal | None, direction: str) -> Degree:
    """How far a number that only grows meets the target before the year is over.

    At least: met once it is reached. At most: no longer met once it is passed.
    """
    if value is None or target is None:
        return Degree.UNKNOWN
    if direction == Direction.AT_LEAST:
        return Degree.MET if value >= target else Degree.UNDERWAY
    return degree_of(value, target, direction) if value > target else Degree.UNDERWAY
