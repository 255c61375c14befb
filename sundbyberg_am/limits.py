"""How often somebody may do something. What is counted are rows, so that every process counts the same."""

from datetime import datetime, timedelta
from math import ceil
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils import timezone


def address_of(request: HttpRequest) -> str:
    """Where a request comes from. With https a proxy is in front, and has put the address last."""
    told = request.headers.get("X-Forwarded-For", "") if settings.HTTPS_ONLY else ""
    return told.rpartition(",")[2].strip() or str(request.META["REMOTE_ADDR"])


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    """Of a model whose `ALLOWED` occurrences from one sender are let through in the time `WITHIN`."""

    def recent(self, now: datetime) -> Self:
        """Those that still count."""
        return self.filter(at__gt=now - self.model.WITHIN)

    def old(self, now: datetime) -> Self:
        """Those that count no more."""
        return self.filter(at__lte=now - self.model.WITHIN)

    def wait(self, sender: str, now: datetime) -> int:
        """In how many seconds the sender may go on; 0 while there have not been too many."""
        latest = self.recent(now).filter(sender=sender).order_by("-at")
        last = self.model.ALLOWED - 1
        full: list[datetime] = list(latest.values_list("at", flat=True)[last : last + 1])
        return ceil((full[0] + self.model.WITHIN - now).total_seconds()) if full else 0


class Occurrence(models.Model):
    """That something which is counted has come from somebody; kept for as long as it counts."""

    ALLOWED: ClassVar[int]
    WITHIN: ClassVar[timedelta]

    sender = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        abstract = True
