"""Referrals that come another way, the first meeting at acceptance, and notices in the program."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from participants.models import Enrolment, Meeting, MeetingKind
from referrals import actions
from referrals.models import EventKind, Notice, NoticeKind, Referral, Status
from sundbyberg_am.access import Role
from tests.builders import a_unit, a_user, an_enrolment
from tests.participants.builders import an_absence

from .builders import DAY, a_number, a_person, a_referral_in
from .reading import queries, text, url

pytestmark = pytest.mark.django_db

OTHERS = ["employment_service", "insurance_agency", "self", "other"]


def a_document(**fields):
    person = a_person()
    del person["to_unit"]
    return {
        **person,
        "initiator": "employment_service",
        "document_on": DAY - timedelta(days=5),
        "asks_for": "Arbetsträning på halvtid",
        "level": "",
        **fields,
    }


@pytest.mark.parametrize("initiator", OTHERS)
def test_registered_referral_waits_from_the_day_it_is_registered(cast, initiator):
    referral = actions.register_referral(**a_document(initiator=initiator), by=cast.coordinator)
    assert (referral.status, referral.initiator) == (Status.SUBMITTED, initiator)
    assert (referral.document_on, referral.submitted_on) == (DAY - timedelta(days=5), DAY)
    assert referral.answer_due_on == date(2026, 12, 7)
    assert (referral.from_unit, referral.sender) == (None, None)
    assert (referral.to_unit, referral.registered_by) == (cast.coordinator.unit, cast.coordinator)
    event = referral.events.get()
    assert (event.kind, event.text) == (EventKind.SUBMITTED, "Arbetsträning på halvtid")


def test_registered_referral_is_accepted_and_counts_for_who_sent_it(cast):
    referral = actions.register_referral(**a_document(), by=cast.coordinator)
    accepted = actions.accept(
        referral, started_on=DAY, consultant=cast.consultant, today=DAY, by=cast.coordinator
    )
    assert accepted.enrolment
    assert accepted.enrolment.initiator == "employment_service"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"initiator": "social_services"}, "Välj vem anvisningen kommer från."),
        ({"initiator": "unknown"}, "Välj vem anvisningen kommer från."),
        ({"document_on": DAY + timedelta(days=1)}, "Dagen har inte varit än."),
        ({"personnummer": None}, "Skriv personnumret, eller varför det saknas."),
        (
            {"personnummer": None, "no_personnummer_reason": "Nyanländ"},
            "Födelsedatum saknas.",
        ),
        (
            {
                "personnummer": None,
                "no_personnummer_reason": "Nyanländ",
                "birth_date": date(2015, 1, 1),
            },
            "16–65 år",
        ),
    ],
)
def test_refused(cast, fields, sentence):
    with pytest.raises(ValidationError, match=sentence):
        actions.register_referral(**a_document(**fields), by=cast.coordinator)
    assert not Referral.objects.exists()


def test_only_the_unit_registers(cast):
    for user in (cast.sender, cast.consultant, cast.controller):
        with pytest.raises(ValidationError, match="Det här kan bara samordnaren göra"):
            actions.register_referral(**a_document(), by=user)


def test_person_on_the_way_or_in_already_leads_to_what_the_unit_has(cast):
    number = a_number()
    waiting = a_referral_in(Status.SUBMITTED, cast, personnummer=number)
    with pytest.raises(ValidationError, match=f"{waiting} för personen väntar redan"):
        actions.register_referral(**a_document(personnummer=number), by=cast.coordinator)
    taken = a_referral_in(Status.ACCEPTED, cast)
    with pytest.raises(ValidationError, match="redan inskriven på Arbetsmarknadsenheten"):
        actions.register_referral(
            **a_document(personnummer=taken.personnummer), by=cast.coordinator
        )


def test_another_unit_is_not_told_which(cast):
    number = a_number()
    a_referral_in(Status.SUBMITTED, cast, personnummer=number)
    elsewhere = an_enrolment(DAY, unit=a_unit("Tredje enheten"))
    for known in (number, elsewhere.participant.personnummer):
        with pytest.raises(ValidationError, match="kan inte registreras just nu"):
            actions.register_referral(**a_document(personnummer=known), by=cast.other_coordinator)


def test_nobody_in_the_program_can_be_asked_about_it(cast):
    referral = actions.register_referral(**a_document(), by=cast.coordinator)
    with pytest.raises(ValidationError, match="Fråga den som skrev direkt"):
        actions.ask_completion(referral, question="När?", by=cast.coordinator)
    returned = actions.return_referral(
        referral, reason="Fel enhet.", today=DAY, by=cast.coordinator
    )
    assert returned.status == Status.RETURNED


@pytest.mark.parametrize(
    "change", [{"document_on": DAY + timedelta(days=1)}, {"registered_by": None}]
)
def test_database_ties_the_document_to_who_registered_it(cast, change):
    referral = actions.register_referral(**a_document(), by=cast.coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(**change)


def test_page_registers_and_keeps_what_was_typed(cast, as_user):
    client = as_user(cast.coordinator)
    typed = {
        "initiator": "self",
        "document_on": timezone.localdate().isoformat(),
        "personnummer": a_number(),
        "first_name": "Amina",
        "last_name": "Yusuf",
        "asks_for": "Vill arbeta",
        "level": "AM1",
    }
    refused = client.post(reverse("referral_register"), {**typed, "first_name": ""})
    assert refused.status_code == 422
    assert "Vill arbeta" in text(refused)
    answer = client.post(reverse("referral_register"), typed)
    referral = Referral.objects.get()
    assert answer["Location"] == url("referral", referral)
    page = text(client.get(url("referral", referral)))
    assert "Handlingens datum" in page
    assert "Vill arbeta" in page


# The first meeting


def accepted(cast, **meeting) -> Enrolment:
    referral = a_referral_in(Status.SUBMITTED, cast)
    taken = actions.accept(
        referral,
        started_on=DAY,
        consultant=cast.consultant,
        today=DAY,
        by=cast.coordinator,
        **meeting,
    )
    assert taken.enrolment
    return taken.enrolment


def test_first_meeting_is_booked_with_the_acceptance(cast):
    enrolment = accepted(cast, meeting_day=DAY, meeting_starts=time(10), meeting_place="Jobbcenter")
    meeting = enrolment.meetings.get()
    assert (meeting.kind, meeting.day, meeting.place) == (
        MeetingKind.PARTICIPANT,
        DAY,
        "Jobbcenter",
    )


@pytest.mark.parametrize(
    ("meeting", "field", "sentence"),
    [
        ({"meeting_day": DAY}, "meeting_starts", "Första mötet behöver dag, tid och plats"),
        ({"meeting_place": "Rum 3"}, "meeting_day", "Första mötet behöver dag, tid och plats"),
        (
            {
                "meeting_day": DAY - timedelta(days=1),
                "meeting_starts": time(10),
                "meeting_place": "Rum 3",
            },
            "meeting_day",
            "Den dagen har redan varit",
        ),
        (
            {
                "meeting_day": DAY + timedelta(days=400),
                "meeting_starts": time(10),
                "meeting_place": "Rum 3",
            },
            "meeting_day",
            "mer än ett år fram",
        ),
    ],
)
def test_meeting_that_cannot_be_booked_stops_the_acceptance_whole(cast, meeting, field, sentence):
    with pytest.raises(ValidationError) as refused, transaction.atomic():
        accepted(cast, **meeting)
    assert sentence in " ".join(refused.value.message_dict[field])
    assert not Enrolment.objects.exists()
    assert not Meeting.objects.exists()


def test_consultant_and_deputy_are_proposed_among_those_at_work(cast, as_user):
    referral = a_referral_in(Status.SUBMITTED, cast)
    deputy = a_user(Role.CONSULTANT, name="Åsa Ersättare")
    an_absence(a_user(Role.CONSULTANT, name="Aron Borta"))
    an_enrolment(timezone.localdate(), consultant=deputy)
    form = as_user(cast.coordinator).get(url("referral_accept", referral)).context["form"]
    assert (form.initial["consultant"], form.initial["deputy"]) == (cast.consultant, deputy)


# Notices in the program


def test_each_is_told_of_what_others_did_and_not_of_the_own(cast):
    a_referral_in(Status.COMPLETED, cast)
    told = {
        name: list(Notice.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))
        for name, user in cast.everyone().items()
    }
    assert {name: kinds for name, kinds in told.items() if kinds} == {
        "coordinator": [NoticeKind.RECEIVED, NoticeKind.COMPLETED],
        "sender": [NoticeKind.COMPLETION_ASKED],
    }


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (Status.ACCEPTED, {"sender": "accepted", "consultant": "given"}),
        (Status.RETURNED, {"sender": "returned"}),
        (Status.WITHDRAWN, {"coordinator": "withdrawn"}),
    ],
)
def test_answer_and_withdrawal_are_told(cast, status, told):
    a_referral_in(status, cast)
    news = Notice.objects.news().select_related("user")
    assert {one.user: one.kind for one in news} == {
        getattr(cast, name): kind for name, kind in told.items()
    }


def test_notice_names_nobody_and_leads_to_the_page(cast, as_user):
    referral = a_referral_in(Status.RETURNED, cast)
    page = text(as_user(cast.sender).get(reverse("notice_list")))
    assert referral.number_text in page
    assert url("referral", referral) in page
    assert referral.last_name not in page
    assert (referral.personnummer or "") not in page


def test_consultant_is_led_to_the_case(cast, as_user):
    referral = a_referral_in(Status.ACCEPTED, cast)
    page = text(as_user(cast.consultant).get(reverse("notice_list")))
    assert reverse("participant", args=[referral.enrolment.participant.public_id]) in page


def test_what_has_come_since_the_page_was_read_stays_new(cast, as_user):
    a_referral_in(Status.RETURNED, cast)
    client = as_user(cast.sender)
    newest = client.get(reverse("notice_list")).context["newest"]
    a_referral_in(Status.RETURNED, cast)
    client.post(reverse("notices_seen"), {"newest": newest})
    assert Notice.objects.of_user(cast.sender).unseen().count() == 1
    assert Notice.objects.of_user(cast.coordinator).unseen().count() == 2  # another's are another's


def test_what_was_not_shown_cannot_be_seen(cast, as_user):
    a_referral_in(Status.RETURNED, cast)
    as_user(cast.sender).post(reverse("notices_seen"), {"newest": "allt"})
    assert Notice.objects.of_user(cast.sender).unseen().count() == 1


def test_page_of_notices_costs_the_same_however_many(cast, as_user):
    client = as_user(cast.sender)
    a_referral_in(Status.ACCEPTED, cast)
    before = queries(client, reverse("notice_list"))
    for _ in range(5):
        a_referral_in(Status.ACCEPTED, cast)
    assert queries(client, reverse("notice_list")) == before
