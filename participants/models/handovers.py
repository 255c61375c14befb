"""Who has a case from a day on, and the handovers that moved many at once."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from sundbyberg_am.access import Permission
from sundbyberg_am.models import Unit, User

from .enrolments import Enrolment
from .people import Participant

# Without enrolments that were registered by mistake.
_VALID = Q(changes__enrolment__voided_at=None)


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, user: User) -> Self:
        """Those of the user's unit, for whoever reads cases."""
        return self.filter(unit=user.unit_id) if user.may(Permission.READ_CASES) else self.none()

    def for_page(self) -> Self:
        """With whom it is from and who registered it."""
        return self.select_related("consultant", "created_by")

    def unseen_by(self, user: User) -> Self:
        """Those that concern the user, who has not said yet that they are seen; oldest first.

        Adds `size`: how many cases the user gives away or gets.
        """
        mine = Q(consultant=user) | Q(changes__consultant=user)
        return (
            self.filter(notices__user=user, notices__seen_at=None)
            .select_related("consultant")
            .annotate(size=models.Count("changes", filter=mine & _VALID, distinct=True))
            .order_by("valid_from", "pk")
        )

    def newest(self, size: int, user: User) -> Self:
        """The last ones, planned ones first, with whom they are from and how many cases they moved.

        Those who are hidden from the user are not counted.
        """
        seen = _VALID & ~Q(
            changes__enrolment__participant__in=Participant.objects.hidden_from(user)
        )
        return (
            self.select_related("consultant", "created_by")
            .annotate(size=models.Count("changes", filter=seen, distinct=True))
            .order_by("-valid_from", "-pk")[:size]
        )


class Handover(models.Model):
    """Cases that go from one consultant to others, from a day on. What went where stands in `changes`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="enhet")
    consultant = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="lämnar över"
    )
    valid_from = models.DateField("från och med")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    size: int  # added by `unseen_by` and `newest`

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = "överlämning"
        verbose_name_plural = "överlämningar"

    def __str__(self) -> str:
        return f"överlämning {self.valid_from}"

    def has_begun_by(self, day: date) -> bool:
        """Whether the cases have moved on the day."""
        return self.valid_from <= day


class HandoverNoticeQuerySet(models.QuerySet["HandoverNotice"]):
    def unseen_of(self, user: User) -> Self:
        """Those that the user has not said are seen."""
        return self.filter(user=user, seen_at=None)


class HandoverNotice(models.Model):
    """That a handover concerns somebody; it stays on their start page until they say it is seen."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="notices")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = HandoverNoticeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handover", "user"], name="handover_notice_unique")
        ]

    def __str__(self) -> str:
        return f"besked {self.pk}"


class ConsultantChangeQuerySet(models.QuerySet["ConsultantChange"]):
    def in_force_on(self, day: date) -> "ConsultantChange | None":
        """The one of these, of one enrolment, that counts on the day."""
        return self.filter(valid_from__lte=day).order_by("valid_from", "pk").last()

    def for_page(self) -> Self:
        """Newest first, with who has the case and who registered it."""
        return self.select_related("consultant", "created_by").order_by("-valid_from", "-pk")

    def of_enrolments(self, enrolments: Iterable[Enrolment]) -> Self:
        """Those of these enrolments, in the order in which they count."""
        return self.filter(enrolment__in=enrolments).order_by("valid_from", "pk")

    def for_handover_page(self, user: User) -> models.QuerySet:
        """What went where, of what the user may see: by new consultant and by name."""
        return (
            self.filter(enrolment__in=Enrolment.objects.valid().visible_to(user))
            .annotate(
                public_id=F("enrolment__participant__public_id"),
                first_name=F("enrolment__participant__first_name"),
                last_name=F("enrolment__participant__last_name"),
                consultant_name=F("consultant__name"),
            )
            .order_by("consultant__name", "consultant_id", "enrolment__participant__name_key", "pk")
            .values_list("public_id", "first_name", "last_name", "consultant_name", named=True)
        )


class ConsultantChange(models.Model):
    """Who has the case from a day on, which may lie ahead. The newest that has begun counts.

    An enrolment without any has the consultant that it was given at the start.
    """

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="consultant_changes"
    )
    consultant = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="konsulent"
    )
    valid_from = models.DateField("från och med")
    handover = models.ForeignKey(
        Handover, on_delete=models.CASCADE, null=True, blank=True, related_name="changes"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ConsultantChangeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["valid_from", "pk"]
        verbose_name = "byte av konsulent"
        verbose_name_plural = "byten av konsulent"
        indexes: ClassVar = [
            models.Index(
                fields=["enrolment", "valid_from", "id"], name="consultantchange_in_force"
            ),
            models.Index(fields=["consultant"], name="consultantchange_consultant"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "handover"],
                condition=Q(handover__isnull=False),
                name="consultantchange_once_a_handover",
                violation_error_message="Ärendet finns redan i överlämningen.",
            )
        ]

    def __str__(self) -> str:
        return f"konsulent från {self.valid_from}"

    def is_planned_on(self, day: date) -> bool:
        """Whether it has not begun on the day."""
        return self.valid_from > day


def history_of(enrolment: Enrolment, changes: Sequence[ConsultantChange]) -> list[ConsultantChange]:
    """The changes newest first, with who had the case at the start when only the enrolment says so."""
    if changes or enrolment.consultant is None:
        return list(changes)
    return [
        ConsultantChange(
            enrolment=enrolment, consultant=enrolment.consultant, valid_from=enrolment.started_on
        )
    ]
