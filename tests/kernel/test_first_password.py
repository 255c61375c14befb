"""A password that an administrator has chosen is for coming in once, and for choosing one's own."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from sundbyberg_am.access import Role
from sundbyberg_am.factor_actions import add_app
from sundbyberg_am.models import Change, User
from tests.builders import a_unit, a_user
from tests.kernel.test_second_factor import SECRET, code_of

pytestmark = pytest.mark.django_db

FIRST, OWN = "sju gröna stolar 12", "tre blåa cyklar på taket"
ANOTHER = "nio röda hattar 33"


@pytest.fixture
def administrator(as_user) -> Client:
    return as_user(a_user(Role.ADMINISTRATOR))


@pytest.fixture
def user(administrator) -> User:
    """Somebody who has just been given a sign-in."""
    sent = {"username": "ny.person", "name": "Ny", "email": "", "password": FIRST}
    administrator.post("/anvandare/ny/", {**sent, "role": Role.CONSULTANT, "unit": a_unit().pk})
    return User.objects.get(username="ny.person")


def sign_in(client: Client, password: str = FIRST) -> Any:
    return client.post("/logga-in/", {"username": "ny.person", "password": password})


def choose(client: Client, password: str = OWN) -> Any:
    return client.post("/konto/losenord/", {"password": password, "again": password})


def test_a_first_password_is_changed_before_anything_else(user):
    client = Client()
    sign_in(client)
    for page in ("/", "/deltagare/", "/konto/", "/konto/app/", "/konto/kommun/"):
        assert client.get(page)["Location"] == "/konto/losenord/"
    page = client.get("/konto/losenord/").content.decode()  # it has just been shown who it is
    assert "Välj ett eget lösenord innan du börjar" in page
    assert choose(client, FIRST).status_code == 422  # it may not become the own one
    assert choose(client)["Location"] == "/konto/"
    assert client.get("/deltagare/").status_code == 200
    assert not Client().login(username="ny.person", password=FIRST)
    again = Client()
    sign_in(again, OWN)
    assert again.get("/deltagare/").status_code == 200


def test_a_first_password_lets_nobody_in_after_a_week(user):
    passed = timezone.now() - timedelta(seconds=1)
    assert user.first_password_until - timezone.now() > timedelta(days=6, hours=23)
    User.objects.filter(pk=user.pk).update(first_password_until=passed)
    page = sign_in(Client())
    assert page.status_code == 422
    assert "har gått ut" in page.content.decode()


def test_whoever_has_forgotten_the_password_gets_another_first_one(user, administrator):
    client = Client()
    sign_in(client)
    choose(client)
    page = f"/anvandare/{user.public_id}/losenord/"
    assert page in administrator.get(f"/anvandare/{user.public_id}/").content.decode()
    for weak in ("kort", "Sundbyberg2026!"):
        assert administrator.post(page, {"password": weak}).status_code == 422
    assert administrator.post(page, {"password": ANOTHER})["Location"] == "/anvandare/"
    assert client.get("/deltagare/").status_code == 302  # signed out
    sign_in(client, ANOTHER)
    assert client.get("/deltagare/")["Location"] == "/konto/losenord/"
    assert choose(client).status_code == 302
    told = Change.objects.filter(table="sundbyberg_am_user", row=user.pk, kind="UPDATE")
    assert ANOTHER not in str(list(told.values("was", "became")))


def test_the_second_factor_stays_when_the_password_is_another(user, administrator):
    now = timezone.now()
    User.objects.filter(pk=user.pk).update(first_password_until=None)
    add_app(user, secret=SECRET, code=code_of(steps=-1), now=now, by=user)
    administrator.post(f"/anvandare/{user.public_id}/losenord/", {"password": ANOTHER})
    client = Client()
    assert sign_in(client, ANOTHER)["Location"] == "/logga-in/kod/"
    client.post("/logga-in/kod/", {"code": code_of()})
    assert choose(client)["Location"] == "/konto/"  # without another code


def test_nobody_who_comes_by_the_city_is_given_a_password(administrator):
    user = a_user()
    user.set_unusable_password()
    user.save()
    form = administrator.get(f"/anvandare/{user.public_id}/").content.decode()
    assert f"/anvandare/{user.public_id}/losenord/" not in form
    page = administrator.post(f"/anvandare/{user.public_id}/losenord/", {"password": ANOTHER})
    assert "kommunens inloggning" in page.content.decode()
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_an_administrator_changes_the_own_password_as_all_others_do(as_user):
    user = a_user(Role.ADMINISTRATOR)
    page = as_user(user).post(f"/anvandare/{user.public_id}/losenord/", {"password": ANOTHER})
    assert page.status_code == 422
    assert "på sidan Ditt konto" in page.content.decode()
