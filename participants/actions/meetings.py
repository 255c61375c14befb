"""Changes to meetings: booked, moved, registered, called off; and what the other side of them says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from participants.models import (
    AgreedPoint,
    Enrolment,
    Meeting,
    MeetingKind,
    MeetingOutcome,
)
from sundbyberg_am.conflicts import Conflict, check_seen
from sundbyberg_am.models import User

from .locking import lock, lock_open

FARTHEST = timedelta(days=366)
CHANGED_MEANWHILE = (
    "Någon annan har ändrat mötet medan du skrev, så det här sparades inte. Jämför och välj."
)


@dataclass(frozen=True)
class Point:
    """What was agreed: a line, who does it (a `Responsible` or ""), and by when."""

    text: str
    responsible: str = ""
    due_on: date | None = None


@transaction.atomic
def book_meeting(
    enrolment: Enrolment,
    *,
    kind: str,
    day: date,
    starts: time,
    ends: time | None,
    way: str,
    place: str,
    today: date,
    by: User | None,
) -> Meeting:
    """Book a meeting within the enrolment; one that has been can be booked afterwards, to be registered.

    Raises ValidationError.
    """
    meeting = Meeting(enrolment=lock_open(enrolment))
    _set_time(meeting, kind=kind, day=day, starts=starts, ends=ends, way=way, place=place)
    return _booked(meeting, today, by)


@transaction.atomic
def change_meeting(
    meeting: Meeting,
    *,
    seen_version: int,
    kind: str,
    day: date,
    starts: time,
    ends: time | None,
    way: str,
    place: str,
    today: date,
    by: User | None,
) -> Meeting:
    """Move a meeting, or book one that is asked for. The social secretary's answer is asked for anew.

    Raises ValidationError, and Conflict when it has changed since `seen_version`.
    """
    lock_open(meeting.enrolment)
    meeting = _undecided(meeting)
    check_seen(
        meeting,
        seen_version,
        CHANGED_MEANWHILE,
        {"kind": kind, "day": day, "starts": starts, "ends": ends, "way": way, "place": place},
    )
    before = _time_of(meeting)
    _set_time(meeting, kind=kind, day=day, starts=starts, ends=ends, way=way, place=place)
    if _time_of(meeting) != before:
        meeting.reply, meeting.replied_at, meeting.replied_by = "", None, None
    meeting.touch(by)
    return _booked(meeting, today, by)


@transaction.atomic
def record_meeting(
    meeting: Meeting,
    *,
    seen_version: int,
    outcome: str,
    attended: Collection[str],
    why: str,
    points: Sequence[Point],
    today: date,
    by: User | None,
) -> Meeting:
    """Say how a meeting went and what was agreed; also after the exit. What was said before is replaced.

    Raises ValidationError, and Conflict when it has changed since `seen_version`.
    """
    lock(meeting.enrolment)
    meeting = _read(meeting)
    if meeting.version != seen_version:
        raise Conflict(
            CHANGED_MEANWHILE,
            saved={
                "outcome": meeting.outcome,
                "why": meeting.why,
                "attended": meeting.attended,
                "points": [
                    Point(one.text, one.responsible, one.due_on) for one in meeting.points.all()
                ],
            },
            by=meeting.changed_by,
            at=meeting.changed_at,
            version=meeting.version,
        )
    if meeting.outcome == MeetingOutcome.CANCELLED:
        raise ValidationError("Mötet är inställt. Boka ett nytt i stället.")
    if meeting.day is None:
        raise ValidationError("Mötet är inte bokat än. Boka det först.")
    if meeting.day > today:
        raise ValidationError("Mötet har inte varit än. Ställ in det om det inte ska bli av.")
    if not outcome or outcome == MeetingOutcome.CANCELLED:
        raise ValidationError({"outcome": "Välj hur det gick."})
    if points and outcome != MeetingOutcome.HELD:
        raise ValidationError(
            {
                "outcome": "Ni har kommit överens om något. Välj ”Genomfört”, eller ta bort punkterna."
            }
        )
    meeting.attended = sorted(attended) if outcome == MeetingOutcome.HELD else []
    meeting.touch(by)
    meeting = _decided(meeting, outcome, "" if outcome == MeetingOutcome.HELD else why, by)
    meeting.points.all().delete()
    for point in points:
        agreed = AgreedPoint(
            meeting=meeting, text=point.text, responsible=point.responsible, due_on=point.due_on
        )
        try:
            agreed.full_clean()
        except ValidationError as refusal:
            raise ValidationError([f"”{point.text}”: {one}" for one in refusal.messages]) from None
        agreed.save()
    return meeting


@transaction.atomic
def cancel_meeting(
    meeting: Meeting, *, seen_version: int, why: str, today: date, by: User | None
) -> Meeting:
    """Call off a meeting that has not been, or turn down one that is asked for. Raises ValidationError."""
    lock(meeting.enrolment)
    meeting = _undecided(meeting)
    check_seen(meeting, seen_version, CHANGED_MEANWHILE, {})
    if meeting.day and meeting.day < today:
        raise ValidationError("Mötets dag har varit. Registrera i stället att det inte blev av.")
    meeting.touch(by)
    return _decided(meeting, MeetingOutcome.CANCELLED, why, by)


@transaction.atomic
def request_meeting(enrolment: Enrolment, *, request: str, by: User) -> Meeting:
    """Ask the consultant for a three-party meeting; it has no time until it is booked.

    Raises ValidationError, also when one is asked for already.
    """
    enrolment = lock(enrolment)
    if not enrolment.is_open:
        raise ValidationError("Inskrivningen är avslutad, så det går inte att be om ett möte.")
    meeting = Meeting(
        enrolment=enrolment,
        kind=MeetingKind.THREE_PARTY,
        request=request.strip(),
        requested_at=timezone.now(),
        requested_by=by,
    )
    meeting.full_clean()
    meeting.save()
    return meeting


@transaction.atomic
def reply_to_meeting(meeting: Meeting, *, reply: str, today: date, by: User) -> Meeting:
    """Say whether the social secretary comes to a three-party meeting; a later answer replaces it.

    Raises ValidationError.
    """
    lock(meeting.enrolment)
    meeting = _read(meeting)
    if meeting.kind != MeetingKind.THREE_PARTY or meeting.day is None:
        raise ValidationError("Det finns ingen tid att svara på.")
    if meeting.outcome == MeetingOutcome.CANCELLED:
        raise ValidationError("Mötet är inställt.")
    if meeting.outcome or meeting.day < today:
        raise ValidationError("Mötet har redan varit.")
    meeting.reply, meeting.replied_at, meeting.replied_by = reply, timezone.now(), by
    meeting.full_clean()
    meeting.save()
    return meeting


def end_meetings(enrolment: Enrolment, ended_on: date, by: User | None) -> None:
    """Call off what is planned or asked for after the exit; for the action that ends the enrolment."""
    for meeting in enrolment.meetings.undecided_after(ended_on):
        meeting.touch(by)
        _decided(meeting, MeetingOutcome.CANCELLED, "Inskrivningen avslutades.", by)


def _read(meeting: Meeting) -> Meeting:
    return Meeting.objects.select_related("enrolment").get(pk=meeting.pk)


def _undecided(meeting: Meeting) -> Meeting:
    meeting = _read(meeting)
    if meeting.outcome == MeetingOutcome.CANCELLED:
        raise ValidationError("Mötet är redan inställt.")
    if meeting.is_decided:
        raise ValidationError("Mötet är redan registrerat.")
    return meeting


def _set_time(
    meeting: Meeting,
    *,
    kind: str,
    day: date,
    starts: time,
    ends: time | None,
    way: str,
    place: str,
) -> None:
    meeting.kind, meeting.day, meeting.starts, meeting.ends = kind, day, starts, ends
    meeting.way, meeting.place = way, place.strip()


def _time_of(meeting: Meeting) -> tuple[object, ...]:
    """What an answer is an answer to."""
    return meeting.kind, meeting.day, meeting.starts, meeting.ends, meeting.way, meeting.place


def _booked(meeting: Meeting, today: date, by: User | None) -> Meeting:
    if meeting.day and meeting.day > today + FARTHEST:
        raise ValidationError({"day": "Mötet ligger mer än ett år fram. Kontrollera dagen."})
    if meeting.booked_at is None:
        meeting.booked_at, meeting.booked_by = timezone.now(), by
    meeting.full_clean()
    meeting.save()
    return meeting


def _decided(meeting: Meeting, outcome: str, why: str, by: User | None) -> Meeting:
    meeting.outcome, meeting.why = outcome, why.strip()
    meeting.decided_at, meeting.decided_by = timezone.now(), by
    meeting.full_clean()
    meeting.save()
    return meeting
