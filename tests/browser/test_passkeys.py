"""Passkeys with a real browser, whose authenticator is made of software; and the other steps of a sign-in."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.builders import a_user

from .conftest import Site, violations

PASSWORD = "lösenord-i-test"


@pytest.fixture
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    """A page at the name that a browser lets have passkeys without https."""
    address = site.address.replace("127.0.0.1", "localhost")
    with chromium.new_context(base_url=address, locale="sv-SE", reduced_motion="reduce") as context:
        opened = context.new_page()
        opened.set_default_timeout(10_000)
        faults: list[str] = []
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.on(
            "console", lambda line: faults.append(line.text) if "Policy" in line.text else None
        )
        yield opened
        assert faults == []


@pytest.fixture
def authenticator(page: Page) -> tuple[CDPSession, str]:
    """What a telephone or a computer does when somebody lays a finger on it."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    made: dict[str, Any] = browser.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return browser, made["authenticatorId"]


def give_password(page: Page, username: str) -> None:
    page.goto("/logga-in/")
    page.get_by_label("Användarnamn").fill(username)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()


def looked_at(page: Page) -> list[str]:
    """What is wrong with the page on a desk and on a phone."""
    found = violations(page)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{page.url} is wider than {width}")
    return found


def test_a_passkey_is_added_and_let_in_by_and_another_is_not(page, authenticator):
    user = a_user(username="anna.berg")
    give_password(page, user.username)
    page.goto("/konto/passnyckel/")
    page.get_by_label("Ditt lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Fortsätt").click()
    page.get_by_label("Vad du vill kalla den").fill("Jobbtelefonen")
    page.get_by_role("button", name="Lägg till passnyckeln").click()
    expect(page.get_by_role("heading", name="Dina reservkoder")).to_be_visible()
    assert looked_at(page) == []
    page.get_by_role("link", name="Jag har sparat koderna").click()
    expect(page.get_by_text("Passnyckel: Jobbtelefonen")).to_be_visible()
    page.get_by_role("link", name="Ta bort Passnyckel: Jobbtelefonen").click()
    assert looked_at(page) == []

    page.context.clear_cookies()
    give_password(page, user.username)
    expect(page.get_by_role("heading", name="Andra steget")).to_be_visible()
    assert looked_at(page) == []
    sent: list[str | None] = []
    page.on("request", lambda one: sent.append(one.post_data) if one.method == "POST" else None)
    page.get_by_role("button", name="Använd passnyckel").click()
    page.wait_for_url(re.compile(r"localhost:\d+/$"))
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Andra steget")
    kept = Authenticator.objects.get(user=user, type="webauthn")
    assert kept.last_used_at is not None

    # The answer of before answers no other question.
    said = page.evaluate("body => new URLSearchParams(body).get('credential')", sent[-1])
    assert '"signature"' in said
    page.context.clear_cookies()
    give_password(page, user.username)
    page.locator("form").evaluate(
        "(form, said) => { form.elements.credential.value = said; form.submit() }", said
    )
    expect(page.get_by_role("listitem")).to_contain_text("Passnyckeln gick inte att använda")
    # Another key is nobody's.
    browser, made = authenticator
    browser.send("WebAuthn.clearCredentials", {"authenticatorId": made})
    page.get_by_role("button", name="Använd passnyckel").click()
    expect(page.locator("[data-passkey-failed]")).to_be_visible()
    page.goto("/konto/")
    expect(page.get_by_role("button", name="Logga in")).to_be_visible()


def test_without_a_passkey_at_hand_the_page_says_so(page):
    user = a_user()
    give_password(page, user.username)
    page.goto("/konto/passnyckel/")
    page.get_by_label("Ditt lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Fortsätt").click()
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error()) }")
    page.get_by_role("button", name="Lägg till passnyckeln").click()
    expect(page.get_by_text("Ingen passnyckel kunde läggas till.")).to_be_visible()
    assert looked_at(page) == []
