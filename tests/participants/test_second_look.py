"""The hints of a form: nothing is saved before they are seen, and then exactly what was typed."""

import re
from datetime import timedelta
from html import unescape
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse

from participants import actions
from participants.models import Intervention, ListedWord, Note, NoteTemplate
from participants.work_forms import InterventionForm
from tests.builders import a_personnummer, a_user, an_enrolment, an_intervention, an_offer

from .reading import START, TODAY, text_of, to

pytestmark = pytest.mark.django_db

WORD = "En diagnos hör inte hemma här."


def hidden(response: HttpResponse, name: str = "seen") -> str:
    """What the browser would send along in the hidden field."""
    page = response.content.decode()
    found = re.search(rf'<input type="hidden" name="{name}"(?: value="([^"]*)")?', page)
    assert found, page
    return found[1] or ""


def typed(response: HttpResponse) -> str:
    """What stands in the text field of the page, as a browser reads it."""
    area = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", response.content.decode(), re.DOTALL)
    assert area
    return unescape(area[1])


def a_note(**given: Any) -> dict[str, Any]:
    return {"kind": "call", "happened_on": str(TODAY), "text": "Har ADHD.", "seen": "", **given}


# Notes


def test_a_note_with_a_listed_word_is_asked_about_and_saved_by_the_same_button(client, case):
    first = client.post(to("note_add", case), a_note())
    assert first.status_code == 422
    assert not Note.objects.exists()
    text = text_of(first)
    assert "Inget är sparat än" in text
    assert f"”ADHD”: {WORD}" in text
    assert "Spara ändå" in text
    assert "Det är något som behöver rättas" not in text
    again = client.post(to("note_add", case), a_note(seen=hidden(first)), follow=True)
    assert "Anteckningen är sparad." in text_of(again)
    assert Note.objects.get().text == "Har ADHD."


@pytest.mark.parametrize(
    "text",
    [
        'Rad ett om adhd\n\n  indragen rad\ttabb\n<b>&amp; "citat"</b> ’–’ 😀',
        "adhd \u00e9 de\u00adpression",
        "adhd " + "x" * 19_000,
    ],
)
def test_saving_all_the_same_keeps_the_text_exactly(client, case, text):
    first = client.post(to("note_add", case), a_note(text=text))
    assert typed(first) == text
    client.post(to("note_add", case), a_note(text=typed(first), seen=hidden(first)))
    assert Note.objects.get().text == text


def test_a_new_word_after_the_first_look_is_asked_about_again(client, case):
    first = client.post(to("note_add", case), a_note())
    second = client.post(
        to("note_add", case), a_note(text="Har ADHD och epilepsi.", seen=hidden(first))
    )
    assert second.status_code == 422
    assert "”epilepsi”" in text_of(second)
    assert hidden(second) != hidden(first)
    assert not Note.objects.exists()
    client.post(to("note_add", case), a_note(text="Har ADHD och epilepsi.", seen=hidden(second)))
    assert Note.objects.exists()


def test_the_word_taken_away_after_the_first_look_saves_at_once(client, case):
    first = client.post(to("note_add", case), a_note())
    client.post(to("note_add", case), a_note(text="Vi sågs.", seen=hidden(first)))
    assert Note.objects.get().text == "Vi sågs."


def test_a_personnummer_is_noticed_and_not_repeated_in_full(client, case):
    number = a_personnummer()
    first = client.post(to("note_add", case), a_note(text=f"Sambon är {number}."))
    assert f"”{number[:8]}-****” är ett personnummer." in text_of(first)
    assert first.content.decode().count(number) == 1  # in the text itself


def test_what_is_refused_after_the_look_is_said_and_the_look_is_not_asked_for_again(client, case):
    wrong = a_note(happened_on="2999-01-01")
    first = client.post(to("note_add", case), wrong)
    second = client.post(to("note_add", case), {**wrong, "seen": hidden(first)})
    assert second.status_code == 422
    assert "framtiden" in text_of(second)
    assert "Inget är sparat än" not in text_of(second)
    client.post(to("note_add", case), a_note(seen=hidden(second)))
    assert Note.objects.exists()


def test_a_made_up_mark_is_no_look(client, case):
    assert client.post(to("note_add", case), a_note(seen="ja")).status_code == 422
    assert not Note.objects.exists()


def test_a_text_without_such_words_is_saved_at_once(client, case):
    client.post(to("note_add", case), a_note(text="Pratade om arkivet."))
    assert Note.objects.exists()


def test_an_emptied_list_still_leaves_personnummer(client, case):
    ListedWord.objects.all().delete()
    assert client.post(to("note_add", case), a_note(text=a_personnummer())).status_code == 422
    assert client.post(to("note_add", case), a_note()).status_code == 302


def test_a_correction_is_looked_through_too(client, case, kim):
    note = actions.add_note(case, kind="call", happened_on=TODAY, text="Fel.", today=TODAY, by=kim)
    url = to("note_correct", case, note.pk)
    first = client.post(url, {"text": "Har depression.", "seen": ""})
    assert first.status_code == 422
    assert "”depression”" in text_of(first)
    assert Note.objects.count() == 1
    client.post(url, {"text": "Har depression.", "seen": hidden(first)})
    assert Note.objects.get(corrects=note).text == "Har depression."


# Templates


def test_a_note_begins_with_the_template_that_is_asked_for(client, case):
    url = to("note_add", case)
    assert "Börja med en mall" not in text_of(client.get(url))
    NoteTemplate.objects.create(kind="call", text="Vad gällde det?\n\n<Nästa steg>\n")
    plain = client.get(url)
    assert typed(plain) == ""
    assert '<a href="?mall=call">Telefon eller meddelande</a>' in plain.content.decode()
    begun = client.get(url, {"mall": "call"})
    assert typed(begun).replace("\r", "") == "Vad gällde det?\n\n<Nästa steg>\n"
    assert '<option value="call" selected>' in begun.content.decode()
    for unknown in ("meeting", "x", ""):
        assert typed(client.get(url, {"mall": unknown})) == ""


def test_what_was_typed_stands_where_a_template_would(client, case):
    NoteTemplate.objects.create(kind="call", text="Vad gällde det?")
    response = client.post(f"{to('note_add', case)}?mall=call", a_note(happened_on="", text="Mitt"))
    assert typed(response) == "Mitt"


# Interventions


def an_intervention_of(offer: Any, **given: Any) -> dict[str, Any]:
    return {"offer": offer.pk, "started_on": str(TODAY), "seen": "", **given}


def test_an_intervention_of_an_offer_with_a_place_is_saved_at_once(client, case):
    offer = an_offer("Sundbas", "work_trial", places=1)
    page = client.get(to("intervention_add", case)).content.decode()
    assert '<optgroup label="Arbetsprövning/-träning">' in page
    sent = an_intervention_of(offer, workplace="Parken", hours_per_week="12")
    response = client.post(to("intervention_add", case), sent, follow=True)
    text = text_of(response)
    assert "Arbetsprövning/-träning, Sundbas, Parken" in text
    assert "12 timmar i veckan" in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"places": 1}, f"är fullt {TODAY}: 1 har plats"),
        ({"valid_to": TODAY - timedelta(days=1)}, "slutade"),
        ({"valid_to": START, "valid_from": START}, "slutade"),
        ({"valid_from": TODAY + timedelta(days=1)}, "börjar först"),
    ],
)
def test_a_full_or_ended_offer_is_warned_of_and_never_blocked(client, case, fields, said):
    offer = an_offer("Sundbas", **fields)
    an_intervention(an_enrolment(), START, offer=offer)
    sent = an_intervention_of(offer, workplace="Parken")
    first = client.post(to("intervention_add", case), sent)
    assert first.status_code == 422
    assert f"Sundbas {said}" in text_of(first)
    assert "Spara ändå" in text_of(first)
    assert f'<option value="{offer.pk}" selected>' in first.content.decode()
    assert Intervention.objects.count() == 1
    client.post(to("intervention_add", case), {**sent, "seen": hidden(first)})
    assert case.interventions.get().workplace == "Parken"


def test_another_full_offer_is_warned_of_though_the_first_was_seen(client, case):
    one, other = an_offer("Ett", places=1), an_offer("Ett annat", places=1)
    for offer in (one, other):
        an_intervention(an_enrolment(), START, offer=offer)
    first = client.post(to("intervention_add", case), an_intervention_of(one))
    sent = an_intervention_of(other, seen=hidden(first))
    assert client.post(to("intervention_add", case), sent).status_code == 422


def test_the_offers_are_those_of_the_start_that_was_typed(client, case):
    an_offer("Projektet", valid_to=TODAY - timedelta(days=40))
    full = an_offer("Gruppen", places=1)
    an_intervention(an_enrolment(), START, offer=full)
    today = client.get(to("intervention_add", case)).content.decode()
    assert "Gruppen (fullt)" in today
    assert "Projektet" not in today
    early = {"started_on": str(TODAY - timedelta(days=40)), "hours_per_week": "x"}
    assert "Projektet<" in client.post(to("intervention_add", case), early).content.decode()
    for strange in ("31/12", "", "9" * 40):
        sent = {"started_on": strange, "offer": strange}
        assert client.post(to("intervention_add", case), sent).status_code == 422


def test_the_form_tells_which_kinds_answer_which_need(client, case):
    text = text_of(client.get(to("intervention_add", case)))
    assert "Vilka insatser svarar mot behovet?" in text
    assert "Stöd i att söka arbete Jobbsökaraktivitet/coachning, Matchning" in text


def test_the_second_to_take_the_last_place_is_warned_only_if_it_was_taken_when_checked(kim):
    """Places are counted when the form is sent, without a lock: a warning need not be exact."""
    offer = an_offer(places=1)

    def a_form() -> InterventionForm:
        form = InterventionForm(an_intervention_of(offer), today=TODAY)
        assert form.is_valid()
        return form

    first, second = a_form(), a_form()
    assert first.look() == second.look() == []  # both looked before either was saved
    for form in (first, second):
        form.look = list  # type: ignore[method-assign]
        assert form.apply(actions.start_intervention, an_enrolment(), by=kim)
    third = a_form()
    assert third.apply(actions.start_intervention, an_enrolment(), by=kim) is None
    assert [hint.about for hint in third.hints] == [f"full {offer.pk}"]
    assert Intervention.objects.filter(offer=offer).count() == 2


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_take_the_last_place_at_once_are_both_saved():
    offer, by = an_offer(places=1), a_user()
    cases = [an_enrolment(START) for _ in range(2)]
    start = Barrier(2)
    saved: list[Any] = []

    def take(case: Any) -> None:
        try:
            start.wait(timeout=10)
            saved.append(
                actions.start_intervention(
                    case,
                    kind="",
                    provider="",
                    need="",
                    hours_per_week=None,
                    started_on=TODAY,
                    planned_end_on=None,
                    offer=offer,
                    by=by,
                )
            )
        finally:
            connection.close()

    threads = [Thread(target=take, args=[case]) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(saved) == Intervention.objects.count() == 2


# Changing an intervention


def test_an_intervention_is_changed_on_its_page_and_says_so(client, case, kim):
    one = an_intervention(case, START, provider="Jobbcenter")
    url = to("intervention_change", case, one.pk)
    page = client.get(url)
    assert "Jobbsökaraktivitet/coachning, Jobbcenter." in text_of(page)
    sent = {
        "seen_version": hidden(page, "seen_version"),
        "workplace": "Parken",
        "need": "swedish",
        "planned_end_on": str(TODAY + timedelta(days=30)),
        "hours_per_week": "7.5",
    }
    text = text_of(client.post(url, sent, follow=True))
    for expected in (
        "Insatsen är ändrad.",
        "Jobbcenter, Parken",
        "Behov: Stärkt svenska",
        "7,5 timmar i veckan",
        "av Kim Konsulent",
    ):
        assert expected in text


def test_an_intervention_changed_by_somebody_else_is_compared_and_can_then_be_saved(client, case):
    one = an_intervention(case, START)
    url = to("intervention_change", case, one.pk)
    sent = {"seen_version": 1, "workplace": "Parken"}
    assert client.post(url, sent).status_code == 302
    refused = client.post(url, {**sent, "workplace": "Köket"})
    assert refused.status_code == 409
    assert "Någon annan har ändrat insatsen" in text_of(refused)
    assert 'value="Köket"' in refused.content.decode()
    assert "Du skrev Köket Sparat nu Parken" in text_of(refused)
    again = {**sent, "workplace": "Köket", "seen_version": hidden(refused, "seen_version")}
    assert client.post(url, again).status_code == 302
    one.refresh_from_db()
    assert one.workplace == "Köket"


def test_an_ended_intervention_shows_planned_and_real_end(client, case):
    an_intervention(
        case,
        START,
        START + timedelta(days=9),
        planned_end_on=START + timedelta(days=20),
        outcome="interrupted",
    )
    text = text_of(client.get(to("participant", case)))
    assert f"{START} – {START + timedelta(days=9)}" in text
    assert f"Planerat slut {START + timedelta(days=20)}" in text
    assert "Avbruten" in text
