"""Which meetings wait, come and count: on the days and minutes around each limit."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from participants.models import AgreedPoint, Enrolment, Meeting, Note
from participants.models.timeline import EventKind, timeline
from tests.builders import a_meeting, a_user, an_enrolment

from .test_meeting_actions import cancelled, requested

pytestmark = pytest.mark.django_db

START, TODAY = date(2026, 1, 12), date(2026, 11, 24)
A_DAY = timedelta(days=1)


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


@pytest.mark.parametrize(
    ("now", "coming", "today", "to_register"),
    [
        (at(23, 59, TODAY - A_DAY), True, False, False),
        (at(0), True, True, False),
        (at(9, 59), True, True, False),
        (at(10), False, False, True),
        (at(10, 1), False, False, True),
        (at(0, 0, TODAY + A_DAY), False, False, True),
    ],
)
def test_a_meeting_at_ten_is_to_come_and_then_to_register(now, coming, today, to_register):
    meeting = a_meeting(an_enrolment(START), TODAY)
    lists = Meeting.objects
    assert lists.coming(now).exists() is coming
    assert lists.coming_today(now).exists() is today
    assert lists.to_register(now).exists() is to_register is meeting.has_begun_by(now)
    assert meeting.state_at(now) == ("Att registrera" if to_register else "Planerat")
    Meeting.objects.update(outcome="absent", decided_at=now)
    assert not lists.coming(now).exists() and not lists.to_register(now).exists()


def test_what_is_asked_for_is_neither_to_come_nor_to_register():
    wish = requested(an_enrolment(START))
    assert list(Meeting.objects.asked_for()) == [wish]
    assert wish.state_at(at(10)) == "Begärt"
    assert not Meeting.objects.coming(at(10)).exists()
    assert not Meeting.objects.to_register(at(10)).exists()


def test_meetings_of_a_case_registered_by_mistake_are_nowhere():
    case = an_enrolment(START)
    a_meeting(case, TODAY)
    assert Meeting.objects.in_cases(Enrolment.objects.all()).count() == 1
    Enrolment.objects.update(voided_at=at(8), voided_by=a_user(), void_reason="Fel")
    assert not Meeting.objects.in_cases(Enrolment.objects.all()).exists()


@pytest.mark.parametrize(
    ("days", "outcome", "listed"),
    [
        (30, "held", True),
        (29, "held", False),
        (29, "absent", True),
        (29, "not_held", True),
        (29, "cancelled", True),
        (29, "", True),
    ],
)
def test_a_held_meeting_is_contact(days, outcome, listed):
    case = an_enrolment(START)
    day = TODAY - timedelta(days=days)
    a_meeting(case, day, outcome=outcome)
    last = Enrolment.objects.last_contact_in(case)[0]
    assert last == (day if outcome == "held" else None)
    silent = [
        row.matters_on for row in Enrolment.objects.without_contact(TODAY).for_work_list(TODAY)
    ]
    assert silent == ([last or START] if listed else [])


def test_contact_is_the_later_of_note_and_meeting():
    case = an_enrolment(START)
    older, newer = TODAY - timedelta(days=40), TODAY - timedelta(days=10)
    note = Note.objects.create(enrolment=case, happened_on=older, text="x", created_by=a_user())
    a_meeting(case, newer, outcome="held")
    assert Enrolment.objects.last_contact_in(case)[0] == newer
    Note.objects.filter(pk=note.pk).update(happened_on=newer + A_DAY)
    assert Enrolment.objects.last_contact_in(case)[0] == newer + A_DAY
    assert not Enrolment.objects.without_contact(TODAY).exists()


def test_the_timeline_tells_what_was_agreed_and_why_it_failed():
    case = an_enrolment(START, level=None)
    held = a_meeting(case, TODAY, outcome="held")
    AgreedPoint.objects.create(
        meeting=held, text="Skicka cv", responsible="participant", due_on=TODAY + A_DAY
    )
    AgreedPoint.objects.create(meeting=held, text="Ses igen")
    a_meeting(case, TODAY - A_DAY, outcome="absent", why="")
    a_meeting(case, TODAY - 2 * A_DAY, outcome="not_held", why="Tolken kom inte")
    a_meeting(case, TODAY - 3 * A_DAY)
    events = timeline(Enrolment.objects.all(), kinds=[EventKind.MEETING], before=None, size=9)
    assert [(event.on, event.title, event.text) for event in events] == [
        (
            TODAY,
            "Möte med deltagaren: genomfört",
            "Skicka cv – Deltagaren, senast 2026-11-25\nSes igen",
        ),
        (TODAY - A_DAY, "Möte med deltagaren: deltagaren kom inte", ""),
        (TODAY - 2 * A_DAY, "Möte med deltagaren: blev inte av", "Tolken kom inte"),
    ]
    assert all(event.is_recorded_meeting for event in events)


def test_what_is_called_off_stands_on_the_day_somebody_did_so():
    case = an_enrolment(START, level=None)
    cancelled(requested(case), why="Vi ses ändå")
    cancelled(a_meeting(case, TODAY + timedelta(days=9)), why="Sjuk")
    # Late in the evening in Sweden is another day in UTC.
    Meeting.objects.update(decided_at=at(0, 30))
    events = timeline(Enrolment.objects.all(), kinds=[EventKind.MEETING], before=None, size=9)
    assert {(event.on, event.text) for event in events} == {
        (TODAY, "Vi ses ändå"),
        (TODAY, "Sjuk"),
    }
    assert not any(event.is_recorded_meeting for event in events)
