"""Following up the plan in one form: steps, what was said, the next date, perhaps a new version."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from participants import actions
from participants.models import Goal, Note, Plan, Step
from tests.builders import a_plan, a_user, an_enrolment

from .reading import START, TODAY, queries, text_of, to

pytestmark = pytest.mark.django_db

NEXT = TODAY + timedelta(days=90)


@pytest.fixture
def plan(case):
    plan = a_plan(case, START, follow_up_on=TODAY)
    goal = Goal.objects.create(plan=plan, text="Jag vill jobba i kök")
    for text in ("Skriva cv", "Ringa kocken"):
        Step.objects.create(goal=goal, text=text)
    return plan


def follow_up(plan, **changed):
    """Follow the plan up; everything not named is ordinary."""
    return actions.follow_up_plan(
        plan,
        **{
            "states": {},
            "happened_on": TODAY,
            "text": "Det går framåt.",
            "follow_up_on": NEXT,
            "new_version": False,
            "today": TODAY,
            "by": plan.enrolment.consultant or a_user(),
            **changed,
        },
    )


def states(plan):
    return list(Step.objects.of_plan(plan).values_list("text", "state"))


# The action


def test_steps_note_and_date_are_stored_together(plan, kim):
    one = Step.objects.get(text="Skriva cv")
    kept = follow_up(plan, states={one.pk: "done"})
    assert (kept, kept.follow_up_on) == (plan, NEXT)
    assert states(plan) == [("Skriva cv", "done"), ("Ringa kocken", "planned")]
    note = Note.objects.get()
    assert (note.kind, note.happened_on, note.created_by) == ("meeting", TODAY, kim)
    assert note.text == "Uppföljning av handlingsplanen, version 1.\n\nDet går framåt."


def test_a_new_version_begins_with_what_remains(plan):
    one = Step.objects.get(text="Skriva cv")
    draft = follow_up(plan, states={one.pk: "done"}, new_version=True)
    assert (draft.number, draft.adopted_on) == (2, None)
    assert states(draft) == [("Ringa kocken", "planned")]


def test_a_step_of_another_plan_is_left_alone(plan):
    other = a_plan(an_enrolment(START), START)
    theirs = Step.objects.create(
        goal=Goal.objects.create(plan=other, text="Annat"), text="Deras steg"
    )
    follow_up(plan, states={theirs.pk: "done"})
    theirs.refresh_from_db()
    assert theirs.state == "planned"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"happened_on": START - timedelta(days=1)}, "Uppföljningen kan inte vara före planen."),
        ({"happened_on": TODAY + timedelta(days=1)}, "Dagen kan inte ligga i framtiden."),
        (
            {"follow_up_on": TODAY},
            "Nästa uppföljning ska vara efter den här. Välj en senare dag.",
        ),
    ],
)
def test_a_follow_up_that_breaks_a_rule_leaves_everything_as_it_was(plan, changed, sentence):
    one = Step.objects.get(text="Skriva cv")
    with pytest.raises(ValidationError) as refused:
        follow_up(plan, **{"states": {one.pk: "done"}, **changed})
    assert sentence in " ".join(refused.value.messages)
    plan.refresh_from_db()
    assert plan.follow_up_on == TODAY
    assert ("Skriva cv", "planned") in states(plan)
    assert not Note.objects.exists()


def test_the_first_day_of_the_plan_and_the_day_after_are_days_of_a_follow_up(plan):
    follow_up(plan, happened_on=START, follow_up_on=START + timedelta(days=1))
    plan.refresh_from_db()
    assert plan.follow_up_on == START + timedelta(days=1)


def test_an_older_version_and_a_draft_are_not_followed_up(plan, case):
    newer = a_plan(case, TODAY)
    draft = a_plan(case)
    for one in (plan, draft):
        with pytest.raises(ValidationError, match="En nyare plan gäller"):
            follow_up(one)
    assert follow_up(newer).follow_up_on == NEXT


def test_a_second_draft_and_an_ended_case_are_refused_whole(plan, case):
    a_plan(case)
    with pytest.raises(ValidationError, match="redan ett utkast"):
        follow_up(plan, new_version=True)
    assert not Note.objects.exists()
    ended = an_enrolment(START, TODAY)
    with pytest.raises(ValidationError, match="avslutad"):
        follow_up(a_plan(ended, START))


# The page


def sent(plan, **changed):
    steps = Step.objects.of_plan(plan)
    return {
        **{f"steg{step.pk}": step.state for step in steps},
        **{f"visat{step.pk}": step.state for step in steps},
        "text": "Det går framåt.",
        "happened_on": str(TODAY),
        "follow_up_on": str(NEXT),
        **changed,
    }


def test_the_case_leads_to_the_follow_up_and_back(client, case, plan):
    url = to("plan_follow_up", case)
    assert f'href="{url}"' in client.get(to("participant", case)).content.decode()
    assert "Ringa kocken" in text_of(client.get(url))
    one = Step.objects.get(text="Skriva cv")
    response = client.post(url, sent(plan, **{f"steg{one.pk}": "ongoing"}), follow=True)
    assert response.redirect_chain == [(to("participant", case), 302)]
    assert f"Uppföljningen är sparad. Nästa gång: {NEXT}." in text_of(response)
    assert ("Skriva cv", "ongoing") in states(plan)
    assert "Följ upp planen" not in [one.title for one in response.context["to_do"]]


def test_a_new_version_is_gone_on_with_at_once(client, case, plan):
    response = client.post(to("plan_follow_up", case), sent(plan, new_version="on"), follow=True)
    assert response.redirect_chain == [(to("plan", case), 302)]
    assert "Utkast, version 2" in text_of(response)
    assert "gör en ny version" not in text_of(client.get(to("plan_follow_up", case)))


def test_what_somebody_else_has_changed_meanwhile_is_kept(client, case, plan):
    form = sent(plan)
    Step.objects.filter(text="Ringa kocken").update(state="done")
    client.post(to("plan_follow_up", case), form)
    assert ("Ringa kocken", "done") in states(plan)


def test_a_follow_up_refused_keeps_what_was_typed_and_chosen(client, case, plan):
    one = Step.objects.get(text="Skriva cv")
    response = client.post(
        to("plan_follow_up", case),
        sent(plan, follow_up_on=str(TODAY), **{f"steg{one.pk}": "cancelled"}),
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert "Nästa uppföljning ska vara efter den här." in page
    assert "Det går framåt." in page
    assert '<option value="cancelled" selected>' in page
    assert ("Skriva cv", "planned") in states(plan)


def test_an_unknown_state_and_no_text_are_refused(client, case, plan):
    one = Step.objects.get(text="Skriva cv")
    response = client.post(
        to("plan_follow_up", case), sent(plan, text="", **{f"steg{one.pk}": "kanske"})
    )
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"text", f"steg{one.pk}"}


def test_without_a_plan_in_force_there_is_nothing_to_follow_up(client, case):
    a_plan(case)
    assert client.get(to("plan_follow_up", case)).status_code == 404


def test_the_page_costs_the_same_with_thirty_steps(client, case, plan):
    few = queries(client, to("plan_follow_up", case))
    for number in range(3):
        goal = Goal.objects.create(plan=plan, text=f"Mål {number}")
        Step.objects.bulk_create(Step(goal=goal, text="Öva") for _ in range(10))
    assert queries(client, to("plan_follow_up", case)) == few
    assert Plan.objects.count() == 1
