"""Mail about notices, to a real mail server: once each, none lost, and nothing of anybody in it."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from threading import Barrier, Event
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from referrals import notice_actions, tasks
from referrals.models import Notice, NoticeKind, Status

from .builders import Cast, a_referral_in
from .reading import text

pytestmark = pytest.mark.django_db
COMMITTED = pytest.mark.django_db(transaction=True, serialized_rollback=True)


class Inbox:
    """Keeps what comes; says no to those in `refused`, and waits for `go` before it answers."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.refused: set[str] = set()
        self.arrived, self.go = Event(), Event()
        self.go.set()

    async def handle_RCPT(self, _s: Any, _se: Any, envelope: Any, to: str, _o: Any) -> str:  # noqa: N802
        if to in self.refused:
            return "451 4.3.0 försök senare".encode().decode("ascii", "ignore")
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        self.arrived.set()
        self.go.wait(5)
        return "250 OK"

    def to(self) -> list[str]:
        return sorted(str(mail["To"]) for mail in self.mails)


def a_free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture
def port(settings) -> int:
    """Where the mail server will be; nobody listens there yet."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", a_free_port()
    settings.EMAIL_TIMEOUT = 5
    return int(settings.EMAIL_PORT)


@pytest.fixture
def start_server(port) -> Iterator[Callable[[], Inbox]]:
    running = []

    def start() -> Inbox:
        inbox = Inbox()
        controller = Controller(inbox, hostname="127.0.0.1", port=port)
        controller.start()
        running.append(controller)
        return inbox

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    """Rings that nobody hears, as while the broker is away: only the sweeper is left."""
    monkeypatch.setattr(tasks.send_notice, "delay", lambda _pk: None)


def a_cast_with_addresses() -> Cast:
    cast = Cast()
    for name in ("sender", "colleague", "coordinator", "manager", "consultant"):
        user = getattr(cast, name)
        user.email = f"{name}@example.com"
        user.save()
    return cast


def sweep(later: timedelta = timedelta()) -> None:
    """What the sweeper and the workers do, a while later."""
    at = timezone.now() + later
    for pk in list(Notice.objects.to_mail(at).values_list("pk", flat=True)):
        notice_actions.send_notice(pk, at=at)


def test_mail_says_that_something_waits_and_nothing_of_whom(start_server):
    cast, inbox = a_cast_with_addresses(), start_server()
    referral = a_referral_in(Status.SUBMITTED, cast)
    sweep()
    (mail,) = inbox.mails
    assert mail["To"] == "coordinator@example.com"
    assert mail["Subject"] == "Du har en anvisning att hantera"
    assert mail["Auto-Submitted"] == "auto-generated"
    whole = mail.as_string() + mail.get_content()
    for secret in (
        *(referral.first_name, referral.last_name, referral.personnummer, referral.email),
        *(referral.number_text, str(referral.public_id), cast.sender.name),
    ):
        assert str(secret) not in whole
    notice = Notice.objects.get()
    assert (notice.kind, notice.mailed_at is not None) == (NoticeKind.RECEIVED, True)


def test_the_consultant_is_told_once_of_a_meeting_that_is_asked_for(start_server, as_user):
    cast, inbox = a_cast_with_addresses(), start_server()
    referral = a_referral_in(Status.ACCEPTED, cast)
    sweep()
    inbox.mails.clear()
    asking = reverse("meeting_ask", args=[referral.public_id])
    for status in (302, 422):  # the second time one is asked for already
        page = as_user(cast.sender).post(asking, {"request": "Frågeordet"})
        assert page.status_code == status
        sweep()
    (mail,) = inbox.mails
    assert (mail["To"], mail["Subject"]) == (
        "consultant@example.com",
        "Du har en anvisning att hantera",
    )
    notice = Notice.objects.get(kind=NoticeKind.MEETING_ASKED)
    assert notice.user == cast.consultant
    assert not [one for one in ("Frågeordet", referral.last_name) if one in mail.as_string()]
    assert referral.enrolment
    case = reverse("participant", args=[referral.enrolment.participant.public_id])
    assert case in text(as_user(cast.consultant).get(reverse("notice_list")))


def test_news_has_another_subject_than_what_waits(start_server):
    cast, inbox = a_cast_with_addresses(), start_server()
    a_referral_in(Status.RETURNED, cast)
    sweep()
    assert {str(one["To"]): str(one["Subject"]) for one in inbox.mails} == {
        "coordinator@example.com": "Du har en anvisning att hantera",
        "sender@example.com": "Det finns nytt om en anvisning",
    }


def test_server_down_for_a_day_loses_nothing_and_sends_nothing_twice(start_server):
    cast = a_cast_with_addresses()
    a_referral_in(Status.RETURNED, cast)
    for hours in range(24):
        sweep(timedelta(hours=hours))
    waiting = Notice.objects.to_mail(timezone.now() + timedelta(days=2))
    assert waiting.count() == 2
    assert all(notice.failures == 24 for notice in waiting)
    inbox = start_server()
    for hours in (25, 26, 27):
        sweep(timedelta(hours=hours))
    assert inbox.to() == ["coordinator@example.com", "sender@example.com"]


def test_failed_mail_waits_longer_and_longer_but_never_more_than_an_hour(port):
    cast = a_cast_with_addresses()
    a_referral_in(Status.SUBMITTED, cast)
    (notice,) = Notice.objects.all()
    pauses, at = [], timezone.now()
    for _ in range(9):
        kept = notice_actions.send_notice(notice.pk, at=at)
        assert kept and kept.next_try_at
        assert notice_actions.send_notice(notice.pk, at=at) is None  # not before its time
        pauses.append((kept.next_try_at - at).total_seconds() / 60)
        at = kept.next_try_at
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_one_refused_address_stops_no_other(start_server):
    cast, inbox = a_cast_with_addresses(), start_server()
    inbox.refused = {"coordinator@example.com"}
    a_referral_in(Status.RETURNED, cast)
    sweep()
    assert inbox.to() == ["sender@example.com"]
    inbox.refused = set()
    sweep(timedelta(hours=1))
    assert inbox.to() == ["coordinator@example.com", "sender@example.com"]


@COMMITTED
def test_two_workers_with_one_notice_send_one_mail(start_server):
    cast, inbox = a_cast_with_addresses(), start_server()
    a_referral_in(Status.SUBMITTED, cast)
    (notice,) = Notice.objects.all()
    inbox.go.clear()  # the first worker is held at the server while the second tries
    start = Barrier(2)

    def work() -> bool:
        try:
            start.wait(5)
            sent = notice_actions.send_notice(notice.pk, at=timezone.now())
            return sent is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        jobs = [workers.submit(work) for _ in range(2)]
        assert inbox.arrived.wait(5)
        inbox.go.set()
        assert sorted(job.result(timeout=20) for job in jobs) == [False, True]
    assert notice_actions.send_notice(notice.pk, at=timezone.now()) is None
    assert len(inbox.mails) == 1


def test_task_run_twice_sends_once(start_server):
    inbox = start_server()
    a_referral_in(Status.SUBMITTED, a_cast_with_addresses())
    for _ in range(2):
        tasks.send_notice(Notice.objects.get().pk)
    assert len(inbox.mails) == 1


@COMMITTED
def test_mail_is_rung_for_after_commit_and_not_for_what_is_rolled_back(port, monkeypatch):
    rung: list[int] = []
    monkeypatch.setattr(tasks.send_notice, "delay", rung.append)
    cast = a_cast_with_addresses()
    with transaction.atomic():
        a_referral_in(Status.SUBMITTED, cast)
        assert rung == []
        transaction.set_rollback(True)
    assert (rung, Notice.objects.count()) == ([], 0)
    a_referral_in(Status.SUBMITTED, cast)
    assert rung == [Notice.objects.get().pk]


@COMMITTED
def test_broker_away_stops_nobody_from_sending_a_referral(port, monkeypatch):
    def away(_pk: int) -> None:
        raise OSError

    monkeypatch.setattr(tasks.send_notice, "delay", away)
    a_referral_in(Status.SUBMITTED, a_cast_with_addresses())
    assert Notice.objects.to_mail(timezone.now()).count() == 1


def test_without_a_mail_server_notices_are_in_the_program_only(settings):
    assert settings.EMAIL_HOST == ""
    a_referral_in(Status.RETURNED, a_cast_with_addresses())
    assert Notice.objects.count() == 2
    assert not Notice.objects.to_mail(timezone.now() + timedelta(days=1)).exists()


def test_nobody_without_address_or_sign_in_gets_mail(start_server):
    cast, inbox = a_cast_with_addresses(), start_server()
    a_referral_in(Status.RETURNED, cast)
    cast.sender.is_active = False
    cast.sender.save()
    a_referral_in(Status.SUBMITTED, Cast())  # nobody of these has an address
    sweep()
    assert inbox.to() == ["coordinator@example.com"] * 2  # the unit's coordinator of both
