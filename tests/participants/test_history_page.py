"""Who changed what in a case: in words, in pages, and to nobody else than those who may see the case."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from participants.models import Goal, Meeting, NamedReader, Note, Protection, Step
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord, Change
from tests.builders import (
    a_meeting,
    a_plan,
    a_referral,
    a_unit,
    a_user,
    an_enrolment,
    an_intervention,
)

from .reading import START, TODAY, text_of, to

pytestmark = pytest.mark.django_db


def test_a_change_is_told_with_who_when_where_and_both_values(client, case, kim):
    person = case.participant
    sent = {
        "first_name": "Karl",
        "last_name": person.last_name,
        "phone": "070-174 06 05",
        "education": "primary",
        "seen_version": person.version,
    }
    answer = client.post(to("participant_details", case), sent)
    assert answer.status_code == 302, text_of(answer)
    change = Change.objects.latest("pk")
    page = text_of(client.get(to("history", case)))
    assert f"{change.at.astimezone():%Y-%m-%d}" in page
    assert "Kim Konsulent Deltagare ändrades" in page
    assert "Utbildning: Uppgift saknas → Grundskola" in page
    assert "Telefon: – → 070-174 06 05" in page
    assert "/deltagare/…/uppgifter/" in page


def test_what_is_pointed_at_is_told_by_its_name(client, case):
    robin, unit = a_user(name="Robin Rask"), a_unit("Enhet Norr")
    case.deputy, case.unit = robin, unit
    case.save()
    case.unit = a_unit()
    case.save()
    page = text_of(client.get(to("history", case)))
    assert "Ersättare: – → Robin Rask" in page
    assert "→ Enhet Norr" in page
    assert case.case_number in page


def test_what_is_gone_is_told_with_all_that_it_said(client, case):
    goal = Goal.objects.create(plan=a_plan(case), text="Ett arbete i kök")
    Step.objects.create(goal=goal, text="Skriva cv", due_on=TODAY)
    goal.delete()
    page = text_of(client.get(to("history", case)))
    assert "Steg togs bort" in page
    assert "Steg: Skriva cv → –" in page
    assert "Ansvarig: Deltagaren → –" in page
    assert f"Klart senast: {TODAY} → –" in page


def test_times_lists_and_answers_are_told_as_on_the_pages(client, case):
    meeting = a_meeting(case, START)
    Meeting.objects.filter(pk=meeting.pk).update(
        starts="13:30", attended=["participant"], outcome="held", decided_at="2026-03-02T12:00:00Z"
    )
    page = text_of(client.get(to("history", case)))
    assert "Börjar: 10:00 → 13:30" in page
    assert "Avgjort: – → 2026-03-02 13:00" in page
    assert "Vilka var med: – → Deltagaren" in page


def test_changes_of_a_case_in_another_unit_are_not_told(client, case):
    elsewhere = an_enrolment(
        START.replace(year=START.year - 2),
        START.replace(year=START.year - 2),
        participant=case.participant,
        unit=a_unit("En annan enhet"),
    )
    Note.objects.create(enrolment=elsewhere, happened_on=START, text="x", created_by=a_user())
    page = text_of(client.get(to("history", case)))
    assert "Anteckning" not in page
    assert elsewhere.case_number not in page


def test_what_the_sender_did_is_not_told(client, case):
    a_referral(enrolment=case).events.create(kind="submitted", text="x")
    page = text_of(client.get(to("history", case)))
    assert "Händelse" not in page


def test_history_of_somebody_hidden_is_not_there(client, case, as_user):
    named = a_user(Role.MANAGER)
    case.participant.protection = Protection.CONFIDENTIAL
    case.participant.save()
    NamedReader.objects.create(participant=case.participant, user=named, created_by=named)
    assert client.get(to("history", case)).status_code == 404
    assert as_user(named).get(to("history", case)).status_code == 200


def test_the_showing_is_on_record(client, case, kim):
    client.get(to("history", case))
    record = AccessRecord.objects.get()
    assert (record.user, record.subjects) == (kim, [case.participant.public_id])
    assert record.page == "/deltagare/…/historik/"


def test_long_history_comes_in_pages_with_the_same_few_queries(client, case, kim):
    intervention = an_intervention(case, START)
    client.get(to("history", case))  # the first request writes in the session when it was
    with CaptureQueriesContext(connection) as few:
        client.get(to("history", case))
    for n in range(120):
        intervention.workplace = f"Plats {n}"
        intervention.save()
    with CaptureQueriesContext(connection) as many:
        first = client.get(to("history", case))
    assert len(many) == len(few) <= 9
    assert "Plats 118 → Plats 119" in text_of(first)
    assert "Plats 1 →" not in text_of(first)
    seen, answer = text_of(first), first
    while older := answer.context["older"]:
        answer = client.get(to("history", case) + older)
        seen += text_of(answer)
    assert all(f"→ Plats {n}" in seen for n in range(120))


def test_a_key_that_is_none_gives_the_newest(client, case):
    for key in ("x", "-1", "9" * 30, "１"):
        assert client.get(to("history", case), {"fore": key}).status_code == 200
