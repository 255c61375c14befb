"""Meetings: booked, moved, registered, called off, asked for and answered."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from participants import actions
from participants.actions import Point
from participants.models import AgreedPoint, Enrolment, ExitReason, Meeting
from sundbyberg_am.access import Role
from sundbyberg_am.conflicts import VERSION_CONFLICT
from tests.builders import a_meeting, a_user, an_enrolment

from .test_enrolment_actions import refused

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
START = date(2026, 1, 12)
LATER = TODAY + timedelta(days=6)
A_DAY = timedelta(days=1)


def booked(enrolment: Enrolment | None = None, **given: Any) -> Meeting:
    return actions.book_meeting(
        enrolment or an_enrolment(START),
        **{**a_time(), "today": TODAY, "by": None, **given},
    )


def a_time(**given: Any) -> dict[str, Any]:
    return {
        "kind": "participant",
        "day": LATER,
        "starts": time(13),
        "ends": time(14),
        "way": "on_site",
        "place": "Rum 3",
        **given,
    }


def moved(meeting: Meeting, **given: Any) -> Meeting:
    given = {"seen_version": meeting.version, **a_time(), "today": TODAY, "by": None, **given}
    return actions.change_meeting(meeting, **given)


def recorded(meeting: Meeting, **given: Any) -> Meeting:
    return actions.record_meeting(
        meeting,
        **{
            "seen_version": meeting.version,
            "outcome": "held",
            "attended": ["participant"],
            "why": "",
            "points": [],
            "today": TODAY,
            "by": None,
            **given,
        },
    )


def cancelled(meeting: Meeting, **given: Any) -> Meeting:
    given = {"seen_version": meeting.version, "why": "Sjuk", "today": TODAY, "by": None, **given}
    return actions.cancel_meeting(meeting, **given)


def requested(enrolment: Enrolment, **given: Any) -> Meeting:
    given = {"request": "Hur det går", "by": a_user(Role.SOCIAL_SECRETARY), **given}
    return actions.request_meeting(enrolment, **given)


def exited(enrolment: Enrolment, ended_on: date) -> Enrolment:
    return actions.exit_enrolment(
        enrolment,
        ended_on=ended_on,
        exit_reason=ExitReason.objects.get(code="moved"),
        exit_confirmed=None,
        exit_destination="",
        today=TODAY,
        by=None,
    )


# Booking


def test_book_keeps_the_time_and_who_booked():
    by = a_user()
    meeting = booked(by=by)
    meeting.refresh_from_db()
    assert (meeting.day, meeting.clock, meeting.where) == (LATER, "13:00–14:00", "Rum 3")
    assert (meeting.booked_by, meeting.booked_at is None, meeting.outcome) == (by, False, "")


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"day": START - A_DAY}, "day", "medan personen är inskriven"),
        ({"day": TODAY + timedelta(days=367)}, "day", "mer än ett år fram"),
        ({"ends": time(13)}, "ends", "sluta efter att det har börjat"),
        ({"ends": time(12, 59)}, "ends", "sluta efter att det har börjat"),
        ({"place": " "}, "place", "Skriv var ni ska ses."),
        ({"kind": "annat"}, "kind", "giltigt"),
        ({"way": "brev"}, "way", "giltigt"),
    ],
)
def test_book_refuses(given, field, sentence):
    with refused(field) as refusal:
        booked(**given)
    assert sentence in refusal.value.message_dict[field][0]
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("day", [START, TODAY + timedelta(days=366)])
def test_book_takes_the_first_enrolled_day_and_one_a_year_ahead(day):
    assert booked(day=day).day == day


def test_book_by_phone_needs_no_place_and_no_end():
    meeting = booked(way="phone", place="", ends=None)
    assert (meeting.where, meeting.clock) == ("Telefon", "13:00")


def test_book_refuses_a_second_meeting_at_the_same_time_until_the_first_is_called_off():
    case = an_enrolment(START)
    first = booked(case)
    with pytest.raises(ValidationError, match="redan ett möte i ärendet den tiden"):
        booked(case)
    assert Meeting.objects.count() == 1
    cancelled(first)
    booked(case)
    booked(case, starts=time(14), ends=None)


def test_book_refuses_a_case_that_has_ended_or_is_voided():
    with pytest.raises(ValidationError, match="Inskrivningen är avslutad"):
        booked(an_enrolment(START, TODAY), day=TODAY)
    wrong = an_enrolment(START)
    actions.void_enrolment(wrong, void_reason="Fel person", by=a_user())
    with pytest.raises(ValidationError, match="felregistrerad"):
        booked(wrong)


# The clock: summer time began 29 March and ends 25 October 2026


@pytest.mark.parametrize(
    ("day", "starts", "sentence"),
    [
        (date(2026, 3, 29), time(1, 59), ""),
        (date(2026, 3, 29), time(2, 0), "Klockan ställs fram den natten, så 02:00 finns inte."),
        (date(2026, 3, 29), time(2, 30), "Klockan ställs fram den natten, så 02:30 finns inte."),
        (date(2026, 3, 29), time(3, 0), ""),
        (date(2026, 3, 28), time(2, 30), ""),
        (date(2026, 10, 25), time(1, 59), ""),
        (
            date(2026, 10, 25),
            time(2, 30),
            "Klockan ställs tillbaka den natten, så 02:30 kommer två",
        ),
        (date(2026, 10, 25), time(3, 0), ""),
        (date(2026, 10, 26), time(2, 30), ""),
    ],
)
def test_a_time_that_the_clock_does_not_show_once_is_refused(day, starts, sentence):
    if not sentence:
        assert booked(day=day, starts=starts, ends=None).starts == starts
        return
    with refused("starts") as refusal:
        booked(day=day, starts=starts, ends=None)
    assert sentence in refusal.value.message_dict["starts"][0]


def test_an_end_that_the_clock_shows_twice_is_refused():
    with refused("ends"):
        booked(day=date(2026, 10, 25), starts=time(1), ends=time(2, 30))


# Moving


def test_move_asks_the_social_secretary_anew():
    meeting = booked(kind="three_party")
    actions.reply_to_meeting(meeting, reply="coming", today=TODAY, by=a_user(Role.SOCIAL_SECRETARY))
    same = moved(meeting, kind="three_party")
    assert same.reply == "coming"
    other = moved(same, kind="three_party", day=LATER + A_DAY)
    other.refresh_from_db()
    assert (other.reply, other.replied_at, other.replied_by) == ("", None, None)
    assert other.version == 3


def test_move_refuses_what_somebody_else_has_changed_and_what_is_decided():
    meeting = booked()
    moved(meeting, starts=time(9))
    with pytest.raises(ValidationError, match="Någon annan har ändrat mötet") as refusal:
        moved(meeting, starts=time(10))
    assert refusal.value.code == VERSION_CONFLICT
    meeting.refresh_from_db()
    assert meeting.starts == time(9)
    cancelled(meeting)
    with pytest.raises(ValidationError, match="redan inställt"):
        moved(meeting)
    past = recorded(booked(day=TODAY))
    with pytest.raises(ValidationError, match="redan registrerat"):
        moved(past)


# Registering


def test_record_keeps_who_came_and_what_was_agreed():
    meeting, by = booked(day=TODAY), a_user()
    points = [Point("Skicka cv", "participant", LATER), Point("Ses igen")]
    recorded(meeting, points=points, by=by)
    meeting.refresh_from_db()
    assert (meeting.outcome, meeting.attended, meeting.decided_by) == ("held", ["participant"], by)
    told = [(point.text, point.responsible, point.due_on) for point in meeting.points.all()]
    assert told == [("Skicka cv", "participant", LATER), ("Ses igen", "", None)]


def test_record_again_replaces_what_was_said():
    meeting = recorded(booked(day=TODAY), points=[Point("Skicka cv")])
    recorded(meeting, points=[Point("Skicka brev")])
    assert [point.text for point in AgreedPoint.objects.all()] == ["Skicka brev"]
    with pytest.raises(ValidationError, match="Någon annan har ändrat mötet"):
        recorded(meeting, outcome="absent", attended=[])
    absent = Meeting.objects.get()
    recorded(absent, outcome="absent", attended=["participant"], why="Glömde")
    absent.refresh_from_db()
    assert (absent.outcome, absent.attended, absent.why) == ("absent", [], "Glömde")
    assert not AgreedPoint.objects.exists()


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"attended": []}, "attended", "Välj vilka som var med."),
        ({"attended": ["other"]}, "attended", "Var deltagaren inte med?"),
        ({"attended": ["katten"]}, "attended", ""),
        ({"outcome": ""}, "outcome", "Välj hur det gick."),
        ({"outcome": "cancelled"}, "outcome", "Välj hur det gick."),
        ({"outcome": "kanske"}, "outcome", "giltigt"),
        ({"outcome": "not_held", "attended": []}, "why", "Skriv varför mötet inte blev av."),
        ({"outcome": "absent", "points": [Point("Ses")]}, "outcome", "Ni har kommit överens"),
        ({"today": TODAY - A_DAY}, "__all__", "Mötet har inte varit än."),
        ({"points": [Point("Ses", "", TODAY - A_DAY)]}, "__all__", "”Ses”: Dagen kan inte vara"),
        ({"points": [Point("Ses"), Point("x" * 301)]}, "__all__", "300"),
    ],
)
def test_record_refuses_and_changes_nothing(given, field, sentence):
    meeting = booked(day=TODAY)
    with refused(field) as refusal:
        recorded(meeting, **given)
    assert any(sentence in one for one in refusal.value.messages)
    meeting.refresh_from_db()
    assert (meeting.outcome, meeting.version) == ("", 1)
    assert not AgreedPoint.objects.exists()


def test_record_refuses_what_is_called_off_or_has_no_time():
    with pytest.raises(ValidationError, match="Boka ett nytt i stället"):
        recorded(cancelled(booked()))
    with pytest.raises(ValidationError, match="inte bokat än"):
        recorded(requested(an_enrolment(START)))


def test_record_is_possible_after_the_exit():
    case = an_enrolment(START)
    meeting = booked(case, day=TODAY)
    exited(case, TODAY)
    assert recorded(meeting).outcome == "held"


def test_a_three_party_meeting_is_held_also_without_the_participant():
    meeting = booked(day=TODAY, kind="three_party")
    assert recorded(meeting, attended=["social_secretary"]).attended == ["social_secretary"]


# Calling off


def test_cancel_says_why_and_happens_once():
    by, meeting = a_user(), booked(day=TODAY)
    with refused("why"):
        cancelled(meeting, why="")
    cancelled(meeting, by=by)
    meeting.refresh_from_db()
    assert (meeting.outcome, meeting.why, meeting.decided_by) == ("cancelled", "Sjuk", by)
    with pytest.raises(ValidationError, match="redan inställt"):
        cancelled(meeting)


def test_cancel_refuses_a_meeting_that_has_been():
    with pytest.raises(ValidationError, match="Mötets dag har varit"):
        cancelled(booked(day=TODAY - A_DAY))


def test_exit_calls_off_what_is_later_and_what_is_asked_for():
    case = an_enrolment(START)
    last, later = booked(case, day=TODAY), booked(case, day=TODAY + A_DAY)
    wish = requested(case)
    exited(case, TODAY)
    outcomes = {one.pk: (one.outcome, one.why) for one in case.meetings.all()}
    said = ("cancelled", "Inskrivningen avslutades.")
    assert outcomes == {last.pk: ("", ""), later.pk: said, wish.pk: said}


def test_exit_refuses_a_day_before_a_registered_meeting():
    case = an_enrolment(START)
    recorded(booked(case, day=TODAY))
    with refused("ended_on") as refusal:
        exited(case, TODAY - A_DAY)
    assert "Ett möte är registrerat efter den dagen" in refusal.value.messages[0]
    exited(case, TODAY)


# Asking and answering


def test_request_waits_until_it_is_booked():
    case, by = an_enrolment(START), a_user(Role.SOCIAL_SECRETARY)
    wish = requested(case, by=by)
    assert (wish.is_request, wish.kind, wish.requested_by) == (True, "three_party", by)
    with pytest.raises(ValidationError, match="redan begärt"):
        requested(case)
    with refused("kind"):
        moved(wish)
    meeting = moved(wish, kind="three_party")
    assert (meeting.is_request, meeting.day, meeting.booked_at is None) == (False, LATER, False)
    requested(case)


def test_request_refuses_an_empty_question_and_an_ended_case():
    with refused("request"):
        requested(an_enrolment(START), request="  ")
    with pytest.raises(ValidationError, match="går inte att be om ett möte"):
        requested(an_enrolment(START, TODAY))
    assert not Meeting.objects.exists()


def test_a_request_that_is_turned_down_makes_room_for_another():
    case = an_enrolment(START)
    cancelled(requested(case))
    assert requested(case).is_request


def test_reply_is_kept_and_can_change():
    meeting, by = booked(day=TODAY, kind="three_party"), a_user(Role.SOCIAL_SECRETARY)
    for reply in ("coming", "not_coming"):
        actions.reply_to_meeting(meeting, reply=reply, today=TODAY, by=by)
    meeting.refresh_from_db()
    assert (meeting.reply, meeting.replied_by) == ("not_coming", by)


def test_reply_refuses_what_cannot_be_answered():
    by, case = a_user(Role.SOCIAL_SECRETARY), an_enrolment(START)

    def reply(meeting: Meeting, answer: str = "coming") -> Meeting:
        return actions.reply_to_meeting(meeting, reply=answer, today=TODAY, by=by)

    for meeting, sentence in (
        (booked(case), "ingen tid att svara på"),
        (requested(case), "ingen tid att svara på"),
        (booked(case, kind="three_party", day=TODAY - A_DAY), "har redan varit"),
        (recorded(booked(case, kind="three_party", day=TODAY)), "har redan varit"),
        (cancelled(booked(case, kind="three_party", day=TODAY + A_DAY)), "är inställt"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            reply(meeting)
    with refused("reply"):
        reply(booked(case, kind="three_party", starts=time(9)), "kanske")
    assert not Meeting.objects.exclude(reply="").exists()


# What the database holds whoever writes


@pytest.mark.parametrize(
    "broken",
    [
        {"starts": None},
        {"day": None},
        {"booked_at": None},
        {"ends": time(9)},
        {"place": ""},
        {"outcome": "held"},
        {"attended": ["participant"]},
        {"why": "Sjuk"},
        {"reply": "coming"},
        {"request": "Hur det går"},
    ],
)
def test_the_database_refuses_a_half_told_meeting(broken):
    meeting = a_meeting(an_enrolment(START))
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(**broken)


def test_nothing_of_a_person_is_in_its_name():
    meeting = recorded(booked(day=TODAY, place="Hos Karl"), points=[Point("Karl ringer")])
    assert "Karl" not in f"{meeting!r}{meeting.points.get()!r}"
