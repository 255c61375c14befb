"""How long a sign-in lasts, how it ends everywhere, and what becomes of those who guess passwords."""

import json
from datetime import timedelta
from time import time
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from participants.models import Note
from sundbyberg_am.access import Role
from sundbyberg_am.models import Draft, Session, SignInMiss, User
from sundbyberg_am.sign_in_actions import fingerprint
from sundbyberg_am.tasks import remove_old_drafts
from tests.at_once import crowd
from tests.builders import a_unit, a_user, an_enrolment

pytestmark = pytest.mark.django_db

__all__ = ["crowd"]  # a fixture

PASSWORD = "lösenord-i-test"
NEW = "tre blåa cyklar på taket"


def aged(client: Client, **ages: int) -> None:
    """Let the session have begun, or been seen, so many seconds ago."""
    session = client.session
    for name, seconds in ages.items():
        session[name] = int(time()) - seconds
    session.save()


def sign_in(client: Client, username: str, password: str = "fel") -> Any:  # noqa: S107
    return client.post("/logga-in/", {"username": username, "password": password})


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_session_ends_after_half_an_hour_without_a_request(as_user):
    client = as_user(a_user())
    aged(client, began=1800, seen=1790)
    assert is_in(client)
    aged(client, seen=1800)
    page = client.get("/deltagare/", follow=True)
    assert page.redirect_chain == [("/logga-in/?next=/deltagare/", 302)]
    assert "blev utloggad" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_session_ends_after_ten_hours_however_busy(as_user):
    client = as_user(a_user())
    aged(client, began=settings.SESSION_COOKIE_AGE - 5, seen=0)
    assert is_in(client)
    aged(client, began=settings.SESSION_COOKIE_AGE, seen=0)
    assert not is_in(client)


def test_session_is_written_at_most_each_minute(as_user, django_assert_num_queries):
    client = as_user(a_user(Role.ADMINISTRATOR))
    client.get("/anvandare/")
    with django_assert_num_queries(6):
        client.get("/anvandare/")
    aged(client, seen=61)
    client.get("/anvandare/")
    assert time() - client.session["seen"] < 5


def test_what_asks_by_itself_keeps_no_session_open(as_user):
    client = as_user(a_user())
    aged(client, began=100, seen=900)
    by_itself = {"X-Unattended": "1"}
    assert 890 <= json.loads(client.get("/konto/tid/", headers=by_itself).content)["left"] <= 900
    assert json.loads(client.get("/konto/tid/").content)["left"] == 1800
    aged(client, seen=1800)
    assert client.get("/konto/tid/", headers=by_itself).status_code == 401


def test_session_never_has_more_left_than_the_whole(as_user):
    client = as_user(a_user())
    aged(client, began=settings.SESSION_COOKIE_AGE - 100, seen=0)
    told = json.loads(client.get("/konto/tid/").content)
    assert 95 <= told["left"] == told["whole"] <= 100


def test_text_that_is_sent_after_the_session_has_ended_is_kept(as_user):
    user = a_user()
    case = an_enrolment(consultant=user)
    client = as_user(user)
    url = reverse("note_add", args=[case.participant.public_id])
    key = client.get(url).context["form"].key
    aged(client, seen=1801)
    sent = {"form_key": str(key), "text": "Skrivet före lunch", "happened_on": "2026-11-20"}
    page = client.post(url, sent, follow=True)
    assert "finns det du skrev kvar" in page.content.decode()
    assert not Note.objects.exists()
    assert Draft.objects.get(user=user).fields["text"] == ["Skrivet före lunch"]


@pytest.mark.parametrize("change", ["is_active", "role", "unit"])
def test_every_session_ends_when_an_administrator_changes_rights(as_user, change):
    user, clients = a_user(), []
    for _ in range(2):
        clients.append(as_user(user))
        assert is_in(clients[-1])
    changes: dict[str, dict[str, Any]] = {
        "is_active": {"is_active": ""},
        "role": {"role": Role.COORDINATOR},
        "unit": {"unit": a_unit("Jobbcenter").pk},
    }
    as_user(a_user(Role.ADMINISTRATOR)).post(
        f"/anvandare/{user.public_id}/",
        {
            "name": user.name,
            "email": "",
            "role": user.role,
            "unit": user.unit_id,
            "is_active": "on",
            **changes[change],
        },
    )
    assert [is_in(client) for client in clients] == [False, False]


def test_another_name_ends_no_session(as_user):
    user = a_user()
    client = as_user(user)
    as_user(a_user(Role.ADMINISTRATOR)).post(
        f"/anvandare/{user.public_id}/",
        {"name": "Ny", "email": "", "role": user.role, "unit": user.unit_id, "is_active": "on"},
    )
    assert is_in(client)


def test_the_user_signs_out_everywhere(as_user):
    user = a_user()
    here, there, other = as_user(user), as_user(user), as_user(a_user())
    page = here.post("/konto/logga-ut/", follow=True)
    assert "utloggad i alla webbläsare" in page.content.decode()
    assert [is_in(client) for client in (here, there, other)] == [False, False, True]
    assert here.login(username=user.username, password=PASSWORD)


def test_signing_in_gives_a_session_of_its_own_and_out_leaves_none_behind(client):
    a_user(username="anna.berg")
    name = settings.SESSION_COOKIE_NAME
    client.session.save()  # somebody may have put it there beforehand
    keys = [client.cookies[name].value]
    sign_in(client, "anna.berg", PASSWORD)
    keys.append(client.cookies[name].value)
    assert keys[0] != keys[1]
    assert is_in(client)
    client.post("/logga-ut/")
    for key in keys:
        thief = Client()
        thief.cookies[name] = key
        assert not is_in(thief)


def test_what_an_ended_session_held_is_removed(as_user):
    old, new = as_user(a_user()), as_user(a_user())
    Session.objects.filter(pk=old.session.session_key).update(expire_date=timezone.now())
    remove_old_drafts()
    assert (is_in(old), is_in(new)) == (False, True)
    assert Session.objects.filter(pk=new.session.session_key).exists()
    assert Session.objects.count() == 1


@pytest.mark.parametrize("page", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(client, page):
    a_user(username="anna.berg")
    sent = {"username": "anna.berg", "password": PASSWORD, "next": page}
    assert client.post("/logga-in/", sent)["Location"] == "/"


def test_every_way_in_and_out_is_logged_without_the_name(client, caplog):
    user = a_user(username="anna.berg")
    with caplog.at_level("INFO", logger="sundbyberg_am.events"):
        sign_in(client, "anna.berg")
        sign_in(client, "anna.berg", PASSWORD)
        client.post("/konto/bekrafta/", {"current": PASSWORD})
        change(client)
        client.post("/logga-ut/")
    said = [record.message for record in caplog.records if record.name == "sundbyberg_am.events"]
    refused, name = said.pop(0).rsplit(" ", 1)
    assert refused == "Inloggning nekad för namnet"
    assert fingerprint("Anna.Berg").startswith(name)
    assert said == [
        f"Inloggad: användare {user.pk} genom ModelBackend",
        f"Lösenordet är bytt för användare {user.pk}",
        f"Utloggad: användare {user.pk}",
    ]
    assert "anna.berg" not in caplog.text


def test_five_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(client):
    user = a_user(username="anna.berg")
    for _ in range(5):
        page = sign_in(client, "Anna.Berg")
        assert page.status_code == 422
    page = sign_in(client, "anna.berg", PASSWORD)
    assert page.status_code == 429
    assert "Vänta 15\xa0minuter och försök igen" in page.content.decode()
    assert "_auth_user_id" not in client.session
    SignInMiss.objects.update(at=timezone.now() - timedelta(minutes=15))
    assert sign_in(client, "anna.berg", PASSWORD).status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not SignInMiss.objects.exists()


def test_a_name_that_nobody_has_is_answered_alike(client):
    a_user(username="anna.berg")
    for _ in range(6):
        one, other = (sign_in(client, name) for name in ("anna.berg", "anna.bork"))
        assert one.status_code == other.status_code
        errors = [page.context["form"].non_field_errors() for page in (one, other)]
        assert errors[0] == errors[1]
    assert one.status_code == 429
    assert "anna" not in str(list(SignInMiss.objects.values()))


def test_wrong_passwords_for_one_close_no_door_for_another(client):
    a_user(username="anna.berg")
    a_user(username="bo.ek")
    for _ in range(6):
        sign_in(client, "anna.berg")
    assert sign_in(client, "bo.ek", PASSWORD).status_code == 302


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_guesses_at_once_are_counted_one_by_one(crowd):
    a_user(username="anna.berg")
    answers = crowd([lambda: sign_in(Client(), "anna.berg") for _ in range(8)])
    assert sorted(one.status_code for one in answers) == [422] * 5 + [429] * 3


def change(client: Client, **sent: str) -> Any:
    return client.post("/konto/losenord/", {"password": NEW, "again": NEW, **sent})


def test_a_new_password_ends_every_session_but_this_one(as_user):
    user = a_user()
    here, there = as_user(user), as_user(user)
    assert change(here)["Location"] == "/konto/"
    assert [is_in(here), is_in(there)] == [True, False]
    assert Client().login(username=user.username, password=NEW)
    assert not Client().login(username=user.username, password=PASSWORD)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"again": "något annat"}, "De två nya lösenorden är inte lika."),
        ({"password": "kort", "again": "kort"}, "minst 12 tecken"),
        ({"password": PASSWORD, "again": PASSWORD}, "Välj ett annat lösenord"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_a_sentence(as_user, sent, sentence):
    user = a_user()
    page = change(as_user(user), **sent)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert NEW not in page.content.decode()
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
