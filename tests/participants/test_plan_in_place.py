"""The draft changed in place: other words, another order, and what htmx gets."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from participants import actions
from participants.models import Goal, Plan, Step
from tests.builders import a_plan

from .reading import START, TODAY, text_of, to

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def draft(case, kim):
    """A draft of two goals, the first with three steps."""
    plan = actions.start_plan(case, by=kim)
    goal = actions.add_goal(plan, text="Jag vill jobba i kök", by=kim)
    for text in ("Ett", "Två", "Tre"):
        add_step(goal, text, kim)
    actions.add_goal(plan, text="Jag vill må bra", by=kim)
    return plan


def add_step(goal, text, by):
    return actions.add_step(
        goal, text=text, kind="own", responsible="participant", due_on=None, by=by
    )


def order(plan):
    return [
        (goal.text, [step.text for step in goal.steps.all()])
        for goal in Plan.objects.get(pk=plan.pk).goals.all()
    ]


def focus(response):
    """The id of what is typed in or pressed next."""
    return re.findall(r'data-focus="([^"]*)"', response.content.decode())[0]


# Order


@pytest.mark.parametrize(
    ("text", "direction", "after"),
    [
        ("Ett", "ner", ["Två", "Ett", "Tre"]),
        ("Tre", "upp", ["Ett", "Tre", "Två"]),
        ("Två", "upp", ["Två", "Ett", "Tre"]),
        ("Ett", "upp", ["Ett", "Två", "Tre"]),
        ("Tre", "ner", ["Ett", "Två", "Tre"]),
    ],
)
def test_a_step_changes_places_and_stays_at_the_ends(client, case, draft, text, direction, after):
    step = Step.objects.get(text=text)
    assert client.post(to("step_move", case, step.pk), {"direction": direction}).status_code == 302
    assert order(draft)[0][1] == after


def test_a_goal_is_moved_and_the_order_follows_into_the_next_version(client, case, draft, kim):
    goal = Goal.objects.get(text="Jag vill må bra")
    client.post(to("goal_move", case, goal.pk), {"direction": "upp"})
    add_step(goal, "Sova", kim)
    moved = [("Jag vill må bra", ["Sova"]), ("Jag vill jobba i kök", ["Ett", "Två", "Tre"])]
    assert order(draft) == moved
    actions.adopt_plan(
        draft,
        adopted_on=TODAY,
        follow_up_on=TODAY,
        participant_agrees=True,
        disagreement="",
        today=TODAY,
        by=kim,
    )
    assert order(actions.start_plan(case, by=kim)) == moved


def test_what_is_added_after_a_move_comes_last(draft, kim):
    goal = Goal.objects.get(text="Jag vill jobba i kök")
    actions.move_step(Step.objects.get(text="Tre"), direction="upp", by=kim)
    add_step(goal, "Fyra", kim)
    assert order(draft)[0][1] == ["Ett", "Tre", "Två", "Fyra"]


def test_an_unknown_direction_is_refused(client, case, draft):
    step = Step.objects.get(text="Ett")
    assert client.post(to("step_move", case, step.pk), {"direction": "bort"}).status_code == 422
    assert order(draft)[0][1] == ["Ett", "Två", "Tre"]


# Other words


def test_a_goal_and_a_step_are_changed_where_they_stand(client, case, draft):
    goal, step = Goal.objects.get(text="Jag vill jobba i kök"), Step.objects.get(text="Två")
    page = client.get(to("plan", case), {"andra": f"steg-{step.pk}"}).content.decode()
    assert 'name="andra-text" value="Två"' in page
    sent = {
        "andra-text": "Ringa kocken",
        "andra-kind": "contact",
        "andra-responsible": "consultant",
        "andra-due_on": str(TODAY),
    }
    client.post(to("step_change", case, step.pk), sent)
    step.refresh_from_db()
    assert (step.text, step.kind, step.responsible, step.due_on) == (
        "Ringa kocken",
        "contact",
        "consultant",
        TODAY,
    )
    client.post(to("goal_change", case, goal.pk), {"andra-text": "Jag vill bli kock"})
    assert order(draft)[0] == ("Jag vill bli kock", ["Ett", "Ringa kocken", "Tre"])


def test_a_change_refused_keeps_what_was_typed(client, case, draft):
    step = Step.objects.get(text="Två")
    response = client.post(
        to("step_change", case, step.pk),
        {"andra-text": "Ringa kocken", "andra-kind": "own", "andra-due_on": "snart"},
    )
    assert response.status_code == 422
    assert 'value="Ringa kocken"' in response.content.decode()
    step.refresh_from_db()
    assert step.text == "Två"
    goal = Goal.objects.get(text="Jag vill må bra")
    assert client.post(to("goal_change", case, goal.pk), {"andra-text": ""}).status_code == 422


def test_a_plan_that_is_adopted_is_not_changed_or_moved(client, case, kim):
    plan = a_plan(case, START)
    goal = Goal.objects.create(plan=plan, text="Mål")
    step = Step.objects.create(goal=goal, text="Steg")
    changes = (
        lambda: actions.change_goal(goal, text="Annat", by=kim),
        lambda: actions.move_goal(goal, direction="upp", by=kim),
        lambda: actions.change_step(
            step, text="Annat", kind="own", responsible="other", due_on=None, by=kim
        ),
        lambda: actions.move_step(step, direction="ner", by=kim),
    )
    for change in changes:
        with pytest.raises(ValidationError, match="Planen är fastställd"):
            change()
    typed = {"andra-text": "Annat", "andra-kind": "own", "andra-responsible": "other"}
    for name, row, status in (
        ("goal_change", goal, 409),  # what was typed is shown beside what stands
        ("goal_move", goal, 404),
        ("step_change", step, 409),
        ("step_move", step, 404),
    ):
        assert client.post(to(name, case, row.pk), typed).status_code == status
        assert client.get(to(name, case, row.pk)).status_code == 405
    assert not Goal.objects.filter(text="Annat").exists()
    assert not Step.objects.filter(text="Annat").exists()


# htmx


def test_htmx_gets_the_part_and_the_focus_follows_what_is_typed(client, case):
    plan = to("plan", case)
    part = client.get(plan, headers=HTMX).content.decode()
    assert "<html" not in part
    assert 'id="plan-del"' in part
    started = client.post(to("plan_start", case), headers=HTMX)
    assert (started.status_code, focus(started)) == (200, "id_text")
    added = client.post(to("goal_add", case), {"text": "Jag vill jobba"}, headers=HTMX)
    goal = Goal.objects.get()
    assert focus(added) == f"id_mal{goal.pk}-text"
    assert "Målet är tillagt." in added.content.decode()
    step = {
        f"mal{goal.pk}-text": "Skriva cv",
        f"mal{goal.pk}-kind": "own",
        f"mal{goal.pk}-responsible": "participant",
    }
    one = client.post(to("step_add", case, goal.pk), step, headers=HTMX)
    assert focus(one) == f"id_mal{goal.pk}-text"
    client.post(to("step_add", case, goal.pk), step, headers=HTMX)
    first, second = Step.objects.all()
    moved = client.post(to("step_move", case, second.pk), {"direction": "upp"}, headers=HTMX)
    assert focus(moved) == f"steg-{second.pk}-upp"
    refused = client.post(to("step_add", case, goal.pk), {}, headers=HTMX)
    assert refused.status_code == 422
    assert "<html" not in refused.content.decode()
    removed = client.post(to("step_remove", case, first.pk), headers=HTMX)
    assert focus(removed) == f"id_mal{goal.pk}-text"
    adopted = client.post(
        to("plan_adopt", case),
        {
            "participant_agrees": "ja",
            "adopted_on": str(TODAY),
            "follow_up_on": str(TODAY + timedelta(days=90)),
        },
        headers=HTMX,
    )
    assert (adopted.status_code, focus(adopted)) == (200, "galler")
    assert "Planen är fastställd." in adopted.content.decode()
    # What was said in place is not said again on the next page.
    assert "Planen är fastställd." not in text_of(client.get(plan))


@pytest.mark.parametrize("name", ["participant_details", "level_change"])
def test_a_form_of_the_case_opens_in_place(client, case, name):
    part = client.get(to(name, case), headers=HTMX).content.decode()
    assert "<html" not in part
    assert f'data-hx-post="{to(name, case)}"' in part
    refused = client.post(to(name, case), {"reason": "", "first_name": ""}, headers=HTMX)
    assert refused.status_code == 422
    assert "<html" not in refused.content.decode()


def test_what_is_saved_in_place_shows_the_whole_case_anew(client, case):
    sent = {"level": "AM1", "valid_from": str(TODAY), "reason": "Klarar mer själv."}
    response = client.post(to("level_change", case), sent, headers=HTMX, follow=True)
    assert response.redirect_chain == [(to("participant", case), 302)]
    assert response["HX-Retarget"] == response["HX-Reselect"] == "#innehall"
    assert "HX-Retarget" not in client.get(to("participant", case)).headers
