"""Two users at once on the same record, and the same form sent many times: real requests, real transactions.

SIMULTANEOUS_ROUNDS says how many rounds of two users there are in all (1000 in the long run), and
SIMULTANEOUS_REPEATS how many times each form is sent by twenty at once (100 in the long run, over all forms).
"""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.db import models
from django.test import Client
from django.urls import reverse

from participants.models import Enrolment, Goal, Intervention, LevelChange, Note, Step
from referrals.models import Referral
from sundbyberg_am.models import Draft, Submission, User
from tests.at_once import TIMES, crowd
from tests.builders import a_plan, a_unit, a_user, an_enrolment, an_intervention
from tests.referrals.builders import Cast

from .reading import START, TODAY, a_plan_of_steps, to

__all__ = ["crowd"]

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.xdist_group("simultaneous"),
]

ROUNDS = int(os.environ.get("SIMULTANEOUS_ROUNDS", "28"))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def hidden(form: Any) -> dict[str, str]:
    """What stands hidden in a form on a page."""
    fields = {"form_key": str(form.key)}
    if "seen_version" in form.fields:
        fields["seen_version"] = str(form["seen_version"].value())
    return fields


# Two users, one record


def details(case: Enrolment, n: int) -> dict[str, str]:
    return {"first_name": "Karl", "last_name": "Ek", "education": "unknown", "address": f"Gata {n}"}


def level(case: Enrolment, n: int) -> dict[str, str]:
    return {"level": "AM1" if n else "AM3", "valid_from": str(TODAY), "reason": f"Skäl {n}"}


def ending(case: Enrolment, n: int) -> dict[str, str]:
    return {"ended_on": str(TODAY), "exit_reason": str(n + 1), "exit_destination": f"Skola {n}"}


def outcome(case: Enrolment, n: int) -> dict[str, str]:
    return {"ended_on": str(TODAY), "outcome": "interrupted" if n else "completed"}


KINDS: dict[str, tuple[Callable[[Enrolment, int], dict[str, str]], tuple[str, str]]] = {
    "participant_details": (details, ("Gata 0", "Gata 1")),
    "level_change": (level, ("Skäl 0", "Skäl 1")),
    "exit": (ending, ("Skola 0", "Skola 1")),
    "intervention_end": (outcome, ("Genomförd", "Avbruten")),
    "note_correct": (lambda case, n: {"text": f"Rättelse {n}"}, ("Rättelse 0", "Rättelse 1")),
    "assign": (
        lambda case, n: {"consultant": str(User.objects.get(name=f"Konsulent {n}").pk)},
        ("Konsulent 0", "Konsulent 1"),
    ),
    "exit_confirm": (
        lambda case, n: {"exit_confirmed": "nej" if n else "ja"},
        ("Ja, det är bekräftat", "Nej, det blev inte av"),
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_two_users_changing_the_same_record_lose_nothing(name, crowd):
    given, texts = KINDS[name]
    users = [a_user(name=f"Konsulent {n}") for n in range(2)]
    clients = [signed_in(user) for user in users]
    for _ in range(max(1, ROUNDS // len(KINDS))):
        case = an_enrolment(START, TODAY if name == "exit_confirm" else None)
        rows: dict[str, models.Model] = {}
        if name == "intervention_end":
            rows[name] = an_intervention(case, START)
        if name == "note_correct":
            rows[name] = Note.objects.create(
                enrolment=case, happened_on=TODAY, text="Fel", created_by=users[0]
            )
        url = to(name, case, *[row.pk for row in rows.values()])
        sent = [
            {**given(case, n), **hidden(client.get(url).context["form"])}
            for n, client in enumerate(clients)
        ]
        answers = crowd(
            [partial(client.post, url, typed) for client, typed in zip(clients, sent, strict=True)]
        )
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        loser = [answer.status_code for answer in answers].index(409)
        page = unescape(answers[loser].content.decode())
        shown = page.partition("Ditt och det som är sparat")[2]
        assert all(text in shown for text in texts)
        assert f"av Konsulent {1 - loser}" in shown
        # What the first saved stands, and what the second typed is kept where something was written.
        compared = answers[loser].context["form"].compared()
        assert {one.saved for one in compared} & {texts[1 - loser]}
        if answers[loser].context["form"].has_text:
            kept = Draft.objects.get(user=users[loser]).fields
            assert given(case, loser).items() <= {k: v for k, (v,) in kept.items()}.items()
            Draft.objects.all().delete()


# The same form, many times


def add_note(case: Enrolment, client: Client) -> tuple[str, Any, dict[str, str]]:
    url = to("note_add", case)
    form = client.get(url).context["form"]
    return url, form, {"kind": "call", "happened_on": str(TODAY), "text": "Vi hördes."}


def add_intervention(case: Enrolment, client: Client) -> tuple[str, Any, dict[str, str]]:
    url = to("intervention_add", case)
    form = client.get(url).context["form"]
    return url, form, {"kind": "guidance", "started_on": str(TODAY)}


def add_level(case: Enrolment, client: Client) -> tuple[str, Any, dict[str, str]]:
    url = to("level_change", case)
    form = client.get(url).context["form"]
    return url, form, {"level": "AM3", "valid_from": str(TODAY), "reason": "Behöver mer."}


def add_exit(case: Enrolment, client: Client) -> tuple[str, Any, dict[str, str]]:
    url = to("exit", case)
    return url, client.get(url).context["form"], ending(case, 0)


def add_goal(case: Enrolment, client: Client) -> tuple[str, Any, dict[str, str]]:
    a_plan(case)
    form = client.get(to("plan", case)).context["goal_form"]
    return to("goal_add", case), form, {"text": "Jag vill bli kock"}


def add_step(case: Enrolment, client: Client) -> tuple[str, Any, dict[str, str]]:
    a_plan_of_steps(case, 0, None)
    ((goal, form),) = client.get(to("plan", case)).context["goals"]
    typed = {"text": "Skriva cv", "kind": "own", "responsible": "participant"}
    given = {f"mal{goal.pk}-{name}": value for name, value in typed.items()}
    return to("step_add", case, goal.pk), form, given


SUBMISSIONS: dict[str, tuple[Any, Any]] = {
    "note": (add_note, Note),
    "intervention": (add_intervention, Intervention),
    "level": (add_level, LevelChange),
    "exit": (add_exit, None),
    "goal": (add_goal, Goal),
    "step": (add_step, Step),
}
REPEATS = int(os.environ.get("SIMULTANEOUS_REPEATS", "2"))


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_the_same_form_sent_by_twenty_at_once_makes_one_record(name, crowd):
    prepare, table = SUBMISSIONS[name]
    client = signed_in(a_user())
    for _ in range(REPEATS):
        case = an_enrolment(START)
        url, form, given = prepare(case, client)
        before = table.objects.count() if table else 0
        sent = {**given, **hidden(form)}
        answers = crowd([partial(copy.post, url, sent) for copy in copies_of(client)])
        assert {answer.status_code for answer in answers} == {302}
        assert len({answer["Location"] for answer in answers}) == 1
        if table:
            assert table.objects.count() == before + 1
        else:
            case.refresh_from_db()
            assert case.ended_on == TODAY
        assert Submission.objects.count() == 1
        Submission.objects.all().delete()


def test_the_same_new_referral_sent_by_twenty_at_once_is_one_draft(crowd):
    client = signed_in(Cast().sender)
    url = reverse("referral_add")
    for _ in range(REPEATS):
        form = client.get(url).context["form"]
        given = {
            "to_unit": a_unit().pk,
            "no_personnummer_reason": "Väntar på nummer",
            "birth_date": "1990-02-03",
            "first_name": "Åsa",
            "last_name": "Ek",
        }
        sent = {**given, **hidden(form)}
        answers = crowd([partial(copy.post, url, sent) for copy in copies_of(client)])
        assert {answer.status_code for answer in answers} == {302}
        assert len({answer["Location"] for answer in answers}) == 1
        assert Referral.objects.count() == 1
        Referral.objects.all().delete()


def copies_of(client: Client) -> list[Client]:
    """The same session in many windows: a client is not for several threads."""
    copies = [Client() for _ in range(TIMES)]
    name = settings.SESSION_COOKIE_NAME
    for copy in copies:
        copy.cookies[name] = client.cookies[name].value
    return copies


def test_a_form_sent_again_with_another_text_is_not_taken_for_the_first():
    client, case = signed_in(a_user()), an_enrolment(START)
    url, form, given = add_note(case, client)
    assert client.post(url, {**given, **hidden(form)}).status_code == 302
    other = {**given, "text": "En annan text"}
    refused = client.post(url, {**other, **hidden(form)})
    assert refused.status_code == 422
    assert "redan sparat, men med en annan text" in refused.content.decode()
    assert "En annan text" in refused.content.decode()
    again = client.post(url, {**other, **hidden(refused.context["form"])})
    assert again.status_code == 302
    assert Note.objects.count() == 2


def test_a_form_whose_record_has_been_removed_since_makes_no_new_one():
    client, case = signed_in(a_user()), an_enrolment(START)
    url, form, given = add_goal(case, client)
    sent = {**given, **hidden(form)}
    client.post(url, sent)
    Goal.objects.all().delete()
    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert "tagits bort" in refused.content.decode()
    assert not Goal.objects.exists()


def test_a_form_that_was_refused_can_be_sent_again_by_its_key():
    client, case = signed_in(a_user()), an_enrolment(START)
    url, form, given = add_note(case, client)
    late = {**given, "happened_on": str(TODAY + timedelta(days=2))}
    refused = client.post(url, {**late, **hidden(form)})
    assert refused.status_code == 422
    assert client.post(url, {**given, **hidden(refused.context["form"])}).status_code == 302
    assert Note.objects.count() == 1
