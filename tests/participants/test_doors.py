"""Who gets in to the pages of a case, and by which method."""

import re
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.urls import reverse

from participants import actions
from participants.models import Goal, Intervention, Note, Step
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import (
    a_unit,
    a_user,
    an_enrolment,
    an_intervention,
)

from .reading import START, TODAY, a_plan_of_steps, to

pytestmark = pytest.mark.django_db


# Who gets in


PAGES = [
    ("participant", []),
    ("participant_details", []),
    ("assign", []),
    ("level_change", []),
    ("exit", []),
    ("exit_confirm", []),
    ("reopen", []),
    ("void", []),
    ("note_add", []),
    ("note_correct", [1]),
    ("intervention_add", []),
    ("intervention_change", [1]),
    ("intervention_end", [1]),
    ("plan", []),
    ("progress", []),
    ("assessment_add", []),
    ("assessment_correct", [1]),
]
POSTS = [
    ("draft", []),
    ("plan_start", []),
    ("goal_add", []),
    ("goal_remove", [1]),
    ("step_add", [1]),
    ("step_remove", [1]),
    ("step_state", [1]),
    ("plan_adopt", []),
]


def body_of(response: HttpResponse) -> str:
    """The page without what is drawn anew for every answer."""
    return re.sub(
        r'"X-CSRFToken": "[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"',
        "",
        response.content.decode(),
    )


@pytest.mark.parametrize(("name", "more"), PAGES + POSTS)
def test_somebody_in_another_unit_does_not_exist(client, name, more):
    elsewhere = an_enrolment(unit=a_unit("En annan enhet"))
    ask = client.get if (name, more) in PAGES else client.post
    hidden = ask(to(name, elsewhere, *more))
    unknown = ask(reverse(name, args=[uuid4(), *more]))
    assert hidden.status_code == unknown.status_code == 404
    assert body_of(hidden) == body_of(unknown)
    assert not AccessRecord.objects.exists()


def test_somebody_only_registered_by_mistake_does_not_exist(client, case, kim):
    actions.void_enrolment(case, void_reason="Fel person", by=kim)
    assert client.get(to("participant", case)).status_code == 404


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.CONSULTANT, Role.MANAGER)]
)
def test_other_roles_are_refused(as_user, case, role):
    other = as_user(a_user(role))
    assert other.get("/deltagare/").status_code == 403
    for name, more in PAGES:
        assert other.get(to(name, case, *more)).status_code == 403
    for name, more in POSTS:
        assert other.post(to(name, case, *more)).status_code == 403


def test_a_manager_changes_nothing(as_user, case):
    manager = as_user(a_user(Role.MANAGER))
    for name, more in PAGES:
        expected = 200 if name in ("participant", "plan", "progress") else 403
        assert manager.get(to(name, case, *more)).status_code == expected
    for name, more in POSTS:
        assert manager.post(to(name, case, *more)).status_code == 403


def test_the_wrong_method_is_refused(client, case):
    assert client.put("/deltagare/").status_code == 405
    for name, more in POSTS:
        assert client.get(to(name, case, *more)).status_code == 405
    for name, more in PAGES:
        assert client.delete(to(name, case, *more)).status_code == 405


def test_rows_of_another_case_are_not_reached_through_this_one(client, case, kim):
    other = an_enrolment(START, consultant=kim)
    a_plan_of_steps(other, 1, None)
    note = Note.objects.create(enrolment=other, happened_on=TODAY, text="Vi sågs.", created_by=kim)
    intervention, goal, step = an_intervention(other, START), Goal.objects.get(), Step.objects.get()
    for name, row in (
        ("note_correct", note),
        ("intervention_change", intervention),
        ("intervention_end", intervention),
        ("goal_remove", goal),
        ("step_add", goal),
        ("step_remove", step),
        ("step_state", step),
    ):
        assert client.post(to(name, case, row.pk), {"state": "done"}).status_code == 404
    assert Step.objects.get().state == "planned"
    assert Intervention.objects.get().ended_on is None
