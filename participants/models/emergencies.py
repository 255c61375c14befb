"""Emergency openings: a case that is not for the user, opened for an hour, with a reason that others read."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from sundbyberg_am.access import Permission
from sundbyberg_am.limits import Occurrence
from sundbyberg_am.models import User

from .enrolments import Enrolment

LASTS = timedelta(hours=1)
SHORTEST_REASON = 20


class EmergencyOpeningQuerySet(models.QuerySet["EmergencyOpening"]):
    def opened_by(self, user: User, now: datetime) -> Self:
        """The user's own that have not ended, the latest first; not of somebody protected since."""
        return self._of_unprotected()._for_page().filter(user=user, until__gt=now)

    def to_answer_for(self, user: User) -> Self:
        """Those in cases that the user answers for and may see, the latest first."""
        if not user.may(Permission.ANSWER_FOR_CASES):
            return self.none()
        cases = Enrolment.objects.visible_to(user)
        return self._for_page().filter(enrolment__in=cases).exclude(user=user)

    def of_participant(self, public_id: uuid.UUID) -> Self:
        """Those in cases of the participant."""
        return self.filter(enrolment__participant__public_id=public_id)

    def unread(self) -> Self:
        """Those that nobody who answers for the case has said to have read."""
        return self.filter(read_at=None)

    def page_before(self, key: str, size: int) -> Self:
        """The newest, or the newest before the one with this key, at most `size`; of nobody protected."""
        older = self.filter(pk__lt=int(key[:18])) if key.isascii() and key.isdigit() else self
        return older._of_unprotected()._for_page().order_by("-pk")[:size]

    def to_mail(self) -> Self:
        """Those that the managers have not been written to about."""
        return self.filter(mailed_at=None).order_by("pk")

    def held(self, pk: int) -> "EmergencyOpening | None":
        """The one with this key, held to the end of the transaction; None while somebody else holds it."""
        found = self.select_for_update(skip_locked=True, of=("self",)).select_related("enrolment")
        return found.filter(pk=pk).first()

    def _of_unprotected(self) -> Self:
        return self.filter(enrolment__participant__protection="")

    def _for_page(self) -> Self:
        return self.select_related(
            "enrolment__participant", "enrolment__unit", "user__unit", "read_by"
        ).order_by("-at", "-pk")


class EmergencyOpening(models.Model):
    """Somebody has opened a case that is not for them. The case is there for them until `until`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="emergency_openings"
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("varför", max_length=500)
    at = models.DateTimeField("öppnat")
    until = models.DateTimeField("till")
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = EmergencyOpeningQuerySet.as_manager()

    class Meta:
        verbose_name = "nödöppning"
        verbose_name_plural = "nödöppningar"
        indexes: ClassVar = [
            models.Index(fields=["user", "until"], name="emergency_of_user"),
            models.Index(fields=["id"], condition=Q(mailed_at=None), name="emergency_to_mail"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__gt=F("at")) & Q(until__lte=F("at") + LASTS),
                name="emergency_lasts_an_hour",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="emergency_has_a_reason"),
            models.CheckConstraint(
                condition=Q(read_at=None, read_by=None)
                | Q(read_at__isnull=False, read_by__isnull=False),
                name="emergency_read_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"nödöppning {self.pk}"

    @property
    def subject(self) -> uuid.UUID:
        """The public id of the person, for the record of what is shown."""
        return self.enrolment.participant.public_id


class EmergencyMiss(Occurrence):
    """That a number was tried that opens no case: so nobody goes through numbers to see whose are here."""

    ALLOWED = 5
    WITHIN = timedelta(hours=1)

    class Meta:
        verbose_name = "misslyckad nödöppning"
        verbose_name_plural = "misslyckade nödöppningar"
        indexes: ClassVar = [models.Index(fields=["sender", "at"], name="emergencymiss_recent")]

    def __str__(self) -> str:
        return f"misslyckad nödöppning {self.at:%Y-%m-%d}"
