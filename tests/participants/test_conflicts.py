"""Two who change the same thing: the second sees both texts and chooses; nothing is overwritten unseen."""

import re
from datetime import timedelta

import pytest

from participants import actions
from participants.models import Goal, Note, Plan, Step
from sundbyberg_am.conflicts import Conflict
from sundbyberg_am.models import Draft
from sundbyberg_am.templatetags.swedish import moment
from tests.builders import a_plan, a_user, an_enrolment, an_intervention

from .reading import START, TODAY, a_plan_of_steps, text_of, to

pytestmark = pytest.mark.django_db

DETAILS = {
    "first_name": "Karl",
    "last_name": "Ek",
    "phone": "",
    "email": "",
    "address": "",
    "contact_preference": "",
    "interpreter_language": "",
    "education": "unknown",
    "registered_sex": "",
}


@pytest.fixture
def other():
    return a_user(name="Åsa Öberg")


def opened(client, url) -> dict[str, str]:
    """What stands hidden in the form when the page is opened."""
    form = client.get(url).context["form"]
    seen = form["seen_version"].value() if "seen_version" in form.fields else None
    return {"form_key": str(form.key), "seen_version": "" if seen is None else str(seen)}


def hidden_in(response) -> dict[str, str]:
    """What stands hidden in a form that came back."""
    names = ("form_key", "seen_version")
    page = response.content.decode()
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in names}
    return {name: match[1] for name, match in found.items() if match}


def both(response) -> list[tuple[str, str]]:
    """Both texts of the fields that differ, as the conflict shows them."""
    compared = response.context["form"].compared()
    return [(one.mine, one.saved) for one in compared if one.differs]


def shown(response) -> str:
    text = text_of(response)
    assert "Ditt och det som är sparat" in text
    return text


def test_details_show_both_texts_and_are_chosen_between(client, case, other):
    url = to("participant_details", case)
    hidden = opened(client, url)
    person = actions.update_details(
        case.participant, seen_version=1, **{**DETAILS, "phone": "08-111"}, by=other
    )
    sent = {**DETAILS, "phone": "08-222"}
    answer = client.post(url, {**sent, **hidden})
    assert answer.status_code == 409
    assert both(answer) == [("08-222", "08-111")]
    assert f"Sparat {moment(person.changed_at)} av Åsa Öberg." in shown(answer)
    assert 'value="08-222"' in answer.content.decode()
    person.refresh_from_db()
    assert person.phone == "08-111"
    assert client.post(url, {**sent, **hidden_in(answer)}).status_code == 302
    person.refresh_from_db()
    assert (person.phone, person.version, person.changed_by.name) == ("08-222", 3, "Kim Konsulent")
    assert not Draft.objects.exists()


def test_what_is_saved_is_chosen_in_one_field_and_the_own_text_in_another(client, case, other):
    url = to("participant_details", case)
    hidden = opened(client, url)
    theirs = {**DETAILS, "phone": "08-111", "address": "Gata 1", "education": "primary"}
    person = actions.update_details(case.participant, seen_version=1, **theirs, by=other)
    sent = {**DETAILS, "phone": "08-222"}
    answer = client.post(url, {**sent, **hidden})
    page = answer.content.decode()
    taken = {"take": ["address", "education"]}
    for name, value in (("address", "Gata 1"), ("education", "primary")):
        assert f'name="saved-{name}" value="{value}"' in page
        assert f'name="take" value="{name}"' in page
        taken[f"saved-{name}"] = [value]
    assert client.post(url, {**sent, **hidden_in(answer), **taken}).status_code == 302
    person.refresh_from_db()
    assert (person.phone, person.address, person.education) == ("08-222", "Gata 1", "primary")


def test_details_that_both_made_the_same_are_no_conflict(client, case, other):
    hidden = opened(client, to("participant_details", case))
    actions.update_details(case.participant, seen_version=1, **DETAILS, by=other)
    answer = client.post(to("participant_details", case), {**DETAILS, **hidden})
    assert answer.status_code == 302


def test_what_is_saved_is_kept_and_the_own_text_thrown_away(client, case, other):
    url = to("participant_details", case)
    hidden = opened(client, url)
    actions.update_details(
        case.participant, seen_version=1, **{**DETAILS, "phone": "08-111"}, by=other
    )
    answer = client.post(url, {**DETAILS, "phone": "08-222", **hidden})
    assert Draft.objects.get().fields["phone"] == ["08-222"]
    left = client.post(to("draft", case), {**hidden_in(answer), "discard": "leave"})
    assert left["Location"] == to("participant", case)
    assert not Draft.objects.exists()


def test_a_consultant_chosen_by_somebody_else(client, case, other):
    url = to("assign", case)
    hidden = opened(client, url)
    mine = a_user(name="Mio Min")
    actions.assign(case, consultant=other, deputy=None, today=TODAY, by=other)
    answer = client.post(url, {"consultant": mine.pk, **hidden})
    assert answer.status_code == 409
    assert both(answer) == [("Mio Min", "Åsa Öberg")]
    assert f'name="saved-consultant" value="{other.pk}"' in answer.content.decode()
    assert "av Åsa Öberg" in shown(answer)
    assert client.post(url, {"consultant": mine.pk, **hidden_in(answer)}).status_code == 302
    case.refresh_from_db()
    assert case.consultant == mine


def test_a_level_set_by_somebody_else(client, case, other):
    url = to("level_change", case)
    hidden = opened(client, url)
    given = {"valid_from": TODAY, "today": TODAY, "by": other}
    actions.change_level(case, level="AM3", reason="Behöver mer.", **given)
    sent = {"level": "AM1", "valid_from": str(TODAY), "reason": "Klarar mer."}
    answer = client.post(url, {**sent, **hidden})
    assert answer.status_code == 409
    assert both(answer) == [
        ("AM1 – lite stöd", "AM3 – extra stöd"),
        ("Klarar mer.", "Behöver mer."),
    ]
    assert case.level_changes.in_force_on(TODAY).level == "AM3"
    assert client.post(url, {**sent, **hidden_in(answer)}).status_code == 302
    assert case.level_changes.in_force_on(TODAY).level == "AM1"


def test_the_first_level_set_by_two(client, other):
    case = an_enrolment(START, level=None)
    hidden = opened(client, to("level_change", case))
    assert hidden["seen_version"] == "0"
    given = {"valid_from": START, "reason": "Ny.", "today": TODAY, "by": other}
    actions.change_level(case, level="AM3", **given)
    sent = {"level": "AM1", "valid_from": str(START), "reason": "Klarar mer."}
    assert client.post(to("level_change", case), {**sent, **hidden}).status_code == 409


def test_a_case_ended_by_somebody_else(client, case, other):
    url = to("exit", case)
    hidden = opened(client, url)
    given = {"exit_confirmed": None, "today": TODAY, "by": other}
    reason = client.get(url).context["form"].fields["exit_reason"].queryset
    actions.exit_enrolment(
        case, ended_on=TODAY, exit_reason=reason[0], exit_destination="Kanalen", **given
    )
    sent = {"ended_on": str(TODAY), "exit_reason": reason[1].pk, "exit_destination": "Skolan"}
    answer = client.post(url, {**sent, **hidden})
    assert answer.status_code == 409
    assert both(answer) == [
        (reason[1].label, reason[0].label),
        ("Skolan", "Kanalen"),
    ]
    assert "Öppna inskrivningen igen" in shown(answer)
    assert "Spara det som står här" not in shown(answer)
    client.post(to("reopen", case))
    form = client.get(url).context["form"]
    assert form["exit_destination"].value() == "Skolan"


def test_an_answer_to_the_confirmation_by_somebody_else(client, kim, other):
    case = an_enrolment(START, TODAY, consultant=kim)
    url = to("exit_confirm", case)
    hidden = opened(client, url)
    actions.confirm_exit(case, exit_confirmed=True, today=TODAY, by=other)
    answer = client.post(url, {"exit_confirmed": "nej", **hidden})
    assert answer.status_code == 409
    assert both(answer) == [("Nej, det blev inte av", "Ja, det är bekräftat")]
    assert 'name="saved-exit_confirmed" value="ja"' in answer.content.decode()
    sent = {"exit_confirmed": "nej", **hidden_in(answer)}
    assert client.post(url, sent).status_code == 302
    case.refresh_from_db()
    assert case.exit_confirmed is False


def test_an_intervention_ended_by_somebody_else(client, case, other):
    one = an_intervention(case, START)
    url = to("intervention_end", case, one.pk)
    hidden = opened(client, url)
    actions.end_intervention(one, ended_on=TODAY, outcome="completed", today=TODAY, by=other)
    sent = {"ended_on": str(TODAY - timedelta(days=1)), "outcome": "interrupted"}
    answer = client.post(url, {**sent, **hidden})
    assert answer.status_code == 409
    assert both(answer) == [
        ("Avbruten", "Genomförd"),
        (str(TODAY - timedelta(days=1)), str(TODAY)),
    ]
    assert client.post(url, {**sent, **hidden_in(answer)}).status_code == 302
    one.refresh_from_db()
    assert (one.outcome, one.changed_by.name) == ("interrupted", "Kim Konsulent")
    assert client.post(url, {**sent, **opened(client, url)}).status_code == 409


def test_a_note_corrected_by_somebody_else(client, case, kim, other):
    note = actions.add_note(case, kind="call", happened_on=TODAY, text="Fel", today=TODAY, by=kim)
    url = to("note_correct", case, note.pk)
    hidden = opened(client, url)
    theirs = actions.correct_note(note, text="En annans rättelse.", by=other)
    answer = client.post(url, {"text": "Min rättelse.", **hidden})
    assert answer.status_code == 409
    assert both(answer) == [("Min rättelse.", "En annans rättelse.")]
    assert client.post(url, {"text": "Båda.", **hidden_in(answer)}).status_code == 302
    assert Note.objects.get(text="Båda.").corrects == theirs
    assert Note.objects.count() == 3


# The plan


def plan_page(client, case, form_name: str) -> dict[str, str]:
    form = client.get(to("plan", case)).context[form_name]
    seen = form["seen_version"].value() if "seen_version" in form.fields else ""
    return {"form_key": str(form.key), "seen_version": str(seen)}


def adopted(plan: Plan, by) -> Plan:
    return actions.adopt_plan(
        plan,
        adopted_on=TODAY,
        follow_up_on=TODAY + timedelta(days=30),
        participant_agrees=True,
        disagreement="",
        today=TODAY,
        by=by,
    )


def test_a_goal_written_while_somebody_adopts_the_plan_is_offered_in_the_next(client, case, other):
    a_plan_of_steps(case, 1, None)
    hidden = plan_page(client, case, "goal_form")
    adopted(Plan.objects.get(), other)
    answer = client.post(to("goal_add", case), {"text": "Jag vill bli kock", **hidden})
    assert answer.status_code == 409
    assert "Planen är fastställd" in shown(answer)
    assert "Jag vill bli kock" in shown(answer)
    client.post(to("plan_start", case))
    form = client.get(to("plan", case)).context["goal_form"]
    assert form["text"].value() == "Jag vill bli kock"


def test_a_step_written_while_somebody_removes_its_goal_is_shown(client, case, other):
    goal = Goal.objects.create(plan=a_plan(case), text="Hitta ett arbete")
    ((_, form),) = client.get(to("plan", case)).context["goals"]
    actions.remove_goal(goal, by=other)
    typed = {f"mal{goal.pk}-{name}": value for name, value in {
        "text": "Skriva cv", "kind": "own", "responsible": "participant"}.items()}  # fmt: skip
    url = to("step_add", case, goal.pk)
    answer = client.post(url, {**typed, "form_key": str(form.key)})
    assert answer.status_code == 409
    assert "Skriva cv" in shown(answer)
    assert client.post(url, typed).status_code == 404


def test_a_plan_is_not_adopted_with_steps_that_were_not_seen(client, case, other):
    a_plan_of_steps(case, 1, None)
    hidden = plan_page(client, case, "adopt_form")
    actions.add_step(
        Goal.objects.get(),
        text="Ny",
        kind="own",
        responsible="participant",
        due_on=None,
        by=other,
    )
    sent = {
        "participant_agrees": "ja",
        "adopted_on": str(TODAY),
        "follow_up_on": str(TODAY + timedelta(days=30)),
    }
    answer = client.post(to("plan_adopt", case), {**sent, **hidden})
    assert answer.status_code == 409
    assert "Planen har ändrats av någon annan" in text_of(answer)
    assert Plan.objects.get().adopted_on is None
    again = {"seen_version": Plan.objects.get().version}
    assert client.post(to("plan_adopt", case), {**sent, **again}).status_code == 302
    taken = client.post(to("plan_adopt", case), {**sent, "participant_agrees": "nej", **hidden})
    assert taken.status_code == 409
    assert "Ja" in shown(taken)


def test_a_goal_or_step_changed_by_somebody_else_is_not_removed_unseen(client, case, other):
    a_plan_of_steps(case, 1, None)
    goal, step = Goal.objects.get(), Step.objects.get()
    actions.set_step_state(step, state="done", by=other)
    for name, row in (("step_remove", step), ("goal_remove", goal)):
        answer = client.post(to(name, case, row.pk), {"seen_version": 1})
        assert answer.status_code == 409
        assert "har ändrats av någon annan" in text_of(answer)
    for name, row in (("step_remove", step), ("goal_remove", goal)):
        row.refresh_from_db()
        assert client.post(to(name, case, row.pk), {"seen_version": row.version}).status_code == 302


def test_a_step_moved_by_somebody_else(client, case, other):
    a_plan_of_steps(case, 1)
    step = Step.objects.get()
    assert 'name="seen_version" value="1"' in client.get(to("participant", case)).content.decode()
    actions.set_step_state(step, state="done", by=other)
    url = to("step_state", case, step.pk)
    answer = client.post(url, {"state": "cancelled", "seen_version": 1})
    assert answer.status_code == 409
    assert both(answer) == [("Blev inte av", "Klart")]
    sent = {"state": "cancelled", **hidden_in(answer)}
    assert client.post(url, sent).status_code == 302
    step.refresh_from_db()
    assert step.state == "cancelled"


def test_a_row_removed_by_somebody_else_is_said_by_the_action(case, other):
    a_plan_of_steps(case, 1, None)
    step = Step.objects.get()
    actions.remove_step(Step.objects.get(), by=other)
    with pytest.raises(Conflict, match="tagit bort"):
        actions.set_step_state(step, state="done", by=other)
