"""What has been told of referrals: feedback after exits, questions to the Kompetensteam, notices."""

from datetime import date, timedelta

from django.utils import timezone

from participants.bulk import store
from participants.models import Enrolment
from referrals.feedback import feedback
from referrals.models import FeedbackRecord, Notice, Referral, ReferralEvent, TeamRequest

from .moments import a_moment, date_back
from .office import Office

UNREAD = timedelta(days=10)  # feedback sent since then waits to be read
UNSEEN = timedelta(days=4)  # and so do notices
QUESTIONS = (
    "Praktiken har inte lett vidare. Kan teamet se på vad mer som kan prövas?",
    "Orken har blivit mindre sedan i våras. Är arbetsträning fortfarande rätt väg?",
)


def store_told(office: Office, today: date) -> None:
    """Store what the senders have been told and asked by the day, and date the notices of the actions."""
    _store_feedback(today)
    _store_questions(office, today)
    _date_notices(today)


def _store_feedback(today: date) -> None:
    """A record of every exit, as the worker sends it; the earlier ones are read."""
    records = []
    due = FeedbackRecord.objects.referrals_to_tell().for_page()
    for referral in due.prefetch_related("enrolment__interventions"):
        told, enrolment = feedback(referral, today), referral.enrolment
        if told is None or enrolment is None or enrolment.ended_on is None:
            continue
        sent_at = enrolment.exited_at or timezone.now()
        is_read = enrolment.ended_on <= today - UNREAD
        records.append(
            FeedbackRecord(
                referral=referral,
                number=1,
                content=told.as_data(),
                sent_at=sent_at,
                checked_at=timezone.now(),
                acknowledged_at=sent_at + timedelta(days=2) if is_read else None,
                acknowledged_by=referral.sender if is_read else None,
            )
        )
    store(records)


def _store_questions(office: Office, today: date) -> None:
    """What two senders have asked of the cases that have gone on the longest and are not with the team."""
    waiting = Enrolment.objects.open().to_put_to_team(today).order_by("started_on", "pk")
    referrals = Referral.objects.by_enrolment([case.pk for case in waiting])
    asked = [one for case in waiting if (one := referrals.get(case.pk)) and one.sender]
    store(
        [
            TeamRequest(
                referral=referral,
                question=question,
                asked_at=a_moment(today - timedelta(days=3), f"asked {place}"),
                asked_by=referral.sender or office.senders[0],
            )
            for place, (referral, question) in enumerate(zip(asked, QUESTIONS, strict=False))
        ]
    )


def _date_notices(today: date) -> None:
    """Date what the actions told to when it happened; the earlier ones are seen."""
    notices = list(Notice.objects.all())
    events = {f"event {one.pk}": one.at for one in ReferralEvent.objects.all()}
    date_back(notices, "created_at", [events[one.occasion] for one in notices])
    seen = [one for one in notices if timezone.localdate(events[one.occasion]) <= today - UNSEEN]
    date_back(seen, "seen_at", [events[one.occasion] + timedelta(hours=2) for one in seen])
