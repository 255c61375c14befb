"""How far somebody has come between two assessments. Pure: steps by domain in, what changed out.

A domain that was not assessed is absent from the steps, or None: it is neither low nor unchanged.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

from sundbyberg_am.templatetags.swedish import number

from .domains import Domain

Steps = Mapping[str, int | None]

CLEAR_STEPS = 2  # so many steps higher in one domain is clear progress


class Direction(TextChoices):
    """Which way the steps have gone, all domains together."""

    IMPROVED = "improved", "Förbättrad"
    UNCHANGED = "unchanged", "Oförändrad"
    WORSENED = "worsened", "Försämrad"


@dataclass(frozen=True, slots=True)
class Change:
    """A domain at two assessments; a step is None where it was not assessed."""

    domain: Domain
    before: int | None
    after: int | None

    @property
    def difference(self) -> int | None:
        """How many steps higher it is; below 0 is lower, None when it cannot be said."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def text(self) -> str:
        """The direction in a word, and the difference with its sign."""
        match self.difference:
            case None:
                return "Går inte att jämföra"
            case 0:
                return "Lika (0)"
            case difference:
                return f"{'Högre' if difference > 0 else 'Lägre'} ({signed(difference)})"

    @property
    def meaning(self) -> str:
        """What the step means at the later assessment; empty when it was not assessed."""
        return self.domain.anchor(self.after) if self.after else ""

    @property
    def tone(self) -> str:
        """The tone that underlines the word, as status.html has them."""
        difference = self.difference
        if not difference:
            return "neutral"
        return "success" if difference > 0 else "warning"


@dataclass(frozen=True, slots=True)
class Progress:
    """All domains that were assessed both times, taken together."""

    changes: tuple[Change, ...]

    @property
    def difference(self) -> int:
        """The sum of the changes, in steps."""
        return sum(change.difference or 0 for change in self.changes)

    @property
    def direction(self) -> Direction:
        """By the sign of the sum."""
        if not self.difference:
            return Direction.UNCHANGED
        return Direction.IMPROVED if self.difference > 0 else Direction.WORSENED

    @property
    def is_clear(self) -> bool:
        """Whether at least one domain is two steps or more higher."""
        return any((change.difference or 0) >= CLEAR_STEPS for change in self.changes)

    @property
    def sign(self) -> str:
        """The sum as it is read."""
        return signed(self.difference)

    @property
    def higher(self) -> int:
        """How many domains are higher."""
        return sum((change.difference or 0) > 0 for change in self.changes)

    @property
    def same(self) -> int:
        """How many domains are unchanged."""
        return sum(change.difference == 0 for change in self.changes)

    @property
    def lower(self) -> int:
        """How many domains are lower."""
        return sum((change.difference or 0) < 0 for change in self.changes)


def compare(before: Steps, after: Steps) -> list[Change]:
    """Every domain at two assessments, in the order that they are asked."""
    return [Change(domain, before.get(domain), after.get(domain)) for domain in Domain]


def progress_between(before: Steps, after: Steps) -> Progress | None:
    """From one assessment to another; None when no domain was assessed both times."""
    both = tuple(one for one in compare(before, after) if one.difference is not None)
    return Progress(both) if both else None


def signed(difference: int) -> str:
    """A number of steps with its sign: +2, −1, 0."""
    return f"{'+' if difference > 0 else ''}{number(difference)}"
