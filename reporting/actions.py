"""What changes reports: ordering, building, approving, discarding.

Two things say in whose hands a build is. A lock of the database session is gone in the moment a worker is
killed, so that the next can go on at once. A lease, made longer with each step, runs out for a worker that
has hung or whose machine is gone while the session lives on; another then begins anew, and what the first
writes, should it come back, is not taken.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from sundbyberg_am.models import User
from sundbyberg_am.replica import read_all
from sundbyberg_am.room import is_full_disk

from .content import Content, build_content, fingerprint
from .exporters import FORMS
from .models import ReportFile, ReportRun, RunState, file_format
from .periods import Period
from .suppression import suppress

MAX_TRIES = 3
STEPS = (
    "Räknar siffrorna",
    "Tar fram den offentliga versionen",
    *(f"Skriver {form.label}" for form in FORMS),
    "Klar",
)
GIVEN_UP = "Inget har gått förlorat. Försök igen, eller kontakta systemförvaltaren."
DISCARDED = "Rapporten är kasserad. Beställ en ny."
# A report that nobody was there to order on the morning is ordered so many days later at the most: a program
# that is new begins without one.
CATCH_UP_DAYS = 60


@transaction.atomic
def order_report(period_code: str, *, today: date, by: User | None) -> ReportRun:
    """Ask for a report; one that already waits or is being built is the answer too. None is the clock.

    Raises ValidationError for a period that is unknown or has not begun.
    """
    try:
        period = Period.parse(period_code)
    except ValueError as error:
        raise ValidationError({"period_code": str(error)}) from None
    if period.first_day > today:
        raise ValidationError({"period_code": "Perioden har inte börjat än. Välj en tidigare."})
    run, _ = ReportRun.objects.unfinished().get_or_create(
        period_code=period.code, defaults={"ordered_by": by}
    )
    _ring(run)
    return run


@transaction.atomic
def order_due_report(*, today: date) -> ReportRun | None:
    """Order the report of the period that ended last, if nobody has since it ended; else None.

    Meant for the morning after the period, and for any later one when the clock stood still that morning.
    """
    period = Period.latest_finished(today)
    if today > period.last_day + timedelta(days=CATCH_UP_DAYS):
        return None
    if ReportRun.objects.ordered_after(period).exists():
        return None
    return order_report(period.code, today=today, by=None)


@transaction.atomic
def retry(run: ReportRun, *, by: User) -> ReportRun:
    """Build a failed report again; it then counts as ordered by whoever asked."""
    run = ReportRun.objects.select_for_update().get(pk=run.pk)
    if run.state != RunState.FAILED:
        raise ValidationError("Rapporten behöver inte byggas igen.")
    if run.discarded_at:
        raise ValidationError(DISCARDED)
    run.state, run.failure, run.tries, run.step, run.step_label = RunState.WAITING, "", 0, 0, ""
    run.ordered_by, run.ordered_at = by, timezone.now()
    run.full_clean()
    run.save()
    _ring(run)
    return run


@transaction.atomic
def approve(run: ReportRun, *, by: User) -> ReportRun:
    """Say that the report holds; from then on it never changes, and those who only read reports see it."""
    run = ReportRun.objects.select_for_update().get(pk=run.pk)
    if not run.is_ready:
        raise ValidationError("Rapporten är inte klar än. Vänta tills den är byggd.")
    if run.approved_at:
        raise ValidationError("Rapporten är redan fastställd.")
    if run.discarded_at:
        raise ValidationError(DISCARDED)
    if run.fingerprint != fingerprint(run.content or {}):
        raise ValidationError(
            "Innehållet stämmer inte med rapportens fingeravtryck. Kassera utkastet och beställ en ny."
        )
    run.approved_at, run.approved_by = timezone.now(), by
    run.full_clean()
    run.save()
    return run


@transaction.atomic
def discard(run: ReportRun, *, by: User) -> ReportRun:
    """Say that the report shall not be used. It can still be read, but its files are gone."""
    run = ReportRun.objects.select_for_update().get(pk=run.pk)
    if run.is_unfinished:
        raise ValidationError("Rapporten byggs. Vänta tills den är klar.")
    if run.approved_at:
        raise ValidationError("En fastställd rapport kan inte kasseras.")
    if run.discarded_at:
        raise ValidationError("Rapporten är redan kasserad.")
    run.discarded_at, run.discarded_by = timezone.now(), by
    run.full_clean()
    run.save()
    run.files.all().delete()
    return run


def build(run_id: int) -> None:
    """Build a report that waits, or that a worker left when it was killed or hung.

    One that is ready, failed or in the hands of another worker is left alone, so a second call does no
    harm. What goes wrong is raised again after the run is put back to wait, or given up after three tries.
    """
    with _alone_with(run_id) as alone:
        began = _begin(run_id, alone=alone)
        if began is None:
            return
        try:
            _count_and_write(began)
        except Superseded:
            return
        except Exception as error:
            _put_back(began, error)
            raise


class Superseded(Exception):
    """Another worker has taken over what this one builds."""


def _count_and_write(run: ReportRun) -> None:
    """Do the steps one by one, in no transaction of their own, so that each is seen from outside."""
    counted_on = timezone.localdate(run.started_at)
    period = Period.parse(run.period_code)
    content = read_all(lambda: build_content(period, counted_on=counted_on))
    _go_on(run, 2)
    versions = {False: content, True: public_content(content)}
    files = {}
    for step, form in enumerate(FORMS, start=3):
        _go_on(run, step)
        for public, said in versions.items():
            files[file_format(form.ending, public=public)] = form.render(said)
    _finish(run, content, files)


def public_content(content: Content) -> Content:
    """The content as the city's thresholds let it be published."""
    return suppress(
        content, below=settings.PUBLIC_COUNTS_FROM, base=settings.PUBLIC_SHARES_OF_AT_LEAST
    )


@contextmanager
def _alone_with(run_id: int) -> Iterator[bool]:
    """Whether this database session, and no other, has the run in its hands; released with the session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_BUILDING, run_id])
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_BUILDING, run_id])


_BUILDING = 7105  # the kind of lock; any number that no other kind has


@transaction.atomic
def _begin(run_id: int, *, alone: bool) -> ReportRun | None:
    """Count a try, take the lease and say what is done first; None when there is nothing to build.

    Somebody who is not alone with the run may take it only when the other's lease has run out.
    """
    run = ReportRun.objects.select_for_update().get(pk=run_id)
    now = timezone.now()
    if not run.is_unfinished:
        return None
    if not alone and (run.leased_until is None or run.leased_until > now):
        return None
    if run.tries == MAX_TRIES:
        _give_up(run, "programmet som byggde den avbröts")
        return None
    run.state, run.tries, run.started_at = RunState.BUILDING, run.tries + 1, now
    run.step, run.step_label, run.leased_until = 1, STEPS[0], _lease_from(now)
    run.save()
    return run


@transaction.atomic
def _go_on(began: ReportRun, step: int) -> None:
    run = _still_mine(began)
    run.step, run.step_label, run.leased_until = step, STEPS[step - 1], _lease_from(timezone.now())
    run.save()


@transaction.atomic
def _finish(began: ReportRun, content: Content, files: dict[str, bytes]) -> None:
    """The content, its fingerprint and the files by their format, all at once."""
    run = _still_mine(began)
    run.state, run.finished_at, run.leased_until = RunState.READY, timezone.now(), None
    run.step, run.step_label = len(STEPS), STEPS[-1]
    run.content, run.fingerprint = content, fingerprint(content)
    run.full_clean(exclude={"content"})  # only that it can be encoded, which it is when it is saved
    run.save()
    ReportFile.objects.bulk_create(
        ReportFile(run=run, format=name, content=file) for name, file in files.items()
    )


@transaction.atomic
def _put_back(began: ReportRun, error: Exception) -> None:
    """Let the run wait for the next ring, or give it up after the last try."""
    try:
        run = _still_mine(began)
    except Superseded:
        return
    if run.tries == MAX_TRIES:
        is_full = is_full_disk(error)
        _give_up(run, "serverns disk är full" if is_full else _in_program(error))
    else:
        run.state, run.leased_until = RunState.WAITING, None
        run.save()


def _still_mine(began: ReportRun) -> ReportRun:
    """The row, locked. Raises Superseded when another worker has begun after this one did."""
    run = ReportRun.objects.select_for_update().get(pk=began.pk)
    if run.state != RunState.BUILDING or run.started_at != began.started_at:
        raise Superseded
    return run


def _lease_from(moment: datetime) -> datetime:
    return moment + timedelta(seconds=settings.REPORT_LEASE_SECONDS)


def _in_program(error: Exception) -> str:
    return f"ett fel i programmet ({type(error).__name__})"


def _give_up(run: ReportRun, why: str) -> None:
    """`why` ends the sentence that says where it stopped; it names no person."""
    where = f"Sista försöket stannade vid ”{run.step_label}”: {why}." if run.step_label else ""
    run.state, run.leased_until = RunState.FAILED, None
    run.failure = f"Rapporten gick inte att bygga på tre försök. {where} {GIVEN_UP}"
    run.save()


def _ring(run: ReportRun) -> None:
    """Tell a worker when this is committed. Without a broker the run waits until beat rings."""
    from .tasks import build_report  # tasks call actions, so this one is fetched late

    transaction.on_commit(lambda: build_report.delay(run.pk), robust=True)
