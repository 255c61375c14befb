"""Pages in states that the others do not show: with something open over them, and on paper."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from participants.models import Note
from sundbyberg_am.access import Role
from tests.builders import a_participant, a_plan, a_user, an_enrolment
from tests.participants.reading import START, TODAY, much_of_everything
from tests.reporting.builders import an_approved_report

from .conftest import SignIn
from .hands import wait_for_focus
from .test_every_page import dark_faults, faults

ROOT = Path(__file__).resolve().parents[2]


def test_all_that_opens_is_opened_here():
    """Menus, forms that come in place, and the one dialogue: a new one is added to the test below."""
    templates = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    scripts = "".join(path.read_text() for path in (ROOT / "static/js").glob("*.js"))
    assert re.findall(r'class="(\w+)" data-closes', templates) == ["account", "menu"]
    assert re.findall(r'data-hx-target="#(\w+)"', templates) == ["kontakt", "niva"]
    assert "<dialog" not in templates
    assert scripts.count('createElement("dialog")') == 1


def test_what_opens_over_a_page(sign_in: SignIn, kim):
    case = an_enrolment(START, consultant=kim)
    page = sign_in(kim)
    page.goto(f"/deltagare/{case.participant.public_id}/")
    page.locator(".account__summary").click()
    found = faults(page) + dark_faults(page)
    page.locator(".menu__summary").click()
    found += faults(page) + dark_faults(page)
    page.keyboard.press("Escape")

    page.get_by_role("link", name="Ändra kontakt").click()
    expect(page.get_by_label("Förnamn")).to_be_focused()
    page.get_by_role("link", name="Ändra nivå").click()
    expect(page.locator("#niva select")).to_be_focused()
    found += faults(page) + dark_faults(page)

    page.goto("/")
    page.evaluate(
        "for (const one of document.querySelectorAll('[data-session-state]')) one.hidden = false"
    )
    found += faults(page) + dark_faults(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Kortkommandon")).to_be_visible()
    found += faults(page) + dark_faults(page)
    assert found == []


def test_a_section_of_a_report_is_divided_in_place(sign_in: SignIn):
    eva = a_user(Role.MANAGER)
    page = sign_in(eva)
    page.goto(f"/rapporter/{an_approved_report(eva).public_id}/")
    page.get_by_role("link", name="Visa deltagare efter nivå").press("Enter")
    opened = page.locator("#efter-1 summary")
    wait_for_focus(opened)
    assert faults(page) + dark_faults(page) == []
    opened.press("Enter")
    expect(page.locator("#efter-1 table").first).to_be_hidden()


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
