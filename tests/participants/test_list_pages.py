"""The pages of the office's lists: what they show, save, refuse and cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from participants.models import ExitReason, ListedWord, NoteTemplate, Offer
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import a_participant, a_user, an_enrolment, an_intervention, an_offer

from .reading import START, TODAY, queries, text_of

pytestmark = pytest.mark.django_db

KEEPERS = [Role.MANAGER, Role.ADMINISTRATOR]


@pytest.fixture
def keeper(as_user):
    """Signed in as a manager."""
    return as_user(a_user(Role.MANAGER, name="Eva Chef"))


def an_offer_typed(**given: Any) -> dict[str, Any]:
    return {
        "name": "Sundbas",
        "kind": "work_trial",
        "provider": "Samordningsförbundet",
        "audience": "",
        "places": "8",
        "valid_from": str(START),
        "valid_to": "",
        "description": "Arbetsträning i egen takt.",
        **given,
    }


@pytest.mark.parametrize("role", Role)
def test_the_navigation_leads_those_to_the_lists_who_keep_them(as_user, role):
    page = as_user(a_user(role)).get("/").content.decode()
    assert (reverse("offer_list") in page) == (role in KEEPERS)


# Offers


def test_an_offer_is_added_changed_and_ended(keeper):
    added = keeper.post(reverse("offer_add"), an_offer_typed(), follow=True)
    assert "Sundbas finns nu i utbudet." in text_of(added)
    assert "0 av 8 tagna" in text_of(added)
    offer = Offer.objects.get()
    assert offer.audience == "individual"

    page = keeper.get(reverse("offer_change", args=[offer.pk]))
    assert "av Eva Chef" in text_of(page)
    sent = an_offer_typed(places="", seen_version=1)
    changed = keeper.post(reverse("offer_change", args=[offer.pk]), sent, follow=True)
    assert "0, ingen gräns" in text_of(changed)

    sent = {"valid_to": str(TODAY - timedelta(days=1)), "seen_version": 2}
    ended = keeper.post(reverse("offer_end", args=[offer.pk]), sent, follow=True)
    assert "Avslutade (1)" in text_of(ended)
    assert keeper.get(reverse("offer_change", args=[offer.pk])).status_code == 200


def test_the_list_counts_places_and_shows_nobody(as_user):
    offer = an_offer("Gruppen", places=1, description="Tio träffar.")
    person = a_participant(last_name="Hemlig")
    an_intervention(an_enrolment(START, participant=person), START, offer=offer)
    an_offer("Senare", valid_from=TODAY + timedelta(days=1))
    an_offer("Förr", valid_to=TODAY - timedelta(days=1))
    an_offer("Sista dagen", valid_to=TODAY)
    for role in KEEPERS:
        response = as_user(a_user(role)).get(reverse("offer_list"))
        text = text_of(response)
        for expected in ("1 av 1 tagna", "Fullt", "Tio träffar.", "Avslutade (1)"):
            assert expected in text
        assert f"Från {TODAY + timedelta(days=1)}" in text
        assert {one.name for one in response.context["ended"]} == {"Förr"}
        assert "Hemlig" not in text
    assert not AccessRecord.objects.exists()


def test_ending_says_how_many_go_on(keeper):
    offer = an_offer()
    url = reverse("offer_end", args=[offer.pk])
    assert "pågår i dag" not in text_of(keeper.get(url))
    an_intervention(an_enrolment(), START, offer=offer)
    assert "1 insats pågår i dag och fortsätter" in text_of(keeper.get(url)).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "måste fyllas i"),
        ({"places": "0"}, "minst 1"),
        ({"places": "-1"}, "större än eller lika med 0"),
        ({"valid_to": str(START - timedelta(days=1))}, "Sista dagen kan inte vara före"),
        ({"valid_from": "i dag"}, "giltigt datum"),
        ({"kind": "x"}, "giltigt alternativ"),
    ],
)
def test_a_refused_offer_keeps_what_was_typed(keeper, changes, sentence):
    page = keeper.post(reverse("offer_add"), an_offer_typed(**changes))
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert "Arbetsträning i egen takt." in page.content.decode()
    assert not Offer.objects.exists()


def test_an_offer_changed_by_somebody_else_is_compared_and_can_then_be_saved(keeper):
    offer = an_offer()
    url = reverse("offer_change", args=[offer.pk])
    Offer.objects.update(version=5)
    page = keeper.post(url, an_offer_typed(seen_version=1))
    assert page.status_code == 409
    assert "Någon annan har ändrat raden" in text_of(page)
    assert 'name="seen_version" value="5"' in page.content.decode()
    assert keeper.post(url, an_offer_typed(seen_version=5)).status_code == 302


# Words, templates, reasons


def test_a_word_is_added_changed_and_removed(keeper):
    sent = {"text": "Kaffe*", "reason": "Skriv te."}
    assert "”Kaffe*” finns nu" in text_of(keeper.post(reverse("word_add"), sent, follow=True))
    again = keeper.post(reverse("word_add"), {**sent, "text": "KAFFE*"})
    assert (again.status_code, "Ordet finns redan" in text_of(again)) == (422, True)
    word = ListedWord.objects.get(text="Kaffe*")
    change = {**sent, "reason": "Skriv saft.", "seen_version": 1}
    page = keeper.post(reverse("word_change", args=[word.pk]), change, follow=True)
    assert "Skriv saft." in text_of(page)
    removed = keeper.post(reverse("word_remove", args=[word.pk]), follow=True)
    assert "”Kaffe*” är borttaget." in text_of(removed)
    again = keeper.post(reverse("word_remove", args=[word.pk]), follow=True)
    assert "Ordet var redan borttaget." in text_of(again)


def test_words_and_offers_stand_in_swedish_order(keeper):
    ListedWord.objects.all().delete()
    for text in ("ödla", "zebra", "äpple", "ånga", "Apa"):
        ListedWord.objects.create(text=text, reason="Därför.")
        an_offer(text)
    order = ["Apa", "zebra", "ånga", "äpple", "ödla"]
    words = keeper.get(reverse("word_list")).context["words"]
    assert [word.text for word in words] == order
    offers = keeper.get(reverse("offer_list")).context["offers"]
    assert [offer.name for offer in offers] == order


def test_an_empty_list_of_words_says_what_is_left(keeper):
    ListedWord.objects.all().delete()
    assert "bara om personnummer" in text_of(keeper.get(reverse("word_list")))


def test_a_template_is_written_and_taken_away(keeper):
    url = reverse("template_change", args=["call"])
    assert "Ingen mall" in text_of(keeper.get(reverse("template_list")))
    page = keeper.post(url, {"text": "Vad gällde det?", "seen_version": 0}, follow=True)
    assert "Mallen för ”Telefon eller meddelande” är sparad." in text_of(page)
    assert "Vad gällde det?" in text_of(page)
    late = keeper.post(url, {"text": "Vem?", "seen_version": 0})
    assert (late.status_code, "Någon annan har ändrat" in text_of(late)) == (409, True)
    assert 'name="seen_version" value="1"' in late.content.decode()
    assert keeper.post(url, {"text": "x" * 2001, "seen_version": 1}).status_code == 422
    page = keeper.post(url, {"text": "", "seen_version": 1}, follow=True)
    assert "är borttagen" in text_of(page)
    assert not NoteTemplate.objects.exists()


def test_a_reason_is_added_retired_and_used_again(keeper):
    sent = {"label": "Eget företag", "counts_as": "work", "kas_class": "A"}
    page = keeper.post(reverse("reason_add"), sent, follow=True)
    assert "”Eget företag” går nu att välja." in text_of(page)
    refused = keeper.post(reverse("reason_add"), {**sent, "label": "Nytt", "counts_as": "other"})
    assert (refused.status_code, "KAS-klass A är bara" in text_of(refused)) == (422, True)
    reason = ExitReason.objects.get(code="eget_foretag")
    url = reverse("reason_retire", args=[reason.pk])
    retired = {"retired_on": str(TODAY - timedelta(days=1))}
    page = keeper.post(url, retired, follow=True)
    assert "Används inte längre (1)" in text_of(page)
    page = keeper.post(url, {"retired_on": ""}, follow=True)
    assert "”Eget företag” används." in text_of(page)
    reason.refresh_from_db()
    assert reason.retired_on is None


def test_what_does_not_exist_is_not_found_and_the_wrong_method_is_refused(keeper):
    for name in ("offer_change", "offer_end", "word_change", "reason_retire"):
        assert keeper.get(reverse(name, args=[0])).status_code == 404
    assert keeper.get(reverse("template_change", args=["okand"])).status_code == 404
    word = ListedWord.objects.all()[0]
    assert keeper.get(reverse("word_remove", args=[word.pk])).status_code == 405
    for name in ("offer_list", "word_list", "template_list", "reason_list"):
        assert keeper.post(reverse(name)).status_code == 405
    assert keeper.delete(reverse("offer_add")).status_code == 405


def test_each_list_costs_the_same_however_long_it_is(keeper):
    urls = [reverse(n) for n in ("offer_list", "word_list", "template_list", "reason_list")]
    an_intervention(an_enrolment(), START, offer=an_offer())
    few = [queries(keeper, url) for url in urls]
    for n in range(10):
        offer = an_offer(f"Erbjudande {n}")
        an_intervention(an_enrolment(), START, offer=offer)
        ListedWord.objects.create(text=f"ord{n}", reason="Därför.")
        ExitReason.objects.create(
            code=f"ny{n}", label=f"Ny {n}", counts_as="other", kas_class="E", position=50 + n
        )
    assert [queries(keeper, url) for url in urls] == few
    assert max(few) <= 6


def test_the_forms_of_a_note_and_an_intervention_cost_the_same_with_long_lists(client, case):
    urls = [
        reverse(name, args=[case.participant.public_id])
        for name in ("note_add", "intervention_add")
    ]
    an_offer()
    few = [queries(client, url) for url in urls]
    for n in range(10):
        an_intervention(an_enrolment(), START, offer=an_offer(f"Erbjudande {n}"))
    assert [queries(client, url) for url in urls] == few
