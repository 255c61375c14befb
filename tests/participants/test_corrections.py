"""Corrections: what somebody says is wrong, the decision, and who is told."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from participants import actions
from participants.models import Correction, CorrectionOutcome, Enrolment
from sundbyberg_am.access import Role
from sundbyberg_am.models import User
from tests.builders import a_consent, a_correction, a_unit, a_user, an_enrolment

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
START = TODAY - timedelta(days=30)


@pytest.fixture
def kim() -> User:
    return a_user()


@pytest.fixture
def eva() -> User:
    return a_user(Role.MANAGER)


@pytest.fixture
def case(kim) -> Enrolment:
    return an_enrolment(START, consultant=kim)


def decided(correction: Correction, by: User, outcome: str, reason: str = "") -> Correction:
    return actions.decide_correction(correction, outcome=outcome, reason=reason, today=TODAY, by=by)


@pytest.mark.parametrize(
    ("received", "answer_by"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 11, 28), date(2026, 12, 28)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_it_is_answered_within_a_month(received, answer_by):
    assert Correction(received_on=received).answer_by == answer_by


def test_it_is_decided_once(case, kim, eva):
    correction = a_correction(case, by=kim)
    done = decided(correction, eva, CorrectionOutcome.CORRECTED)
    assert (done.decided_on, done.decided_by) == (TODAY, eva)
    with pytest.raises(ValidationError, match="redan beslutad"):
        decided(correction, eva, CorrectionOutcome.REFUSED, "Nej")
    assert Correction.objects.get().outcome == CorrectionOutcome.CORRECTED


@pytest.mark.parametrize("outcome", [CorrectionOutcome.PARTLY, CorrectionOutcome.REFUSED])
def test_what_is_not_corrected_has_a_reason(case, kim, eva, outcome):
    correction = a_correction(case, by=kim)
    with pytest.raises(ValidationError, match="Skriv varför"):
        decided(correction, eva, outcome)
    assert Correction.objects.undecided().exists()
    assert decided(correction, eva, outcome, "Det stod så i intyget.").reason
    refused = Correction.objects.filter(pk=correction.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        refused.update(reason="")
    with pytest.raises(IntegrityError), transaction.atomic():
        refused.update(decided_by=None)


def test_it_is_not_asked_for_ahead_nor_in_a_case_that_never_was(kim, case):
    told = {"about": "Namnet", "wanted": "Ett annat", "today": TODAY, "by": kim}
    with pytest.raises(ValidationError, match="inte varit än"):
        actions.ask_for_correction(case, received_on=TODAY + timedelta(days=1), **told)
    voided = an_enrolment(START, voided_at=timezone.now(), voided_by=kim, void_reason="Fel person")
    with pytest.raises(ValidationError, match="felregistrerad"):
        actions.ask_for_correction(voided, received_on=TODAY, **told)
    assert not Correction.objects.exists()


def test_the_way_through_the_pages(as_user, kim, eva, case):
    person = case.participant.public_id
    page, start = reverse("sharing", args=[person]), reverse("start")
    case.disclosures.create(
        disclosed_on=START,
        about="Planen",
        to="Vårdcentralen",
        purpose="x",
        ground="own",
        created_by=kim,
    )
    client, manager = as_user(kim), as_user(eva)
    sent = {"received_on": START, "about": "Utbildningen", "wanted": "Gymnasial"}
    refused = client.post(reverse("correction_add", args=[person]), {**sent, "wanted": ""})
    assert refused.status_code == 422
    assert "Utbildningen" in refused.content.decode()
    assert client.post(reverse("correction_add", args=[person]), sent).status_code == 302
    correction = Correction.objects.get()

    assert page in manager.get(start).content.decode()
    decide = reverse("correction_decide", args=[person, correction.pk])
    assert decide not in client.get(page).content.decode()
    assert client.get(decide).status_code == 403
    asked = manager.get(decide).content.decode()
    assert "Rätt enligt personen: Gymnasial" in asked
    missing = manager.post(decide, {"outcome": "refused"})
    assert missing.status_code == 422
    assert 'id="error_1_id_reason"' in missing.content.decode()
    answer = manager.post(decide, {"outcome": "partly", "reason": "Bara året var fel."})
    assert answer.status_code == 302
    shown = client.get(page).content.decode()
    for wanted in (
        "Rättat till en del",
        "Bara året var fel.",
        "Utlämnanden finns till: Vårdcentralen",
    ):
        assert wanted in shown
    assert page not in manager.get(start).content.decode()


def test_one_who_waits_too_long_is_said(as_user, kim, case):
    page = reverse("sharing", args=[case.participant.public_id])
    a_correction(case, by=kim, received_on=TODAY - timedelta(days=20))
    assert "Väntar på beslut" in as_user(kim).get(page).content.decode()
    Correction.objects.update(received_on=TODAY - timedelta(days=40))
    assert "Skulle ha besvarats" in as_user(kim).get(page).content.decode()


def test_what_waits_from_an_earlier_enrolment_is_shown_decided_and_told(as_user, kim, eva):
    """Of the own unit; what another unit keeps of the person is not for this one to see."""
    earlier = an_enrolment(START, TODAY - timedelta(days=9), consultant=kim)
    person = earlier.participant
    elsewhere = an_enrolment(
        START - timedelta(days=90),
        START - timedelta(days=9),
        participant=person,
        unit=a_unit("Jobbcenter"),
    )
    waiting = a_correction(earlier, by=kim)
    hidden = a_correction(elsewhere, by=kim, about="Uppgiften hos Jobbcenter")
    for case, to in ((earlier, "Vårdcentralen"), (elsewhere, "Skolan")):
        case.disclosures.create(
            disclosed_on=case.started_on,
            about="Planen",
            to=to,
            purpose="x",
            ground="own",
            created_by=kim,
        )
    consent = a_consent(earlier, by=kim)
    an_enrolment(TODAY, participant=person, consultant=kim)

    manager = as_user(eva)
    page = reverse("sharing", args=[person.public_id])
    assert page in manager.get(reverse("start")).content.decode()
    decide = reverse("correction_decide", args=[person.public_id, waiting.pk])
    assert decide in manager.get(page).content.decode()
    assert manager.post(decide, {"outcome": "corrected"}).status_code == 302
    shown = as_user(kim).get(page).content.decode()
    for wanted in ("Rättat", "Utlämnanden finns till: Vårdcentralen."):
        assert wanted in shown
    for unwanted in ("Skolan", "Uppgiften hos Jobbcenter"):
        assert unwanted not in shown
    other = reverse("correction_decide", args=[person.public_id, hidden.pk])
    assert manager.post(other, {"outcome": "corrected"}).status_code == 404
    withdraw = reverse("consent_withdraw", args=[person.public_id, consent.pk])
    assert withdraw in shown
    assert as_user(kim).post(withdraw, {"withdrawn_on": TODAY}).status_code == 302


def test_a_case_registered_by_mistake_waits_for_no_decision(as_user, kim, eva, case):
    a_correction(case, by=kim)
    Enrolment.objects.update(voided_at=timezone.now(), voided_by=kim, void_reason="Fel person")
    an_enrolment(TODAY, participant=case.participant)
    page = reverse("sharing", args=[case.participant.public_id])
    assert page not in as_user(eva).get(reverse("start")).content.decode()
    assert "Ingen rättelse är begärd" in as_user(eva).get(page).content.decode()
