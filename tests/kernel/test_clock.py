"""Days that are odd to a clock: summer time begins and ends, 29 February, week 53, a clock an hour wrong."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import crontab
from django.conf import settings
from django.utils import timezone

from reporting.periods import Period
from sundbyberg_am.celery import app
from sundbyberg_am.schedules import Beat, Every

HERE = ZoneInfo("Europe/Stockholm")
# day, hours in it
ODD_DAYS = [
    ("2026-03-29", 23),
    ("2026-10-25", 25),
    ("2027-03-28", 23),
    ("2027-10-31", 25),
    ("2028-02-29", 24),
    ("2026-12-31", 24),  # of week 53
    ("2027-01-03", 24),
]
SCHEDULES = {name: entry["schedule"] for name, entry in settings.CELERY_BEAT_SCHEDULE.items()}


class Entry:
    """One entry of the schedule, asked as Celery's beat asks it, with a clock of ours."""

    def __init__(self, plan: Any, began: datetime) -> None:
        self.now = self.last = began
        if isinstance(plan, crontab):
            at = {"minute": plan._orig_minute, "hour": plan._orig_hour}
            self.plan: Any = crontab(**at, nowfun=lambda: self.now, app=app)
            assert plan == crontab(**at)
        else:
            self.plan = Every(plan.seconds, nowfun=lambda: self.now, app=app)

    def rings(self, minutes: int, step: int = 1) -> Iterator[datetime]:
        """When it rings in so many minutes by a clock that goes as it should."""
        for _ in range(0, minutes, step):
            self.now += timedelta(minutes=step)
            if self.plan.is_due(self.last).is_due:
                self.last = self.now
                yield self.now


@pytest.mark.parametrize(("day", "hours"), ODD_DAYS)
def test_each_hour_of_an_odd_day_has_its_ringing_once(day, hours):
    begins = datetime.combine(date.fromisoformat(day), datetime.min.time(), HERE).astimezone(UTC)
    rung = Entry(SCHEDULES["order-due-report"], begins).rings(hours * 60)
    assert [f"{one.astimezone(HERE):%d %H:%M}" for one in rung] == [
        f"{day[-2:]} {hour:02}:10" for hour in range(5, 24)
    ]


@pytest.mark.parametrize(("day", "hours"), ODD_DAYS[:4])
def test_what_rings_again_and_again_does_so_all_through_the_day(day, hours):
    begins = datetime.combine(date.fromisoformat(day), datetime.min.time(), HERE).astimezone(UTC)
    for name, plan in SCHEDULES.items():
        if isinstance(plan, Every):
            often = max(plan.seconds / 60, 1)
            rung = len(list(Entry(plan, begins).rings(hours * 60)))
            assert rung == hours * 60 // often, name


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_clock_that_was_an_hour_fast_does_not_silence_anything(name):
    """Nor does it ring for the same hour of the day twice."""
    entry = Entry(SCHEDULES[name], datetime(2026, 11, 28, 3, 0, tzinfo=UTC))
    before = list(entry.rings(300))
    entry.now -= timedelta(hours=1)
    after = list(entry.rings(300))
    assert before
    if isinstance(entry.plan, Every):
        assert after[0] - (before[-1] - timedelta(hours=1)) <= timedelta(hours=1, minutes=1)
        assert len(after) >= len(before) - 1
    else:
        assert max(Counter(f"{one:%d %H}" for one in before + after).values()) == 1


def test_everything_is_rung_anew_after_the_clock_is_put_back(tmp_path):
    """Of one beat with all of its entries: those that wait for a time of the fast clock too."""
    rung = []
    beat: Any = Beat(app=app, schedule_filename=str(tmp_path / "beat"), max_interval=1)
    beat.apply_async = lambda entry, **_: rung.append(entry.name)
    ahead = timezone.now() + timedelta(hours=1)
    for entry in beat.schedule.values():
        entry.last_run_at = ahead
    beat.tick()
    beat._heap = [one._replace(time=one.time + 3600) for one in beat._heap]
    for entry in beat.schedule.values():
        entry.last_run_at = ahead
    rung.clear()
    beat.latest = ahead.timestamp()
    for _ in range(2 * len(SCHEDULES)):
        beat.tick()
    beat.close()
    often = {name for name, plan in SCHEDULES.items() if isinstance(plan, Every)}
    assert set(rung) >= often
    assert len(rung) == len(set(rung))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-28T22:59", "2026-03-28"),
        ("2026-03-28T23:00", "2026-03-29"),
        ("2026-03-29T21:59", "2026-03-29"),
        ("2026-03-29T22:00", "2026-03-30"),
        ("2026-10-24T22:00", "2026-10-25"),
        ("2026-10-25T00:30", "2026-10-25"),
        ("2026-10-25T22:59", "2026-10-25"),
        ("2026-10-25T23:00", "2026-10-26"),
        ("2026-12-31T22:59", "2026-12-31"),
        ("2026-12-31T23:00", "2027-01-01"),
        ("2028-02-28T23:00", "2028-02-29"),
    ],
)
def test_the_day_is_that_of_the_clock_on_the_wall(moment, day):
    assert timezone.localdate(datetime.fromisoformat(f"{moment}Z")) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("code", "days"),
    [("2026", 365), ("2028", 366), ("2027-T1", 120), ("2028-T1", 121), ("2028-T2", 244)],
)
def test_a_period_has_all_of_its_days(code, days):
    assert Period.parse(code).days == days
