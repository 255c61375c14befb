"""The user sees where the own sign-ins are open, and ends one of them or all others."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.utils import timezone

from sundbyberg_am.models import Session, User
from sundbyberg_am.sessions import browser_words
from tests.builders import a_user
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db

PASSWORD = "lösenord-i-test"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
WAY_OUT = re.compile(r"/konto/inloggningar/[0-9a-f]{20}/")
OTHERS = "/konto/inloggningar/andra/"


def a_browser(user: User, agent: str) -> Client:
    client = Client(headers={"User-Agent": agent})
    client.post("/logga-in/", {"username": user.username, "password": PASSWORD})
    return client


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Hashed in no time: the passwords have tests of their own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def is_in(client: Client) -> bool:
    return client.get("/kortkommandon/").status_code == 200


def shown(client: Client) -> str:
    return client.get("/konto/").content.decode()


def confirm(client: Client) -> Client:
    client.post("/konto/bekrafta/", {"current": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (EDGE, "Edge på Windows"),
        (FIREFOX, "Firefox på Linux"),
        (PHONE, "Safari på iPhone"),
        ("curl/8", "Okänd webbläsare"),
        ("", "Okänd webbläsare"),
    ],
)
def test_a_browser_is_told_in_words(agent, words):
    assert browser_words(agent) == words


def test_the_user_sees_the_own_sign_ins_and_no_key_of_them():
    user = a_user()
    here, there, other = a_browser(user, EDGE), a_browser(user, PHONE), a_browser(a_user(), FIREFOX)
    text = shown(here)
    assert "Edge på Windows" in text
    assert "Safari på iPhone" in text
    assert "Firefox" not in text
    assert len(WAY_OUT.findall(text)) == 1
    for client in (here, there, other):
        assert client.cookies[settings.SESSION_COOKIE_NAME].value not in text


def test_what_is_over_is_not_shown():
    user, now = a_user(), timezone.now()
    here, idle, old, out = (a_browser(user, agent) for agent in (EDGE, PHONE, FIREFOX, "curl"))
    half_an_hour = timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    Session.objects.filter(pk=idle.session.session_key).update(seen=now - half_an_hour)
    ten_hours = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    Session.objects.filter(pk=old.session.session_key).update(began=now - ten_hours)
    out.post("/logga-ut/")
    assert WAY_OUT.findall(shown(here)) == []
    there = a_browser(user, PHONE)
    there.post("/konto/logga-ut/")  # counts up what every session must hold
    user.refresh_from_db()
    assert "Safari" not in shown(a_browser(user, FIREFOX))


def test_the_list_asks_for_one_thing_however_many_there_are(django_assert_num_queries):
    user = a_user()
    here = a_browser(user, EDGE)
    with django_assert_num_queries(8):
        shown(here)
    for _ in range(5):
        a_browser(user, PHONE)
        a_browser(a_user(), PHONE)
    with django_assert_num_queries(8):
        assert len(WAY_OUT.findall(shown(here))) == 5


def test_when_it_was_used_is_written_with_the_session_and_no_oftener():
    user = a_user()
    client = a_browser(user, EDGE)
    written: Any = Session.objects.filter(user=user).values_list("seen", flat=True).get
    seen = written()
    assert timezone.now() - seen < timedelta(seconds=5)
    session = client.session
    session["seen"] -= 61
    session.save()
    assert written() == seen - timedelta(seconds=61)
    assert is_in(client)
    assert written() >= seen


def test_the_user_ends_one_with_the_password():
    user = a_user()
    here, there = a_browser(user, EDGE), a_browser(user, PHONE)
    (way_out,) = WAY_OUT.findall(shown(here))
    assert here.post(way_out, {"sent": "yes"})["Location"].startswith("/konto/bekrafta/")
    assert is_in(there)
    confirm(here)
    assert "Safari på iPhone" in here.get(way_out).content.decode()
    assert here.post(way_out, {"sent": "yes"})["Location"] == "/konto/"
    assert [is_in(here), is_in(there)] == [True, False]
    assert here.get(way_out)["Location"] == "/konto/"  # it is over


def test_the_user_ends_all_others_and_nobody_elses():
    user, other = a_user(), a_user()
    here, *others = (a_browser(user, agent) for agent in (EDGE, PHONE, FIREFOX))
    stranger = a_browser(other, EDGE)
    (theirs,) = WAY_OUT.findall(shown(a_browser(other, PHONE)))
    assert here.post(OTHERS, {"sent": "yes"})["Location"].startswith("/konto/bekrafta/")
    confirm(here)
    assert here.post(theirs, {"sent": "yes"})["Location"] == "/konto/"
    assert here.get(OTHERS).status_code == 200
    here.post(OTHERS, {"sent": "yes"})
    assert [is_in(one) for one in (here, *others, stranger)] == [True, False, False, True]


def test_a_page_that_is_on_its_way_brings_no_ended_session_back():
    user = a_user()
    here, there = signed_in(user), a_browser(user, PHONE)
    held = there.session
    assert held["seen"]  # it has been read
    (way_out,) = WAY_OUT.findall(shown(here))
    here.post(way_out, {"sent": "yes"})
    held["seen"] = 0
    with pytest.raises(UpdateError):
        held.save()
    assert not is_in(there)
