"""Progress: the steps of each domain, as the participant and as the consultant see them, on a day."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.aggregates import JSONBAgg
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import JSONObject

from participants.domains import FIRST_STEP, LAST_STEP, Domain
from sundbyberg_am.models import User

from .enrolments import Enrolment
from .work_lists import PROGRESS_MONTHS, UNASSESSABLE_EXITS


class Viewpoint(models.TextChoices):
    """Whose view of the participant's situation it is. They are kept apart."""

    PARTICIPANT = "participant", "Deltagarens bild"
    CONSULTANT = "consultant", "Konsulentens bild"


class Occasion(models.TextChoices):
    """Why somebody is assessed just then."""

    START = "start", "Vid start"
    FOLLOW_UP = "follow_up", "Uppföljning"
    EXIT = "exit", "Vid avslut"


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def with_steps(self) -> Self:
        """Newest first, with the steps of every domain and who registered it, in one query."""
        return (
            self.select_related("created_by", "corrected_by")
            .annotate(
                given=JSONBAgg(
                    JSONObject(
                        domain="domains__domain",
                        participant="domains__participant_step",
                        consultant="domains__consultant_step",
                    )
                )
            )
            .order_by("-assessed_on")
        )

    def on(self, day: date) -> Self:
        """The one of the day, if any."""
        return self.filter(assessed_on=day)

    def after(self, day: date) -> Self:
        """Those of days later than the day."""
        return self.filter(assessed_on__gt=day)


class Assessment(models.Model):
    """How it stands in the domains on a day. At most one a day in an enrolment.

    A mistake is corrected in it, at any time, unless somebody else has corrected it since it was read.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="assessments")
    assessed_on = models.DateField("dag")
    occasion = models.CharField("tillfälle", max_length=10, choices=Occasion)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    corrected_at = models.DateTimeField(null=True, blank=True)
    corrected_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    given: list[dict[str, Any]]  # added by with_steps()

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["assessed_on"]
        verbose_name = "skattning"
        verbose_name_plural = "skattningar"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "assessed_on"],
                name="assessment_once_a_day",
                violation_error_message="Det finns redan en skattning den dagen. Rätta den i stället.",
            ),
            models.CheckConstraint(
                condition=Q(occasion__in=Occasion.values), name="assessment_occasion_is_known"
            ),
            models.CheckConstraint(
                condition=Q(corrected_at=None, corrected_by=None)
                | Q(corrected_at__isnull=False, corrected_by__isnull=False),
                name="assessment_corrected_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"skattning {self.assessed_on}"

    def clean(self) -> None:
        """An assessment is of a day in the enrolment."""
        super().clean()
        if self.assessed_on < self.enrolment.started_on:
            raise ValidationError(
                {"assessed_on": "Skattningen kan inte vara före inskrivningens första dag."}
            )
        if self.enrolment.ended_on and self.assessed_on > self.enrolment.ended_on:
            raise ValidationError({"assessed_on": "Skattningen kan inte vara efter avslutet."})

    def steps_of(self, view: str) -> dict[str, int]:
        """The steps in a view by domain, without those that were not assessed; after with_steps()."""
        return {one["domain"]: one[view] for one in self.given if one[view] is not None}


NO_SUCH_STEP = "Ett steg är 1, 2, 3, 4 eller 5. Välj annars ”Inte bedömd”."


def _step(name: str) -> Any:
    """A step, or None where it is not assessed."""
    limits = (
        MinValueValidator(FIRST_STEP, NO_SUCH_STEP),
        MaxValueValidator(LAST_STEP, NO_SUCH_STEP),
    )
    return models.PositiveSmallIntegerField(name, null=True, blank=True, validators=limits)


class DomainSteps(models.Model):
    """One domain of an assessment; there is none for a domain that neither view has assessed."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField("område", max_length=20, choices=Domain)
    participant_step = _step("deltagarens bild")
    consultant_step = _step("konsulentens bild")

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name = "område i en skattning"
        verbose_name_plural = "områden i en skattning"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assessment", "domain"], name="domainsteps_once_an_assessment"
            ),
            models.CheckConstraint(
                condition=Q(domain__in=Domain.values), name="domainsteps_domain_is_known"
            ),
            models.CheckConstraint(
                # "Is null" is said, since a check that comes out as null is passed.
                condition=(
                    (Q(participant_step=None) | Q(participant_step__range=(FIRST_STEP, LAST_STEP)))
                    & (Q(consultant_step=None) | Q(consultant_step__range=(FIRST_STEP, LAST_STEP)))
                ),
                name="domainsteps_from_one_to_five",
                violation_error_message=NO_SUCH_STEP,
            ),
            models.CheckConstraint(
                condition=Q(participant_step__isnull=False) | Q(consultant_step__isnull=False),
                name="domainsteps_assessed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.domain


def progress_due_on(enrolment: Enrolment, assessments: Sequence[Assessment]) -> date | None:
    """When the enrolment is due to be assessed next; None when it is not.

    At the start, every third calendar month (the day clipped to the month's length) after the latest
    assessment, and at the exit: then only when there is one to compare with. The same rule as
    `EnrolmentQuerySet.progress_due`, for one enrolment with all its assessments read.
    """
    latest = max(assessments, key=lambda one: one.assessed_on, default=None)
    if enrolment.ended_on is None:
        if latest is None:
            return enrolment.started_on
        return months_later(latest.assessed_on, PROGRESS_MONTHS)
    reason = enrolment.exit_reason
    is_done = any(
        one.occasion == Occasion.EXIT or one.assessed_on == enrolment.ended_on
        for one in assessments
    )
    if latest is None or is_done or (reason and reason.code in UNASSESSABLE_EXITS):
        return None
    return enrolment.ended_on


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the month's last when there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
