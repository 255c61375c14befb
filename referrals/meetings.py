"""Three-party meetings as the sender's team sees them: time, place and agreed points, and nothing else.

As in feedback.py, what is told is listed field by field, and pages are given this and never the meeting.
"""

from dataclasses import dataclass
from datetime import date, datetime

from participants.models import Enrolment, Meeting, MeetingOutcome, MeetingReply
from sundbyberg_am.models import User

from .models import Referral


@dataclass(frozen=True)
class PointTold:
    """What was agreed, who does it, and by when."""

    text: str
    responsible: str
    due_on: date | None


@dataclass(frozen=True)
class MeetingTold:
    """A three-party meeting. `request` is what the team itself wrote; `reply` what it answered."""

    pk: int
    day: date | None
    clock: str
    where: str
    state: str
    request: str
    reply: str
    can_reply: bool
    points: list[PointTold]


@dataclass(frozen=True)
class MeetingsTold:
    """What is to come or asked for, in order of time, and what has been, the latest first."""

    coming: list[MeetingTold]
    past: list[MeetingTold]
    can_ask: bool


@dataclass(frozen=True)
class ComingMeeting:
    """A three-party meeting to come, with the team's referral that led there."""

    referral: Referral
    meeting: MeetingTold


def meetings(referral: Referral, now: datetime) -> MeetingsTold | None:
    """What to tell the sender of meetings; None when nothing is: not accepted, or registered by mistake.

    `now` is in Swedish time.
    """
    enrolment = referral.enrolment
    if enrolment is None or enrolment.voided_at:
        return None
    rows = list(enrolment.meetings.three_party().with_points())
    is_past = [row.is_decided or row.has_begun_by(now) for row in rows]
    told = [_told(row, now) for row in rows]
    return MeetingsTold(
        coming=[one for one, past in zip(told, is_past, strict=True) if not past],
        past=[one for one, past in zip(told, is_past, strict=True) if past][::-1],
        can_ask=enrolment.is_open and not any(row.is_request for row in rows),
    )


def coming_meetings(user: User, now: datetime) -> list[ComingMeeting]:
    """The nearest three-party meetings of the user's team, in order of time, with the referrals."""
    sent = Referral.objects.taken_on_from_team_of(user)
    cases = Enrolment.objects.with_ids(sent.values("enrolment"))
    rows = list(Meeting.objects.in_cases(cases).three_party().coming(now).for_work_list())
    referrals = sent.by_enrolment([row.enrolment_id for row in rows])
    return [ComingMeeting(referrals[row.enrolment_id], _told(row, now)) for row in rows]


def _told(meeting: Meeting, now: datetime) -> MeetingTold:
    is_held = meeting.outcome == MeetingOutcome.HELD
    return MeetingTold(
        pk=meeting.pk,
        day=meeting.day,
        clock=meeting.clock,
        where=meeting.where if meeting.day else "",
        state=_state(meeting, now),
        request=meeting.request if meeting.day is None else "",
        reply=MeetingReply(meeting.reply).label if meeting.reply else "",
        can_reply=_waits_for_its_day(meeting, now),
        points=[
            PointTold(point.text, point.get_responsible_display(), point.due_on)
            for point in (meeting.points.all() if is_held else ())
        ],
    )


def _state(meeting: Meeting, now: datetime) -> str:
    """Where it stands; why it came to nothing, and because of whom, is not told."""
    match meeting.outcome:
        case MeetingOutcome.HELD:
            return "Genomfört"
        case MeetingOutcome.CANCELLED:
            return "Inställt" if meeting.day else "Blir inte av"
        case MeetingOutcome.ABSENT | MeetingOutcome.NOT_HELD:
            return "Blev inte av"
    if meeting.day is None:
        return "Begärt"
    return "Har varit" if meeting.has_begun_by(now) else "Bokat"


def _waits_for_its_day(meeting: Meeting, now: datetime) -> bool:
    return meeting.day is not None and not meeting.is_decided and not meeting.has_begun_by(now)
