"""Protected identity: who of the staff may know that a person is here."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from sundbyberg_am.models import User


class Protection(models.TextChoices):
    """What Skatteverket has decided for the person. Everybody else has none."""

    CONFIDENTIAL = "confidential", "Sekretessmarkering"
    PROTECTED_REGISTRATION = "protected_registration", "Skyddad folkbokföring"


class NamedReaderQuerySet(models.QuerySet["NamedReader"]):
    def names(self) -> list[str]:
        """Their names, in order."""
        return list(self.order_by("user__name", "pk").values_list("user__name", flat=True))


class NamedReader(models.Model):
    """One who may know of somebody with a protected identity; for all others the person is not here."""

    participant = models.ForeignKey(
        "participants.Participant", on_delete=models.CASCADE, related_name="named_readers"
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = NamedReaderQuerySet.as_manager()

    class Meta:
        verbose_name = "behörig läsare"
        verbose_name_plural = "behöriga läsare"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["participant", "user"], name="reader_named_once")
        ]

    def __str__(self) -> str:
        return f"behörig läsare {self.pk}"
