"""Other programs that send referrals for a team of senders."""

import hashlib
import uuid
from datetime import timedelta
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from sundbyberg_am.limits import Occurrence
from sundbyberg_am.models import Unit, UnitKind, User


def token_hash(token: str) -> str:
    """What is kept of a token. It is long and random, so its hash needs neither salt nor slowness."""
    return hashlib.sha256(token.encode()).hexdigest()


class SendingSystemQuerySet(models.QuerySet["SendingSystem"]):
    def with_token(self, token: str) -> "SendingSystem | None":
        """The one that the token was made for, while it may be used."""
        return (
            self.filter(fingerprint=token_hash(token), ended_at=None).select_related("unit").first()
        )

    def for_list(self) -> Self:
        """Those in use first, by name."""
        return self.select_related("unit", "created_by", "ended_by").order_by(
            models.F("ended_at").desc(nulls_first=True), "name", "pk"
        )


class SendingSystem(models.Model):
    """A program that may do for a team what its senders may, each time in the name of one of them."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("namn", max_length=100)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="team")
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SendingSystemQuerySet.as_manager()

    class Meta:
        verbose_name = "system"
        verbose_name_plural = "system"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(ended_at=None),
                name="system_name_in_use_once",
                violation_error_message="Det finns redan ett system med det namnet.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="system_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """It acts for those who send referrals."""
        super().clean()
        if self.unit_id and self.unit.kind != UnitKind.SOCIAL_ASSISTANCE:
            raise ValidationError({"unit": "Välj ett team inom ekonomiskt bistånd."})


class SystemCall(Occurrence):
    """That a system has asked for something; counted so that it does not ask too often."""

    ALLOWED = 120
    WITHIN = timedelta(minutes=1)

    class Meta:
        verbose_name = "anrop"
        verbose_name_plural = "anrop"
        indexes: ClassVar = [models.Index(fields=["sender", "at"], name="systemcall_recent")]

    def __str__(self) -> str:
        return f"anrop {self.at:%Y-%m-%d}"
