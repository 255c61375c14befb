"""What a worker does for reports. The row is the truth; a task only says that it is there."""

from datetime import date

from django.conf import settings
from django.utils import timezone

from sundbyberg_am.celery import app

from . import actions
from .models import ReportRun


@app.task  # type: ignore[untyped-decorator]
def build_report(run_id: int) -> None:
    """Build one report."""
    actions.build(run_id)


@app.task  # type: ignore[untyped-decorator]
def build_waiting_reports() -> None:
    """Ring again for every report that is not ready: its first ring, or its worker, may be lost.

    One that is being built is left alone by `build`. A ring that nobody heard before the next is dropped.
    """
    for run in ReportRun.objects.unfinished().defer("content"):
        build_report.apply_async((run.pk,), expires=settings.REPORT_SWEEP_SECONDS)


@app.task  # type: ignore[untyped-decorator]
def order_due_report(day: str | None = None) -> None:
    """Order the report of a period that is over, once. `day` is the ISO date that counts as today."""
    today = date.fromisoformat(day) if day else timezone.localdate()
    actions.order_due_report(today=today)
