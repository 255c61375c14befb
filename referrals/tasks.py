"""What a worker does for referrals. The rows are the truth; a task only says that they are there."""

from django.utils import timezone

from sundbyberg_am.celery import app

from . import feedback_actions, notice_actions
from .models import FeedbackRecord, Notice, Referral

RING_SECONDS = 60
MAILS_A_ROUND = 500


@app.task  # type: ignore[untyped-decorator]
def send_notice(notice_id: int) -> None:
    """Send the mail of one notice."""
    notice_actions.send_notice(notice_id, at=timezone.now())


@app.task  # type: ignore[untyped-decorator]
def send_waiting_notices() -> None:
    """Ring again for every mail that is not sent: its first ring, or the mail server, may have been lost.

    One that is being sent is left alone. A ring that nobody heard before the next is dropped.
    """
    for pk in Notice.objects.to_mail(timezone.now()).values_list("pk", flat=True)[:MAILS_A_ROUND]:
        send_notice.apply_async((pk,), expires=RING_SECONDS)


@app.task  # type: ignore[untyped-decorator]
def remind_of_referrals() -> None:
    """Tell whoever has each unanswered referral today, and the manager when the last day has passed."""
    for referral in Referral.objects.undecided():
        notice_actions.remind(referral, today=timezone.localdate())


@app.task  # type: ignore[untyped-decorator]
def send_due_feedback() -> None:
    """Send feedback for every case that has ended, or that has been put right since."""
    for pk in FeedbackRecord.objects.referrals_to_tell().values_list("pk", flat=True):
        feedback_actions.send_feedback(pk, today=timezone.localdate())
