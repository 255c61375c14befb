"""What is kept of forms that are more than text: choices, states, and what stands beside them."""

import pytest
from django.test import Client
from django.urls import reverse

from participants import actions
from participants.models import Assessment, Goal, Plan, Step, StepState
from sundbyberg_am.models import Draft
from tests.builders import a_plan, a_user, an_enrolment

from .reading import START, TODAY, text_of, to

pytestmark = pytest.mark.django_db


def a_step(case, adopted_on=START) -> Step:
    goal = Goal.objects.create(plan=a_plan(case, adopted_on), text="Jag vill jobba i kök")
    return Step.objects.create(goal=goal, text="Skriva cv")


def test_a_state_in_the_draft_of_a_follow_up_is_saved(client, case):
    step, url = a_step(case), to("plan_follow_up", case)
    form = client.get(url).context["form"]
    typed = {
        f"steg{step.pk}": "done",
        f"visat{step.pk}": "planned",
        "text": "Cv:t är klart.",
        "happened_on": str(TODAY),
        "follow_up_on": f"{TODAY.year + 1}-01-15",
    }
    assert client.post(to("draft", case), {"form_key": str(form.key), **typed}).status_code == 204
    form = client.get(url).context["form"]
    resumed = {name: form[name].value() or "" for name in form.fields}
    assert resumed[f"steg{step.pk}"] == "done"
    assert client.post(url, {"form_key": str(form.key), **resumed}).status_code == 302
    step.refresh_from_db()
    assert step.state == StepState.DONE


def test_an_assessment_sent_without_a_session_is_there_after_sign_in(client, case, kim):
    url = to("assessment_add", case)
    key = str(client.get(url).context["form"].key)
    client.logout()
    sent = {"assessed_on": str(TODAY), "occasion": "start", "consultant_health": "4"}
    answer = client.post(url, {"form_key": key, **sent})
    assert answer["Location"] == f"{reverse('login')}?next={url}"
    assert not Assessment.objects.exists()
    client.force_login(kim)
    form = client.get(url).context["form"]
    assert form["consultant_health"].value() == "4"
    assert "Du har ett utkast" in text_of(client.get(url))


def test_own_goals_do_not_stand_against_an_answer_begun_before(client, case, kim):
    a_step(case, None)
    page = client.get(to("plan", case))
    form = page.context["adopt_form"]
    begun = {"participant_agrees": "nej", "disagreement": "Vill studera", "seen_version": "1"}
    client.post(to("draft", case), {"form_key": str(form.key), **begun})
    goal = actions.add_goal(Plan.objects.get(), text="Jag vill studera", by=kim)
    actions.add_step(goal, text="Söka", kind="own", responsible="participant", due_on=None, by=kim)
    form = client.get(to("plan", case)).context["adopt_form"]
    assert form["disagreement"].value() == "Vill studera"
    typed = {name: form[name].value() or "" for name in form.fields}
    answer = client.post(to("plan_adopt", case), {"form_key": str(form.key), **typed})
    assert answer.status_code == 302
    assert Plan.objects.get().disagreement == "Vill studera"


def test_a_change_of_a_goal_is_resumed_where_it_was_made(client, case):
    goal = a_step(case, None).goal
    change = f"{to('plan', case)}?andra=mal-{goal.pk}"
    key = client.get(change).context["change_form"].key
    client.logout()
    sent = {"andra-text": "Andra ord", "andra-seen_version": "1", "form_key": str(key)}
    answer = client.post(to("goal_change", case, goal.pk), sent)
    assert answer.status_code == 302
    assert Draft.objects.get().form == f"goal_change {goal.pk}"
    assert key.page == change


@pytest.mark.parametrize("name", ["a\0b", "\0", "text\0"])
def test_a_field_with_a_nul_in_its_name_breaks_nothing(client, case, name):
    key = str(client.get(to("note_add", case)).context["form"].key)
    answer = client.post(to("draft", case), {"form_key": key, name: "1"})
    assert answer.status_code == 204


def test_what_is_only_sent_to_is_no_page_to_come_back_to(client, case):
    step = a_step(case)
    client.logout()
    answer = client.post(to("step_state", case, step.pk), {"state": "done"})
    assert answer["Location"] == f"{reverse('login')}?next={reverse('start')}"


def test_an_old_page_of_somebody_else_promises_nothing(case, kim, client):
    key = str(client.get(to("note_add", case)).context["form"].key)
    other = Client(enforce_csrf_checks=True)
    other.force_login(a_user())
    answer = other.post(to("note_add", case), {"form_key": key, "text": "Kims text"})
    assert answer.status_code == 403
    assert "Kims text" not in answer.content.decode()


def test_an_exit_before_the_newest_enrolment_can_be_confirmed(client, case, kim):
    before = an_enrolment(
        START.replace(year=START.year - 1),
        START.replace(year=START.year - 1),
        participant=case.participant,
        consultant=kim,
    )
    url = to("exit_confirm", case)
    assert "Arbete utan subvention" in text_of(client.get(url))
    assert client.post(url, {"exit_confirmed": "ja"}).status_code == 302
    before.refresh_from_db()
    assert before.exit_confirmed is True
