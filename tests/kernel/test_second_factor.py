"""The second factor after a password: codes that are used once, spare codes, and who must have one.

Passkeys, which only a browser makes, are in `tests/browser/test_passkeys.py`.
"""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.utils import timezone

from sundbyberg_am import second_step
from sundbyberg_am.access import Role
from sundbyberg_am.factor_actions import add_app
from sundbyberg_am.models import Change, User
from tests.at_once import crowd
from tests.builders import a_user

pytestmark = pytest.mark.django_db

__all__ = ["crowd"]  # a fixture

PASSWORD = "lösenord-i-test"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = 30


def code_of(secret: str = SECRET, steps: int = 0) -> str:
    """What an app shows now, or so many half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // STEP + steps))


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Hashed in no time: the passwords have tests of their own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clock(monkeypatch):
    """`clock(seconds)` lets time pass; it stands in the middle of a half minute."""
    passed = [int(time.time()) // STEP * STEP + STEP // 2]
    for place in (time, second_step):
        monkeypatch.setattr(place, "time", lambda: float(passed[0]))
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromtimestamp(passed[0], UTC))

    def pass_time(seconds: int) -> None:
        passed[0] += seconds

    return pass_time


@pytest.fixture
def user(clock) -> User:
    """Somebody with an app, added a while ago, and spare codes."""
    user = a_user(username="anna.berg")
    add_app(user, secret=SECRET, code=code_of(), now=timezone.now(), by=user)
    user.refresh_from_db()
    clock(300)
    return user


@pytest.fixture
def spare(user) -> list[str]:
    """The spare codes that the user was shown."""
    return RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes()


def halfway(client: Client, user: User, page: str = "/logga-in/") -> Client:
    """The password has been right."""
    answer = client.post(page, {"username": user.username, "password": PASSWORD})
    assert answer["Location"] == "/logga-in/kod/"
    return client


def enter(client: Client, code: str) -> Any:
    return client.post("/logga-in/kod/", {"code": code})


def is_in(client: Client) -> bool:
    return client.get("/konto/").status_code == 200


# Signing in


def test_the_password_alone_lets_nobody_in_who_has_an_app(user):
    client = halfway(Client(), user)
    assert not is_in(client)
    assert "_auth_user_id" not in client.session
    assert "Andra steget" in client.get("/logga-in/kod/").content.decode()


def test_the_code_lets_in_and_leads_on_in_another_session(user):
    client = halfway(Client(), user, "/logga-in/?next=/konto/")
    before = client.cookies[configured.SESSION_COOKIE_NAME].value
    spaced = f"{code_of()[:3]} {code_of()[3:]}"
    assert enter(client, spaced)["Location"] == "/konto/"
    assert client.cookies[configured.SESSION_COOKIE_NAME].value != before
    assert is_in(client)


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_wrong(user, steps, is_right):
    client = halfway(Client(), user)
    assert (enter(client, code_of(steps=steps)).status_code == 302) == is_right


def test_a_code_is_used_once_and_so_are_those_before_it(user, clock):
    assert enter(halfway(Client(), user), code_of()).status_code == 302
    assert enter(halfway(Client(), user), code_of()).status_code == 422
    assert enter(halfway(Client(), user), code_of(steps=-1)).status_code == 422
    clock(STEP)
    assert enter(halfway(Client(), user), code_of()).status_code == 302


def test_the_code_that_added_the_app_lets_nobody_in(clock):
    user = a_user()
    add_app(user, secret=SECRET, code=code_of(), now=timezone.now(), by=user)
    assert enter(halfway(Client(), user), code_of()).status_code == 422


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_code_sent_by_many_at_once_lets_one_in(user, crowd):
    code = code_of()
    clients = [halfway(Client(), user) for _ in range(5)]
    answers = crowd([lambda client=client: enter(client, code) for client in clients])
    assert sorted(one.status_code for one in answers) == [302, 422, 422, 422, 422]


def test_a_spare_code_lets_in_once(user, spare):
    assert len(set(spare)) == 10
    assert enter(halfway(Client(), user), spare[3]).status_code == 302
    assert enter(halfway(Client(), user), spare[3]).status_code == 422
    assert enter(halfway(Client(), user), spare[4]).status_code == 302


def test_a_wrong_code_is_logged(user, caplog):
    enter(halfway(Client(), user), "000000")
    assert f"Andra steget nekat för användare {user.pk}" in caplog.text


@pytest.mark.parametrize("code", ["", "000000", "abc", "0" * 21, "٠٠٠٠٠٠", "\x00", "12345678"])
def test_a_wrong_code_is_refused_with_a_sentence(user, code):
    page = enter(halfway(Client(), user), code)
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.content.decode()


@pytest.mark.parametrize(
    "credential",
    [
        "{",
        "[]",
        "7",
        '"x"',
        "{}",
        '{"id": "x", "response": {}}',
        "null",
        " ",
        "0",
        pytest.param("x" * 30_000, id="long"),
    ],
)
def test_what_no_passkey_has_answered_lets_nobody_in(user, credential):
    client = halfway(Client(), user)
    client.get("/logga-in/kod/")
    page = client.post("/logga-in/kod/", {"credential": credential})
    assert page.status_code == 422
    assert not is_in(client)


def test_wrong_codes_are_counted_and_a_right_password_does_not_forget_them(user):
    for _ in range(5):
        assert enter(halfway(Client(), user), "000000").status_code == 422
    answer = Client().post("/logga-in/", {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 429


def test_too_many_wrong_codes_close_for_the_right_one(user, clock):
    client = halfway(Client(), user)
    for _ in range(5):
        enter(client, "000000")
    page = enter(client, code_of())
    assert page.status_code == 429
    assert "fel för många gånger" in page.content.decode()
    clock(15 * 60)
    assert enter(halfway(Client(), user), code_of()).status_code == 302


def test_the_second_step_waits_for_five_minutes(user, clock):
    client = halfway(Client(), user)
    clock(301)
    page = client.post("/logga-in/kod/", {"code": code_of()}, follow=True)
    assert page.redirect_chain == [("/logga-in/", 302)]
    assert "lite för lång tid" in page.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"sign_outs": 99}, {"password": "!x"}])
def test_the_second_step_ends_when_the_user_is_changed(user, change):
    client = halfway(Client(), user)
    User.objects.filter(pk=user.pk).update(**change)
    assert enter(client, code_of())["Location"] == "/logga-in/"
    assert not is_in(client)


def test_there_is_no_second_step_without_a_first(user):
    assert enter(Client(), code_of())["Location"] == "/logga-in/"


# Adding and removing


def shown_secret(client: Client) -> str:
    return client.get("/konto/app/").context["secret"].replace(" ", "")


def test_a_user_adds_an_app_and_is_shown_spare_codes_once(as_user, clock):
    user = a_user(username="anna.berg")
    here, there = as_user(user), as_user(user)
    secret = shown_secret(here)
    page = here.post("/konto/app/", {"code": code_of(secret)})
    codes = page.context["codes"]
    assert all(code in page.content.decode() for code in codes)
    assert [is_in(here), is_in(there)] == [True, False]
    assert "App med engångskoder" in here.get("/konto/").content.decode()
    clock(STEP)
    assert enter(halfway(Client(), user), code_of(secret)).status_code == 302
    assert "spare_codes" not in str(here.get("/konto/").content)


def test_a_wrong_code_adds_no_app_and_keeps_the_picture(as_user, clock):
    client = as_user(a_user())
    secret = shown_secret(client)
    page = client.post("/konto/app/", {"code": "1"})
    assert page.status_code == 422
    assert page.context["secret"].replace(" ", "") == secret
    assert not Authenticator.objects.exists()


def test_the_picture_is_read_as_the_secret_that_is_shown(as_user):
    page = as_user(a_user(username="anna.berg")).get("/konto/app/")
    assert page.context["width"] > 40
    assert page.context["path"].startswith("M")


def test_a_second_app_is_refused(as_user, user):
    client = as_user(user)
    assert "Lägg till en app" not in client.get("/konto/").content.decode()
    secret = shown_secret(client)
    page = client.post("/konto/app/", {"code": code_of(secret)})
    assert "Du har redan en app" in page.content.decode()


def test_new_spare_codes_make_the_old_ones_worthless(as_user, user, spare):
    client = as_user(user)
    page = client.post("/konto/reservkoder/", {"sent": "yes"})
    assert not set(page.context["codes"]) & set(spare)
    assert enter(halfway(Client(), user), spare[0]).status_code == 422
    assert enter(halfway(Client(), user), page.context["codes"][0]).status_code == 302


def test_spare_codes_are_for_those_who_have_something_to_spare(as_user):
    page = as_user(a_user()).post("/konto/reservkoder/", {"sent": "yes"})
    assert "Lägg först till" in page.content.decode()


def test_a_user_removes_the_last_factor_and_the_spare_codes_with_it(as_user, user):
    client = as_user(user)
    factor = Authenticator.objects.get(user=user, type="totp")
    page = f"/konto/andra-steg/{factor.pk}/ta-bort/"
    assert page in client.get("/konto/").content.decode()
    assert client.get(page).status_code == 200
    client.post(page, {"sent": "yes"})
    assert is_in(client)
    assert not Authenticator.objects.exists()


def test_somebody_elses_factor_does_not_exist(as_user, user):
    factor = Authenticator.objects.get(user=user, type="totp")
    other = as_user(a_user())
    page = f"/konto/andra-steg/{factor.pk}/ta-bort/"
    assert other.post(page, {"sent": "yes"}).status_code == 404
    assert Client().get(page).status_code == 302
    assert as_user(user).get(page).status_code == 200
    assert Authenticator.objects.filter(pk=factor.pk).exists()


def test_an_administrator_takes_away_what_is_lost_and_it_is_on_record(as_user, user):
    administrator = a_user(Role.ADMINISTRATOR)
    client, there = as_user(administrator), as_user(user)
    form = client.get(f"/anvandare/{user.public_id}/").content.decode()
    assert f"/anvandare/{user.public_id}/andra-steg/" in form
    client.post(f"/anvandare/{user.public_id}/andra-steg/", {"sent": "yes"})
    assert not Authenticator.objects.exists()
    assert not is_in(there)
    removed = Change.objects.filter(table="mfa_authenticator", kind="DELETE")
    assert {one.user for one in removed} == {administrator}
    assert "andra-steg" not in client.get(f"/anvandare/{user.public_id}/").content.decode()


def test_no_secret_stands_in_the_database_nor_in_history(user, spare):
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        kept = " ".join(row[0] for row in cursor.fetchall())
    told = str(list(Change.objects.values_list("was", "became")))
    for secret in (SECRET, *spare):
        assert secret not in kept
        assert secret not in told
    assert Change.objects.filter(table="mfa_authenticator", kind="INSERT").count() == 2


def test_those_who_come_by_the_city_have_no_second_factor_here(as_user):
    user = a_user()
    user.set_unusable_password()
    user.save()
    client = as_user(user)
    assert "Andra steget" not in client.get("/konto/").content.decode()
    for page in ("app", "passnyckel", "reservkoder"):
        assert client.get(f"/konto/{page}/").status_code == 404


# Who must have one


def test_whoever_must_have_a_factor_adds_it_before_anything_else(settings, clock):
    settings.SECOND_FACTOR = True
    user, client = a_user(), Client()
    client.post("/logga-in/", {"username": user.username, "password": PASSWORD})
    assert client.get("/deltagare/")["Location"] == "/konto/"
    assert "En sak till innan du börjar" in client.get("/konto/").content.decode()
    client.post("/konto/bekrafta/", {"current": PASSWORD})
    secret = shown_secret(client)
    client.post("/konto/app/", {"code": code_of(secret)})
    assert client.get("/deltagare/").status_code == 200


def test_whoever_must_have_a_factor_and_removes_it_is_asked_for_another(settings, as_user, user):
    settings.SECOND_FACTOR = True
    client = as_user(user)
    factor = Authenticator.objects.get(user=user, type="totp")
    client.post(f"/konto/andra-steg/{factor.pk}/ta-bort/", {"sent": "yes"})
    assert client.get("/deltagare/")["Location"] == "/konto/"


def test_nobody_is_asked_where_the_settings_do_not(settings):
    settings.SECOND_FACTOR = False
    user, client = a_user(), Client()
    client.post("/logga-in/", {"username": user.username, "password": PASSWORD})
    assert client.get("/deltagare/").status_code == 200
