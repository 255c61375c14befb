"""A page that is left open says that the session is about to end, hides when it has, and comes back."""

from importlib import import_module
from time import time

from django.conf import settings
from playwright.sync_api import Page, expect

from tests.builders import a_participant, a_user, an_enrolment

from .conftest import SignIn, violations

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


def seen(page: Page, seconds_ago: int) -> None:
    """Let the latest request of the page's session have been so long ago."""
    (key,) = [
        one["value"]
        for one in page.context.cookies()
        if one["name"] == settings.SESSION_COOKIE_NAME
    ]
    session = SessionStore(session_key=key)
    session["seen"] = int(time()) - seconds_ago
    session.save()


def test_page_warns_hides_and_comes_back(sign_in: SignIn):
    user = a_user()
    an_enrolment(participant=a_participant(last_name="Wåhlin"), consultant=user)
    page = sign_in(user, 390)
    page.clock.install()
    page.goto("/deltagare/")
    name = page.get_by_role("link", name="Test Wåhlin", exact=True)
    seen(page, settings.SESSION_IDLE_SECONDS - 100)
    page.clock.fast_forward("28:30")
    warning = page.get_by_text("Du loggas snart ut")
    expect(warning).to_be_visible()
    expect(name).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Fortsätt arbeta").click()
    expect(warning).to_be_hidden()

    seen(page, settings.SESSION_IDLE_SECONDS)
    page.clock.fast_forward("28:30")
    expect(page.get_by_text("Du är utloggad.")).to_be_visible()
    expect(name).to_be_hidden()
    assert violations(page) == []
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Logga in i en ny flik").click()
    other = opened.value
    other.get_by_label("Användarnamn").fill(user.username)
    other.get_by_label("Lösenord").fill("lösenord-i-test")
    other.get_by_role("button", name="Logga in").click()
    expect(other.get_by_role("button", name="Sök")).to_be_visible()
    other.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(name).to_be_visible()

    page.context.set_offline(True)  # nobody answers that the time is out
    page.clock.fast_forward("31:00")
    expect(name).to_be_hidden()
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(name).to_be_visible()
