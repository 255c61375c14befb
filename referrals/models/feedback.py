"""What has been told to the sender after the exit, as it was sent; and what the sender has asked the team."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from participants.models import Enrolment, Intervention, TeamReview
from sundbyberg_am.models import User

from .referrals import Referral, ReferralQuerySet, Status


class FeedbackRecordQuerySet(models.QuerySet["FeedbackRecord"]):
    def newest_first(self) -> Self:
        """The last one sent first, with who has read it."""
        return self.select_related("acknowledged_by").order_by("-number")

    def referrals_to_tell(self) -> ReferralQuerySet:
        """Those whose sender is to be told of an exit, or that what was told of it has changed since."""
        told = self.filter(referral=OuterRef("pk")).order_by("-number").values("checked_at")
        changed = Intervention.objects.filter(
            enrolment=OuterRef("enrolment"), changed_at__gt=OuterRef("checked_at")
        )
        return (
            Referral.objects.filter(status=Status.ACCEPTED, enrolment__voided_at=None)
            .exclude(from_unit=None)
            .annotate(checked_at=Subquery(told[:1]))
            .filter(
                Q(checked_at=None, enrolment__ended_on__isnull=False)
                | Q(enrolment__changed_at__gt=F("checked_at"))
                | Exists(changed)
            )
            .order_by("pk")
        )

    def to_acknowledge(self, user: User) -> Self:
        """The last record of each of the team's referrals, where nobody has said that it is read."""
        later = FeedbackRecord.objects.filter(
            referral=OuterRef("referral"), number__gt=OuterRef("number")
        )
        return (
            self.filter(
                ~Exists(later),
                acknowledged_at=None,
                referral__in=Referral.objects.taken_on_from_team_of(user),
                referral__enrolment__voided_at=None,
            )
            .select_related("referral")
            .order_by("sent_at", "pk")
        )


class FeedbackRecord(models.Model):
    """What the sender's team was told of an exit, frozen as sent. A correction is a new one."""

    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, related_name="feedback_records"
    )
    number = models.PositiveSmallIntegerField("nummer")
    content = models.JSONField("innehåll")
    sent_at = models.DateTimeField("skickad")
    # When the case was last seen to say the same; nothing that has been told.
    checked_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField("läst", null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = FeedbackRecordQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["referral", "number"]
        verbose_name = "återkoppling"
        verbose_name_plural = "återkopplingar"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["referral", "number"], name="feedback_one_of_each_number"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="feedback_acknowledged_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"återkoppling {self.referral_id}/{self.number}"


class TeamRequestQuerySet(models.QuerySet["TeamRequest"]):
    def waiting(self) -> Self:
        """Those of open cases that have not been put to the team since."""
        put = TeamReview.objects.filter(
            enrolment=OuterRef("referral__enrolment"), created_at__gte=OuterRef("asked_at")
        )
        return self.filter(
            ~Exists(put),
            referral__status=Status.ACCEPTED,
            referral__enrolment__ended_on=None,
            referral__enrolment__voided_at=None,
        )

    def in_cases(self, enrolments: "models.QuerySet[Enrolment]") -> Self:
        """Those about these cases, with the person, oldest first."""
        return (
            self.filter(referral__enrolment__in=enrolments.order_by().values("pk"))
            .select_related("referral__enrolment__participant")
            .order_by(F("asked_at"), "pk")
        )

    def for_page(self) -> Self:
        """In order of time, with who asked."""
        return self.select_related("asked_by").order_by("asked_at", "pk")


class TeamRequest(models.Model):
    """The sender's question to the Kompetensteam; the consultant puts the case, which answers it."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="team_requests")
    question = models.TextField("vad vill du att teamet tar upp", max_length=2_000)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = TeamRequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["asked_at", "pk"]
        verbose_name = "fråga till Kompetensteamet"
        verbose_name_plural = "frågor till Kompetensteamet"

    def __str__(self) -> str:
        return f"fråga till Kompetensteamet {self.pk}"
