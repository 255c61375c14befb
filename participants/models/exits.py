"""What has been changed about an exit after it was registered: taken back, or answered again."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from sundbyberg_am.models import User

from .enrolments import Enrolment, ExitReason


class ExitEventKind(models.TextChoices):
    """What was done to the exit."""

    UNDONE = "undone", "Öppnad igen"
    CONFIRMED = "confirmed", "Avslutet bekräftat"
    DENIED = "denied", "Avslutet blev inte av"


class ExitEvent(models.Model):
    """Something done to an exit, with the exit as it stood before. Written once, never changed."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="exit_events")
    kind = models.CharField(max_length=10, choices=ExitEventKind)
    happened_on = models.DateField()
    ended_on = models.DateField()
    exit_reason = models.ForeignKey(ExitReason, on_delete=models.PROTECT, related_name="+")
    exit_confirmed = models.BooleanField(null=True, blank=True)
    exit_destination = models.CharField(max_length=200, blank=True)
    exited_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["happened_on", "pk"]
        verbose_name = "ändring av avslut"
        verbose_name_plural = "ändringar av avslut"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=ExitEventKind.values), name="exitevent_kind_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_on}"
