"""The way to send a referral: person, mapping, level, off it goes."""

import pytest
from django.urls import reverse

from referrals.models import NOT_NOW, Referral, Status
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import a_participant, a_unit, a_user, an_enrolment

from .builders import ANSWERS, a_draft, a_number, a_referral_in
from .reading import text, typed, url

pytestmark = pytest.mark.django_db


PERSON = {
    "first_name": "Amina",
    "last_name": "Yusuf",
    "phone": "070-123 45 67",
    "email": "",
    "interpreter_language": "somaliska",
    "no_personnummer_reason": "",
    "birth_date": "",
}


# Beginning


def test_add_leads_on_to_the_mapping(cast, as_user):
    number = a_number()
    page = as_user(cast.sender).post(
        reverse("referral_add"),
        {**PERSON, "to_unit": a_unit().pk, "personnummer": f" {number[2:8]}-{number[8:]}"},
    )
    draft = Referral.objects.get()
    assert page["Location"] == url("mapping", draft)
    assert (draft.personnummer, draft.interpreter_language) == (number, "somaliska")
    assert not AccessRecord.objects.exists()


def test_add_without_number_but_with_a_reason(cast, as_user):
    page = as_user(cast.sender).post(
        reverse("referral_add"),
        {
            **PERSON,
            "to_unit": a_unit().pk,
            "personnummer": "",
            "no_personnummer_reason": "Väntar på samordningsnummer",
            "birth_date": "1990-02-03",
        },
    )
    assert page.status_code == 302
    assert Referral.objects.get().personnummer is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"personnummer": ""}, "Skriv personnumret, eller varför det saknas."),
        ({"personnummer": "12"}, "Skriv personnumret med tio eller tolv siffror"),
        ({"personnummer": "19900101-9801"}, "Kontrollsiffran stämmer inte."),
        ({"no_personnummer_reason": "Saknar"}, "Personnumret är ifyllt. Ta bort den här texten."),
        ({"first_name": ""}, "Förnamn"),
        ({"email": "amina"}, "E-post"),
        ({"birth_date": "1990-01-01"}, "Födelsedatumet stämmer inte med personnumret."),
        ({"birth_date": "i går"}, "Födelsedatum"),
        ({"to_unit": "999999"}, "Mottagande enhet"),
    ],
)
def test_add_refused_keeps_what_was_typed(cast, as_user, fields, sentence):
    page = as_user(cast.sender).post(
        reverse("referral_add"),
        {**PERSON, "to_unit": a_unit().pk, "personnummer": a_number(), **fields},
    )
    assert page.status_code == 422
    assert sentence in text(page)
    assert "data-error-summary" in text(page)
    assert 'value="Yusuf"' in text(page)
    assert not Referral.objects.exists()


def test_receiving_unit_is_asked_for_when_there_are_several(cast, as_user):
    page = text(as_user(cast.sender).get(reverse("referral_add")))
    assert "Mottagande enhet" in page
    assert "Jobbcenter" in page
    assert "Ekonomiskt bistånd unga" not in page


def test_receiving_unit_is_not_asked_for_when_there_is_one(as_user):
    unit = a_unit()
    page = text(as_user(a_user(Role.SOCIAL_SECRETARY)).get(reverse("referral_add")))
    assert "Mottagande enhet" not in page
    assert f'<input type="hidden" name="to_unit" value="{unit.pk}"' in page


def test_person_of_a_draft_is_changed(cast, as_user):
    draft = a_draft(cast.sender)
    client = as_user(cast.colleague)
    assert 'value="Amina"' in text(client.get(url("referral_person", draft)))
    data = {
        **PERSON,
        "first_name": "Ann",
        "to_unit": draft.to_unit_id,
        "personnummer": draft.personnummer,
    }
    page = client.post(url("referral_person", draft), data)
    assert page["Location"] == url("mapping", draft)
    draft.refresh_from_db()
    assert (draft.first_name, draft.sender) == ("Ann", cast.sender)


# The mapping


def test_mapping_saved_as_a_draft_keeps_what_there_is(cast, as_user):
    draft = a_draft(cast.sender, answers={})
    client = as_user(cast.sender)
    page = client.post(
        url("mapping", draft), {"q-belief": "2", "q-circumstances": ["travel"], "draft": "ja"}
    )
    assert page["Location"] == url("referral", draft)
    draft.refresh_from_db()
    assert draft.answers == {"belief": "2", "circumstances": ["travel"]}
    again = text(client.get(url("mapping", draft)))
    assert again.count("checked") == 2


def test_mapping_with_something_missing_says_what_and_keeps_the_rest(cast, as_user):
    draft = a_draft(cast.sender, answers={})
    answers = typed({**ANSWERS, "more": "Kommer gärna på besök."})
    del answers["q-capacity"]
    page = as_user(cast.sender).post(url("mapping", draft), answers)
    assert page.status_code == 422
    assert 'href="#id_q-capacity_0">Hur mycket orkar personen vara med i veckan?' in text(page)
    assert 'id="id_q-capacity_0"' in text(page)
    assert "Kommer gärna på besök." in text(page)
    assert "Det som är rätt ifyllt är sparat." in text(page)
    draft.refresh_from_db()
    assert draft.answers == {
        **{key: value for key, value in ANSWERS.items() if key != "capacity"},
        "more": "Kommer gärna på besök.",
    }


def test_mapping_with_nothing_in_it(cast, as_user):
    draft = a_draft(cast.sender, answers={})
    page = as_user(cast.sender).post(url("mapping", draft), {})
    assert page.status_code == 422
    assert text(page).count("Detta fält måste fyllas i.") >= 13


@pytest.mark.parametrize("draft", [{}, {"draft": "ja"}])
def test_mapping_with_what_cannot_be_kept(cast, as_user, draft):
    referral = a_draft(cast.sender)
    page = as_user(cast.sender).post(
        url("mapping", referral), {**typed(ANSWERS), "q-more": "å" * 2_001, **draft}
    )
    assert page.status_code == 422
    assert "å" * 2_001 in text(page)


def test_mapping_leads_on_to_sending_and_to_completing(cast, as_user):
    for status, following in (
        (Status.DRAFT, "referral_send"),
        (Status.COMPLETION_ASKED, "referral_complete"),
    ):
        referral = a_referral_in(status, cast)
        page = as_user(cast.sender).post(url("mapping", referral), typed(ANSWERS))
        assert page["Location"] == url(following, referral)


# Sending


def test_send_shows_the_level_and_why_and_gives_a_receipt(cast, as_user):
    draft = a_draft(cast.sender)
    client = as_user(cast.sender)
    shown = text(client.get(url("referral_send", draft)))
    assert "Svaren talar för AM2" in shown
    assert "Hur går det att söka arbete?" in shown
    assert "När arbetade personen senast?" not in shown
    page = client.post(
        url("referral_send", draft), {"level": "AM2", "level_reason": ""}, follow=True
    )
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    assert f"Anvisning {draft.number_text} är skickad till Arbetsmarknadsenheten." in text(page)
    assert "Du får besked senast" in text(page)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"level": "AM3"}, "Skriv varför du väljer en annan nivå än den föreslagna."),
        ({"level": ""}, "Nivå"),
        ({"level": "AM9"}, "Nivå"),
    ],
)
def test_send_refused(cast, as_user, data, sentence):
    draft = a_draft(cast.sender)
    page = as_user(cast.sender).post(url("referral_send", draft), data)
    assert page.status_code == 422
    assert sentence in text(page)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_send_for_somebody_enrolled_tells_nothing(cast, as_user):
    number = a_number()
    an_enrolment(participant=a_participant(personnummer=number))
    draft = a_draft(cast.sender, personnummer=number)
    page = as_user(cast.sender).post(url("referral_send", draft), {"level": "AM2"})
    assert page.status_code == 422
    assert NOT_NOW in text(page)
    assert "redan inskriven" not in text(page)


def test_send_with_answers_missing(cast, as_user):
    draft = a_draft(cast.sender, answers={"belief": "4"})
    client = as_user(cast.sender)
    assert "14\xa0frågor saknar svar" in text(client.get(url("referral_send", draft)))
    page = client.post(url("referral_send", draft), {"level": "AM1"})
    assert page.status_code == 422
    assert "Kartläggningen är inte klar." in text(page)


def test_draft_is_removed_after_a_question(cast, as_user):
    draft = a_draft(cast.sender)
    client = as_user(cast.sender)
    assert "Ta bort utkastet?" in text(client.get(url("referral_delete", draft)))
    assert Referral.objects.exists()
    page = client.post(url("referral_delete", draft))
    assert page["Location"] == reverse("referral_list")
    assert not Referral.objects.exists()
