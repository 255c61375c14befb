"""Whoever changes the own sign-in shows once more who they are, with all that they sign in with."""

import time
from typing import Any
from urllib.parse import quote

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.test import Client
from django.utils import timezone

from sundbyberg_am.factor_actions import add_app
from sundbyberg_am.factors import factors_of
from sundbyberg_am.models import User
from tests.builders import a_user
from tests.kernel.test_second_factor import SECRET, code_of

pytestmark = pytest.mark.django_db

PASSWORD = "lösenord-i-test"
PAGE = "/konto/bekrafta/"


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(a_user(username="anna.berg"))
    return client


@pytest.fixture
def user(client) -> User:
    return User.objects.get()


def show(client: Client, current: str = PASSWORD, **sent: str) -> Any:
    return client.post(f"{PAGE}?next=/konto/losenord/", {"current": current, **sent})


def is_asked(client: Client) -> bool:
    return client.get("/konto/losenord/").status_code == 302


@pytest.mark.parametrize("page", ["losenord", "app", "passnyckel", "reservkoder"])
def test_what_changes_a_sign_in_asks_first(client, page):
    for ask in (client.get, client.post):
        assert ask(f"/konto/{page}/")["Location"] == f"{PAGE}?next={quote(f'/konto/{page}/', '')}"
    client.post(PAGE, {"current": PASSWORD})
    assert client.get(f"/konto/{page}/").status_code == 200


def test_the_way_on_leads_to_what_was_asked_for_and_nowhere_else(client):
    assert show(client)["Location"] == "/konto/losenord/"
    for address in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        answer = client.post(f"{PAGE}?next={quote(address)}", {"current": PASSWORD})
        assert answer["Location"] == "/konto/"


def test_a_wrong_password_shows_nothing_and_is_counted(client):
    for _ in range(5):
        page = show(client, "fel")
        assert page.status_code == 422
        assert "Det är inte lösenordet du har nu." in page.content.decode()
    assert "fel för många gånger" in show(client).content.decode()
    assert is_asked(client)


def test_it_holds_for_a_while_in_a_session_with_another_key(client):
    before = client.session.session_key
    show(client)
    assert client.session.session_key != before
    assert not is_asked(client)
    session = client.session
    session["confirmed"] = int(time.time()) - settings.CONFIRMED_SECONDS - 1
    session.save()
    assert is_asked(client)


def test_it_is_not_enough_to_have_signed_in_just_now():
    client = Client()
    client.post("/logga-in/", {"username": a_user().username, "password": PASSWORD})
    assert is_asked(client)


def test_whoever_has_a_second_factor_shows_that_too(client, user):
    now = timezone.now()
    add_app(user, secret=SECRET, code=code_of(steps=-1), now=now, by=user)
    user.refresh_from_db()
    client.force_login(user)
    for code in ("", "000000", code_of(steps=-1)):  # the last has been used
        assert show(client, code=code).status_code == 422
    assert show(client, credential="{}").status_code == 422
    assert is_asked(client)
    spare = RecoveryCodes(factors_of(user).get(type="recovery_codes")).generate_codes()[0]
    assert show(client, "fel", code=spare).status_code == 422  # which does not spend the code
    assert show(client, code=spare).status_code == 302
    assert not is_asked(client)
