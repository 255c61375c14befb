"""Meetings of the demonstration municipality: what will come of each is pure, and then stored or acted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from random import Random
from typing import Any

from participants import actions as cases
from participants.actions import Point
from participants.models import (
    AgreedPoint,
    Attendee,
    Enrolment,
    Meeting,
    MeetingKind,
    MeetingOutcome,
    MeetingReply,
    MeetingWay,
    NoteKind,
    Responsible,
)
from sundbyberg_am.models import User

from .fates import Stay, Way, at_work, at_work_before, later
from .moments import a_moment, date_back

THREE_PARTY, REQUESTED, REPLIED, COMING = 0.3, 0.85, 0.8, 0.85
FAILED = 0.14  # for each that is held, so many are booked and come to nothing
SAME_DAY, SOON = 0.35, 0.8  # share registered at once, and by the next days; the rest wait
PLACES = ("Jobbcenter, rum 2", "Jobbcenter, rum 4", "Stadshuset, rum Ekorren", "Biblioteket")
STARTS = (time(9), time(10), time(10, 30), time(13), time(14), time(15))
REQUESTS = (
    "Hur vi stöttar personen vidare när praktiken tar slut.",
    "Planeringen inför hösten och vem som gör vad.",
    "Vi behöver prata om barnomsorgen och arbetstiderna.",
)
POINTS = (
    ("Skickar in ansökan om barnomsorg", Responsible.PARTICIPANT),
    ("Bokar studiebesök på två arbetsplatser", Responsible.CONSULTANT),
    ("Fortsätter tre förmiddagar i veckan", Responsible.PARTICIPANT),
    ("Tar kontakt med vuxenutbildningen", Responsible.CONSULTANT),
    ("Lämnar in cv och betyg", Responsible.PARTICIPANT),
    ("Ringer Arbetsförmedlingen tillsammans", Responsible.CONSULTANT),
    ("Vi ses igen om en månad", ""),
)
SENDERS_POINTS = (
    ("Ser över beslutet om resekort", Responsible.SOCIAL_SECRETARY),
    ("Hör av sig till hyresvärden", Responsible.SOCIAL_SECRETARY),
)
FAILURES = {
    MeetingOutcome.ABSENT: ("", "Hörde inte av sig.", "Hade tagit fel på dag."),
    MeetingOutcome.NOT_HELD: ("Tolken kom inte.", "Konsulenten var sjuk."),
    MeetingOutcome.CANCELLED: ("Deltagaren är sjuk.", "Krockade med en arbetsintervju."),
}


@dataclass(slots=True)
class MeetingFate:
    """A meeting from request or booking to what came of it."""

    day: date
    starts: time
    ends: time
    kind: str
    way: str
    place: str
    booked_on: date
    decided_on: date
    outcome: str
    why: str = ""
    requested_on: date | None = None
    request: str = ""
    replied_on: date | None = None
    reply: str = ""
    attended: list[str] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)

    def is_there_on(self, today: date) -> bool:
        return (self.requested_on or self.booked_on) <= today


def meetings_of(way: Way) -> list[MeetingFate]:
    """The meetings of the stay that came of the referral: the same for the same one."""
    stay = way.stay
    return list(_meetings(Random(f"meetings {way.key}"), stay, way)) if stay else []


def _meetings(rng: Random, stay: Stay, way: Way) -> Iterator[MeetingFate]:
    free_from = stay.started_on  # nothing is asked for while something waits to be booked
    before = stay.started_on - timedelta(days=1)
    for note in stay.notes:
        met = note.kind in (NoteKind.MEETING, NoteKind.CALL)
        extra = at_work_before(note.happened_on - timedelta(days=rng.randint(3, 6)))
        if rng.random() < FAILED and before < extra:
            yield _failed(rng, stay, extra)
        if met and before < note.happened_on:
            is_call = note.kind == NoteKind.CALL
            three = way.sender is not None and not is_call and rng.random() < THREE_PARTY
            meeting = _held(rng, stay, note.happened_on, is_call=is_call, three_party=three)
            if three:
                free_from = _with_sender(rng, meeting, free_from)
            yield meeting
        before = max(before, note.happened_on)


def _held(rng: Random, stay: Stay, day: date, *, is_call: bool, three_party: bool) -> MeetingFate:
    meeting = _booked(rng, stay, day, phone=is_call)
    registered = rng.random()
    if registered < SAME_DAY:
        meeting.decided_on = day
    else:
        first, last = (1, 2) if registered < SOON else (4, 11)
        meeting.decided_on = later(rng, day, first, last)
    meeting.outcome = MeetingOutcome.HELD
    meeting.attended = [Attendee.PARTICIPANT]
    lines = list(POINTS)
    if three_party:
        meeting.kind = MeetingKind.THREE_PARTY
        meeting.attended.append(Attendee.SOCIAL_SECRETARY)
        lines += SENDERS_POINTS
    number = rng.choice((1, 2, 3)) if three_party else rng.choice((0, 0, 1, 2))
    for text, responsible in rng.sample(lines, number):
        due_on = later(rng, day, 7, 30) if responsible and rng.random() < 0.6 else None
        meeting.points.append(Point(text, responsible, due_on))
    return meeting


def _failed(rng: Random, stay: Stay, day: date) -> MeetingFate:
    meeting = _booked(rng, stay, day, phone=False)
    meeting.outcome = rng.choice(list(FAILURES))
    meeting.why = rng.choice(FAILURES[MeetingOutcome(meeting.outcome)])
    if meeting.outcome == MeetingOutcome.CANCELLED:
        meeting.decided_on = max(meeting.booked_on, at_work_before(day - timedelta(days=1)))
    return meeting


def _booked(rng: Random, stay: Stay, day: date, *, phone: bool) -> MeetingFate:
    starts = rng.choice(STARTS)
    length = 30 if phone else 60
    minutes = starts.hour * 60 + starts.minute + length
    return MeetingFate(
        day=day,
        starts=starts,
        ends=time(minutes // 60, minutes % 60),
        kind=MeetingKind.PARTICIPANT,
        way=MeetingWay.PHONE if phone else MeetingWay.ON_SITE,
        place="" if phone else rng.choice(PLACES),
        booked_on=max(stay.started_on, at_work_before(day - timedelta(days=rng.randint(4, 16)))),
        decided_on=day,
        outcome="",
    )


def _with_sender(rng: Random, meeting: MeetingFate, free_from: date) -> date:
    """Let the sender ask for the meeting and answer; gives the day from which one can be asked for again."""
    asked_on = at_work_before(meeting.booked_on - timedelta(days=rng.randint(5, 14)))
    if rng.random() < REQUESTED and asked_on >= free_from:
        meeting.requested_on, meeting.request = asked_on, rng.choice(REQUESTS)
        free_from = meeting.booked_on + timedelta(days=1)
    replied_on = at_work(meeting.booked_on + timedelta(days=rng.randint(1, 3)))
    if rng.random() < REPLIED and replied_on < meeting.day:
        comes = rng.random() < COMING
        meeting.replied_on = replied_on
        meeting.reply = MeetingReply.COMING if comes else MeetingReply.NOT_COMING
        if not comes:
            meeting.attended.remove(Attendee.SOCIAL_SECRETARY)
    return free_from


def rows_of(
    fate: MeetingFate, enrolment: Enrolment, sender: User | None, today: date, key: str
) -> tuple[Meeting, list[AgreedPoint]]:
    """The meeting as it is on the day, and what has been agreed; not stored yet."""
    by = enrolment.consultant
    meeting = Meeting(enrolment=enrolment, kind=fate.kind)
    if fate.requested_on:
        meeting.request, meeting.requested_by = fate.request, sender
    if fate.booked_on <= today:
        meeting.day, meeting.starts, meeting.ends = fate.day, fate.starts, fate.ends
        meeting.way, meeting.place, meeting.booked_by = fate.way, fate.place, by
        meeting.version += bool(fate.requested_on)
    if fate.replied_on and fate.replied_on <= today:
        meeting.reply, meeting.replied_by = fate.reply, sender
    points = []
    if fate.decided_on <= today:
        meeting.outcome, meeting.attended, meeting.why = fate.outcome, fate.attended, fate.why
        meeting.decided_by = by
        meeting.version += 1
        points = [
            AgreedPoint(
                meeting=meeting,
                text=point.text,
                responsible=point.responsible,
                due_on=point.due_on,
            )
            for point in fate.points
        ]
    for name, day in _days(fate, today):
        setattr(meeting, name, a_moment(day, f"{name} {key}"))
    return meeting, points


def act_meeting(
    fate: MeetingFate, enrolment: Enrolment, sender: User, consultant: User, today: date, key: str
) -> None:
    """Ask for, book, answer and register the meeting, as far as it has come by the day."""
    time_and_place: dict[str, Any] = {
        "kind": fate.kind,
        "day": fate.day,
        "starts": fate.starts,
        "ends": fate.ends,
        "way": fate.way,
        "place": fate.place,
        "today": fate.booked_on,
        "by": consultant,
    }
    if fate.requested_on:
        meeting = cases.request_meeting(enrolment, request=fate.request, by=sender)
        if fate.booked_on <= today:
            meeting = cases.change_meeting(meeting, seen_version=1, **time_and_place)
    else:
        meeting = cases.book_meeting(enrolment, **time_and_place)
    if fate.replied_on and fate.replied_on <= today:
        meeting = cases.reply_to_meeting(
            meeting, reply=fate.reply, today=fate.replied_on, by=sender
        )
    if fate.decided_on <= today and fate.outcome == MeetingOutcome.CANCELLED:
        meeting = cases.cancel_meeting(
            meeting,
            seen_version=meeting.version,
            why=fate.why,
            today=fate.decided_on,
            by=consultant,
        )
    elif fate.decided_on <= today:
        meeting = cases.record_meeting(
            meeting,
            seen_version=meeting.version,
            outcome=fate.outcome,
            attended=fate.attended,
            why=fate.why,
            points=fate.points,
            today=fate.decided_on,
            by=consultant,
        )
    for name, day in _days(fate, today):
        date_back([meeting], name, [a_moment(day, f"{name} {key}")])


def _days(fate: MeetingFate, today: date) -> list[tuple[str, date]]:
    """The moments of a meeting that are past, with their days."""
    days = {
        "requested_at": fate.requested_on,
        "booked_at": fate.booked_on,
        "replied_at": fate.replied_on,
        "decided_at": fate.decided_on,
    }
    return [(name, day) for name, day in days.items() if day and day <= today]
