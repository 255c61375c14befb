"""What stands in the way of a referral is said as soon as the person is named, in the refusal's words."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from participants.actions import protect
from participants.models import Participant
from referrals import actions
from referrals.models import NOT_NOW, Referral
from sundbyberg_am.models import AccessRecord
from tests.builders import a_participant, a_personnummer, a_unit, an_enrolment

from .builders import a_draft, a_number
from .reading import text, url
from .test_sending_pages import PERSON

pytestmark = pytest.mark.django_db

PAGES = ["referral", "referral_person", "mapping", "referral_send"]


def enrolled(cast) -> str:
    number = a_number()
    an_enrolment(timezone.localdate(), participant=a_participant(personnummer=number))
    return number


def referred_by_others(cast) -> str:
    draft = a_draft(cast.stranger, personnummer=a_number(), today=timezone.localdate())
    submit(draft, cast.stranger)
    return draft.personnummer or ""


def protected(cast) -> str:
    number = a_number()
    case = an_enrolment(
        timezone.localdate() - timedelta(days=400),
        timezone.localdate() - timedelta(days=300),
        participant=a_participant(personnummer=number),
        consultant=cast.consultant,
    )
    protect(
        case.participant,
        protection="confidential",
        readers=[cast.manager, cast.consultant],
        today=timezone.localdate(),
        by=cast.manager,
    )
    return number


def submit(draft: Referral, by) -> Referral:
    today = timezone.localdate()
    return actions.submit(draft, level="AM2", level_reason="", today=today, by=by)


def begun(client, number: str) -> Referral:
    """A draft begun on its page, which leads on to the mapping."""
    data = {**PERSON, "to_unit": a_unit().pk, "personnummer": number}
    assert client.post(reverse("referral_add"), data).status_code == 302
    return Referral.objects.order_by("pk").last()  # type: ignore[return-value]


@pytest.mark.parametrize("known", [enrolled, referred_by_others, protected])
def test_known_person_is_not_now_and_never_why(cast, as_user, known):
    client = as_user(cast.sender)
    draft = begun(client, known(cast))
    for name in PAGES:
        page = text(client.get(url(name, draft)))
        assert page.count(NOT_NOW) == 1, name
        assert not [word for word in ("inskriven", "skydd", "redan") if word in page.lower()]


def test_known_and_protected_read_alike_to_the_letter(cast, as_user):
    client, pages = as_user(cast.sender), []
    for known in (enrolled, referred_by_others, protected):
        draft = begun(client, known(cast))
        page = text(client.get(url("mapping", draft)))
        pages.append(page[page.index("<h1>") : page.index("<form method")].replace(str(draft), ""))
    assert len(set(pages)) == 1


def test_that_somebody_is_known_is_on_record_when_it_is_said(cast, as_user):
    client, number = as_user(cast.sender), enrolled(cast)
    told_of = AccessRecord.objects.filter(
        user=cast.sender, subjects__contains=[Participant.objects.get().public_id]
    )
    draft = begun(client, number)
    assert not told_of.exists()
    client.get(url("mapping", draft))
    assert told_of.count() == 1
    client.post(url("referral_delete", draft))
    assert told_of.count() == 1  # a draft that is removed leaves its trace


def test_what_the_own_team_has_is_said_with_its_number(cast, as_user):
    sent = submit(a_draft(cast.colleague, today=timezone.localdate()), cast.colleague)
    client = as_user(cast.sender)
    draft = begun(client, sent.personnummer or "")
    page = text(client.get(url("mapping", draft)))
    assert f"Ert team har redan skickat anvisning {sent} för personen" in page
    assert NOT_NOW not in page


@pytest.mark.parametrize(("years", "said"), [(15, True), (40, False), (66, True)])
def test_age_is_said_early(cast, as_user, years, said):
    today = timezone.localdate()
    born = today.replace(year=today.year - years, day=min(today.day, 28))
    client = as_user(cast.sender)
    draft = begun(client, a_personnummer(born))
    page = text(client.get(url("mapping", draft)))
    assert ("tar emot den som är 16–65 år" in page) is said


def test_nothing_is_said_of_what_is_sent(cast, as_user):
    sent = submit(a_draft(cast.sender, today=timezone.localdate()), cast.sender)
    client = as_user(cast.sender)
    assert "message--warning" not in text(client.get(url("referral", sent)))
