"""A report that was ordered, what it says, and its files."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from sundbyberg_am.access import Permission
from sundbyberg_am.models import User

from .goals.models import BoardGoal as BoardGoal
from .goals.models import Indicator as Indicator
from .periods import Period


class RunState(models.TextChoices):
    """How far the building of a report has come."""

    WAITING = "waiting", "Väntar"
    BUILDING = "building", "Byggs"
    READY = "ready", "Klar"
    FAILED = "failed", "Gick inte"


class ReportRunQuerySet(models.QuerySet["ReportRun"]):
    def visible_to(self, user: User) -> Self:
        """Every run for those who order reports, approved ones for those who read them."""
        if user.may(Permission.ORDER_REPORTS):
            return self
        if user.may(Permission.READ_REPORTS):
            return self.filter(approved_at__isnull=False)
        return self.none()

    def for_list(self) -> Self:
        """What the list of reports shows, newest first."""
        return self.with_names().defer("content").order_by("-pk")

    def with_names(self) -> Self:
        """Along with those who ordered, approved and discarded."""
        return self.select_related("ordered_by", "approved_by", "discarded_by")

    def to_approve(self) -> Self:
        """The drafts: ready, and neither approved nor discarded; newest first."""
        return self.for_list().filter(state=RunState.READY, approved_at=None, discarded_at=None)

    def unfinished(self) -> Self:
        """Those that wait or are being built."""
        return self.filter(state__in=[RunState.WAITING, RunState.BUILDING])

    def latest_of_year(self, year: int) -> "ReportRun | None":
        """The report of the year, or of a part of it, that was ready last and is not discarded."""
        ready = self.filter(state=RunState.READY, discarded_at=None)
        return ready.filter(period_code__startswith=year).order_by("-finished_at").first()

    def ordered_after(self, period: Period) -> Self:
        """Those of the period that were ordered when it was over, by anybody, whatever became of them."""
        ordered = self.filter(period_code=period.code)
        return ordered.filter(ordered_at__date__gt=period.last_day)


class ReportRun(models.Model):
    """One building of a report. The row is the truth; the queue only says that it is there.

    `content` holds the figures as they were counted and the words that explain them; `build_content`
    makes it. What is ready is a draft until somebody approves or discards it. An approved run never changes,
    which a trigger of the database sees to; what is registered later is shown beside it, or in a new run.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    period_code = models.CharField("period", max_length=7)
    state = models.CharField("läge", max_length=10, choices=RunState, default=RunState.WAITING)
    step = models.PositiveSmallIntegerField("steg", default=0)
    step_label = models.CharField("gör nu", max_length=100, blank=True)
    tries = models.PositiveSmallIntegerField("försök", default=0)
    failure = models.CharField("vad som hände", max_length=300, blank=True)
    ordered_at = models.DateTimeField("beställd", default=timezone.now)
    # None: by the clock, on the morning after the period.
    ordered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    # Whoever builds it has it until then, and longer with each step.
    leased_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField("klar", null=True, blank=True)
    approved_at = models.DateTimeField("fastställd", null=True, blank=True)
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    discarded_at = models.DateTimeField("kasserad", null=True, blank=True)
    discarded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    content = models.JSONField(null=True, blank=True)
    fingerprint = models.CharField("fingeravtryck", max_length=64, blank=True)

    objects = ReportRunQuerySet.as_manager()

    class Meta:
        verbose_name = "rapport"
        verbose_name_plural = "rapporter"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period_code"],
                condition=Q(state__in=[RunState.WAITING, RunState.BUILDING]),
                name="reportrun_one_unfinished_per_period",
                violation_error_message="Rapporten byggs redan.",
            ),
            models.UniqueConstraint(
                fields=["period_code"],
                condition=Q(ordered_by=None),
                name="reportrun_by_the_clock_once_per_period",
                violation_error_message="Rapporten är redan beställd automatiskt.",
            ),
            models.CheckConstraint(
                condition=Q(state=RunState.BUILDING, leased_until__isnull=False)
                | ~Q(state=RunState.BUILDING) & Q(leased_until=None),
                name="reportrun_leased_while_built",
            ),
            models.CheckConstraint(
                condition=Q(state=RunState.READY, content__isnull=False, finished_at__isnull=False)
                & ~Q(fingerprint="")
                | ~Q(state=RunState.READY) & Q(content=None, fingerprint="", approved_at=None),
                name="reportrun_ready_has_content",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="reportrun_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at=None, discarded_by=None)
                | Q(discarded_at__isnull=False, discarded_by__isnull=False),
                name="reportrun_discarded_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at=None)
                | Q(state__in=[RunState.READY, RunState.FAILED], approved_at=None),
                name="reportrun_discarded_when_built_and_not_approved",
                violation_error_message="En fastställd rapport kan inte kasseras.",
            ),
        ]

    def __str__(self) -> str:
        return f"rapport {self.period_code}"

    @property
    def is_ready(self) -> bool:
        """Whether it can be read and downloaded."""
        return self.state == RunState.READY

    @property
    def is_draft(self) -> bool:
        """Whether somebody is still to approve or discard it."""
        return self.is_ready and self.approved_at is None and self.discarded_at is None

    @property
    def is_unfinished(self) -> bool:
        """Whether it waits or is being built."""
        return self.state in (RunState.WAITING, RunState.BUILDING)

    def seconds_waited(self, moment: datetime) -> int:
        """For how long it has been ordered, in whole seconds."""
        return max(0, int((moment - self.ordered_at).total_seconds()))

    @property
    def is_of_a_year(self) -> bool:
        """Whether it is of a whole year, as Kolada asks for."""
        return len(self.period_code) == 4

    @property
    def label(self) -> str:
        """What the report is called: Tertialrapport 1 2026."""
        return Period.parse(self.period_code).label

    def file(self, ending: str, *, public: bool = False) -> bytes:
        """The finished file with that ending. Raises ReportFile.DoesNotExist."""
        return bytes(self.files.get(format=file_format(ending, public=public)).content)


def file_format(ending: str, *, public: bool) -> str:
    """How the format of a file is stored: pdf, or pub-pdf for the public version."""
    return f"pub-{ending}" if public else ending


class ReportFile(models.Model):
    """A file of a ready run, whole or not there at all. Those of an approved run never change."""

    run = models.ForeignKey(ReportRun, on_delete=models.CASCADE, related_name="files")
    format = models.CharField(max_length=10)
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "format"], name="reportfile_one_per_format")
        ]

    def __str__(self) -> str:
        return f"{self.format} {self.run_id}"
