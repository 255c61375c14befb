"""The board's goals of a year, and the indicators that tell whether they are met."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from sundbyberg_am.models import Versioned

from ..periods import FIRST_YEAR, LAST_YEAR
from .degrees import Direction

# The annual report is approved in the spring: until this day a year's goals can be put right.
OPEN_UNTIL = (4, 30)


class HandUnit(models.TextChoices):
    """What an outcome that is counted by hand is a number of."""

    PERSONS = "persons", "personer"
    NUMBER = "number", "antal"
    SHARE = "share", "procent"
    DAYS = "days", "dagar"


class Sex(models.TextChoices):
    """Whom an indicator is about, as the figures divide them."""

    ALL = "all", "Alla"
    WOMEN = "women", "Kvinnor"
    MEN = "men", "Män"
    UNKNOWN = "unknown", "Uppgift saknas"


class BoardGoalQuerySet(models.QuerySet["BoardGoal"]):
    def of_year(self, year: int) -> Self:
        """The year's goals in their order, with their indicators."""
        return self.filter(year=year).prefetch_related("indicators").order_by("number", "pk")

    def years(self) -> list[int]:
        """Every year that has goals, the latest first."""
        return [*self.order_by("-year").values_list("year", flat=True).distinct()]

    def last_number(self, year: int) -> int:
        """The number of the year's last goal; 0 when it has none."""
        return self.filter(year=year).aggregate(last=models.Max("number"))["last"] or 0


class BoardGoal(Versioned):
    """A goal of the board for one year. Another year has goals of its own, also when they say the same."""

    year = models.PositiveSmallIntegerField(
        "år", validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    number = models.PositiveSmallIntegerField("nummer")
    text = models.CharField("nämndmål", max_length=300)
    responsible = models.CharField("ansvarig", max_length=100, blank=True)

    objects = BoardGoalQuerySet.as_manager()

    class Meta:
        verbose_name = "nämndmål"
        verbose_name_plural = "nämndmål"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["year", "text"],
                name="boardgoal_once_a_year",
                violation_error_message="Målet finns redan det året.",
            ),
        ]

    def __str__(self) -> str:
        return f"nämndmål {self.year}:{self.number}"


def is_open(year: int, today: date) -> bool:
    """Whether the year's goals can be changed: they can until its annual report is approved."""
    return today <= date(year + 1, *OPEN_UNTIL)


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def of_year(self, year: int) -> Self:
        """The indicators of the year's goals."""
        return self.filter(goal__year=year)


class Indicator(Versioned):
    """What tells whether a goal is met: a figure of the catalogue or a number counted by hand.

    The target and the outcome are in the unit that is shown: a share in per cent.
    """

    goal = models.ForeignKey(BoardGoal, on_delete=models.CASCADE, related_name="indicators")
    number = models.PositiveSmallIntegerField("nummer")
    label = models.CharField("indikator", max_length=200)
    # A code of the catalogue, and there the dimension, its member and the sex. Empty: counted by hand.
    figure = models.CharField("siffra", max_length=60, blank=True)
    dimension = models.CharField("indelning", max_length=30, blank=True)
    member = models.CharField("grupp", max_length=60, blank=True)
    sex = models.CharField("kön", max_length=10, choices=Sex, default=Sex.ALL)
    direction = models.CharField(
        "riktning", max_length=10, choices=Direction, default=Direction.AT_LEAST
    )
    target = models.DecimalField(
        "målvärde",
        max_digits=9,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    hand_unit = models.CharField("räknas i", max_length=10, choices=HandUnit, blank=True)
    hand_outcome = models.DecimalField(
        "utfall",
        max_digits=9,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    hand_until = models.DateField("utfallet gäller till och med", null=True, blank=True)
    comment = models.CharField("kommentar", max_length=500, blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = "indikator"
        verbose_name_plural = "indikatorer"
        ordering: ClassVar = ["number", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(dimension="", member="")
                | ~Q(dimension="") & ~Q(member="") & ~Q(figure=""),
                name="indicator_member_of_a_dimension",
                violation_error_message="En grupp hör till en siffra ur katalogen.",
            ),
            models.CheckConstraint(
                condition=Q(figure="") & ~Q(hand_unit="")
                | ~Q(figure="") & Q(hand_unit="", hand_outcome=None, hand_until=None),
                name="indicator_by_hand_or_of_a_figure",
                violation_error_message="Ett utfall som räknas för hand har en enhet. En siffra ur "
                "katalogen räknas av systemet.",
            ),
            models.CheckConstraint(
                condition=Q(hand_outcome=None, hand_until=None)
                | Q(hand_outcome__isnull=False, hand_until__isnull=False),
                name="indicator_outcome_with_its_day",
                violation_error_message="Ange både utfallet och vilken dag det gäller till.",
            ),
        ]

    def __str__(self) -> str:
        return f"indikator {self.pk}"


def without_indicator(goals: Iterable[BoardGoal]) -> list[BoardGoal]:
    """The goals that nothing measures."""
    return [goal for goal in goals if not goal.indicators.all()]


def without_target(goals: Iterable[BoardGoal]) -> list[Indicator]:
    """The indicators that have nothing to reach."""
    return [one for goal in goals for one in goal.indicators.all() if one.target is None]
