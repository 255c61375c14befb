"""The API: the same rules and words as the pages, for a system that acts in somebody's name."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from referrals import actions, system_actions
from referrals.api import door
from referrals.mapping import questions
from referrals.models import (
    NOT_NOW,
    EventKind,
    MappingForm,
    Referral,
    ReferralEvent,
    Status,
    SystemCall,
)
from sundbyberg_am.models import AccessRecord, Submission
from tests.builders import a_personnummer, a_unit, a_user

from .builders import ANSWERS, Cast, a_draft, a_feedback_record, a_number, a_referral_in
from .systems import Caller, a_body, errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(cast: Cast) -> Caller:
    return Caller(cast.sender)


def test_a_referral_is_sent_as_by_the_page(caller, cast):
    answer = caller.send(a_body(phone="070-123 45 67"))
    assert answer.status_code == 201
    sent = Referral.objects.get()
    assert answer.json() == {
        "id": str(sent.public_id),
        "number": sent.number_text,
        "to_unit": "Arbetsmarknadsenheten",
        "submitted_on": str(timezone.localdate()),
        "answer_due_on": str(sent.answer_due_on),
    }
    assert (sent.status, sent.sender, sent.from_unit) == (
        Status.SUBMITTED,
        cast.sender,
        cast.sender.unit,
    )
    assert (sent.level, sent.proposed_level, sent.answers) == ("AM2", "AM2", ANSWERS)
    event = ReferralEvent.objects.get()
    assert (event.kind, event.by) == (EventKind.SUBMITTED, cast.sender)
    assert cast.coordinator in {notice.user for notice in sent.notices.all()}


def test_a_person_without_a_number_is_sent_with_the_reason(caller):
    body = a_body(no_personnummer_reason="Nyanländ", birth_date="1990-05-17")
    del body["personnummer"]
    assert caller.send(body).status_code == 201
    sent = Referral.objects.get()
    assert (sent.personnummer, str(sent.birth_date)) == (None, "1990-05-17")


WRONG: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "number": (
        {"personnummer": "19900101-0000"},
        {"personnummer": "Kontrollsiffran stämmer inte."},
    ),
    "no number": ({"personnummer": ""}, {"personnummer": "Skriv personnumret, eller varför"}),
    "both": (
        {"no_personnummer_reason": "Nyanländ"},
        {"no_personnummer_reason": "Personnumret är ifyllt."},
    ),
    "unit": ({"to_unit": "Månen"}, {"to_unit": "Välj"}),
    "name": (
        {"first_name": "x" * 101},
        {"first_name": "Säkerställ att detta värde har som mest 100"},
    ),
    "nul": ({"last_name": "a\0b"}, {"last_name": "Null-tecken är inte tillåtna."}),
    "day": ({"birth_date": "i går"}, {"birth_date": "Fyll i ett giltigt datum."}),
    "mail": ({"email": "x"}, {"email": "Fyll i en giltig e-postadress."}),
    "level": ({"level": "AM9"}, {"level": "Välj ett giltigt alternativ."}),
    "another level": ({"level": "AM3"}, {"level_reason": "Skriv varför du väljer en annan nivå"}),
    "version": ({"mapping_version": 10**400}, {"mapping_version": "Det är version 1"}),
    "question": ({"answers": {"x": "y"}}, {"answers.x": "Frågan finns inte"}),
    "a list": ({"answers": {**ANSWERS, "belief": ["4"]}}, {"answers.belief": "Svara med en text."}),
    "choice": ({"answers": {**ANSWERS, "belief": "9"}}, {"answers.belief": "Välj ett giltigt"}),
    "age": (
        {"personnummer": a_personnummer(date(1950, 1, 1))},
        {"": "Arbetsmarknadsenheten tar emot den som är"},
    ),
    # what is not as described
    "a version in words": ({"mapping_version": "1"}, {"mapping_version": door.WRONG_KIND}),
    "kind": ({"first_name": 5}, {"first_name": door.WRONG_KIND}),
    "an answer's kind": ({"answers": {"belief": 4}}, {"answers.belief": door.WRONG_KIND}),
    "unknown": ({"form_key": "x"}, {"form_key": "Fältet finns inte i beskrivningen."}),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_by_its_field_and_nothing_is_kept(what, caller):
    given, said = WRONG[what]
    answer = caller.send(a_body(**given))
    assert answer.status_code == 422
    found = errors(answer)
    assert found.keys() == said.keys()
    assert all(found[field].startswith(sentence) for field, sentence in said.items()), found
    assert not Referral.objects.exists()
    assert not Submission.objects.exists()


def test_questions_left_out_are_named(caller):
    required = {one.key for one in questions(MappingForm.objects.get().content) if one.required}
    found = errors(caller.send(a_body(answers={})))
    assert found == {f"answers.{key}": "Detta fält måste fyllas i." for key in required}


def test_the_page_and_the_api_refuse_in_the_same_words(caller, cast):
    number = a_number()
    first = actions.submit(
        a_draft(cast.colleague, personnummer=number),
        level="AM2",
        level_reason="",
        today=timezone.localdate(),
        by=cast.colleague,
    )
    answer = caller.send(a_body(personnummer=number))
    assert answer.status_code == 422
    assert errors(answer) == {
        "": f"Ert team har redan skickat anvisning {first} för personen, och den är inte besvarad. "
        "Fortsätt på den."
    }
    stranger = Caller(cast.stranger, name="Ett annat")
    assert errors(stranger.send(a_body(personnummer=number))) == {"": NOT_NOW}
    assert Referral.objects.count() == 1


def test_the_same_key_gives_the_same_receipt_and_another_content_is_refused(caller, cast):
    body = a_body()
    first = caller.send(body)
    actions.withdraw(
        Referral.objects.get(), reason="Flyttat", today=timezone.localdate(), by=cast.sender
    )
    again = caller.send(dict(reversed(body.items())))
    assert (again.status_code, again.content) == (201, first.content)
    for other in (caller.send({**body, "phone": "1"}), caller.send(a_body())):
        assert other.status_code == 409
        assert errors(other) == {"Idempotency-Key": door.KEY_OF_ANOTHER}
    caller.user = cast.colleague
    assert caller.send(body).status_code == 409
    assert Referral.objects.count() == 1
    # What was refused has used up no key, and another system's keys are its own.
    assert caller.send(a_body(level=""), "ny").status_code == 422
    assert caller.send(a_body(), "ny").status_code == 201
    assert Caller(cast.sender, name="Ett annat").send(a_body()).status_code == 201


@pytest.mark.parametrize("token", ["", "Bearer x", "Basic x", "Bearer å", "ended"])
def test_without_a_token_that_holds_nothing_is_answered(token, caller, cast):
    if token == "ended":
        system_actions.end_system(caller.system, by=cast.administrator)
        token = f"Bearer {caller.token}"
    answers = [
        caller.send(a_body(), Authorization=token),
        caller.get("mapping", Authorization=token),
        caller.get("referrals/A-1", Authorization=token),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.content for answer in answers} == {answers[0].content}
    assert errors(answers[0]) == {"": door.NO_TOKEN}
    assert answers[0]["WWW-Authenticate"] == "Bearer"


def test_signing_in_lets_nobody_in_here(as_user, cast):
    assert as_user(cast.sender).get("/api/v1/mapping").status_code == 401


@pytest.mark.parametrize("who", ["stranger", "coordinator", "gone", "nobody", "\0", ""])
def test_only_a_sender_of_the_team_can_be_acted_for(who, caller, cast):
    gone = a_user("social_secretary", unit=cast.sender.unit, is_active=False)
    user = gone if who == "gone" else getattr(cast, who, None)
    acting = {"Acting-User": user.username if user else who}
    sent = a_referral_in(Status.SUBMITTED, cast)
    for answer in (
        caller.send(a_body(), **acting),
        caller.get(f"referrals/{sent.public_id}", **acting),
        caller.get(f"referrals/{sent.public_id}/feedback", **acting),
    ):
        assert answer.status_code == 403
        assert errors(answer) == {"": door.NOT_A_SENDER}
    assert Referral.objects.count() == 1


def test_how_it_stands_is_read_by_number_and_id_and_is_on_record(caller, cast):
    sent = a_referral_in(Status.COMPLETION_ASKED, cast)
    answers = [caller.get(f"referrals/{one}") for one in (sent.number_text, sent.public_id)]
    assert answers[0].content == answers[1].content
    told = answers[0].json()
    assert told["status"] == "completion_asked"
    assert told["status_text"] == "Väntar på komplettering"
    assert told["asked"] == "Vilka tider passar?"
    assert told["sender"] == cast.sender.name
    assert sent.last_name not in answers[0].content.decode()
    records = AccessRecord.objects.all()
    assert [(one.user, one.page, one.subjects) for one in records] == [
        (cast.sender, "/api/v1/referrals/…", [sent.public_id])
    ] * 2
    assert answers[0]["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_what_the_team_has_not_sent_does_not_exist(caller, cast):
    a_user("social_secretary", unit=cast.stranger.unit)
    theirs = actions.submit(
        a_draft(cast.stranger),
        level="AM2",
        level_reason="",
        today=timezone.localdate(),
        by=cast.stranger,
    )
    own_draft = a_draft(cast.sender)
    answers = [
        caller.get(f"referrals/{one}{part}")
        for one in (
            theirs.number_text,
            theirs.public_id,
            own_draft.public_id,
            "A-999999999999999999",
        )
        for part in ("", "/feedback")
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (404, answers[0].content)
    }
    assert errors(answers[0]) == {"": door.NOT_THERE}
    assert not AccessRecord.objects.exists()


def test_feedback_is_what_the_page_tells(caller, cast):
    sent = a_referral_in(Status.ACCEPTED, cast)
    told = caller.get(f"referrals/{sent.public_id}/feedback").json()
    assert told["feedback"]["consultant"] == cast.consultant.name
    assert told["records"] == told["past_meetings"] == []
    a_feedback_record(sent)
    told = caller.get(f"referrals/{sent.public_id}/feedback").json()
    assert [one["number"] for one in told["records"]] == [1]


def test_feedback_is_empty_before_an_answer(caller, cast):
    sent = a_referral_in(Status.SUBMITTED, cast)
    assert caller.get(f"referrals/{sent.public_id}/feedback").json() == {
        "feedback": None,
        "records": [],
        "coming_meetings": [],
        "past_meetings": [],
        "team": None,
    }


def test_the_mapping_in_force_has_its_questions_and_not_what_they_speak_for(caller):
    answer = caller.get("mapping")
    told = answer.json()
    assert (told["version"], told["to_units"]) == (1, [a_unit().name, "Jobbcenter"])
    asked = {one["key"] for section in told["sections"] for one in section["questions"]}
    assert asked >= ANSWERS.keys()
    assert '"needs"' not in answer.content.decode()
    MappingForm.objects.all().delete()
    assert caller.get("mapping").status_code == 404
    assert "Det finns ingen kartläggning" in errors(caller.send(a_body(answers={})))[""]


@pytest.mark.parametrize(
    "body", [" ", "{", "[" * 100_000, "1" * 5_000, b"\xff", "null", "[]", '["\\ud800"]', '"x"']
)
def test_what_is_not_a_referral_in_json_is_refused(body, caller):
    assert caller.send(body).status_code in (400, 422)


def test_another_content_type_and_too_much_are_refused(caller):
    form = caller.client.post("/api/v1/referrals", {"a": "b"}, headers=caller.headers())
    assert (form.status_code, errors(form)) == (415, {"": door.NOT_SAID_TO_BE_JSON})
    large = caller.send(json.dumps(a_body(phone="1" * door.LARGEST)))
    assert (large.status_code, errors(large)) == (413, {"": door.TOO_LARGE})


@pytest.mark.parametrize("key", [None, "", "x" * 101])
def test_the_key_is_needed_and_not_too_long(key, caller):
    headers = {"Idempotency-Key": key} if key is not None else {}
    answer = caller.client.post(
        "/api/v1/referrals",
        a_body(),
        content_type="application/json",
        headers=caller.headers(**headers),
    )
    assert answer.status_code == 422
    assert errors(answer).keys() == {"Idempotency-Key"}


def test_who_asks_too_often_is_told_how_long_to_wait(caller, cast, monkeypatch):
    monkeypatch.setattr(SystemCall, "ALLOWED", 3)
    other = Caller(cast.stranger, name="Ett annat")
    assert [caller.get("mapping").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = caller.get("mapping")
    assert errors(refused) == {"": door.TOO_OFTEN}
    assert 58 <= int(refused["Retry-After"]) <= 60
    assert other.get("mapping").status_code == 200
    first = SystemCall.objects.earliest("at")
    first.at -= SystemCall.WITHIN
    first.save()
    assert [caller.get("mapping").status_code for _ in range(2)] == [200, 429]
    assert not SystemCall.objects.filter(pk=first.pk).exists()


def test_a_request_without_https_is_refused_and_not_led_on(caller, settings):
    settings.SECURE_SSL_REDIRECT = True
    refused = caller.get("mapping")
    assert refused.status_code == 403
    assert errors(refused) == {"": door.NOT_BY_HTTPS}
    proxy = {"secure": True, "headers": caller.headers()}
    assert caller.client.get("/api/v1/mapping", **proxy).status_code == 200
    assert caller.client.get("/logga-in/").status_code == 301


def test_nothing_of_the_person_is_logged(caller, caplog):
    body = a_body(first_name="Loggordet", personnummer="19900101-0000")
    assert caller.send(body).status_code == 422
    assert "Unprocessable" in caplog.text
    assert not [one for one in ("Loggordet", "19900101", caller.token) if one in caplog.text]


def test_the_written_description_names_every_address_and_refusal(client):
    written = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    described = client.get("/api/v1/openapi.json").json()
    operations = [one for methods in described["paths"].values() for one in methods.values()]
    refusals = {status for one in operations for status in one["responses"] if status >= "400"}
    assert set(re.findall(r"^\| (\d{3}) \|", written, re.M)) == refusals | {"405"}
    for path, methods in described["paths"].items():
        for method in methods:
            assert f"`{method.upper()} {path.replace('{reference}', 'A-00012')}`" in written
    assert f"mer än {SystemCall.ALLOWED} anrop på en minut" in written
    assert f"mer än {door.LARGEST:_} byte".replace("_", " ") in written
