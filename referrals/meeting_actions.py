"""What the sender's team does about three-party meetings; the meeting itself belongs to the case."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from participants import actions as participants
from participants.models import Enrolment, Meeting
from sundbyberg_am.models import User

from .access import Act, refusal
from .models import NoticeKind, Referral
from .notice_actions import tell_consultant


@transaction.atomic
def ask_for_meeting(referral: Referral, *, request: str, today: date, by: User) -> Meeting:
    """Ask the consultant for a three-party meeting. Raises ValidationError, also when one is asked for."""
    meeting = participants.request_meeting(_enrolment(referral, by), request=request, by=by)
    tell_consultant(referral, NoticeKind.MEETING_ASKED, f"meeting {meeting.pk}", today, by)
    return meeting


@transaction.atomic
def answer_meeting(
    referral: Referral, *, meeting: int, reply: str, today: date, by: User
) -> Meeting:
    """Say whether somebody of the team comes to the meeting with this number. Raises ValidationError."""
    row = _enrolment(referral, by).meetings.three_party().filter(pk=meeting).first()
    if row is None:
        raise ValidationError("Mötet är inte längre ett trepartsmöte.")
    return participants.reply_to_meeting(row, reply=reply, today=today, by=by)


def _enrolment(referral: Referral, by: User) -> Enrolment:
    """What the referral became, for one who may meet about it. The case is locked by its own actions."""
    referral = Referral.objects.select_related("enrolment").get(pk=referral.pk)
    if refused := refusal(Act.MEET, referral, by):
        raise ValidationError(refused)
    if referral.enrolment is None:  # which the constraints rule out
        raise ValidationError("Anvisningen har inte lett till någon inskrivning.")
    return referral.enrolment
