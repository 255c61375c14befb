"""The survey to participants. An answer cannot be led back to anybody, so what is kept is kept apart.

`SurveyHandout` says that a participant was handed a code, for the work list. `SurveyCode` is the code itself,
as a fingerprint: it points at no participant, and is gone once it is used. `SurveyAnswer` is what was said.
None of them points at another, and neither codes nor answers are numbered in the order that they came.
"""

import uuid
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from sundbyberg_am.limits import Occurrence
from sundbyberg_am.models import Unit, User

from .enrolments import Enrolment
from .progress import months_later
from .work_lists import EXIT_SURVEY_DAYS, SURVEY_MONTHS, UNASSESSABLE_EXITS

# No letter or digit that is easily taken for another.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 12
CODE_GROUP = 4
CODE_MONTHS = 2

LOWEST, HIGHEST = 1, 5
NO_SUCH_MARK = "Välj ett av talen 1, 2, 3, 4 eller 5."

# So many wrong codes from one address are let through in so long a time.
MISSES_ALLOWED = 30
MISSES_WITHIN = timedelta(minutes=15)


def code_hash(code: str) -> str:
    """The fingerprint that is kept of a code, however it was typed: small letters, spaces, hyphens."""
    typed = "".join(sign for sign in code.upper() if sign.isalnum())
    return salted_hmac("participants.SurveyCode", typed, algorithm="sha256").hexdigest()


def address_hash(address: str) -> str:
    """What is kept of the address that wrong codes come from, for as long as they are counted."""
    return salted_hmac("participants.SurveyMiss", address, algorithm="sha256").hexdigest()


def code_expires_on(day: date) -> date:
    """The last day of a code handed out on the day: a month's last, so that it does not tell the day."""
    later = months_later(day.replace(day=1), CODE_MONTHS)
    return later.replace(day=monthrange(later.year, later.month)[1])


class SurveyHandoutQuerySet(models.QuerySet["SurveyHandout"]):
    def for_page(self) -> Self:
        """Newest first."""
        return self.order_by("-given_on", "-pk")


class SurveyHandout(models.Model):
    """That a participant was handed a code on a day. Whether it was used is not known, and not to be."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="survey_handouts"
    )
    given_on = models.DateField("utdelad")
    given_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SurveyHandoutQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["given_on", "pk"]
        verbose_name = "utdelad enkät"
        verbose_name_plural = "utdelade enkäter"
        indexes: ClassVar = [
            models.Index(fields=["enrolment", "-given_on"], name="surveyhandout_newest")
        ]

    def __str__(self) -> str:
        return f"enkät {self.given_on}"


class SurveyCodeQuerySet(models.QuerySet["SurveyCode"]):
    def locked(self, code: str, day: date) -> "SurveyCode | None":
        """The code as it was typed, if it can be used on the day; locked, so that nobody else uses it."""
        found = self.filter(fingerprint=code_hash(code), expires_on__gte=day)
        return found.select_for_update().first()

    def expired(self, day: date) -> Self:
        """Those that can be used no more."""
        return self.filter(expires_on__lt=day)


class SurveyCode(models.Model):
    """A code that has not been used. It says nothing of whom it was handed to."""

    fingerprint = models.CharField(primary_key=True, max_length=64, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    expires_on = models.DateField("gäller till och med")

    objects = SurveyCodeQuerySet.as_manager()

    class Meta:
        verbose_name = "enkätkod"
        verbose_name_plural = "enkätkoder"

    def __str__(self) -> str:
        return f"enkätkod till {self.expires_on}"


class Statement(models.TextChoices):
    """What a participant says how well it fits."""

    RESPECT = "respect", "Jag har blivit bemött med respekt"
    INFLUENCE = "influence", "Jag har fått vara med och bestämma"
    CLARITY = "clarity", "Jag har förstått vad som ska hända och varför"
    USE = "use", "Stödet har hjälpt mig närmare arbete eller studier"
    WHOLE = "whole", "Som helhet är jag nöjd med stödet"


def _mark(statement: Statement) -> Any:
    limits = (MinValueValidator(LOWEST, NO_SUCH_MARK), MaxValueValidator(HIGHEST, NO_SUCH_MARK))
    return models.PositiveSmallIntegerField(str(statement.label), validators=limits)


class SurveyAnswer(models.Model):
    """What somebody answered: a mark for each statement, 5 the best. Nothing of who it was.

    Only the month is kept, since a day would point out whoever was there on it; every period that is
    reported begins and ends with a month. Legal sex is not kept: in a small unit it would point somebody out.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField("månad", help_text="Månadens första dag.")
    respect = _mark(Statement.RESPECT)
    influence = _mark(Statement.INFLUENCE)
    clarity = _mark(Statement.CLARITY)
    use = _mark(Statement.USE)
    whole = _mark(Statement.WHOLE)

    class Meta:
        verbose_name = "enkätsvar"
        verbose_name_plural = "enkätsvar"
        indexes: ClassVar = [models.Index(fields=["month"], name="surveyanswer_month")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(month__day=1), name="surveyanswer_month_is_its_first_day"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{mark}__range": (LOWEST, HIGHEST)}),
                    name=f"surveyanswer_{mark}_from_one_to_five",
                    violation_error_message=NO_SUCH_MARK,
                )
                for mark in Statement.values
            ),
        ]

    def __str__(self) -> str:
        return f"enkätsvar {self.month:%Y-%m}"


class SurveyMiss(Occurrence):
    """That a wrong code came from an address, of which only a fingerprint is kept, and not for long."""

    ALLOWED = MISSES_ALLOWED
    WITHIN = MISSES_WITHIN

    class Meta:
        verbose_name = "felaktig enkätkod"
        verbose_name_plural = "felaktiga enkätkoder"
        indexes: ClassVar = [models.Index(fields=["sender", "at"], name="surveymiss_recent")]

    def __str__(self) -> str:
        return f"felaktig enkätkod {self.at:%Y-%m-%d}"


def survey_due_on(enrolment: Enrolment, handouts: Sequence[SurveyHandout]) -> date | None:
    """When the participant is due to be handed the survey next; None when not.

    Each half-year, counted from the start or the latest handout, and at the exit unless it was handed out
    lately. The same rule as `EnrolmentQuerySet.survey_due`, for one enrolment with all its handouts read.
    """
    latest = max((one.given_on for one in handouts), default=None)
    if enrolment.ended_on is None:
        return months_later(latest or enrolment.started_on, SURVEY_MONTHS)
    reason = enrolment.exit_reason
    is_done = latest and latest >= enrolment.ended_on - timedelta(days=EXIT_SURVEY_DAYS)
    if is_done or (reason and reason.code in UNASSESSABLE_EXITS):
        return None
    return enrolment.ended_on
