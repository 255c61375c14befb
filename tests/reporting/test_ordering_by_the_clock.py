"""On the morning after a period its report is ordered, once, whatever the clock has been through."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import crontab
from django.conf import settings as configured
from django.db import IntegrityError, transaction

from reporting import actions, tasks
from reporting.models import ReportRun
from sundbyberg_am.access import Role
from sundbyberg_am.celery import app
from tests.builders import a_user

pytestmark = pytest.mark.django_db
STOCKHOLM = ZoneInfo("Europe/Stockholm")
SCHEDULE = configured.CELERY_BEAT_SCHEDULE["order-due-report"]["schedule"]


@pytest.mark.parametrize(
    ("today", "code"),
    [
        ("2026-04-30", None),  # the period's last day belongs to it
        ("2026-05-01", "2026-T1"),
        ("2026-05-02", "2026-T1"),  # the clock stood still
        ("2026-06-29", "2026-T1"),
        ("2026-06-30", None),  # for so long that somebody has to ask
        ("2026-08-31", None),
        ("2026-09-01", "2026-T2"),
        ("2026-12-31", None),
        ("2027-01-01", "2026"),
        ("2027-02-28", "2026"),
        ("2028-02-29", "2027"),
        ("2027-03-02", None),
    ],
)
def test_the_report_of_a_period_is_ordered_when_it_is_over(today, code):
    tasks.order_due_report(today)
    assert [run.period_code for run in ReportRun.objects.all()] == ([code] if code else [])
    assert all(run.ordered_by is None for run in ReportRun.objects.all())


def test_a_year_of_mornings_orders_three_reports_once_each():
    """Every hour of every day, of which the runs are as old as the clock says."""
    for number in range(366):
        day = date(2026, 1, 2) + timedelta(days=number)
        for _ in range(2):
            tasks.order_due_report(day.isoformat())
            ReportRun.objects.filter(state="waiting").update(
                state="failed",
                ordered_at=datetime(day.year, day.month, day.day, 5, tzinfo=STOCKHOLM),
            )
    found = [
        (run.period_code, run.ordered_at.astimezone(STOCKHOLM).date().isoformat())
        for run in ReportRun.objects.order_by("pk")
    ]
    assert found == [
        ("2025", "2026-01-02"),
        ("2026-T1", "2026-05-01"),
        ("2026-T2", "2026-09-01"),
        ("2026", "2027-01-01"),
    ]


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        # 23.59 and 0.00 in Stockholm: summer time is two hours before UTC, winter time one
        ("2026-04-30T21:59:59", None),
        ("2026-04-30T22:00:00", "2026-T1"),
        ("2026-08-31T21:59:59", None),
        ("2026-08-31T22:00:00", "2026-T2"),
        ("2026-12-31T22:59:59", None),
        ("2026-12-31T23:00:00", "2026"),
    ],
)
def test_the_day_is_that_of_stockholm(monkeypatch, moment, code):
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    tasks.order_due_report()
    run = ReportRun.objects.first()
    assert (run and run.period_code) == code


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        # in Stockholm: the night of the period's end, winter and summer
        ("2026-04-30T23:10", "2026-05-01T05:09", False),
        ("2026-04-30T23:10", "2026-05-01T05:10", True),
        ("2026-12-31T23:10", "2027-01-01T05:10", True),
        ("2026-05-01T05:10", "2026-05-01T05:59", False),  # once an hour
        ("2026-05-01T05:10", "2026-05-01T06:10", True),
        ("2026-04-20T08:10", "2026-05-01T14:00", True),  # the clock stood still that morning
        # the nights when an hour is skipped and repeated: nothing in them, and once afterwards
        ("2026-03-28T23:10", "2026-03-29T04:59", False),
        ("2026-03-28T23:10", "2026-03-29T05:10", True),
        ("2026-10-24T23:10", "2026-10-25T04:59", False),
        ("2026-10-24T23:10", "2026-10-25T05:10", True),
    ],
)
def test_the_clock_rings_in_the_morning(last, now, due):
    last, now = (datetime.fromisoformat(one).replace(tzinfo=STOCKHOLM) for one in (last, now))
    clock = crontab(SCHEDULE._orig_minute, SCHEDULE._orig_hour, nowfun=lambda: now, app=app)
    assert clock.is_due(last).is_due == due


def test_a_report_that_somebody_ordered_after_the_period_is_not_ordered_again():
    manager = a_user(Role.MANAGER)
    run = actions.order_report("2026-T1", today=date(2026, 5, 1), by=manager)
    early = datetime(2026, 4, 30, 23, 59, tzinfo=STOCKHOLM)
    ReportRun.objects.filter(pk=run.pk).update(ordered_at=early, state="failed")
    assert actions.order_due_report(today=date(2026, 5, 1)) is not None
    ReportRun.objects.all().delete()
    run = actions.order_report("2026-T1", today=date(2026, 5, 1), by=manager)
    ReportRun.objects.filter(pk=run.pk).update(ordered_at=early + timedelta(minutes=1))
    assert actions.order_due_report(today=date(2026, 5, 1)) is None


def test_a_report_that_was_discarded_is_not_ordered_again():
    tasks.order_due_report("2026-05-01")
    run = ReportRun.objects.get()
    actions.build(run.pk)
    actions.discard(run, by=a_user(Role.MANAGER))
    tasks.order_due_report("2026-05-01")
    assert ReportRun.objects.count() == 1


def test_the_database_holds_one_report_of_a_period_by_the_clock():
    ReportRun.objects.create(period_code="2026-T1", state="failed")
    with pytest.raises(IntegrityError, match="by_the_clock_once"), transaction.atomic():
        ReportRun.objects.create(period_code="2026-T1")


def test_who_ordered_is_the_clock_on_the_pages(as_user):
    tasks.order_due_report("2026-05-01")
    run = ReportRun.objects.get()
    actions.build(run.pk)
    client = as_user(a_user(Role.MANAGER))
    assert "Automatiskt" in client.get("/rapporter/").content.decode()
    assert "automatiskt" in client.get(f"/rapporter/{run.public_id}/").content.decode()
