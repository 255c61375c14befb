"""Every address that is read, as every role that may: accessible, and nothing wider than the window.

The table of addresses is the list of pages, so a new page is covered as soon as it has its row. To look at
them all, in both widths, light and dark:

  PICTURES=/tmp/pictures python3 dev.py test tests/browser/test_every_page.py -k something_on
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Response

from sundbyberg_am.access import Role
from sundbyberg_am.models import User
from tests.builders import a_unit, a_user
from tests.markup import faults_in
from tests.test_addresses import ADDRESSES, OPEN_TO_ALL, one_of_each, url_of

from .conftest import WCAG, Site, violations

WIDE, NARROW, HEIGHT = 1280, 390, 900
ZOOMED = 640  # what a window of 1280 has room for at 200 per cent
PICTURES = os.environ.get("PICTURES")
# Files: the browser shows no page of them.
NO_PAGES = {
    "figure_rows",
    "kas_download",
    "report_download",
    "report_download_public",
    "participant_export",
    "plan_pdf",
    "extract_file",
    "log_month_pdf",
    "session_time",
}
PAGES = [
    name for name, address in ADDRESSES.items() if address.method == "get" and name not in NO_PAGES
]


@pytest.fixture
def things() -> dict[str, Any]:
    """One of each thing that an address can be about, stored so that the site sees it."""
    return one_of_each()


@pytest.fixture
def window(site: Site, chromium: Browser):
    """`window(user, width)` is a page where the user is signed in."""
    contexts: list[BrowserContext] = []

    def open_window(user: User | None, width: int = WIDE) -> Page:
        context = chromium.new_context(
            base_url=site.address,
            viewport={"width": width, "height": HEIGHT},
            locale="sv-SE",
            reduced_motion="reduce",  # a colour on its way to another has not the contrast of either
        )
        contexts.append(context)
        if user:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies(
                [{"name": cookie.key, "value": cookie.value, "url": site.address, "httpOnly": True}]
            )
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()


def faults(page: Page, only: Sequence[str] = WCAG) -> list[str]:
    """What axe-core finds, and whether one has to scroll sideways."""
    return violations(page, only) + wide(page)


def markup(answer: Response | None) -> list[str]:
    """What is wrong with the HTML as it was sent."""
    assert answer is not None
    return [f"{answer.url}: {fault}" for fault in faults_in(answer.text())]


def wide(page: Page) -> list[str]:
    is_wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return [f"{page.url} is wider than {page.viewport_size}"] if is_wide else []


CUT = """() => [...document.querySelectorAll('body *:not(input)')].filter(one => one.clientWidth > 1
    && ['hidden', 'clip'].includes(getComputedStyle(one).overflowX)
    && one.scrollWidth > one.clientWidth + 1).map(one => one.outerHTML.slice(0, 80))"""


def cut(page: Page) -> list[str]:
    """What has no room, zoomed in."""
    page.set_viewport_size({"width": ZOOMED, "height": HEIGHT})
    return [f"{page.url} at {ZOOMED}: {one} is cut" for one in page.evaluate(CUT)] + wide(page)


def keep(page: Page, name: str) -> None:
    """A picture of the page, where they are asked for."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def addresses_of(role: Role, things) -> dict[str, str]:
    return {name: url_of(name, things) for name in PAGES if role in ADDRESSES[name].roles}


@pytest.mark.parametrize("role", Role)
def test_pages_with_something_on_them(role, things, window):
    """On a desk, in the dark, on a phone and zoomed: a page follows its window, so it is opened once."""
    page = window(things["users"][role])
    found = []
    for name, address in addresses_of(role, things).items():
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        page.emulate_media(color_scheme="light")
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        found += markup(answer)
        page.evaluate(
            "for (const one of document.querySelectorAll('main details')) one.open = true"
        )
        found += faults(page)
        keep(page, f"{name}-{role}-wide-light")
        page.emulate_media(color_scheme="dark")  # nothing is different but the colours
        found += faults(page, ["color-contrast"])
        keep(page, f"{name}-{role}-wide-dark")
        page.set_viewport_size({"width": NARROW, "height": HEIGHT})
        keep(page, f"{name}-{role}-narrow-dark")
        page.emulate_media(color_scheme="light")
        found += faults(page)
        keep(page, f"{name}-{role}-narrow-light")
        found += cut(page)
    assert found == []


@pytest.mark.parametrize("role", Role)
def test_pages_with_nothing_on_them(role, window):
    kind = a_user(role).unit.kind
    page = window(a_user(role, unit=a_unit(f"Tom enhet {kind}", kind)), NARROW)
    found = []
    for name in PAGES:
        if role in ADDRESSES[name].roles and not (ADDRESSES[name].about or ADDRESSES[name].more):
            found += markup(page.goto(url_of(name, {}))) + faults(page)
    assert found == []


@pytest.mark.parametrize("role", Role)
def test_forms_sent_with_nothing_in_them(role, things, window):
    """Each form comes back with its errors listed, linked and in view, on a phone."""
    page = window(things["users"][role], NARROW)
    found = []
    for address in addresses_of(role, things).values():
        page.goto(address)
        form = page.locator("main form[method=post]").filter(has=page.locator(".form"))
        if not form.count():
            continue
        form.first.evaluate(
            "form => form.querySelectorAll('input:not([type=hidden]), textarea, select')"
            ".forEach(field => { if ('checked' in field) field.checked = false;"
            " if (!['radio', 'checkbox'].includes(field.type)) field.value = '' })"
        )
        with page.expect_navigation() as sent:
            form.first.locator("button[type=submit]").first.click()
        found += markup(sent.value) + faults(page)
    assert found == []


def test_pages_open_to_all(window):
    page = window(None, NARROW)
    # The other steps of a sign-in are looked at in test_passkeys.py.
    steps = {"sign_in_code", "city_start", "city_return"}
    assert {"login", "survey", "survey_thanks"} == OPEN_TO_ALL - steps
    for address, button in (("/logga-in/", "Logga in"), ("/enkat/", "Skicka svaret")):
        page.goto(address)
        assert faults(page) == []
        page.get_by_role("button", name=button).click()
        assert faults(page) == []
    page.goto("/enkat/tack/")
    assert faults(page) == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_pages_of_what_is_not_there_and_not_allowed(width, window):
    page = window(a_user(Role.CONTROLLER), width)
    for address, status in (("/finns-inte/", 404), ("/deltagare/", 403)):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status
        assert faults(page) == []
