"""The page that gives a code, and the open page where the survey is answered."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from participants.models import SurveyAnswer, SurveyCode, SurveyMiss
from participants.models.surveys import Statement
from sundbyberg_am.models import AccessRecord
from tests.builders import a_user, an_enrolment

from .reading import text_of, to

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
URL = "/enkat/"
MARKS = dict.fromkeys(Statement.values, "5")


@pytest.fixture
def case():
    return an_enrolment(TODAY - timedelta(days=200))


@pytest.fixture
def code(case, as_user) -> str:
    page = as_user(a_user()).post(to("survey_give", case))
    assert page.status_code == 200
    found: str = page.context["code"]
    assert found in text_of(page)
    return found


def test_the_code_is_shown_once(case, code, as_user):
    client = as_user(a_user())
    for page in (client.get(to("survey_give", case)), client.get(to("participant", case))):
        assert page.status_code == 200
        assert code not in page.content.decode()
    assert AccessRecord.objects.count() == 3


def test_a_case_that_is_due_says_so_until_the_code_is_given(as_user, case):
    client = as_user(a_user())
    assert "Dela ut enkäten Fem korta frågor" in text_of(client.get(to("participant", case)))
    client.post(to("survey_give", case))
    page = text_of(client.get(to("participant", case)))
    assert "Fem korta frågor" not in page
    assert "Utdelad senast" in page


def test_a_refusal_is_said_on_the_page(as_user):
    case = an_enrolment(TODAY - timedelta(days=90), TODAY - timedelta(days=31))
    page = as_user(a_user()).post(to("survey_give", case))
    assert page.status_code == 422
    assert "mer än 30 dagar sedan" in text_of(page)


def test_somebody_without_a_sign_in_answers_once(code):
    client = Client()
    page = client.get(URL)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    sent = client.post(URL, {"code": code, **MARKS})
    assert (sent.status_code, sent["Location"]) == (302, reverse("survey_thanks"))
    assert "Tack för ditt svar" in text_of(client.get(sent["Location"]))
    assert SurveyAnswer.objects.get().whole == 5
    again = client.post(URL, {"code": code, **MARKS, "use": "1"})
    assert again.status_code == 422
    text = text_of(again)
    assert "Koden går inte att använda" in text
    assert again.content.decode().count("checked") == 5  # nothing that was chosen is lost
    assert SurveyAnswer.objects.count() == SurveyMiss.objects.count() == 1


def test_what_is_left_out_is_asked_for_and_the_code_is_kept(code):
    page = Client().post(URL, {"code": code, "respect": "5", "use": "7"})
    assert page.status_code == 422
    assert text_of(page).count("Välj ett av talen 1, 2, 3, 4 eller 5.") == 8
    assert "Skriv koden" in text_of(Client().post(URL, MARKS))
    assert SurveyCode.objects.count() == 1
    assert not SurveyMiss.objects.exists()


def test_the_page_is_the_same_for_whoever_is_signed_in(as_user):
    page = as_user(a_user()).get(URL).content.decode()
    assert "Logga ut" not in page
    assert "Deltagare</a>" not in page


def test_other_methods_are_refused():
    assert Client().put(URL).status_code == 405
    assert Client().post(reverse("survey_thanks")).status_code == 405
