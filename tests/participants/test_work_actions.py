"""The plan, interventions and notes."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from participants import actions
from participants.models import Enrolment, Goal, Intervention, Note, Plan, Step
from tests.builders import a_user, an_enrolment, an_intervention

from .test_enrolment_actions import refused

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
START = date(2026, 1, 12)
ENDED = "Inskrivningen är avslutad"


def a_step(goal: Goal, text: str = "Skriva cv", **given: Any) -> Step:
    return actions.add_step(
        goal,
        **{
            "text": text,
            "kind": "own",
            "responsible": "participant",
            "due_on": None,
            "by": None,
            **given,
        },
    )


def a_draft(enrolment: Enrolment) -> Plan:
    plan = actions.start_plan(enrolment, by=None)
    a_step(actions.add_goal(plan, text="Jag vill jobba i kök", by=None))
    return plan


def adopted(plan: Plan, **given: Any) -> Plan:
    return actions.adopt_plan(
        plan,
        **{
            "adopted_on": TODAY,
            "follow_up_on": TODAY + timedelta(days=90),
            "participant_agrees": True,
            "disagreement": "",
            "today": TODAY,
            "by": None,
            **given,
        },
    )


# The plan


def test_adopt_plan_makes_the_draft_the_plan_in_force():
    enrolment, by = an_enrolment(), a_user()
    plan = adopted(a_draft(enrolment), by=by, disagreement="Ångrade sig")
    plan.refresh_from_db()
    assert enrolment.plans.in_force() == plan
    assert (plan.adopted_on, plan.adopted_by, plan.disagreement) == (TODAY, by, "")


def test_start_plan_takes_over_goals_and_the_steps_that_remain():
    enrolment = an_enrolment()
    plan = a_draft(enrolment)
    goal = plan.goals.get()
    done, ongoing, off = a_step(goal, "Gjort"), a_step(goal, "Pågår"), a_step(goal, "Nej")
    adopted(plan)
    for step, state in ((done, "done"), (ongoing, "ongoing"), (off, "cancelled")):
        actions.set_step_state(step, state=state, by=None)

    new = actions.start_plan(enrolment, by=None)
    assert new.number == 2
    copied = new.goals.get()
    assert copied.text == goal.text
    assert [(step.text, step.state) for step in copied.steps.all()] == [
        ("Skriva cv", "planned"),
        ("Pågår", "ongoing"),
    ]
    assert goal.steps.count() == 4


def test_start_plan_refuses_a_second_draft_and_an_ended_enrolment():
    enrolment = an_enrolment()
    a_draft(enrolment)
    with pytest.raises(ValidationError, match="redan ett utkast"):
        actions.start_plan(enrolment, by=None)
    with pytest.raises(ValidationError, match=ENDED):
        actions.start_plan(an_enrolment(START, TODAY), by=None)


def test_an_adopted_plan_is_kept_as_it_was_adopted():
    plan = adopted(a_draft(an_enrolment()))
    goal = plan.goals.get()
    step = goal.steps.get()
    for change in (
        lambda: actions.add_goal(plan, text="Ett till", by=None),
        lambda: a_step(goal),
        lambda: actions.remove_goal(goal, by=None),
        lambda: actions.remove_step(step, by=None),
        lambda: adopted(plan),
    ):
        with pytest.raises(ValidationError, match="Planen är fastställd"):
            change()
    assert Step.objects.get() == step


def test_remove_goal_takes_its_steps_along_and_remove_step_leaves_the_goal():
    plan = a_draft(an_enrolment())
    goal = plan.goals.get()
    assert actions.remove_step(goal.steps.get(), by=None) == goal
    a_step(goal)
    actions.remove_goal(goal, by=None)
    assert not Step.objects.exists()


def test_texts_of_goals_and_steps_are_required():
    plan = a_draft(an_enrolment())
    with refused("text"):
        actions.add_goal(plan, text="", by=None)
    with refused("text"):
        a_step(plan.goals.get(), "x" * 301)
    with refused("kind"):
        a_step(plan.goals.get(), kind="okänt")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"adopted_on": TODAY + timedelta(days=1)}, "adopted_on"),
        ({"adopted_on": START - timedelta(days=1)}, "adopted_on"),
        ({"follow_up_on": TODAY - timedelta(days=1)}, "follow_up_on"),
        ({"participant_agrees": False}, "disagreement"),
    ],
)
def test_adopt_plan_refuses(given, field):
    plan = a_draft(an_enrolment())
    with refused(field):
        adopted(plan, **given)
    plan.refresh_from_db()
    assert plan.adopted_on is None


def test_adopt_plan_needs_a_goal_with_a_step():
    plan = actions.start_plan(an_enrolment(), by=None)
    for _ in range(2):
        with pytest.raises(ValidationError, match="minst ett mål med minst ett steg"):
            adopted(plan)
        actions.add_goal(plan, text="Jag vill jobba i kök", by=None)


def test_adopt_plan_refuses_a_day_before_the_previous_version():
    enrolment = an_enrolment()
    adopted(a_draft(enrolment))
    plan = actions.start_plan(enrolment, by=None)
    with pytest.raises(ValidationError, match="före den förra, 2026-11-24"):
        adopted(plan, adopted_on=TODAY - timedelta(days=1))
    assert adopted(plan).adopted_on == TODAY


def test_set_step_state_refuses_an_older_version_an_unknown_state_and_an_ended_case():
    enrolment = an_enrolment()
    plan = adopted(a_draft(enrolment))
    step = plan.goals.get().steps.get()
    with refused("state"):
        actions.set_step_state(step, state="kanske", by=None)
    newer = adopted(actions.start_plan(enrolment, by=None))
    with pytest.raises(ValidationError, match="äldre plan"):
        actions.set_step_state(step, state="done", by=None)
    step = newer.goals.get().steps.get()
    Enrolment.objects.update(ended_on=TODAY, exit_reason=1)
    with pytest.raises(ValidationError, match=ENDED):
        actions.set_step_state(step, state="done", by=None)


# Interventions


def started(enrolment: Enrolment, **given: Any) -> Intervention:
    return actions.start_intervention(
        enrolment,
        **{
            "kind": "guidance",
            "provider": "Jobbcenter",
            "need": "guidance",
            "hours_per_week": Decimal("7.5"),
            "started_on": TODAY,
            "planned_end_on": None,
            "by": None,
            **given,
        },
    )


def ended(intervention: Intervention, **given: Any) -> Intervention:
    return actions.end_intervention(
        intervention,
        **{"ended_on": TODAY, "outcome": "completed", "today": TODAY, "by": None, **given},
    )


def test_an_intervention_starts_and_ends():
    one = ended(started(an_enrolment(), started_on=START))
    one.refresh_from_db()
    assert (one.ended_on, one.outcome, one.hours_per_week) == (TODAY, "completed", Decimal("7.5"))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"started_on": START - timedelta(days=1)}, "started_on"),
        ({"planned_end_on": TODAY - timedelta(days=1)}, "__all__"),
        ({"hours_per_week": Decimal(61)}, "__all__"),
        ({"hours_per_week": Decimal(0)}, "__all__"),
        ({"kind": ""}, "kind"),
    ],
)
def test_start_intervention_refuses(given, field):
    with refused(field):
        started(an_enrolment(), **given)
    assert not Intervention.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ended_on": START - timedelta(days=1)}, "ended_on"),
        ({"ended_on": TODAY + timedelta(days=1)}, "ended_on"),
        ({"outcome": ""}, "outcome"),
        ({"outcome": "kanske"}, "outcome"),
    ],
)
def test_end_intervention_refuses(given, field):
    one = an_intervention(an_enrolment(), START)
    with refused(field):
        ended(one, **given)
    one.refresh_from_db()
    assert one.ended_on is None


def test_end_intervention_twice_and_in_an_ended_case_is_refused():
    one = ended(started(an_enrolment()))
    with pytest.raises(ValidationError, match="redan avslutad"):
        ended(one)
    with pytest.raises(ValidationError, match=ENDED):
        started(an_enrolment(START, TODAY))


def test_an_intervention_that_came_to_nothing_ends_on_the_day_it_should_have_begun():
    later = TODAY + timedelta(days=30)
    one = ended(started(an_enrolment(), started_on=later), outcome="not_started")
    assert one.ended_on == later


# Notes


def noted(enrolment: Enrolment, **given: Any) -> Note:
    return actions.add_note(
        enrolment,
        **{
            "kind": "meeting",
            "happened_on": TODAY,
            "text": "Vi sågs på kontoret.",
            "today": TODAY,
            "by": a_user(),
            **given,
        },
    )


def test_add_note_works_also_after_the_exit():
    assert noted(an_enrolment()).happened_on == TODAY
    assert noted(an_enrolment(START, date(2026, 3, 1)))


def test_add_note_refuses_the_future_an_empty_text_and_a_voided_enrolment():
    with refused("happened_on"):
        noted(an_enrolment(), happened_on=TODAY + timedelta(days=1))
    with refused("text"):
        noted(an_enrolment(), text="")
    voided = actions.void_enrolment(an_enrolment(), void_reason="Fel person", by=a_user())
    with pytest.raises(ValidationError, match="felregistrerad"):
        noted(voided)
    assert not Note.objects.exists()


def test_correct_note_keeps_the_old_text():
    old, by = noted(an_enrolment()), a_user()
    new = actions.correct_note(old, text="Vi sågs på Jobbcenter.", by=by)
    old.refresh_from_db()
    assert old.text == "Vi sågs på kontoret."
    assert (new.corrects, new.happened_on, new.kind, new.created_by) == (old, TODAY, "meeting", by)


def test_correct_note_happens_once_a_note_and_changes_something():
    old = noted(an_enrolment())
    with refused("text"):
        actions.correct_note(old, text=old.text, by=a_user())
    new = actions.correct_note(old, text="Vi sågs på Jobbcenter.", by=a_user())
    with pytest.raises(ValidationError, match="redan rättad"):
        actions.correct_note(old, text="Vi sågs inte.", by=a_user())
    assert actions.correct_note(new, text="Vi sågs inte.", by=a_user()).corrects == new
