"""Sign-in by the city's own, against a real provider in a process of its own, with real keys, over HTTP."""

import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as configured
from django.db import connections
from django.test import Client
from django.urls import reverse

from sundbyberg_am.access import Role
from sundbyberg_am.identity import Identity
from sundbyberg_am.identity_actions import admit
from sundbyberg_am.models import Change, RoleClaim, User
from tests.builders import a_role_claim, a_unit, a_user
from tests.kernel.provider import START, Provider, process

pytestmark = pytest.mark.django_db

__all__ = ["process"]  # a fixture

BACK = "/logga-in/kommun/svar/"
LINK = "/konto/kommun/koppla/"
PASSWORD = "lösenord-i-test"
CONSULTANTS, MANAGERS = "am-konsulenter", "am-chefer"


@pytest.fixture
def provider(process, settings) -> Provider:
    process.lies()
    settings.OIDC_ISSUER, settings.OIDC_NAME = process.address, "Sundbybergs konto"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = "arbetsmarknad", "hemligt"
    return process


@pytest.fixture
def claims() -> None:
    """The list of what gives which role, as an administrator has made it."""
    a_role_claim(MANAGERS, Role.MANAGER, 1)
    a_role_claim(CONSULTANTS, Role.CONSULTANT, 2)


@pytest.fixture
def anna(provider, claims) -> str:
    """The subject of somebody who is a consultant."""
    provider.knows(
        "anna-1",
        name="Anna Berg",
        preferred_username="Anna.Berg@sundbyberg.se",
        email="anna.berg@sundbyberg.se",
        groups=["alla", CONSULTANTS],
    )
    return "anna-1"


def is_in(client: Client) -> bool:
    return client.get("/konto/").status_code == 200


# In


def test_the_first_sign_in_makes_a_user_with_the_role_of_the_first_claim_that_fits(provider, anna):
    client = Client()
    answer = provider.sign_in(client, anna, f"{START}?next=/konto/")
    assert (answer.status_code, answer["Location"]) == (302, "/konto/")
    user = User.objects.get()
    assert (user.username, user.name, user.email) == (
        "anna.berg",
        "Anna Berg",
        "anna.berg@sundbyberg.se",
    )
    assert (user.role, user.unit) == (Role.CONSULTANT, a_unit())
    assert not user.has_usable_password()
    assert is_in(client)
    provider.knows(anna, groups=[CONSULTANTS, MANAGERS])
    provider.sign_in(Client(), anna)
    assert User.objects.get().role == Role.MANAGER


def test_the_page_to_sign_in_on_has_the_way_there_only_when_there_is_one(provider, settings):
    assert "Logga in med Sundbybergs konto" in Client().get("/logga-in/").content.decode()
    settings.OIDC_ISSUER = ""
    page = Client().get("/logga-in/").content.decode()
    assert START not in page
    for address in (START, BACK):
        assert Client().get(address).status_code == 404


def test_who_has_no_claim_that_fits_is_told_so_and_is_nobody_here(provider, claims):
    provider.knows("okand", name="O Känd", groups=["alla", "städ"])
    client = Client()
    answer = provider.sign_in(client, "okand")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Du har ingen behörighet än" in page
    assert "städ" in page
    assert not is_in(client)
    assert not User.objects.exists()
    assert not SocialAccount.objects.exists()


def test_the_same_address_of_mail_and_the_same_name_are_somebody_else(provider, anna):
    local = a_user(username="anna.berg", name="Anna Berg", email="anna.berg@sundbyberg.se")
    provider.sign_in(Client(), anna)
    provider.knows("anna-2", preferred_username="anna.berg", groups=[CONSULTANTS])
    provider.sign_in(Client(), "anna-2")
    known = {one.uid: one.user for one in SocialAccount.objects.select_related("user")}
    assert {local, *known.values()} == set(User.objects.all())
    assert sorted(one.username for one in User.objects.all()) == [
        "anna.berg",
        "anna.berg-2",
        "anna.berg-3",
    ]


def test_the_same_subject_of_another_issuer_is_somebody_else(claims):
    users = {
        admit(Identity(f"https://{who}.example.se", "1", "A", "", "a", (CONSULTANTS,)))
        for who in "ab"
    }
    assert len(users) == User.objects.count() == 2


def test_the_session_is_another_after_the_sign_in(provider, anna):
    client = Client()
    back = provider.lets_in(client, anna)
    before = client.cookies[configured.SESSION_COOKIE_NAME].value
    client.get(back)
    assert client.cookies[configured.SESSION_COOKIE_NAME].value != before


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil", ""]
)
def test_the_way_on_leads_nowhere_but_here(provider, anna, address):
    answer = provider.sign_in(Client(), anna, f"{START}?next={quote(address)}")
    assert answer["Location"] == "/"


def test_the_provider_is_asked_with_all_that_proves_the_answer(provider):
    asked = parse_qs(urlsplit(Client().get(START)["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) >= 40
    assert asked["state"][0]
    assert asked["redirect_uri"] == [f"http://testserver{BACK}"]
    # What the browser asks for does not reach the provider.
    away = Client().get(f"{START}?auth_params=prompt%3Dnone&scope=all&process=connect")
    asked = parse_qs(urlsplit(away["Location"]).query)
    assert "prompt" not in asked
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("roles", {"roles": "am-konsulenter"}),
        ("realm_access.roles", {"realm_access": {"roles": ["x", CONSULTANTS]}}),
        ("https://adfs.example/role", {"https://adfs.example/role": [CONSULTANTS]}),
    ],
)
def test_the_values_stand_where_the_settings_say(provider, claims, settings, claim, said):
    settings.OIDC_CLAIM = claim
    provider.knows("annan", **said)
    assert provider.sign_in(Client(), "annan").status_code == 302
    provider.knows("tredje", groups=[CONSULTANTS])
    assert provider.sign_in(Client(), "tredje").status_code == 403


@pytest.mark.parametrize("said", [None, 7, [7, None, {}], "", {"a": 1}, ["\x00"]])
def test_values_that_are_no_text_give_nothing(provider, claims, said):
    provider.knows("annan", groups=said)
    assert provider.sign_in(Client(), "annan").status_code == 403


# Not in


NOW = int(time.time())
# What the provider says that is wrong, and why it is refused.
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "another issuer": ({"claims": {"iss": "https://evil.example"}}, "InvalidIssuerError"),
    "another issuer in its configuration": (
        {"configuration": {"issuer": "https://evil.example"}},
        "is another",
    ),
    "for another program": ({"claims": {"aud": "annat-program"}}, "InvalidAudienceError"),
    "for many programs, and given to another": (
        {"claims": {"aud": ["arbetsmarknad", "annat"], "azp": "annat"}},
        "for another program",
    ),
    "an answer to another question": ({"claims": {"nonce": "x"}}, "answers another question"),
    "an answer to no question": ({"without": ["nonce"]}, "MissingRequiredClaimError"),
    "expired": ({"claims": {"exp": NOW - 120}}, "ExpiredSignatureError"),
    "without an end": ({"without": ["exp"]}, "MissingRequiredClaimError"),
    "of tomorrow": (
        {"claims": {"iat": NOW + 86400, "exp": NOW + 90000}},
        "ImmatureSignatureError",
    ),
    "not valid yet": ({"claims": {"nbf": NOW + 86400}}, "ImmatureSignatureError"),
    "without a subject": ({"without": ["sub"]}, "MissingRequiredClaimError"),
    "with a subject that is too long": (
        {"claims": {"sub": "x" * 192}},
        "too long to be kept, or empty",
    ),
    "signed by somebody else": ({"signed by": "somebody else"}, "InvalidSignatureError"),
    "signed by a key that is not published": ({"header": {"kid": "x"}}, "unknown key"),
    "signed by what all know": ({"signed by": "the public key"}, "InvalidAlgorithmError"),
    "not signed": ({"signed by": "nobody"}, "InvalidAlgorithmError"),
    "missing": ({"no ID token": True}, "no answer from the provider"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_an_id_token_that_does_not_hold_lets_nobody_in(provider, anna, wrong, caplog):
    client = Client()
    lies, why = WRONG[wrong]
    provider.lies(**lies)
    begins = "configuration" not in lies
    answer = provider.sign_in(client, anna) if begins else client.get(START)
    assert answer.status_code in (400, 503)
    assert "Inloggningen blev inte klar" in answer.content.decode()
    assert not is_in(client)
    assert not User.objects.exists()
    lines = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert any(line.endswith(why) for line in lines), lines
    assert not [line for line in lines if anna in line or "Berg" in line]


def test_clocks_may_differ_by_less_than_a_minute(provider, anna):
    now = int(time.time())
    provider.lies(claims={"iat": now + 30, "exp": now + 600})
    assert provider.sign_in(Client(), anna).status_code == 302
    provider.lies(claims={"exp": now - 30})
    assert provider.sign_in(Client(), anna).status_code == 302


def test_an_answer_is_used_once_and_by_the_browser_that_asked(provider, anna):
    client, other = Client(), Client()
    back = provider.lets_in(client, anna)
    assert other.get(back).status_code == 400
    assert client.get(back).status_code == 302
    client.post("/logga-ut/")
    assert client.get(back).status_code == 400
    assert not is_in(client)
    assert not is_in(other)


def test_a_code_that_has_been_used_is_worth_nothing_with_a_new_question(provider, anna):
    client = Client()
    code = parse_qs(urlsplit(provider.lets_in(client, anna)).query)["code"][0]
    requests.post(
        f"{provider.address}/oauth2/token",
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": f"http://testserver{BACK}",
        },
        auth=("arbetsmarknad", "hemligt"),
        timeout=5,
    )
    state = parse_qs(urlsplit(client.get(START)["Location"]).query)["state"][0]
    assert client.get(BACK, {"code": code, "state": state}).status_code == 400
    assert not is_in(client)


@pytest.mark.parametrize("change", [{"state": "x"}, {"code": "x"}, {"iss": "https://evil.example"}])
def test_an_answer_that_somebody_has_changed_lets_nobody_in(provider, anna, change):
    client = Client()
    asked = {
        name: values[0]
        for name, values in parse_qs(urlsplit(provider.lets_in(client, anna)).query).items()
    }
    assert client.get(BACK, {**asked, **change}).status_code == 400
    assert not is_in(client)


def test_whoever_says_no_at_the_provider_comes_back_to_the_sign_in(provider, anna):
    client = Client()
    answer = client.get(provider.lets_in(client, anna, action="deny"))
    assert answer.status_code == 400
    assert 'href="/logga-in/"' in answer.content.decode()


def test_a_question_is_too_old_after_ten_minutes(provider, anna, monkeypatch):
    client = Client()
    back = provider.lets_in(client, anna)
    began = time.time()
    monkeypatch.setattr(time, "time", lambda: began + 601)
    assert client.get(back).status_code == 400


def test_a_provider_that_is_away_is_said_to_be(provider, settings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.OIDC_ISSUER = f"http://127.0.0.1:{closed.getsockname()[1]}"
        answer = Client().get(START)
    assert answer.status_code == 503
    assert "Vi får inget svar från Sundbybergs konto" in answer.content.decode()


# How strong, and how long ago


def test_a_sign_in_that_is_not_strong_enough_lets_nobody_in(provider, anna, settings):
    settings.OIDC_ACR = ["gold", "silver"]
    asked = parse_qs(urlsplit(Client().get(START)["Location"]).query)
    assert asked["acr_values"] == ["gold silver"]
    for acr, status in ((None, 400), ("bronze", 400), (["gold"], 400), ("silver", 302)):
        provider.lies(claims={"acr": acr} if acr else {})
        assert provider.sign_in(Client(), anna).status_code == status, acr


def test_a_sign_in_of_long_ago_lets_nobody_in(provider, anna, settings):
    assert "max_age" not in Client().get(START)["Location"]
    settings.OIDC_MAX_AGE = 3600
    asked = parse_qs(urlsplit(Client().get(START)["Location"]).query)
    assert asked["max_age"] == ["3600"]
    now = int(time.time())
    for at, status in (("x", 400), (now - 3700, 400), (now - 3600, 302), (now, 302)):
        provider.lies(claims={"auth_time": at})
        assert provider.sign_in(Client(), anna).status_code == status, at


# Rights that change


def test_a_removed_claim_removes_the_role_and_ends_every_session(provider, anna):
    here, there = Client(), Client()
    provider.sign_in(here, anna)
    provider.knows(anna, groups=["alla"])
    assert provider.sign_in(there, anna).status_code == 403
    assert [is_in(here), is_in(there)] == [False, False]
    user = User.objects.get()
    assert (user.is_active, user.waits_for_role) == (False, True)
    provider.knows(anna, groups=[CONSULTANTS])
    assert provider.sign_in(there, anna).status_code == 302
    assert is_in(there)
    assert User.objects.get().waits_for_role is False


def test_a_row_that_the_administrator_removes_gives_nothing_at_the_next_sign_in(
    provider, anna, as_user
):
    client = Client()
    provider.sign_in(client, anna)
    claim = RoleClaim.objects.get(value=CONSULTANTS)
    as_user(a_user(Role.ADMINISTRATOR)).post(
        f"/anvandare/behorigheter/{claim.pk}/ta-bort/", {"sent": "yes"}
    )
    assert is_in(client)
    assert provider.sign_in(Client(), anna).status_code == 403
    assert not is_in(client)


def test_another_role_ends_the_sessions_of_the_one_before(provider, anna):
    here, there = Client(), Client()
    provider.sign_in(here, anna)
    provider.knows(anna, groups=[MANAGERS])
    provider.sign_in(there, anna)
    assert [is_in(here), is_in(there)] == [False, True]


def test_the_same_role_ends_no_session(provider, anna):
    here, there = Client(), Client()
    provider.sign_in(here, anna)
    provider.sign_in(there, anna)
    assert [is_in(here), is_in(there)] == [True, True]


def test_a_user_whom_an_administrator_closes_is_out_and_stays_out(provider, anna, as_user):
    client = Client()
    provider.sign_in(client, anna)
    user = User.objects.get()
    administrator = as_user(a_user(Role.ADMINISTRATOR))
    assert (
        "kommunens inloggning"
        in administrator.get(f"/anvandare/{user.public_id}/").content.decode()
    )
    administrator.post(
        f"/anvandare/{user.public_id}/",
        {"name": user.name, "email": "", "role": user.role, "unit": user.unit_id},
    )
    assert not is_in(client)
    assert provider.sign_in(client, anna).status_code == 403
    user.refresh_from_db()
    assert (user.is_active, user.waits_for_role) == (False, False)


def test_who_waits_for_a_role_cannot_be_let_in_by_the_database():
    user = a_user()
    with pytest.raises(Exception, match="user_waiting_for_role_is_out"):
        User.objects.filter(pk=user.pk).update(waits_for_role=True)


# What is on record


def test_what_a_sign_in_changes_is_in_history(provider, anna):
    provider.sign_in(Client(), anna)
    provider.knows(anna, groups=[])
    provider.sign_in(Client(), anna)
    changes = list(Change.objects.exclude(table="sundbyberg_am_roleclaim").order_by("pk"))
    assert {one.through for one in changes} == {BACK}
    assert [(one.kind, one.table) for one in changes] == [
        ("INSERT", "sundbyberg_am_user"),
        ("INSERT", "socialaccount_socialaccount"),
        ("UPDATE", "sundbyberg_am_user"),
    ]
    assert changes[2].became == {"is_active": False, "waits_for_role": True, "sign_outs": 1}
    assert SocialAccount.objects.get().extra_data == {}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_first_sign_ins_at_once_make_one_user(claims):
    who = Identity("https://i.example.se", "1", "Anna Berg", "", "anna.berg", (CONSULTANTS,))

    def once(_: int) -> int:
        try:
            return admit(who).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(once, range(6)))) == 1
    assert User.objects.count() == 1


def test_none_of_allauths_own_pages_is_there():
    for address in (
        "accounts/",
        "accounts/login/",
        "accounts/signup/",
        "accounts/2fa/",
        "oidc/x/login/",
    ):
        assert Client().get(f"/{address}").status_code in (302, 404)
    for name in ("account_login", "account_signup", "socialaccount_connections", "mfa_index"):
        with pytest.raises(Exception, match="Reverse"):
            reverse(name)
