"""Every address × every role: who is let in, who is refused with 403, for whom it does not exist.

A new address fails here until it has a row. A row names who is let in; every other role gets 403. What an
address is about – a case, a referral – does not exist for somebody of the right role in another unit: the
answer is that for a made-up id, to the byte. All of it while the broker is away.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from participants.models import (
    Intervention,
    Participant,
    Protection,
)
from referrals.models import Referral
from reporting.models import ReportRun
from sundbyberg_am.access import Role
from sundbyberg_am.celery import app
from sundbyberg_am.models import UnitKind
from tests.builders import (
    a_participant,
    a_unit,
    a_user,
    an_enrolment,
)

from .addresses import (
    ADDRESSES,
    EVERYONE,
    MATRIX,
    METHODS,
    OF_A_UNIT,
    OF_ONESELF,
    OF_SYSTEMS,
    OPEN_TO_ALL,
    ask,
    methods_of,
    one_of_each,
    url_of,
    views,
)

# One worker, since what the addresses are about takes long to make.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("addresses")]


@pytest.fixture(scope="module", autouse=True)
def _broker_away() -> Iterator[None]:
    """No page needs it, so all of this is asked without."""
    there = app.conf.broker_url
    _ring_at("redis+socket:///nowhere/valkey.sock")
    yield
    _ring_at(there)


def _ring_at(broker: str) -> None:
    app.conf.update(broker_url=broker)
    app._after_fork()  # which forgets the connections that there are


@pytest.fixture(scope="module")
def things(django_db_setup, django_db_blocker) -> Iterator[dict[str, Any]]:
    """One of each thing that an address can be about, for as long as the tests of a file."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield one_of_each()
        transaction.set_rollback(True)


def test_all_of_this_is_asked_with_the_broker_away():
    assert Client().get("/readyz").json()["broker"] == "away"


def test_every_address_has_a_row():
    rows = set(ADDRESSES) | OPEN_TO_ALL | OF_ONESELF | OF_SYSTEMS
    assert set(views(get_resolver().url_patterns)) == rows


@pytest.mark.parametrize(("name", "method"), MATRIX)
def test_address_lets_in_the_roles_of_its_row_and_no_other(name, method, things):
    url = url_of(name, things)
    answers = {
        role: ask(things["users"][role], name, url, method).status_code for role in sorted(Role)
    }
    let_in = {role for role, status in answers.items() if status not in (403, 404)}
    assert let_in == ADDRESSES[name].lets_in(method)
    assert {answers[role] for role in EVERYONE - let_in} <= {403}
    assert {answers[role] for role in let_in} <= {200, 302, 422}, answers


@pytest.mark.parametrize("name", ADDRESSES)
def test_address_takes_no_other_method(name, things):
    assert ADDRESSES[name].method in methods_of(name)
    user = things["users"][sorted(ADDRESSES[name].roles)[0]]
    for method in METHODS - methods_of(name):
        if (name, method) == ("logout", "options"):
            continue  # Django's own, which says what it takes
        assert ask(user, name, url_of(name, things), method).status_code == 405, method


@pytest.mark.parametrize(("name", "method"), MATRIX)
def test_address_sends_whoever_has_not_signed_in_to_do_so(name, method, things):
    answer = getattr(Client(), method)(url_of(name, things))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))


@pytest.mark.parametrize(
    ("name", "method"), [one for one in MATRIX if ADDRESSES[one[0]].about in OF_A_UNIT]
)
def test_what_another_unit_has_and_what_is_gone_does_not_exist(name, method, things):
    """The same bytes as for what never was; so is a case that was registered by mistake."""
    for role in ADDRESSES[name].roles:
        kind = (
            UnitKind.SOCIAL_ASSISTANCE if role == Role.SOCIAL_SECRETARY else UnitKind.LABOUR_MARKET
        )
        stranger = a_user(role, unit=a_unit(f"Annan enhet, {kind}", kind))
        nobodys = ask(stranger, name, url_of(name, things, uuid4()), method)
        theirs = ask(stranger, name, url_of(name, things), method)
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        assert without_token(theirs) == without_token(nobodys)
        if ADDRESSES[name].about == "case":
            user = things["users"][role]
            gone = ask(user, name, url_of(name, things, things["voided"]), method)
            nobodys = ask(user, name, url_of(name, things, uuid4()), method)
            assert (gone.status_code, nobodys.status_code) == (404, 404)
            assert without_token(gone) == without_token(nobodys)


def without_token(answer: HttpResponse) -> str:
    """The page without the token against forged requests, which is another in every answer."""
    return re.sub(
        r"(csrfmiddlewaretoken\" value=\"|X-CSRFToken\": \")\w+", r"\1", str(answer.content)
    )


def test_a_draft_of_a_report_does_not_exist_for_a_controller(things):
    draft = ReportRun.objects.get()
    draft.pk, draft.public_id, draft.approved_at, draft.approved_by = None, uuid4(), None, None
    draft.save()
    drafts = {**things, "report": draft.public_id}
    for name in ("report", "report_late", "report_download", "report_download_public"):
        assert ask(a_user(Role.CONTROLLER), name, url_of(name, drafts)).status_code == 404
    assert ask(a_user(Role.MANAGER), "report", url_of("report", drafts)).status_code == 200


def test_a_draft_referral_does_not_exist_for_the_unit(things):
    url = reverse("referral", args=[things["draft"]])
    assert ask(a_user(Role.COORDINATOR), "referral", url).status_code == 404


def test_somebody_elses_child_row_does_not_exist(things):
    other = an_enrolment(timezone.localdate())
    assert Intervention.objects.exists()
    for name, address in ADDRESSES.items():
        if "pk" in address.more and address.about == "case":
            url = url_of(name, things, other.participant.public_id)
            assert ask(a_user(min(address.roles)), name, url).status_code == 404, name


def hide(public_id):
    person = Participant.objects.get(public_id=public_id)
    person.first_name, person.last_name, person.protection = (
        "Ulla",
        "Hemligsson",
        Protection.CONFIDENTIAL,
    )
    person.save()
    return person


@pytest.mark.parametrize(("name", "method"), MATRIX)
def test_no_page_shows_or_counts_somebody_protected(name, method, things):
    """Each address as each role that may: not the name, not the number, and 404 where it is about them."""
    hidden = [hide(things["case"]), hide(things["foreign"])]
    for key in ("referral", "accepted"):
        referral = Referral.objects.get(public_id=things[key])
        Referral.objects.filter(pk=referral.pk).update(last_name="Hemligsson")
        if referral.enrolment:
            hidden.append(hide(referral.enrolment.participant.public_id))
        else:
            known = a_participant(personnummer=referral.personnummer)
            hidden.append(hide(known.public_id))
    for role in ADDRESSES[name].roles:
        user = things["users"][role]
        answer = ask(user, name, url_of(name, things), method)
        page = answer.content.decode(errors="replace")
        assert "Hemligsson" not in page
        assert not [one for one in hidden if one.personnummer and one.personnummer[2:] in page]
        if ADDRESSES[name].about in ("case", "referral", "accepted", "foreign", "opening"):
            assert answer.status_code == 404, role
            made_up = ask(user, name, url_of(name, things, user.public_id), method)
            assert without_token(answer) == without_token(made_up)
