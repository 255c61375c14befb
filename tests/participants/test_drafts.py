"""Text is never lost: drafts while writing, over a lost session, and their end."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from participants import actions
from participants.models import Goal, Note
from referrals.models import Referral
from sundbyberg_am import drafts, tasks
from sundbyberg_am.access import Role
from sundbyberg_am.form_keys import FormKey
from sundbyberg_am.models import AccessRecord, Draft, Submission
from tests.builders import a_plan, a_unit, a_user, an_enrolment
from tests.referrals.builders import Cast, a_draft

from .reading import START, TODAY, queries, text_of, to

pytestmark = pytest.mark.django_db

TEXT = "Vi gick igenom ansökan till kursen i kök & servering."
TYPED = {"kind": "call", "happened_on": str(TODAY), "text": TEXT}


def key_on(client, url) -> str:
    """The key of the form on the page."""
    return str(client.get(url).context["form"].key)


def write(client, case, name="note_add", *more, **typed) -> str:
    """Type in a form as drafts.js saves it; gives the form's key."""
    key = key_on(client, to(name, case, *more))
    answer = client.post(to("draft", case), {"form_key": key, **(typed or TYPED)})
    assert answer.status_code == 204
    return key


def test_what_is_typed_is_offered_on_the_next_visit_with_the_time(client, case):
    write(client, case)
    Draft.objects.update(saved_at=datetime.fromisoformat("2026-11-25T14:05+01:00"))
    page = client.get(to("note_add", case))
    assert "Du har ett utkast från 2026-11-25 14:05." in text_of(page)
    assert "Släng utkastet" in text_of(page)
    form = page.context["form"]
    assert [form[name].value() for name in TYPED] == list(TYPED.values())


def test_a_draft_is_of_one_user_one_case_and_one_form(client, case, as_user, kim):
    write(client, case)
    other_case = an_enrolment(START, consultant=kim)
    assert TEXT not in text_of(as_user(a_user()).get(to("note_add", case)))
    for name, about in (("note_add", other_case), ("exit", case), ("void", case)):
        page = client.get(to(name, about))
        assert TEXT not in page.content.decode()
        assert "Du har ett utkast" not in text_of(page)


def test_writing_on_replaces_the_draft(client, case):
    key = write(client, case)
    client.post(to("draft", case), {"form_key": key, **TYPED, "text": "Ny text"})
    assert Draft.objects.get().fields["text"] == ["Ny text"]


def test_to_save_removes_the_draft_and_leaves_those_of_other_forms(client, case):
    write(client, case, "void", void_reason="Fel")
    key = write(client, case)
    assert client.post(to("note_add", case), {**TYPED, "form_key": key}).status_code == 302
    assert [draft.form for draft in Draft.objects.all()] == ["void"]
    assert "Du har ett utkast" not in text_of(client.get(to("note_add", case)))


def test_a_refused_form_still_removes_its_draft_when_it_is_saved(client, case):
    key = write(client, case)
    refused = client.post(to("note_add", case), {**TYPED, "happened_on": "x", "form_key": key})
    assert refused.status_code == 422
    again = str(refused.context["form"].key)
    assert client.post(to("note_add", case), {**TYPED, "form_key": again}).status_code == 302
    assert not Draft.objects.exists()


def test_a_draft_on_its_way_when_the_form_is_saved_does_not_come_after(client, case):
    key = write(client, case)
    client.post(to("note_add", case), {**TYPED, "form_key": key})
    late = client.post(to("draft", case), {**TYPED, "form_key": key})
    assert late.status_code == 204
    assert not Draft.objects.exists()


def test_the_draft_of_another_tab_is_left(client, case):
    first, second = (key_on(client, to("note_add", case)) for _ in range(2))
    client.post(to("draft", case), {**TYPED, "form_key": second})
    client.post(to("note_add", case), {**TYPED, "text": "Den första", "form_key": first})
    assert Draft.objects.get().fields["text"] == [TEXT]


@pytest.mark.parametrize(("answer", "leads_to"), [("ja", "note_add"), ("leave", "participant")])
def test_a_draft_is_thrown_away(client, case, answer, leads_to):
    write(client, case)
    key = key_on(client, to("note_add", case))
    sent = client.post(to("draft", case), {**TYPED, "form_key": key, "discard": answer})
    assert sent["Location"] == to(leads_to, case)
    assert not Draft.objects.exists()
    assert not Note.objects.exists()


def test_a_draft_in_the_plan_is_offered_under_its_goal(client, case):
    plan = a_plan(case)
    goal = Goal.objects.create(plan=plan, text="Hitta ett arbete")
    page = client.get(to("plan", case))
    ((_, form),) = page.context["goals"]
    typed = {f"mal{goal.pk}-text": "Skriva cv", f"mal{goal.pk}-kind": "own"}
    client.post(to("draft", case), {"form_key": str(form.key), **typed})
    page = client.get(to("plan", case))
    assert 'value="Skriva cv"' in page.content.decode()
    assert text_of(page).count("Du har ett utkast") == 1


def test_a_draft_of_the_mapping_and_of_a_new_referral(as_user):
    cast = Cast()
    sender = as_user(cast.sender)
    referral = a_draft(cast.sender)
    url = reverse("mapping", args=[referral.public_id])
    key = key_on(sender, url)
    (text, *_) = re.findall(r'<textarea name="(q-[^"]+)"', sender.get(url).content.decode())
    save = reverse("referral_draft", args=[referral.public_id])
    assert sender.post(save, {"form_key": key, text: "Vill ha dagtid."}).status_code == 204
    assert "Vill ha dagtid." in sender.get(url).content.decode()
    assert Draft.objects.get().subject == referral.public_id


# The door


def test_a_draft_is_saved_only_through_the_door_of_the_case(client, case, kim, as_user):
    key = write(client, case)
    Draft.objects.all().delete()
    other = as_user(a_user(unit=a_unit("En annan enhet")))
    assert other.post(to("draft", case), {**TYPED, "form_key": key}).status_code == 404
    kim.unit = a_unit("En annan enhet")
    kim.save()
    assert client.post(to("draft", case), {**TYPED, "form_key": key}).status_code == 404
    assert client.get(to("draft", case)).status_code == 405
    assert not Draft.objects.exists()


def test_a_key_of_another_user_case_or_of_nobody_saves_nothing(client, case, kim, as_user):
    other_case = an_enrolment(START, consultant=kim)
    theirs = key_on(as_user(a_user()), to("note_add", case))
    for key in (theirs, key_on(client, to("note_add", other_case)), "x", ""):
        assert client.post(to("draft", case), {**TYPED, "form_key": key}).status_code == 422
    assert not Draft.objects.exists()


def test_a_role_that_may_not_work_on_cases_saves_no_draft(as_user, case):
    answer = as_user(a_user(Role.MANAGER)).post(to("draft", case), TYPED)
    assert answer.status_code == 403


def test_a_draft_too_long_is_refused_in_words(client, case):
    key = key_on(client, to("note_add", case))
    sent = {**TYPED, "text": "x" * 200_001, "form_key": key}
    answer = client.post(to("draft", case), sent)
    assert answer.status_code == 422
    assert "för lång" in answer.content.decode()


def test_saving_a_draft_shows_nobody_and_leaves_no_record_and_no_text_in_names(client, case):
    key = key_on(client, to("note_add", case))
    AccessRecord.objects.all().delete()
    client.post(to("draft", case), {**TYPED, "form_key": key})
    assert not AccessRecord.objects.exists()
    assert str(Draft.objects.get()) == "utkast i note_add"
    client.get(to("note_add", case))
    assert AccessRecord.objects.get().subjects == [case.participant.public_id]


def test_a_form_page_costs_the_same_with_a_draft_and_without(client, case):
    without = queries(client, to("note_add", case))
    write(client, case)
    assert queries(client, to("note_add", case)) == without
    assert queries(client, to("void", case)) == without - 1  # no templates
    assert queries(client, to("reopen", case)) == without - 2  # nothing to fill in, so no drafts


# The session has ended


def test_saving_a_draft_without_a_session_is_refused_clearly(client, case):
    key = key_on(client, to("note_add", case))
    client.logout()
    sent = {**TYPED, "form_key": key}
    answer = client.post(to("draft", case), sent, headers={"X-Draft": "1"})
    assert (answer.status_code, answer.content.decode()) == (401, "Du är utloggad.")
    assert not Draft.objects.exists()


def test_a_form_sent_without_a_session_is_there_after_sign_in(client, case, kim):
    url = to("note_add", case)
    key = key_on(client, url)
    client.logout()
    sent = client.post(url, {**TYPED, "form_key": key})
    assert sent["Location"] == f"{reverse('login')}?next={url}"
    page = client.get(sent["Location"])
    assert "det du skrev kvar" in text_of(page)
    assert TEXT not in page.content.decode()
    back = client.post(
        sent["Location"], {"username": kim.username, "password": "lösenord-i-test", "next": url}
    )
    assert back["Location"] == url
    page = client.get(url)
    assert page.context["form"]["text"].value() == TEXT
    saved = client.post(url, {**TYPED, "form_key": str(page.context["form"].key)})
    assert saved.status_code == 302
    assert Note.objects.get().text == TEXT
    assert not Draft.objects.exists()


def test_a_step_sent_without_a_session_leads_back_to_the_plan(client, case):
    goal = Goal.objects.create(plan=a_plan(case), text="Hitta ett arbete")
    ((_, form),) = client.get(to("plan", case)).context["goals"]
    client.logout()
    typed = {f"mal{goal.pk}-text": "Skriva cv", "form_key": str(form.key)}
    sent = client.post(to("step_add", case, goal.pk), typed)
    assert sent["Location"] == f"{reverse('login')}?next={to('plan', case)}"
    assert Draft.objects.get().form == f"step_add {goal.pk}"


def test_a_new_referral_sent_without_a_session_is_there_after_sign_in(as_user):
    user = Cast().sender
    sender = as_user(user)
    url = reverse("referral_add")
    key = key_on(sender, url)
    sender.logout()
    sender.post(url, {"first_name": "Åsa", "last_name": "Ek", "form_key": key})
    sender.force_login(user)
    page = sender.get(url)
    assert page.context["form"]["first_name"].value() == "Åsa"
    assert not Referral.objects.exists()


def test_somebody_else_who_signs_in_does_not_get_the_text(client, case):
    url = to("note_add", case)
    key = key_on(client, url)
    client.logout()
    client.post(url, {**TYPED, "form_key": key})
    client.force_login(a_user())
    assert TEXT not in client.get(url).content.decode()
    refused = client.post(url, {**TYPED, "form_key": key})
    assert refused.status_code == 422
    assert "av någon annan" in text_of(refused)
    assert not Note.objects.exists()


def test_without_a_session_nothing_is_kept_for_a_forged_key_or_a_closed_account(client, case, kim):
    url = to("note_add", case)
    key = key_on(client, url)
    client.logout()
    for forged in ("", "x", key[:-1] + ("a" if key[-1] != "a" else "b")):
        sent = client.post(url, {**TYPED, "form_key": forged})
        assert sent["Location"] == f"{reverse('login')}?next={reverse('start')}"
    kim.is_active = False
    kim.save()
    client.post(url, {**TYPED, "form_key": key})
    assert not Draft.objects.exists()


def test_a_form_already_saved_and_sent_again_without_a_session_is_no_draft(client, case):
    url = to("note_add", case)
    key = key_on(client, url)
    client.post(url, {**TYPED, "form_key": key})
    client.logout()
    client.post(url, {**TYPED, "form_key": key})
    assert not Draft.objects.exists()
    client.post(url, {**TYPED, "text": "Mer text", "form_key": key})
    assert Draft.objects.get().fields["text"] == ["Mer text"]


def test_a_page_from_before_a_new_sign_in_keeps_what_was_sent(case, kim):
    client: Any = Client(enforce_csrf_checks=True)
    client.force_login(kim)
    url = to("note_add", case)
    key = key_on(client, url)
    sent = client.post(url, {**TYPED, "form_key": key, "csrfmiddlewaretoken": "x" * 32})
    assert sent["Location"] == url
    page = client.get(url)
    assert "Sidan hade varit öppen för länge" in text_of(page)
    assert page.context["form"]["text"].value() == TEXT
    assert client.post(url, TYPED).status_code == 403


# The end of a draft


def test_drafts_and_keys_are_removed_after_their_days(client, case):
    key = write(client, case, "void", void_reason="Fel")
    used = key_on(client, to("note_add", case))
    client.post(to("note_add", case), {**TYPED, "form_key": used})
    tasks.remove_old_drafts()
    assert (Draft.objects.count(), Submission.objects.count()) == (1, 1)
    days = timedelta(days=settings.DRAFT_DAYS)
    drafts.remove_old_drafts(timezone.now() + days - timedelta(minutes=1))
    assert (Draft.objects.count(), Submission.objects.count()) == (1, 1)
    drafts.remove_old_drafts(timezone.now() + days)
    assert (Draft.objects.count(), Submission.objects.count()) == (0, 0)
    assert FormKey.read(key).form == "void"


def test_a_page_too_old_is_not_saved_by_its_key(client, case, settings):
    key = key_on(client, to("note_add", case))
    settings.DRAFT_DAYS = -1
    refused = client.post(to("note_add", case), {**TYPED, "form_key": key})
    assert refused.status_code == 422
    assert "för länge sedan" in text_of(refused)
    assert TEXT in text_of(refused)


def test_a_draft_begun_before_somebody_else_changed_it_meets_the_change(client, case, kim):
    note = actions.add_note(case, kind="call", happened_on=TODAY, text="Fel", today=TODAY, by=kim)
    write(client, case, "note_correct", note.pk, text="Min rättelse", seen_version=note.pk)
    actions.correct_note(note, text="En annans rättelse", by=a_user())
    form = client.get(to("note_correct", case, note.pk)).context["form"]
    assert (form["text"].value(), form["seen_version"].value()) == ("Min rättelse", str(note.pk))
