"""Opening a case in an emergency: for whom, for how long, and who is told."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from participants import actions
from participants.models import EmergencyMiss, EmergencyOpening, Note, Protection
from participants.tasks import mail_of_emergencies
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import a_participant, a_unit, a_user, an_enrolment

from .builders import an_opening

pytestmark = pytest.mark.django_db

WHY = "Personen ringer och är i fara"
NOBODY = "Det finns inget ärende med det numret"


@pytest.fixture
def case():
    """A case of another unit than that of the users."""
    return an_enrolment(
        unit=a_unit("Jobbcenter"),
        consultant=a_user(unit=a_unit("Jobbcenter")),
        participant=a_participant(last_name="Ordetqz", phone="070-1740605"),
    )


@pytest.fixture
def manager():
    return a_user(Role.MANAGER, unit=a_unit("Jobbcenter"), email="chef@example.se")


def open_it(number, by, reason=WHY, now=None):
    return actions.open_in_emergency(number=number, reason=reason, now=now or timezone.now(), by=by)


def page_of(case):
    return reverse("emergency_case", args=[case.participant.public_id])


@pytest.mark.parametrize("role", [Role.CONSULTANT, Role.COORDINATOR, Role.MANAGER])
def test_the_case_is_there_for_an_hour_and_only_for_whoever_opened_it(case, role, as_user):
    user = a_user(role)
    client = as_user(user)
    sent = {"number": case.participant.number.full, "reason": WHY}
    page = client.post("/nodoppning/", sent, follow=True)
    assert page.redirect_chain == [(page_of(case), 302)]
    shown = page.content.decode()
    assert "Ordetqz" in shown
    assert "070-1740605" in shown
    assert "Enhetens chef har fått veta det" in shown
    record = AccessRecord.objects.get(user=user)
    assert (record.subjects, record.page) == ([case.participant.public_id], "/nodoppning/…/")
    assert as_user(a_user(role)).get(page_of(case)).status_code == 404
    assert client.get(reverse("participant", args=[case.participant.public_id])).status_code in (
        403,
        404,
    )
    ended = timezone.now() - timedelta(hours=1)
    EmergencyOpening.objects.update(at=ended - timedelta(seconds=1), until=ended)
    assert client.get(page_of(case)).status_code == 404


def test_what_has_happened_is_read_and_nothing_more_can_be_done(case, as_user):
    Note.objects.create(
        enrolment=case, happened_on=case.started_on, text="Notisqz", created_by=a_user()
    )
    user = a_user(Role.COORDINATOR)
    open_it(case.case_number, user)
    page = as_user(user).get(page_of(case)).content.decode()
    assert "Notisqz" in page
    assert page.count("<form") == page.count('action="/logga-ut/"')


@pytest.mark.parametrize("number", ["AM-99999", "19850314-9801", "Ordetqz", "AM-", "1", "\x00"])
def test_a_number_that_opens_nothing_is_answered_alike_and_counted(case, number, as_user):
    user = a_user()
    page = as_user(user).post("/nodoppning/", {"number": number, "reason": WHY})
    assert page.status_code == 422
    if number != "\x00":
        assert NOBODY in page.content.decode()
        assert EmergencyMiss.objects.count() == 1
    assert not EmergencyOpening.objects.exists()


@pytest.mark.parametrize("protection", Protection)
def test_somebody_protected_cannot_be_opened_and_is_as_nobody(case, protection):
    person = case.participant
    person.protection = protection
    person.save()
    for number in (case.case_number, person.number.full):
        with pytest.raises(ValidationError, match=NOBODY):
            open_it(number, a_user())


def test_protection_closes_what_is_open(case, as_user, manager):
    user = a_user()
    opening = open_it(case.case_number, user)
    case.participant.protection = Protection.CONFIDENTIAL
    case.participant.save()
    assert as_user(user).get(page_of(case)).status_code == 404
    assert opening not in EmergencyOpening.objects.to_answer_for(manager)
    reviewer = as_user(a_user(Role.LOG_REVIEWER))
    assert WHY not in reviewer.get("/atkomstlogg/nodoppningar/").content.decode()


def test_what_is_refused(case):
    own = an_enrolment()
    ended = an_enrolment(ended_on=timezone.localdate(), unit=a_unit("Jobbcenter"))
    for number, reason, by, sentence in (
        (case.case_number, "för att", a_user(), "minst 20 tecken"),
        (case.case_number, " " * 30, a_user(), "minst 20 tecken"),
        (own.case_number, WHY, a_user(), "når du redan"),
        (ended.case_number, WHY, a_user(), NOBODY),
        (case.case_number, WHY, a_user(Role.SOCIAL_SECRETARY), "arbetsmarknadsenhet"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            open_it(number, by, reason)
    assert not EmergencyOpening.objects.exists()


def test_nobody_goes_through_numbers_to_see_whose_are_here(case, as_user):
    client = as_user(a_user())
    for number in range(5):
        client.post("/nodoppning/", {"number": f"AM-9999{number}", "reason": WHY})
    page = client.post("/nodoppning/", {"number": case.case_number, "reason": WHY})
    assert "fel nummer för många gånger" in page.content.decode()
    assert not EmergencyOpening.objects.exists()
    assert open_it(case.case_number, a_user())


def test_the_manager_is_told_at_once_and_says_that_it_is_read(case, manager, as_user):
    open_it(case.case_number, a_user(name="Nils Öppnare"))
    client = as_user(manager)
    start = client.get("/").content.decode()
    assert f"Nils Öppnare har öppnat {case.case_number}" in start
    assert WHY in start
    assert WHY in client.get("/nodoppning/").content.decode()
    subjects = [one.subjects for one in AccessRecord.objects.filter(user=manager)]
    assert subjects == [[case.participant.public_id]] * 2
    opening = EmergencyOpening.objects.get()
    client.post(reverse("emergency_read", args=[opening.public_id]))
    opening.refresh_from_db()
    assert opening.read_by == manager
    assert "Nils Öppnare har öppnat" not in client.get("/").content.decode()
    assert (
        as_user(a_user(Role.MANAGER))
        .post(reverse("emergency_read", args=[opening.public_id]))
        .status_code
        == 404
    )


def test_the_log_reviewer_reads_of_all(case, as_user):
    user = a_user(name="Nils Öppnare")
    for _ in range(3):
        an_opening(case, user, reason=WHY)
    reviewer = a_user(Role.LOG_REVIEWER)
    page = as_user(reviewer).get("/atkomstlogg/nodoppningar/").content.decode()
    assert page.count(WHY) == 3
    assert "Inte än" in page
    assert AccessRecord.objects.get(user=reviewer).subjects == [case.participant.public_id]


def test_a_mail_says_nothing_of_whom_or_why_and_is_sent_once(case, manager, settings):
    settings.EMAIL_HOST = "mail.example.com"
    open_it(case.case_number, a_user())
    for _ in range(2):
        mail_of_emergencies()
    (sent,) = mail.outbox
    assert sent.to == [manager.email]
    assert "nödöppnats" in sent.subject
    assert "Ordetqz" not in sent.body
    assert WHY not in sent.body


def test_an_opening_never_lasts_longer_by_constraint(case):
    opening = an_opening(case, a_user())
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyOpening.objects.update(until=opening.at + timedelta(hours=2))
