"""Somebody with a protected identity is here for the named readers, and for all others is not."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from participants import actions
from participants.models import ConsultantChange, Enrolment, NamedReader, Participant, Protection
from referrals.actions import submit
from referrals.forms import AcceptForm
from referrals.models import NOT_NOW, Referral
from sundbyberg_am.access import Role
from sundbyberg_am.conflicts import Conflict
from tests.builders import a_participant, a_referral, a_unit, a_user, an_enrolment
from tests.participants.builders import a_handover, a_review
from tests.referrals.builders import Cast, a_draft

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
START = date(2026, 1, 12)
WORD = "Hemligsson"


@pytest.fixture
def manager():
    return a_user(Role.MANAGER)


@pytest.fixture
def consultant():
    return a_user()


@pytest.fixture
def case(consultant):
    return an_enrolment(
        START,
        consultant=consultant,
        participant=a_participant(born=date(1985, 3, 14), last_name=WORD, address="Gatan 1"),
    )


def protected(case, readers, protection=Protection.CONFIDENTIAL, **given):
    by = given.pop("by", readers[0] if readers else a_user(Role.MANAGER))
    return actions.protect(
        case.participant,
        **{"protection": protection, "readers": readers, "today": TODAY, "by": by, **given},
    )


@pytest.mark.parametrize("page", ["participant", "history", "extract"])
def test_as_much_is_asked_for_one_who_is_hidden_as_for_nobody(
    case, consultant, manager, as_user, page
):
    """So that it takes as long; how long is measured by benchmarks/hidden.py."""
    protected(case, [consultant, manager])
    foreign = an_enrolment(START, unit=a_unit("Jobbcenter"))
    client = as_user(a_user(Role.MANAGER))
    asked = []
    for public_id in (uuid4(), case.participant.public_id, foreign.participant.public_id):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(page, args=[public_id])).status_code == 404
        asked.append([re.sub(r"'[^']*'|s\d+_x\d+", "", one["sql"]) for one in queries])
    assert asked[0] == asked[1] == asked[2]


def test_only_named_readers_see_the_case(case, consultant, manager):
    protected(case, [consultant, manager])
    for reader in (consultant, manager):
        assert case in Enrolment.objects.visible_to(reader)
    for other in (a_user(), a_user(Role.MANAGER)):
        assert case not in Enrolment.objects.visible_to(other)


def test_to_lift_the_protection_opens_the_case_and_forgets_the_readers(case, consultant, manager):
    protected(case, [consultant, manager])
    protected(case, [consultant, manager], "", by=manager)
    assert case in Enrolment.objects.visible_to(a_user())
    assert not NamedReader.objects.exists()


def test_to_name_others_keeps_when_and_by_whom_the_first_were_named(case, consultant, manager):
    protected(case, [consultant, manager])
    first = NamedReader.objects.get(user=consultant)
    newcomer = a_user()
    protected(case, [consultant, manager, newcomer], by=manager)
    assert NamedReader.objects.get(user=consultant) == first
    assert NamedReader.objects.get(user=newcomer).created_by == manager
    protected(case, [consultant, manager], by=manager)
    assert case not in Enrolment.objects.visible_to(newcomer)


def test_protected_registration_removes_the_address_and_takes_no_new_one(case, consultant, manager):
    person = protected(case, [consultant, manager], Protection.PROTECTED_REGISTRATION)
    assert person.address == ""
    person.address = "Gatan 2"
    with pytest.raises(ValidationError, match="skyddad folkbokföring"):
        person.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Participant.objects.filter(pk=person.pk).update(address="Gatan 2")


def test_confidential_marking_keeps_the_address(case, consultant, manager):
    assert protected(case, [consultant, manager]).address == "Gatan 1"


def test_whoever_has_the_case_is_always_named(case, consultant, manager):
    deputy = a_user(name="Didrik Exempel")
    Enrolment.objects.update(deputy=deputy)
    with pytest.raises(ValidationError, match="Didrik Exempel har ärendet och behöver vara med"):
        protected(case, [consultant, manager])
    case.participant.refresh_from_db()
    assert not case.participant.protection


def test_whoever_is_to_get_the_case_is_named_too(case, consultant, manager):
    coming = a_user(name="Kommande Exempel")
    for who, day in ((consultant, START), (coming, date(2026, 12, 1))):
        ConsultantChange.objects.create(enrolment=case, consultant=who, valid_from=day)
    with pytest.raises(ValidationError, match="Kommande Exempel har ärendet"):
        protected(case, [consultant, manager])
    protected(case, [consultant, manager, coming])


def test_a_manager_is_always_named(case, consultant):
    with pytest.raises(ValidationError, match="Välj minst en chef"):
        protected(case, [consultant])
    gone = a_user(Role.MANAGER, is_active=False)
    with pytest.raises(ValidationError, match="Välj minst en chef"):
        protected(case, [consultant, gone])


def test_a_change_that_nobody_has_seen_is_not_overwritten(case, consultant, manager):
    protected(case, [consultant, manager])
    with pytest.raises(Conflict):
        protected(case, [consultant, manager], seen_version=case.participant.version)


def test_the_case_is_given_only_to_somebody_named(case, consultant, manager):
    protected(case, [consultant, manager])
    other = a_user()
    with pytest.raises(ValidationError, match="behöriga läsarna"):
        actions.assign(case, consultant=other, deputy=None, today=TODAY, by=consultant)
    with pytest.raises(ValidationError, match="behöriga läsarna"):
        actions.assign(case, consultant=consultant, deputy=other, today=TODAY, by=consultant)
    with pytest.raises(ValidationError, match="1 får inte läsas av alla som tar emot"):
        actions.hand_over(
            consultant, cases=[case], to=[other], valid_from=TODAY, today=TODAY, by=consultant
        )
    protected(case, [consultant, manager, other])
    actions.hand_over(
        consultant, cases=[case], to=[other], valid_from=TODAY, today=TODAY, by=consultant
    )
    case.refresh_from_db()
    assert case.consultant == other


def test_a_referral_is_there_only_for_the_readers(case, consultant, manager):
    cast = Cast()
    sent = a_referral(enrolment=case, from_unit=cast.sender.unit, sender=cast.sender)
    assert sent in Referral.objects.visible_to(cast.sender)
    protected(case, [consultant, manager])
    for user in (cast.sender, cast.coordinator):
        assert sent not in Referral.objects.visible_to(user)
    protected(case, [consultant, manager, cast.sender])
    assert sent in Referral.objects.visible_to(cast.sender)


def test_whoever_refers_somebody_protected_learns_nothing(case, consultant, manager):
    """Also of somebody whose case has ended, and the draft stays where its team wrote it."""
    Enrolment.objects.update(ended_on=date(2026, 3, 1), exit_reason=1)
    protected(case, [consultant, manager])
    cast = Cast()
    draft = a_draft(cast.sender, personnummer=case.participant.personnummer)
    with pytest.raises(ValidationError) as refused:
        submit(draft, level="AM2", level_reason="Samtal", today=TODAY, by=cast.sender)
    assert refused.value.messages[0] == NOT_NOW
    assert draft in Referral.objects.visible_to(cast.sender)
    protected(case, [consultant, manager, cast.sender])
    submit(draft, level="AM2", level_reason="Samtal", today=TODAY, by=cast.sender)


def test_lists_and_numbers_are_as_if_the_person_were_not_here(case, consultant, manager):
    other = an_enrolment(START, consultant=consultant)
    a_review(case)
    handover = a_handover(consultant)
    for one in (case, other):
        ConsultantChange.objects.create(
            enrolment=one, consultant=consultant, valid_from=TODAY, handover=handover
        )
    protected(case, [consultant, manager])
    boss = a_user(Role.MANAGER)
    client = Client()
    client.force_login(boss)
    found = client.post(reverse("participant_list"), {"q": WORD}, follow=True)
    assert found.context["chosen"]["q"] == WORD
    assert str(case.participant.public_id) not in found.content.decode()
    assert Enrolment.objects.visible_to(boss).open().sizes_by_consultant(timezone.localdate()) == {
        consultant.pk: 1
    }
    receiving = AcceptForm(unit=case.unit, today=TODAY, by=a_user(Role.COORDINATOR))
    assert vars(receiving.fields["consultant"])["open_cases"] == {consultant.pk: 1}
    assert type(handover).objects.visible_to(boss).newest(5, boss)[0].size == 1
    assert type(handover).objects.visible_to(manager).newest(5, manager)[0].size == 2


def test_the_form_protects_and_leads_away_whoever_is_not_named(case, consultant, manager):
    by = a_user()
    client = Client()
    client.force_login(by)
    url = reverse("protection", args=[case.participant.public_id])
    sent = {
        "protection": Protection.CONFIDENTIAL,
        "readers": [consultant.pk, manager.pk],
        "seen_version": case.participant.version,
    }
    refused = client.post(url, {**sent, "readers": [consultant.pk]})
    assert refused.status_code == 422
    assert "Välj minst en chef" in refused.content.decode()
    answer = client.post(url, sent)
    assert (answer.status_code, answer["Location"]) == (302, reverse("participant_list"))
    assert client.get(url).status_code == 404
    client.force_login(manager)
    seen = case.participant.version + 1
    assert client.post(url, {"protection": "none", "seen_version": seen}).status_code == 302
    assert case in Enrolment.objects.visible_to(by)


def test_the_case_says_who_may_know(case, consultant, manager):
    protected(case, [consultant, manager])
    client = Client()
    client.force_login(consultant)
    page = client.get(reverse("participant", args=[case.participant.public_id])).content.decode()
    assert "Sekretessmarkering" in page
    named = sorted([consultant.name, manager.name])
    assert f"Får veta att personen finns här: {', '.join(named)}." in page
