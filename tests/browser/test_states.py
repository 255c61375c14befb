"""Pages in states that the others do not show: much of everything, what opens over a page, and paper."""

from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from participants.models import Note
from sundbyberg_am.access import Role
from tests.builders import a_participant, a_plan, a_referral, a_user, an_enrolment
from tests.participants.reading import START, TODAY, much_of_everything

from .conftest import SignIn
from .hands import check

WIDE, PHONE = 1280, 390
LONG = "Wolfeschlegelsteinhausen"


def look(page: Page, *addresses: str) -> None:
    for address in addresses:
        page.goto(address)
        for width in (WIDE, PHONE):
            page.set_viewport_size({"width": width, "height": 900})
            check(page)


def test_much_of_everything(sign_in: SignIn):
    kim = a_user(name=f"Kim {LONG}")
    case = an_enrolment(START, participant=a_participant(last_name=LONG), consultant=kim)
    much_of_everything(case, 12, kim)
    for number in range(40):
        person = a_participant(first_name=LONG[: number % 24 + 1], last_name=f"{LONG} {number}")
        an_enrolment(START, participant=person, consultant=kim)
        a_referral(TODAY, first_name=LONG[: number % 24 + 1], last_name=f"{LONG} {number}")
    address = f"/deltagare/{case.participant.public_id}/"
    look(
        sign_in(kim),
        *("/", "/deltagare/", address, f"{address}plan/", f"{address}utveckling/"),
    )
    look(sign_in(a_user(Role.COORDINATOR)), "/", "/anvisningar/")


def test_what_opens_over_a_page(sign_in: SignIn):
    kim = a_user(name=f"Kim {LONG}")
    case = an_enrolment(START, consultant=kim)
    page = sign_in(kim)
    page.goto(f"/deltagare/{case.participant.public_id}/")
    page.locator(".account__summary").click()
    check(page)
    page.set_viewport_size({"width": PHONE, "height": 900})
    page.locator(".menu__summary").click()
    check(page)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Ändra kontakt").click()
    expect(page.get_by_label("Förnamn")).to_be_focused()
    page.get_by_role("link", name="Ändra nivå").click()
    expect(page.locator("#niva select")).to_be_focused()
    check(page)


def on_paper(page: Page) -> list[str]:
    """What stands on each sheet."""
    return [one.extract_text() for one in PdfReader(BytesIO(page.pdf(format="A4"))).pages]


@pytest.fixture
def kim():
    return a_user(name="Kim Konsulent")


def test_a_case_on_paper_is_whole_and_without_buttons(sign_in: SignIn, kim):
    case = an_enrolment(START, participant=a_participant(last_name="Ekenstam"), consultant=kim)
    much_of_everything(case, 3, kim)
    a_plan(case, START)
    Note.objects.create(enrolment=case, happened_on=TODAY, text="Provade kniv.", created_by=kim)
    page = sign_in(kim)
    page.goto(f"/deltagare/{case.participant.public_id}/")
    sheets = on_paper(page)
    text = "\n".join(sheets)
    for wanted in ("Test Ekenstam", "Handlingsplan", "Provade kniv.", f"Utskrivet {TODAY} av Kim"):
        assert wanted in text
    for unwanted in (
        "Skriv anteckning",
        "Logga ut",
        "Hoppa till",
        "Ändra",
        "Rätta",
        "Sök deltagare",
    ):
        assert unwanted not in text


def test_a_list_on_paper_is_a_table_with_its_head_on_every_sheet(sign_in: SignIn, kim):
    for number in range(60):
        an_enrolment(START, participant=a_participant(last_name=f"Ek {number}"), consultant=kim)
    page = sign_in(kim)
    page.goto("/deltagare/")
    first, second, *_ = on_paper(page)
    assert first.count("Personnummer") == second.count("Personnummer") == 1
    assert "Visa" not in first
    assert "Skriv anteckning" not in first
