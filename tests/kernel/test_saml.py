"""Sign-in by the city's own with SAML: answers signed with real keys, right and wrong, by a browser's way."""

import base64
import copy
import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import etree

from sundbyberg_am.access import Role
from sundbyberg_am.models import RoleClaim, Session, User
from tests.builders import a_role_claim, a_unit, a_user
from tests.saml_provider import PASSWORD, SAML, SamlProvider, a_key, moment

pytestmark = pytest.mark.django_db

START, ANSWER = "/logga-in/kommun/", "/logga-in/kommun/saml/"
LINK = "/konto/kommun/koppla/"
CONSULTANTS, MANAGERS = "am-konsulenter", "am-chefer"
ANNA = {
    "displayName": ["Anna Berg"],
    "mail": ["anna.berg@sundbyberg.se"],
    "uid": ["Anna.Berg"],
    "groups": ["alla", CONSULTANTS],
}


@pytest.fixture(scope="module")
def keys() -> tuple[bytes, str]:
    return a_key()


@pytest.fixture
def idp(keys, settings) -> SamlProvider:
    provider = SamlProvider(keys=keys)
    settings.SAML_ISSUER, settings.SAML_URL = provider.issuer, provider.url
    settings.SAML_CERTIFICATE, settings.SAML_NAME = keys[1], "Sundbybergs konto"
    a_role_claim(MANAGERS, Role.MANAGER, 1)
    a_role_claim(CONSULTANTS, Role.CONSULTANT, 2)
    return provider


def leave(client: Client, page: str = START) -> str:
    away = client.get(page)
    assert away.status_code == 302, away.content.decode()
    return str(away["Location"])


def deliver(client: Client, answer: str) -> Any:
    """The form comes from another site, so without cookies; where it leads, the browser has its own."""
    laid = Client(enforce_csrf_checks=True).post(ANSWER, {"SAMLResponse": answer, "RelayState": ""})
    if laid.status_code != 303:
        return laid
    assert not laid.cookies
    return client.get(laid["Location"])


def sign_in(client: Client, idp: SamlProvider, page: str = START, **told: Any) -> Any:
    said = told.pop("said", ANNA)
    subject = told.pop("subject", "anna-1")
    return deliver(client, idp.answer(leave(client, page), subject, said, **told))


def is_in(client: Client) -> bool:
    return client.get("/konto/").status_code == 200


def test_the_first_sign_in_makes_a_user_with_the_role_of_the_first_claim_that_fits(idp):
    client = Client()
    answer = sign_in(client, idp, f"{START}?next=/konto/")
    assert (answer.status_code, answer["Location"]) == (302, "/konto/")
    user = User.objects.get()
    assert (user.username, user.name, user.email) == (
        "anna.berg",
        "Anna Berg",
        "anna.berg@sundbyberg.se",
    )
    assert (user.role, user.unit) == (Role.CONSULTANT, a_unit())
    assert is_in(client)
    account = SocialAccount.objects.get()
    assert (account.provider, account.uid) == (idp.issuer, "anna-1")
    sign_in(Client(), idp, said={**ANNA, "groups": [MANAGERS]})
    assert User.objects.get().role == Role.MANAGER
    assert not is_in(client)


def test_the_names_of_microsoft_are_known(idp, settings):
    settings.SAML_CLAIM = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"
    claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
    said = {
        f"{claims}givenname": ["Anna"],
        f"{claims}surname": ["Berg"],
        f"{claims}name": ["anna.berg@sundbyberg.se"],
        settings.SAML_CLAIM: [CONSULTANTS],
    }
    assert sign_in(Client(), idp, said=said).status_code == 302
    assert (User.objects.get().name, User.objects.get().username) == ("Anna Berg", "anna.berg")


def test_the_way_there_is_on_the_page_to_sign_in_on_only_when_there_is_one(idp, settings):
    assert "Logga in med Sundbybergs konto" in Client().get("/logga-in/").content.decode()
    about = Client().get(reverse("saml_description"))
    assert f'Location="http://testserver{ANSWER}"' in about.content.decode()
    settings.SAML_ISSUER = ""
    assert START not in Client().get("/logga-in/").content.decode()
    assert Client().post(ANSWER, {"SAMLResponse": "x"}).status_code == 404
    for name in ("city_start", "saml_return", "saml_description"):
        assert Client().get(reverse(name)).status_code == 404


@pytest.mark.parametrize(
    "lies",
    [
        {"issuer": "https://evil.example"},
        {"audience": "https://annat.example/saml"},
        {"without": ("audience",)},
        {"recipient": "https://annat.example/saml"},
        {"recipient": f"http://testserver{ANSWER}x"},
        {"without": ("Recipient",)},
        {"here": f"http://testserver{ANSWER}x"},
        {"until": dt.timedelta(minutes=-10)},
        {"from": dt.timedelta(minutes=10)},
        {"without": ("NotOnOrAfter",)},
        {"question": "_nobody-asked"},
        {"without": ("InResponseTo",)},
        {"without": ("signature",)},
        {"signed_by": "somebody else"},
        {"status": "Responder"},
        {"format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
        {"subject": "x" * 192},
        {"subject": ""},
    ],
    ids=lambda lies: " ".join(f"{name}={str(lie)[:40]}" for name, lie in lies.items()),
)
def test_an_answer_that_does_not_hold_lets_nobody_in(idp, lies, caplog):
    client, now = Client(), timezone.now().astimezone(dt.UTC)
    told = {
        name: moment(now + lie) if isinstance(lie, dt.timedelta) else lie
        for name, lie in lies.items()
    }
    if "signed_by" in told:
        told["signed_by"] = a_key()[0]
    answer = sign_in(client, idp, **told)
    assert answer.status_code == 400
    assert "Inloggningen blev inte klar" in answer.content.decode()
    assert not is_in(client)
    assert not User.objects.exists()
    lines = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert any("refused" in line for line in lines)
    assert not [line for line in lines if "anna" in line.lower() or "evil" in line]


def changed(answer: str, change: Callable[[Any], None]) -> str:
    document = etree.fromstring(base64.b64decode(answer))
    change(document)
    return base64.b64encode(etree.tostring(document)).decode()


def other_subject(document: Any) -> None:
    document.find(f".//{{{SAML}}}NameID").text = "enhetschefen"


def other_group(document: Any) -> None:
    document.findall(f".//{{{SAML}}}AttributeValue")[-1].text = MANAGERS


def another_assertion_before(document: Any) -> None:
    """What is signed stays, and one that is not stands where a reader may look first."""
    signed = document.find(f"{{{SAML}}}Assertion")
    forged = copy.deepcopy(signed)
    forged.remove(forged[1])
    forged.set("ID", "_forged")
    other_subject(forged)
    document.insert(document.index(signed), forged)


def signed_inside_another(document: Any) -> None:
    """The signed one is hidden within the signature of one with the same id."""
    signed = document.find(f"{{{SAML}}}Assertion")
    forged = copy.deepcopy(signed)
    other_subject(forged)
    document.replace(signed, forged)
    forged[1].append(signed)


def signed_in_extensions(document: Any) -> None:
    signed = document.find(f"{{{SAML}}}Assertion")
    another_assertion_before(document)
    hidden = etree.Element("{urn:oasis:names:tc:SAML:2.0:protocol}Extensions")
    document.insert(1, hidden)
    hidden.append(signed)


def comment_in_subject(document: Any) -> None:
    """A reader that stops at the comment reads another name than what is signed."""
    subject = document.find(f".//{{{SAML}}}NameID")
    subject.text = "anna"
    rest = etree.Comment("x")
    rest.tail = "-1"
    subject.append(rest)


@pytest.mark.parametrize(
    "change",
    [
        other_subject,
        other_group,
        another_assertion_before,
        signed_inside_another,
        signed_in_extensions,
    ],
)
def test_an_answer_that_somebody_has_changed_lets_nobody_in(idp, change):
    client = Client()
    answer = idp.answer(leave(client), "anna-1", ANNA)
    assert deliver(client, changed(answer, change)).status_code == 400
    assert not User.objects.exists()


def test_a_comment_within_the_subject_makes_nobody_else(idp):
    client = Client()
    answer = changed(idp.answer(leave(client), "anna-1", ANNA), comment_in_subject)
    deliver(client, answer)  # comments are not signed, so it may hold; then it is the whole name
    assert set(SocialAccount.objects.values_list("uid", flat=True)) <= {"anna-1"}


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "x",
        "PHg+",
        "x" * 200_001,
        base64.b64encode(b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>').decode(),
        base64.b64encode(b"\xff\xfe\0").decode(),
    ],
    ids=lambda one: one[:8],
)
def test_what_is_no_answer_is_said_and_kept_nowhere(idp, answer):
    kept = Session.objects.count()
    assert Client().post(ANSWER, {"SAMLResponse": answer}).status_code == 400
    assert Session.objects.count() == kept


def test_an_answer_is_used_once_and_by_the_browser_that_asked(idp):
    client, other = Client(), Client()
    answer = idp.answer(leave(client), "anna-1", ANNA)
    leave(other)
    assert deliver(other, answer).status_code == 400
    assert deliver(client, answer).status_code == 302
    client.post("/logga-ut/")
    assert deliver(client, answer).status_code == 400
    assert [is_in(client), is_in(other)] == [False, False]


def test_where_an_answer_is_laid_aside_is_forgotten_when_it_is_fetched(idp):
    client = Client()
    answer = idp.answer(leave(client), "anna-1", ANNA)
    onward = Client().post(ANSWER, {"SAMLResponse": answer})["Location"]
    assert client.get(onward).status_code == 302
    assert client.get(onward).status_code == 400
    for unknown in ("", "?svar=", "?svar=x", "?svar=" + "x" * 32):
        assert Client().get(reverse("saml_return") + unknown).status_code == 400


def test_nobody_is_signed_out_by_being_laid_aside_for(idp, as_user):
    """The key of somebody's session is no answer, and is not ended by being sent as one."""
    client = as_user(a_user())
    Client().get(f"{reverse('saml_return')}?svar={client.session.session_key}")
    assert is_in(client)


def test_a_sign_in_that_is_not_strong_enough_lets_nobody_in(idp, settings):
    settings.SAML_ACR = ["urn:stark", PASSWORD]
    assert "urn:stark" in etree.tostring(idp.question(leave(Client()))).decode()
    assert sign_in(Client(), idp).status_code == 302
    settings.SAML_ACR = ["urn:stark"]
    assert sign_in(Client(), idp).status_code == 400


def test_a_provider_may_change_its_key(idp, settings, keys):
    new = a_key()
    settings.SAML_CERTIFICATE = new[1] + keys[1]
    for key in (keys[0], new[0]):
        assert sign_in(Client(), idp, signed_by=key).status_code == 302
    settings.SAML_CERTIFICATE = new[1]
    assert sign_in(Client(), idp).status_code == 400


def test_a_removed_claim_removes_the_role_and_ends_every_session(idp):
    here, there = Client(), Client()
    sign_in(here, idp)
    assert sign_in(there, idp, said={**ANNA, "groups": ["alla"]}).status_code == 403
    assert [is_in(here), is_in(there)] == [False, False]
    RoleClaim.objects.all().delete()
    assert sign_in(there, idp).status_code == 403


def test_a_user_whom_an_administrator_closes_is_out_and_stays_out(idp):
    client = Client()
    sign_in(client, idp)
    User.objects.update(is_active=False)
    assert not is_in(client)
    assert sign_in(client, idp).status_code == 403


def test_a_user_links_the_own_account_and_keeps_it(idp, as_user):
    user = a_user(username="anna.b", role=Role.MANAGER)
    client = as_user(user)
    assert sign_in(client, idp, "/konto/kommun/")["Location"] == LINK
    assert client.post(LINK, {"sent": "yes"})["Location"] == "/konto/"
    assert SocialAccount.objects.get().user == user
    other = as_user(a_user())
    answer = idp.answer(leave(other, "/konto/kommun/"), "anna-2", ANNA)
    other.force_login(a_user())
    assert deliver(other, answer).status_code == 400


def test_whoever_comes_by_the_city_is_asked_anew_there(idp):
    client, now = Client(), timezone.now().astimezone(dt.UTC)
    sign_in(client, idp)
    page = "/konto/bekrafta/kommun/"
    assert idp.question(leave(client, page)).get("ForceAuthn") == "true"
    assert sign_in(client, idp, page, subject="bo").status_code == 400
    earlier = moment(now - dt.timedelta(hours=1))
    assert sign_in(client, idp, page, asked=earlier).status_code == 400
    assert "confirmed" not in client.session
    assert sign_in(client, idp, page)["Location"] == "/konto/"
    assert "confirmed" in client.session
