"""Every address that is read, as every role that may: accessible, and nothing wider than the window.

With something on it, with nothing, with ten times as much, and sent back with errors; on a desk, on a
phone, zoomed, and in the dark. What opens over a page is in test_states.py. The table of addresses is the
list of pages, so a new page is covered as soon as it has its row. Every page as every role in every width and
colour, which takes longer; and pictures of them all, in both widths, light and dark:

  WALK=whole python3 dev.py test tests/browser
  PICTURES=/tmp/pictures python3 dev.py test tests/browser/test_every_page.py -k something_on
"""

import os
import re
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, Response

from sundbyberg_am.access import Role
from sundbyberg_am.models import User
from tests.addresses import ADDRESSES, OPEN_TO_ALL, one_of_each, url_of
from tests.builders import a_unit, a_user
from tests.markup import faults_in
from tests.signing_in import signed_in

from .conftest import CONTRAST, IS_WHOLE, Site, violations
from .crowd import TIMES, ten_times

WIDE, NARROW, HEIGHT = 1280, 390, 900
ZOOMED, REFLOWED = 640, 320  # what a window of 1280 has room for at 200 and at 400 per cent
PICTURES = os.environ.get("PICTURES", "")
# Where axe-core looks, and where there must be room.
WIDTHS = (WIDE, ZOOMED, NARROW) if IS_WHOLE else (WIDE, NARROW)
ROOMS = (WIDE, ZOOMED, NARROW, REFLOWED)
# And where with nothing on the page, or with errors: more of it is the same.
NARROWLY = WIDTHS if IS_WHOLE else (NARROW,)
TIGHTLY = ROOMS if IS_WHOLE else (NARROW, REFLOWED)
# Whose colours are looked at in the dark: all are made of the same few.
DARK = {"start", "participant", "participant_list", "note_add", "report", "overview", "referral"}
# What a page has that has a form to send, however else it is written.
HAS_FORM = re.compile(r'class="[^"]*\bform\b')
# Who is asked first where more than one role may open a page.
FIRST = [Role.CONSULTANT, Role.MANAGER, Role.SOCIAL_SECRETARY]
COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
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
    """`window(user)` is a page where the user is signed in."""
    contexts: list[BrowserContext] = []

    def open_window(user: User | None) -> Page:
        context = chromium.new_context(
            base_url=site.address,
            viewport={"width": WIDE, "height": HEIGHT},
            locale="sv-SE",
            reduced_motion="reduce",  # a colour on its way to another has not the contrast of either
        )
        contexts.append(context)
        if user:
            client = signed_in(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies(
                [{"name": cookie.key, "value": cookie.value, "url": site.address, "httpOnly": True}]
            )
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()


def markup(answer: Response | None) -> list[str]:
    """What is wrong with the HTML as it was sent."""
    assert answer is not None
    return [f"{answer.url}: {fault}" for fault in faults_in(answer.text())]


def resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": HEIGHT})


# What has no room, and what one has to scroll sideways for.
CUT = """() => [...document.querySelectorAll('body *:not(input)')].filter(one => one.clientWidth > 1
    && ['hidden', 'clip'].includes(getComputedStyle(one).overflowX)
    && one.scrollWidth > one.clientWidth + 1).map(one => one.outerHTML.slice(0, 80) + ' is cut').concat(
        document.documentElement.scrollWidth > window.innerWidth ? ['the page is wider'] : [])"""


def cut(page: Page) -> list[str]:
    return [f"{page.url} at {page.viewport_size}: {one}" for one in page.evaluate(CUT)]


def faults(
    page: Page, widths: Sequence[int] = (WIDE, ZOOMED, NARROW), rooms: Sequence[int] = ROOMS
) -> list[str]:
    """What axe-core finds in some widths, and what has no room in others.

    Colours are looked at on a phone, where all stands in one column: they are the same in any width.
    """
    found = []
    for width in rooms:
        resize(page, width)
        if width in widths:
            found += violations(page, besides=[] if width == NARROW else [CONTRAST])
        found += cut(page)
    return found


def dark_faults(page: Page) -> list[str]:
    """Only the colours of the page are others in the dark, so only the rule about them is asked."""
    page.emulate_media(color_scheme="dark")
    found = []
    for width in (WIDE, NARROW) if IS_WHOLE else (NARROW,):
        resize(page, width)
        found += violations(page, [CONTRAST])
    page.emulate_media(color_scheme="light")
    return found


def keep(page: Page, name: str) -> None:
    """Pictures of the page, where they are asked for."""
    for width, colours in product((WIDE, NARROW), COLOURS) if PICTURES else ():
        page.emulate_media(color_scheme=colours)
        resize(page, width)
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{colours}.png", full_page=True)
    page.emulate_media(color_scheme="light")


def addresses_of(role: Role, things) -> dict[str, str]:
    return {name: url_of(name, things) for name in PAGES if role in ADDRESSES[name].roles}


def is_first(role: Role, name: str) -> bool:
    """Whether the page is looked at as this role: as each in the whole walk, and otherwise as the first.

    Other roles get the same page with other links. What each role has of its own is the start page.
    """
    return IS_WHOLE or bool(PICTURES) or name == "start" or role == min(ADDRESSES[name].roles)


def looked_at_by(role: Role, things) -> dict[str, str]:
    """The addresses of the pages that are looked at as this role."""
    found = addresses_of(role, things)
    return {name: address for name, address in found.items() if is_first(role, name)}


def opened(page: Page, address: str) -> list[str]:
    """Open the page, with all that can be unfolded on it, and say what is wrong with how it was sent."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    return markup(answer)


@pytest.mark.parametrize("role", Role)
def test_pages_with_something_on_them(role, things, window):
    page = window(things["users"][role])
    found = []
    for name, address in looked_at_by(role, things).items():
        found += opened(page, address) + faults(page, WIDTHS)
        found += dark_faults(page) if IS_WHOLE or name in DARK else []
        keep(page, f"{name}-{role}")
    assert found == []


@pytest.mark.skipif(not IS_WHOLE, reason="WALK=whole looks at ten times as much")
def test_pages_with_ten_times_as_much_on_them(things, window):
    """Each as one of those who may open it. More of the same has no other colours, but perhaps no room."""
    ten_times(things)
    left = set(PAGES)
    found = []
    for role in [*FIRST, *(set(Role) - set(FIRST))]:
        page = window(things["users"][role])
        for name, address in addresses_of(role, things).items():
            if name in left or name == "start":
                found += opened(page, address)
                if page.locator("main").locator("tr, li, .form-check").count() >= TIMES:
                    found += faults(page, (NARROW,) if IS_WHOLE else ())
        left -= set(addresses_of(role, things))
    assert left == set()
    assert found == []


@pytest.mark.parametrize("role", Role)
def test_pages_with_nothing_on_them(role, window):
    kind = a_user(role).unit.kind
    page = window(a_user(role, unit=a_unit(f"Tom enhet {kind}", kind)))
    found = []
    for name in PAGES:
        address = ADDRESSES[name]
        if role in address.roles and is_first(role, name) and not (address.about or address.more):
            found += markup(page.goto(url_of(name, {})))
            found += faults(page, NARROWLY, TIGHTLY)
    assert found == []


@pytest.mark.parametrize("role", Role if IS_WHOLE else [Role.CONSULTANT])
def test_forms_sent_with_nothing_in_them(role, things, window):
    """Each form comes back with its errors listed, linked and in view."""
    page = window(things["users"][role])
    found = []
    for address in looked_at_by(role, things).values():
        if not HAS_FORM.search(page.request.get(address).text()):
            continue
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
        found += markup(sent.value) + faults(page, NARROWLY, TIGHTLY)
    assert found == []


def test_pages_open_to_all(window):
    page = window(None)
    # The other steps of a sign-in are looked at in test_passkeys.py.
    steps = {"sign_in_code", "city_start", "city_return"} | {
        name for name in OPEN_TO_ALL if name.startswith("saml_")
    }
    assert {"login", "survey", "survey_thanks"} == OPEN_TO_ALL - steps
    for address, button in (("/logga-in/", "Logga in"), ("/enkat/", "Skicka svaret")):
        page.goto(address)
        assert faults(page) == []
        page.get_by_role("button", name=button).click()
        assert faults(page) == []
    page.goto("/enkat/tack/")
    assert faults(page) == []


def test_pages_of_what_is_not_there_and_not_allowed(window):
    page = window(a_user(Role.CONTROLLER))
    for address, status in (("/finns-inte/", 404), ("/deltagare/", 403)):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status
        assert faults(page) == []
