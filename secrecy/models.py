"""Decisions to remove people, those whom one still waits to reach, and signed controls of the access log."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from participants.models import Participant
from referrals.models import Referral
from sundbyberg_am.models import Unit, User


class RemovalDecisionQuerySet(models.QuerySet["RemovalDecision"]):
    def of_unit(self, unit: Unit | int) -> Self:
        """Those of the unit, the latest first, with who decided."""
        return self.filter(unit=unit).select_related("decided_by").order_by("-decided_at", "-pk")

    def unfinished(self) -> Self:
        """Those that the worker has not carried out."""
        return self.filter(finished_at=None).order_by("pk")


class RemovalDecision(models.Model):
    """That everybody on a unit's list of a year is to be removed. Carried out by the worker."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="enhet")
    year = models.PositiveSmallIntegerField("år")
    people = models.PositiveIntegerField("antal personer")
    decided_at = models.DateTimeField("beslutat")
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="beslutat av"
    )
    # Of whom something was written between the decision and its carrying out.
    kept = models.PositiveIntegerField("står kvar", default=0)
    finished_at = models.DateTimeField("gjort", null=True, blank=True)

    objects = RemovalDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "beslut om gallring"
        verbose_name_plural = "beslut om gallring"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kept__lte=F("people")), name="removal_keeps_at_most_all"
            )
        ]

    def __str__(self) -> str:
        return f"gallring {self.year}"

    @property
    def removed(self) -> int:
        """How many were removed, once it is carried out."""
        return self.people - self.kept


class RemovalEntry(models.Model):
    """Somebody whom a decision still waits to reach. Goes with the person: none is left in the end."""

    decision = models.ForeignKey(RemovalDecision, on_delete=models.PROTECT, related_name="entries")
    participant = models.OneToOneField(
        Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Of somebody who never became a participant: the first of the person's referrals.
    referral = models.OneToOneField(
        Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "person att gallra"
        verbose_name_plural = "personer att gallra"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(participant=None, referral__isnull=False)
                | Q(participant__isnull=False, referral=None),
                name="removal_entry_is_of_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"gallring {self.pk}"


class LogReviewQuerySet(models.QuerySet["LogReview"]):
    def by_month(self) -> "dict[date, LogReview]":
        """All of them, by the first day of the month."""
        return {one.month: one for one in self.select_related("reviewed_by")}

    def of_month(self, first: date) -> "LogReview | None":
        """The one of the month, if it is signed."""
        return self.select_related("reviewed_by").filter(month=first).first()


class LogReview(models.Model):
    """That the access log of a month has been looked through, and what there was to look at then."""

    month = models.DateField("månad", unique=True)
    found = models.JSONField("att titta på")
    note = models.TextField("bedömning", max_length=2_000)
    reviewed_at = models.DateTimeField("signerad")
    reviewed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="signerad av"
    )

    objects = LogReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "loggkontroll"
        verbose_name_plural = "loggkontroller"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(month__day=1), name="log_review_is_of_a_month")
        ]

    def __str__(self) -> str:
        return f"loggkontroll {self.month}"
