"""The forms of a case: what they save, what they refuse, and that nothing typed is lost."""

from datetime import timedelta
from html import unescape

import pytest

from participants import actions
from participants.models import Goal, Step
from tests.builders import (
    a_user,
    an_enrolment,
    an_intervention,
)

from .reading import START, TODAY, a_plan_of_steps, text_of, to

pytestmark = pytest.mark.django_db


# Doing things


@pytest.mark.parametrize(
    ("name", "sent", "said"),
    [
        (
            "participant_details",
            {
                "first_name": "Karla",
                "last_name": "Ek",
                "education": "primary",
                "seen_version": 1,
                "phone": "070-174 06 05",
            },
            "Uppgifterna är sparade.",
        ),
        (
            "note_add",
            {"kind": "call", "happened_on": str(TODAY), "text": "Vi hördes."},
            "Anteckningen är sparad.",
        ),
        (
            "intervention_add",
            {"kind": "guidance", "provider": "Jobbcenter", "started_on": str(TODAY)},
            "Insatsen är sparad.",
        ),
        (
            "level_change",
            {"level": "AM1", "valid_from": str(TODAY), "reason": "Klarar mer själv."},
            f"Nivån är AM1 från {TODAY}.",
        ),
        (
            "exit",
            {"ended_on": str(TODAY), "exit_reason": 1, "exit_confirmed": ""},
            f"Inskrivningen är avslutad {TODAY}.",
        ),
        ("void", {"void_reason": "Fel person"}, "markerad som felregistrerad"),
    ],
)
def test_a_form_sent_is_saved_and_said(client, case, name, sent, said):
    assert client.get(to(name, case)).status_code == 200
    response = client.post(to(name, case), sent, follow=True)
    assert response.redirect_chain
    assert said in text_of(response)


def test_the_case_is_given_to_somebody_else(client, case):
    other = a_user(name="Åsa Öberg")
    response = client.post(to("assign", case), {"consultant": other.pk}, follow=True)
    assert "Åsa Öberg har nu ärendet." in text_of(response)


def test_an_exit_is_confirmed_and_taken_back(client, kim):
    case = an_enrolment(START, TODAY, consultant=kim)
    response = client.post(to("exit_confirm", case), {"exit_confirmed": "nej"}, follow=True)
    assert "Det blev inte av." in text_of(response)
    response = client.post(to("reopen", case), follow=True)
    assert "Inskrivningen är öppen igen." in text_of(response)
    assert client.post(to("reopen", case)).status_code == 422


def test_a_note_is_corrected_and_an_intervention_ended(client, case, kim):
    note = actions.add_note(case, kind="call", happened_on=TODAY, text="Fel.", today=TODAY, by=kim)
    url = to("note_correct", case, note.pk)
    assert "Fel." in text_of(client.get(url))
    assert "går fortfarande att läsa" in text_of(client.get(url))
    assert "rättad" in text_of(client.post(url, {"text": "Rätt."}, follow=True))
    again = client.post(url, {"text": "Rättare."})
    assert again.status_code == 409
    assert "Rättare." in text_of(again)

    intervention = an_intervention(case, START)
    sent = {"outcome": "interrupted", "ended_on": str(TODAY)}
    response = client.post(to("intervention_end", case, intervention.pk), sent, follow=True)
    assert "Insatsen är avslutad: avbruten." in text_of(response)


@pytest.mark.parametrize(
    ("name", "sent", "kept", "said"),
    [
        ("participant_details", {"first_name": "", "last_name": "Nytt"}, "Nytt", "fyllas i"),
        (
            "note_add",
            {"kind": "call", "happened_on": "2999-01-01", "text": "Lång text"},
            "Lång text",
            "framtiden",
        ),
        (
            "note_add",
            {"kind": "call", "happened_on": "31/12", "text": "Lång text"},
            "Lång text",
            "",
        ),
        (
            "intervention_add",
            {"kind": "guidance", "provider": "Jobbcenter", "started_on": "1999-01-01"},
            "Jobbcenter",
            "medan personen är inskriven",
        ),
        (
            "level_change",
            {"level": "AM2", "valid_from": str(TODAY), "reason": "Samma"},
            "Samma",
            "gäller redan",
        ),
        (
            "exit",
            {"ended_on": "2999-01-01", "exit_reason": 1, "exit_destination": "Kanalen"},
            "Kanalen",
            "framtiden",
        ),
        ("void", {"void_reason": "x" * 201}, "x" * 201, "200"),
        ("assign", {"consultant": "0"}, "", "Välj"),
        ("exit_confirm", {"exit_confirmed": "ja"}, "", "inte avslutad"),
    ],
)
def test_a_form_refused_keeps_what_was_typed(client, case, name, sent, kept, said):
    response = client.post(to(name, case), sent)
    assert response.status_code == 422
    page = unescape(response.content.decode())
    assert "Det är något som behöver rättas" in page
    assert kept in page
    assert said in page


def test_details_changed_by_somebody_else_are_compared_and_can_then_be_saved(client, case):
    person = case.participant
    actions.register(
        personnummer=person.personnummer,
        no_personnummer_reason="",
        birth_date=None,
        first_name="Karl",
        last_name="Ek",
        phone="070-174 06 09",
        email="",
        interpreter_language="",
        by=None,
    )
    sent = {
        "first_name": "Karl",
        "last_name": "Ek",
        "education": "unknown",
        "phone": "070-174 06 05",
        "seen_version": 1,
    }
    refused = client.post(to("participant_details", case), sent)
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Någon annan har ändrat uppgifterna" in page
    assert "070-174 06 05" in page
    person.refresh_from_db()
    assert person.phone == "070-174 06 09"
    assert f'name="seen_version" value="{person.version}"' in page
    saved = client.post(to("participant_details", case), {**sent, "seen_version": person.version})
    assert saved.status_code == 302


# The plan


def test_a_plan_is_written_adopted_and_followed_without_leaving_its_pages(client, case):
    assert "Ingen plan är fastställd än." in text_of(client.get(to("plan", case)))
    client.post(to("plan_start", case))
    client.post(to("goal_add", case), {"text": "Jag vill jobba i kök"})
    goal = Goal.objects.get()
    step = {
        f"mal{goal.pk}-{key}": value
        for key, value in {"text": "Skriva cv", "kind": "own", "responsible": "participant"}.items()
    }
    response = client.post(to("step_add", case, goal.pk), step)
    assert response["Location"] == to("plan", case) + f"?mal={goal.pk}#mal-{goal.pk}"
    assert "Skriva cv" in text_of(client.get(response["Location"]))
    client.post(to("step_add", case, goal.pk), step)
    client.post(to("step_remove", case, Step.objects.last().pk))
    sent = {
        "participant_agrees": "nej",
        "disagreement": "",
        "adopted_on": str(TODAY),
        "follow_up_on": str(TODAY + timedelta(days=90)),
    }
    refused = client.post(to("plan_adopt", case), sent)
    assert refused.status_code == 422
    assert "Skriv varför deltagaren inte är med" in text_of(refused)
    adopted = client.post(
        to("plan_adopt", case), {**sent, "disagreement": "Vill studera."}, follow=True
    )
    assert "Planen är fastställd." in text_of(adopted)
    assert adopted.redirect_chain == [(to("plan", case), 302)]
    assert "0 av 1" in text_of(client.get(to("participant", case)))

    one = Step.objects.get()
    moved = client.post(to("step_state", case, one.pk), {"state": "done"}, follow=True)
    assert "1 av 1" in text_of(moved)
    client.post(to("plan_start", case))
    assert "Planen som gäller nu" in text_of(client.get(to("plan", case)))


def test_what_is_refused_in_the_plan_stands_in_its_place(client, case):
    client.post(to("plan_start", case))
    assert client.post(to("plan_start", case)).status_code == 422
    assert client.post(to("goal_add", case), {"text": ""}).status_code == 422
    client.post(to("goal_add", case), {"text": "Jag vill jobba i kök"})
    goal = Goal.objects.get()
    response = client.post(
        to("step_add", case, goal.pk),
        {f"mal{goal.pk}-text": "Skriva cv", f"mal{goal.pk}-due_on": "snart"},
    )
    assert response.status_code == 422
    assert 'value="Skriva cv"' in response.content.decode()
    client.post(to("goal_remove", case, goal.pk))
    assert not Goal.objects.exists()


def test_a_step_is_not_moved_to_an_unknown_state(client, case):
    a_plan_of_steps(case, 1)
    step = Step.objects.get()
    assert client.post(to("step_state", case, step.pk), {"state": "kanske"}).status_code == 422
