"""Reports that are ordered, built, approved and retried."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from reporting import actions, tasks
from reporting.content import build_content, fingerprint
from reporting.models import ReportFile, ReportRun, RunState
from reporting.periods import Period
from sundbyberg_am.access import Role
from sundbyberg_am.celery import app
from sundbyberg_am.models import User
from tests.builders import a_user, an_enrolment

TODAY = date(2026, 6, 1)


@pytest.fixture
def manager(db) -> User:
    return a_user(Role.MANAGER)


def a_run(manager: User, **fields: object) -> ReportRun:
    return ReportRun.objects.create(**{"period_code": "2026-T1", "ordered_by": manager, **fields})


def a_run_left_behind(manager: User, *, lease: int = 60, **fields: object) -> ReportRun:
    """One that a worker began and does not build any more; its lease ends in so many seconds."""
    now = timezone.now()
    given = {"tries": 1, "started_at": now, "leased_until": now + timedelta(seconds=lease)}
    return a_run(manager, state=RunState.BUILDING, **{**given, **fields})


def test_ordering_twice_gives_one_run(manager):
    first = actions.order_report("2026-T1", today=TODAY, by=manager)
    second = actions.order_report("2026-T1", today=TODAY, by=a_user(Role.MANAGER))
    other = actions.order_report("2025", today=TODAY, by=manager)
    assert second == first != other
    assert first.ordered_by == manager
    assert ReportRun.objects.count() == 2


def test_a_ready_report_can_be_ordered_again(manager):
    first = actions.order_report("2026-T1", today=TODAY, by=manager)
    actions.build(first.pk)
    assert actions.order_report("2026-T1", today=TODAY, by=manager) != first


def test_an_order_rings_a_worker_when_it_is_committed(manager, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        run = actions.order_report("2026-T1", today=TODAY, by=manager)
    assert len(callbacks) == 1
    assert run.state == RunState.WAITING


@pytest.mark.parametrize(
    ("code", "sentence"), [("2027-T1", "Perioden har inte börjat än"), ("x", "Skriv perioden som")]
)
def test_an_order_of_a_period_that_cannot_be_counted_is_refused(manager, code, sentence):
    with pytest.raises(ValidationError, match=sentence):
        actions.order_report(code, today=TODAY, by=manager)
    assert not ReportRun.objects.exists()


def test_a_report_holds_its_figures_a_fingerprint_and_the_file(manager):
    an_enrolment(date(2026, 2, 2))
    run = a_run(manager)
    actions.build(run.pk)
    run.refresh_from_db()
    steps = len(actions.STEPS)
    assert (run.state, run.step, run.step_label, run.tries) == (RunState.READY, steps, "Klar", 1)
    assert run.content is not None
    assert run.fingerprint == fingerprint(run.content)
    assert run.content["figures"][0] == {
        "figure": "participants",
        "by": {},
        "sex": "all",
        "value": 1,
    }
    endings = ("xlsx", "pdf", "docx", "csv", "json")
    kept = {file.format for file in run.files.all()}
    assert kept == {*endings, *(f"pub-{ending}" for ending in endings)}


def test_building_twice_changes_nothing_whatever_was_registered_since(manager):
    run = a_run(manager)
    actions.build(run.pk)
    run.refresh_from_db()
    an_enrolment(date(2026, 2, 2))
    actions.build(run.pk)
    again = ReportRun.objects.get(pk=run.pk)
    assert (again.fingerprint, again.finished_at) == (run.fingerprint, run.finished_at)
    assert ReportFile.objects.count() == 10


def test_the_same_rows_give_the_same_fingerprint_and_others_another(db):
    period = Period.parse("2026-T1")
    before = fingerprint(build_content(period, counted_on=TODAY))
    assert fingerprint(build_content(period, counted_on=TODAY)) == before
    an_enrolment(date(2026, 2, 2))
    assert fingerprint(build_content(period, counted_on=TODAY)) != before


def test_a_report_that_cannot_be_built_is_given_up_after_three_tries(manager):
    run = a_run(manager, period_code="nonsens")
    for tries in (1, 2, 3):
        with pytest.raises(ValueError, match="Skriv perioden"):
            actions.build(run.pk)
        run.refresh_from_db()
        assert run.tries == tries
    assert run.state == RunState.FAILED
    assert run.failure == (
        "Rapporten gick inte att bygga på tre försök. Sista försöket stannade vid ”Räknar siffrorna”: "
        f"ett fel i programmet (ValueError). {actions.GIVEN_UP}"
    )
    actions.build(run.pk)
    run.refresh_from_db()
    assert (run.state, run.tries) == (RunState.FAILED, 3)


def test_a_report_whose_worker_died_three_times_is_given_up(manager):
    run = a_run_left_behind(manager, tries=3, step_label="Skriver PDF")
    actions.build(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "stannade vid ”Skriver PDF”: programmet som byggde den avbröts." in run.failure


def test_a_report_that_a_dead_worker_left_is_built_at_once(manager):
    run = a_run_left_behind(manager)
    actions.build(run.pk)
    run.refresh_from_db()
    assert (run.state, run.tries) == (RunState.READY, 2)


def test_a_report_in_the_hands_of_another_worker_is_left_alone(manager):
    run = a_run(manager)
    with in_the_hands_of_another(run):
        actions.build(run.pk)
        run.refresh_from_db()
        assert (run.state, run.tries) == (RunState.WAITING, 0)
    actions.build(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.READY


@contextmanager
def in_the_hands_of_another(run: ReportRun) -> Iterator[None]:
    """A worker that lives and builds the run."""
    worker = connections.create_connection("default")
    try:
        with worker.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [actions._BUILDING, run.pk])
        yield
        with (
            worker.cursor() as cursor
        ):  # a server lets go of what a closed connection held when it gets to it
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        worker.close()


def test_a_report_whose_worker_hangs_is_taken_over_when_the_lease_is_out(manager):
    run = a_run_left_behind(manager, lease=60)
    with in_the_hands_of_another(run):
        actions.build(run.pk)
        run.refresh_from_db()
        assert (run.state, run.tries) == (RunState.BUILDING, 1)
        ReportRun.objects.filter(pk=run.pk).update(leased_until=timezone.now())
        actions.build(run.pk)
    run.refresh_from_db()
    assert (run.state, run.tries, run.leased_until) == (RunState.READY, 2, None)


def test_each_step_makes_the_lease_longer(manager, settings):
    settings.REPORT_LEASE_SECONDS = 100
    began = actions._begin(a_run(manager).pk, alone=True)
    ReportRun.objects.update(leased_until=timezone.now())
    assert began
    actions._go_on(began, 2)
    until = ReportRun.objects.get().leased_until
    assert until
    left = until - timezone.now()
    assert timedelta(seconds=90) < left <= timedelta(seconds=100)


def test_a_worker_that_was_taken_over_writes_nothing(manager):
    run = a_run(manager)
    hung = actions._begin(run.pk, alone=True)
    ReportRun.objects.filter(pk=run.pk).update(leased_until=timezone.now())
    other = actions._begin(run.pk, alone=False)
    assert hung
    assert other
    with pytest.raises(actions.Superseded):
        actions._go_on(hung, 2)
    actions._put_back(hung, ValueError())
    with pytest.raises(actions.Superseded):
        actions._finish(hung, {"figures": []}, {"xlsx": b"half"})
    run.refresh_from_db()
    assert (run.state, run.started_at) == (RunState.BUILDING, other.started_at)
    assert not ReportFile.objects.exists()


def test_a_failed_report_can_be_built_again(manager):
    run = a_run(manager, state=RunState.FAILED, tries=3, step=1, failure=actions.GIVEN_UP)
    by = a_user(Role.MANAGER)
    run = actions.retry(run, by=by)
    assert (run.state, run.tries, run.failure, run.ordered_by) == (RunState.WAITING, 0, "", by)
    actions.build(run.pk)
    run.refresh_from_db()
    assert run.is_ready


def test_only_a_failed_report_is_built_again_and_only_one_at_a_time(manager):
    waiting = a_run(manager)
    with pytest.raises(ValidationError, match="behöver inte byggas igen"):
        actions.retry(waiting, by=manager)
    failed = a_run(manager, state=RunState.FAILED)
    with pytest.raises(ValidationError, match="Rapporten byggs redan"):
        actions.retry(failed, by=manager)


def test_a_report_is_approved_once_and_keeps_what_it_says(manager):
    run = a_run(manager)
    actions.build(run.pk)
    approved = actions.approve(run, by=manager)
    run.refresh_from_db()
    assert approved.approved_by == manager
    assert approved.approved_at is not None
    with pytest.raises(ValidationError, match="redan fastställd"):
        actions.approve(run, by=a_user(Role.MANAGER))
    run.refresh_from_db()
    assert run.approved_by == manager


def test_a_report_that_is_not_ready_is_not_approved(manager):
    with pytest.raises(ValidationError, match="inte klar än"):
        actions.approve(a_run(manager), by=manager)


@pytest.fixture
def no_broker():
    """A broker that does not answer."""
    configured = app.conf.broker_write_url
    app.conf.broker_write_url = "redis://127.0.0.1:1/0"
    app._pool = app.amqp._producer_pool = None
    yield
    app.conf.broker_write_url = configured
    app._pool = app.amqp._producer_pool = None


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.usefixtures("no_broker")
def test_an_order_is_kept_when_nobody_can_be_rung(caplog):
    run = actions.order_report("2026-T1", today=TODAY, by=a_user(Role.MANAGER))
    assert "OperationalError" in caplog.text
    assert ReportRun.objects.get(pk=run.pk).state == RunState.WAITING


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_each_step_is_seen_while_the_report_is_built(manager):
    """Nothing is built inside one long transaction: another session sees the row change."""
    run = a_run(manager)
    began = actions._begin(run.pk, alone=True)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT state, step_label FROM reporting_reportrun")
            assert cursor.fetchall() == [("building", actions.STEPS[0])]
    finally:
        other.close()
    assert began is not None


def test_waiting_reports_are_rung_for_again_until_they_are_ready(manager):
    run = a_run(manager)
    ready = a_run(manager, period_code="2025")
    actions.build(ready.pk)
    app.conf.task_always_eager = True
    try:
        tasks.build_waiting_reports()
    finally:
        app.conf.task_always_eager = False
    run.refresh_from_db()
    assert run.is_ready
    assert ReportRun.objects.get(pk=ready.pk).tries == 1


def test_a_report_ordered_early_says_so(db):
    from reporting.reading import read

    period = Period.parse("2026")
    early = read(build_content(period, counted_on=period.last_day))
    late = read(build_content(period, counted_on=period.last_day + timedelta(days=1)))
    assert early.days.endswith("innan perioden var slut.")
    assert late.days == "2026-01-01 – 2026-12-31. Räknad 2027-01-01."
