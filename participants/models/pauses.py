"""The pause: time when the person is enrolled and nothing is expected to happen."""

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from sundbyberg_am.models import User

from .enrolments import Enrolment


class PauseKind(models.TextChoices):
    """Why nothing is expected for a while. Kinds only: no diagnoses, no details."""

    PARENTAL_LEAVE = "parental_leave", "Föräldraledighet"
    SICKNESS = "sickness", "Sjukdom"
    CARE = "care", "Vård av närstående"
    AWAY = "away", "Bortrest"
    OTHER = "other", "Annat"


class PauseQuerySet(models.QuerySet["Pause"]):
    def on(self, day: date) -> Self:
        """Those with the day in them; the first and the last day are days of the pause."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)

    def lasting_after(self, day: date) -> Self:
        """Those that go on after the day, also without an end."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day))

    def starting_after(self, day: date) -> Self:
        """Those registered to begin later than the day."""
        return self.filter(started_on__gt=day)

    def for_page(self) -> Self:
        """Newest first."""
        return self.order_by("-started_on")


class Pause(models.Model):
    """A pause in an enrolment, which still counts as enrolled. No last day: until further notice."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="pauses")
    kind = models.CharField("varför", max_length=20, choices=PauseKind)
    started_on = models.DateField("från och med")
    ended_on = models.DateField("till och med", null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PauseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["started_on"]
        verbose_name = "paus"
        verbose_name_plural = "pauser"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=PauseKind.values), name="pause_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="pause_ends_after_start",
                violation_error_message="Pausens sista dag kan inte vara före den första.",
            ),
            # As for enrolments: a range of one number stands for "the same case".
            ExclusionConstraint(
                name="pause_no_overlap",
                expressions=[
                    (
                        Func(
                            F("enrolment"),
                            F("enrolment"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.EQUAL,
                    ),
                    (
                        Func(
                            F("started_on"),
                            F("ended_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="Det finns redan en paus under den tiden.",
            ),
        ]

    def __str__(self) -> str:
        return f"paus {self.started_on}"

    def is_on(self, day: date) -> bool:
        """Whether the day is a day of the pause."""
        return self.started_on <= day and not self.is_over_on(day)

    def is_over_on(self, day: date) -> bool:
        """Whether its last day is before the day."""
        return self.ended_on is not None and self.ended_on < day

    def clean(self) -> None:
        """A pause lies within the enrolment, and ends after it begins."""
        super().clean()
        if self.ended_on and self.ended_on < self.started_on:
            raise ValidationError({"ended_on": "Pausens sista dag kan inte vara före den första."})
        self.enrolment.check_covers(
            self.started_on,
            "started_on",
            "Pausen ska börja medan personen är inskriven. Välj en annan dag.",
        )
        last = self.enrolment.ended_on
        if last and (self.ended_on is None or self.ended_on > last):
            raise ValidationError(
                {"ended_on": f"Pausen ska sluta senast när inskrivningen slutar, {last}."}
            )
