"""Consents and disclosures: what may be shared, when it may no more, and what has been, on which ground."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from participants import actions
from participants.models import Consent, Disclosure, DisclosureGround, Enrolment
from sundbyberg_am.models import User
from tests.builders import a_consent, a_user, an_enrolment

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
START = TODAY - timedelta(days=30)


@pytest.fixture
def kim() -> User:
    return a_user()


@pytest.fixture
def case(kim) -> Enrolment:
    return an_enrolment(START, consultant=kim)


def shared(case: Enrolment, by: User, **fields: Any) -> Disclosure:
    return actions.record_disclosure(
        case,
        **{
            "disclosed_on": TODAY,
            "about": "Planen",
            "to": "Försäkringskassan",
            "purpose": "Samordna",
            "ground": DisclosureGround.OWN,
            "consent": None,
            "law": "",
            "today": TODAY,
            "by": by,
            **fields,
        },
    )


@pytest.mark.parametrize(
    ("until", "withdrawn", "day", "holds"),
    [
        (None, None, -1, False),
        (None, None, 0, True),
        (None, None, 900, True),
        (10, None, 10, True),
        (10, None, 11, False),
        (None, 5, 4, True),
        (None, 5, 5, False),
        (10, 20, 11, False),
    ],
)
def test_a_consent_holds_from_its_first_day_to_its_last_or_its_withdrawal(
    case, kim, until, withdrawn, day, holds
):
    def after(days: int | None) -> date | None:
        return None if days is None else START + timedelta(days=days)

    consent = a_consent(
        case,
        by=kim,
        until_on=after(until),
        withdrawn_on=after(withdrawn),
        withdrawn_by=kim if withdrawn else None,
    )
    asked = START + timedelta(days=day)
    assert consent.holds_on(asked) == holds
    assert case.consents.holding_on(asked).exists() == holds


def test_a_withdrawn_consent_is_no_ground_from_that_day_on(case, kim):
    consent = a_consent(case, by=kim)
    shared(case, kim, ground=DisclosureGround.CONSENT, consent=consent)
    actions.withdraw_consent(consent, withdrawn_on=TODAY, today=TODAY, by=kim)
    with pytest.raises(ValidationError, match="Samtycket gällde inte den dagen"):
        shared(case, kim, ground=DisclosureGround.CONSENT, consent=Consent.objects.get())
    assert Disclosure.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"ground": DisclosureGround.CONSENT}, "Välj samtycket när det är grunden"),
        ({"ground": DisclosureGround.LAW}, "Skriv vilket lagrum som är grunden"),
        ({"ground": DisclosureGround.DUTY}, "Skriv vilket lagrum som är grunden"),
        ({"disclosed_on": TODAY + timedelta(days=1)}, "Den dagen har inte varit än"),
        ({"to": ""}, "Detta fält får inte vara tomt|Fältet"),
    ],
)
def test_what_nothing_lets_be_shared_is_refused(case, kim, fields, sentence):
    with pytest.raises(ValidationError, match=sentence):
        shared(case, kim, **fields)
    assert not Disclosure.objects.exists()


def test_another_cases_consent_is_no_ground(case, kim):
    consent = a_consent(an_enrolment(START), by=kim)
    with pytest.raises(ValidationError, match="Samtycket gällde inte"):
        shared(case, kim, ground=DisclosureGround.CONSENT, consent=consent)


def test_a_consent_is_withdrawn_once_and_not_ahead(case, kim):
    consent = a_consent(case, by=kim)
    ahead, before = TODAY + timedelta(days=1), START - timedelta(days=1)
    for day, sentence in ((ahead, "inte varit än"), (before, "inte återkallas före")):
        with pytest.raises(ValidationError, match=sentence):
            actions.withdraw_consent(consent, withdrawn_on=day, today=TODAY, by=kim)
    actions.withdraw_consent(consent, withdrawn_on=TODAY, today=TODAY, by=kim)
    with pytest.raises(ValidationError, match="redan återkallat"):
        actions.withdraw_consent(consent, withdrawn_on=TODAY, today=TODAY, by=kim)


def test_something_is_shared_also_after_the_exit_and_not_of_a_case_that_never_was(kim):
    ended = an_enrolment(START, TODAY)
    assert shared(ended, kim, ground=DisclosureGround.LAW, law="OSL 10 kap. 28 §")
    voided = an_enrolment(START, voided_at=timezone.now(), voided_by=kim, void_reason="Fel person")
    with pytest.raises(ValidationError, match="felregistrerad"):
        shared(voided, kim)


def test_the_way_through_the_pages(as_user, kim, case):
    client, person = as_user(kim), case.participant.public_id
    page = reverse("sharing", args=[person])
    assert f'href="{page}"' in client.get(reverse("participant", args=[person])).content.decode()
    told = {"purpose": "Samordna", "about": "Planen", "to": "Vårdcentralen"}
    answer = client.post(reverse("consent_add", args=[person]), {**told, "given_on": START})
    assert answer.status_code == 302
    consent = Consent.objects.get()
    sent = {**told, "disclosed_on": TODAY, "ground": "consent", "consent": consent.pk}
    assert client.post(reverse("disclosure_add", args=[person]), sent).status_code == 302
    wrong = client.post(reverse("disclosure_add", args=[person]), {**sent, "consent": ""})
    assert wrong.status_code == 422
    assert "Välj samtycket när det är grunden" in wrong.content.decode()
    assert 'id="error_1_id_consent"' in wrong.content.decode()
    withdraw = reverse("consent_withdraw", args=[person, consent.pk])
    assert client.post(withdraw, {"withdrawn_on": TODAY}).status_code == 302
    text = client.get(page).content.decode()
    assert "Gäller inte" in text
    assert "Personen har samtyckt" in text
    assert "Vårdcentralen" in text
