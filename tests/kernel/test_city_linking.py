"""The city's sign-in and an account that was there before: linked by whoever knows its password."""

import time
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from sundbyberg_am.access import Role
from sundbyberg_am.models import User
from tests.builders import a_user
from tests.kernel.provider import Provider, process
from tests.kernel.test_city_sign_in import (
    CONSULTANTS,
    anna,
    claims,
    is_in,
    provider,
)

pytestmark = pytest.mark.django_db

__all__ = ["anna", "claims", "process", "provider"]  # fixtures

LINK = "/konto/kommun/koppla/"
PASSWORD = "lösenord-i-test"


def link(provider: Provider, client: Client, subject: str) -> Any:
    """There, back, and yes."""
    assert provider.sign_in(client, subject, "/konto/kommun/")["Location"] == LINK
    return client.post(LINK, {"sent": "yes"})


def test_a_user_links_the_own_account_and_keeps_it(provider, anna, as_user):
    user = a_user(username="anna.b", role=Role.MANAGER)
    client = as_user(user)
    assert "Koppla kontot" in client.get("/konto/").content.decode()
    provider.sign_in(client, anna, "/konto/kommun/")
    assert "Anna Berg" in client.get(LINK).content.decode()
    assert not SocialAccount.objects.exists()
    assert link(provider, client, anna)["Location"] == "/konto/"
    assert is_in(client)
    other = Client()
    provider.sign_in(other, anna)
    user.refresh_from_db()
    assert other.session["_auth_user_id"] == str(user.pk)
    assert (user.role, user.username) == (Role.CONSULTANT, "anna.b")
    assert User.objects.count() == 1


def test_an_account_is_not_linked_without_a_role_nor_twice(provider, anna, as_user):
    client = as_user(a_user())
    provider.knows("okand", groups=[])
    provider.sign_in(Client(), anna)
    for subject, sentence in (("okand", "ingen behörighet än"), (anna, "redan kopplat")):
        answer = link(provider, client, subject)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert SocialAccount.objects.count() == 1


def test_whoever_must_have_a_second_factor_may_come_by_the_city_instead(provider, anna, settings):
    settings.SECOND_FACTOR = True
    client = Client()
    client.post("/logga-in/", {"username": a_user().username, "password": PASSWORD})
    assert client.get("/deltagare/")["Location"] == "/konto/"
    provider.sign_in(client, anna, "/konto/kommun/")
    client.post(f"/konto/bekrafta/?next={LINK}", {"current": PASSWORD})
    client.post(LINK, {"sent": "yes"})
    assert client.get("/deltagare/").status_code == 200


def test_an_account_is_linked_only_by_whoever_knows_its_password(provider, anna):
    client = Client()
    client.force_login(a_user())
    asked = f"/konto/bekrafta/?next={quote(LINK, '')}"
    answer = link(provider, client, anna)
    assert answer["Location"] == asked
    assert client.post(asked, {"current": "fel"}).status_code == 422
    assert client.post(LINK, {"sent": "yes"}).status_code == 302
    assert not SocialAccount.objects.exists()
    assert client.post(asked, {"current": PASSWORD})["Location"] == LINK
    client.post(LINK, {"sent": "yes"})
    assert SocialAccount.objects.exists()
    # What the city said is used up, and nobody links what it has not said.
    assert client.get(LINK)["Location"] == "/konto/"


def test_what_the_city_said_is_linked_within_ten_minutes(provider, anna, as_user):
    client = as_user(a_user())
    provider.sign_in(client, anna, "/konto/kommun/")
    session = client.session
    session["city_link"] = {**session["city_link"], "at": int(time.time()) - 601}
    session.save()
    assert client.post(LINK, {"sent": "yes"})["Location"] == "/konto/"
    assert not SocialAccount.objects.exists()


def test_whoever_has_no_password_here_links_nothing(provider, anna):
    client = Client()
    provider.sign_in(client, anna)
    for page in ("/konto/kommun/", LINK, "/konto/losenord/"):
        assert client.get(page).status_code == 404


# Asked anew


def asked_anew(provider: Provider, client: Client, subject: str) -> Any:
    return provider.sign_in(client, subject, "/konto/bekrafta/kommun/?next=/konto/tips/")


def test_whoever_comes_by_the_city_shows_there_who_they_are(provider, anna):
    client = Client()
    provider.sign_in(client, anna)
    page = client.get("/konto/bekrafta/?next=/konto/tips/").content.decode()
    assert 'href="/konto/bekrafta/kommun/?next=%2Fkonto%2Ftips%2F"' in page
    away = parse_qs(urlsplit(client.get("/konto/bekrafta/kommun/")["Location"]).query)
    assert (away["prompt"], away["max_age"]) == (["login"], ["0"])
    assert "confirmed" not in client.session
    before = client.session.session_key
    assert asked_anew(provider, client, anna)["Location"] == "/konto/tips/"
    assert client.session["confirmed"] > time.time() - 60
    assert client.session.session_key != before


def test_who_was_not_asked_anew_or_is_somebody_else_has_shown_nothing(provider, anna):
    client = Client()
    provider.sign_in(client, anna)
    provider.knows("bo", groups=[CONSULTANTS])
    assert asked_anew(provider, client, "bo").status_code == 400
    provider.lies(claims={"auth_time": int(time.time()) - 3600})
    assert asked_anew(provider, client, anna).status_code == 400
    assert "confirmed" not in client.session
    provider.lies(claims={"auth_time": int(time.time())})
    assert asked_anew(provider, client, anna).status_code == 302


def test_an_account_is_linked_by_the_user_who_asked(provider, anna, as_user):
    client = as_user(a_user())
    back = provider.lets_in(client, anna, "/konto/kommun/")
    client.force_login(a_user())
    assert client.get(back).status_code == 400
    assert not SocialAccount.objects.exists()
