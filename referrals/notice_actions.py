"""Telling people that there is something to handle or to read: rows first, mail after, each once.

The row is stored with what it tells of, so neither comes without the other. The mail is sent by a worker that
holds the row meanwhile; one that fails is tried again, at longer and longer intervals, until it is gone.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from participants.models import Enrolment
from sundbyberg_am.access import Permission, Role
from sundbyberg_am.models import User

from .duty import on_whose_list, receivers, senders
from .models import (
    ABOUT_THE_CASE,
    EventKind,
    Notice,
    NoticeKind,
    Referral,
    ReferralEvent,
    Status,
)

log = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(hours=1)
BODY = (
    "{subject}.\n\n"
    "Logga in i Arbetsmarknad för att läsa mer{where}.\n\n"
    "Det här mejlet skickas automatiskt och går inte att svara på.\n"
)


def tell_of_event(referral: Referral, event: ReferralEvent) -> None:
    """Tell those whom the event concerns, within the transaction of the event."""
    day = timezone.localdate(event.at)
    occasion = f"event {event.pk}"
    if kind := _TO_RECEIVERS.get(event.kind):
        tell(receivers(referral.to_unit_id, day), referral, kind, occasion, event.by)
    if kind := _TO_SENDERS.get(event.kind):
        tell(senders(referral, day), referral, kind, occasion, event.by)
    if event.kind == EventKind.ACCEPTED:
        tell_consultant(referral, NoticeKind.GIVEN, occasion, day, event.by)


_TO_RECEIVERS: dict[str, NoticeKind] = {
    EventKind.SUBMITTED: NoticeKind.RECEIVED,
    EventKind.COMPLETED: NoticeKind.COMPLETED,
    EventKind.WITHDRAWN: NoticeKind.WITHDRAWN,
}
_TO_SENDERS: dict[str, NoticeKind] = {
    EventKind.COMPLETION_ASKED: NoticeKind.COMPLETION_ASKED,
    EventKind.ACCEPTED: NoticeKind.ACCEPTED,
    EventKind.RETURNED: NoticeKind.RETURNED,
}


def tell_consultant(
    referral: Referral, kind: NoticeKind, occasion: str, day: date, by: User | None
) -> None:
    """Tell whoever has the case that the referral became, and the deputy while the consultant is away."""
    if referral.enrolment:
        tell(_who_answers(referral.enrolment, day), referral, kind, occasion, by)


def tell(
    users: Iterable[User], referral: Referral, kind: NoticeKind, occasion: str, by: User | None
) -> None:
    """Tell each of the users, but whoever did it, once; those with an address also by e-mail."""
    told = [
        user
        for user in users
        if user != by and (kind in ABOUT_THE_CASE or user.may(Permission.READ_REFERRALS))
    ]
    Notice.objects.bulk_create(
        [
            Notice(
                user=user,
                referral=referral,
                kind=kind,
                occasion=occasion,
                by_mail=bool(settings.EMAIL_HOST and user.email),
            )
            for user in told
        ],
        ignore_conflicts=True,
    )
    if settings.EMAIL_HOST and told:
        transaction.on_commit(lambda: _ring(referral, occasion), robust=True)


def _ring(referral: Referral, occasion: str) -> None:
    """Tell a worker. Without a broker the mail waits until beat rings."""
    from .tasks import send_notice  # tasks call actions, so this one is fetched late

    for pk in Notice.objects.to_mail_of(referral, occasion):
        send_notice.delay(pk)


@transaction.atomic
def send_notice(notice_id: int, *, at: datetime) -> Notice | None:
    """Send the mail of one notice, unless it is sent, being sent by another worker, or to wait.

    Sent once: the row is held while the server is spoken to. Should a worker die between the server's yes and
    our own note of it, the next mail has the same Message-ID, by which it is known as the same.
    """
    notice = Notice.objects.to_mail(at).held(notice_id)
    if notice is None:
        return None
    where = f": {settings.SITE_URL}" if settings.SITE_URL else ""
    message = EmailMessage(
        notice.subject,
        BODY.format(subject=notice.subject, where=where),
        to=[notice.user.email],
        headers={
            "Message-ID": f"<{notice.public_id}@{settings.MAIL_DOMAIN}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        message.send()
    except (OSError, SMTPException) as error:
        notice.failures += 1
        pause = min(timedelta(minutes=2 ** min(notice.failures, 10) / 2), LONGEST_PAUSE)
        notice.next_try_at = at + pause
        log.warning("Mejl %s gick inte att skicka: %s", notice.pk, type(error).__name__)
    else:
        notice.mailed_at, notice.next_try_at = at, None
    notice.save(update_fields=["mailed_at", "failures", "next_try_at"])
    return notice


@transaction.atomic
def see_notices(*, newest: int, by: User) -> int:
    """Note that the user has seen the notices up to the one with this key; gives how many they were."""
    return Notice.objects.of_user(by).unseen().mark_seen(newest, timezone.now())


@transaction.atomic
def remind(referral: Referral, *, today: date) -> None:
    """Tell whoever has the referral today, if nobody has told them; when it is late, the managers too.

    So it comes to the next when somebody is away or has left. Running it again tells nobody twice.
    """
    locked = Referral.objects.undecided().locked(referral.pk)
    if locked is None:
        return
    holders = on_whose_list(locked, today)
    kind = {
        Status.SUBMITTED: NoticeKind.RECEIVED,
        Status.COMPLETED: NoticeKind.COMPLETED,
        Status.COMPLETION_ASKED: NoticeKind.COMPLETION_ASKED,
    }[Status(locked.status)]
    event = locked.events.of_kind(locked.status).last()
    if event:
        tell(holders, locked, kind, f"event {event.pk}", event.by)
    if locked.answer_due_on and locked.answer_due_on < today:
        managers = [
            user for user in User.objects.of_unit(locked.to_unit_id) if user.role == Role.MANAGER
        ]
        late = dict.fromkeys([*holders, *managers])
        tell(late, locked, NoticeKind.OVERDUE, f"due {locked.answer_due_on}", None)


def _who_answers(enrolment: Enrolment, day: date) -> list[User]:
    """The consultant on the day, or the deputy when the consultant is away or has left."""
    consultant = enrolment.consultant_on(day)
    away = consultant is None or User.objects.absent_on(day).filter(pk=consultant.pk).exists()
    answering = enrolment.deputy if away and enrolment.deputy else consultant
    return [answering] if answering else []
