"""The ten commonest tasks by keyboard alone.

Here: signing in, sending a referral, receiving it, booking a meeting, beginning an intervention, ordering a
report. In test_plan_and_case.py: finding somebody and writing a note, adopting a plan, following it up,
changing contact and level, ending. How their pages are read aloud is in test_read_aloud.py.
"""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from participants.models import Enrolment, Intervention, Meeting
from referrals.models import Referral
from reporting.models import ReportRun
from sundbyberg_am.access import Role
from sundbyberg_am.models import User
from tests.builders import a_personnummer, a_user, an_enrolment

from .conftest import SignIn
from .hands import Keyboard, check, wait_for_focus
from .test_the_whole_way import group, required_choices

PHONE = 390


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("link", name=name, exact=True)


def button(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("main").get_by_role("button", name=name)


def choose(hands: Keyboard, select: Locator, place: int = 1) -> None:
    hands.go_to(select)
    for _ in range(place):
        hands.page.keyboard.press("ArrowDown")


def by_keyboard(sign_in: SignIn, user: User) -> Keyboard:
    """A window where the user has signed in with the keyboard."""
    page = sign_in(user)
    page.context.clear_cookies()
    page.goto("/")
    hands = Keyboard(page)
    hands.write(page.get_by_label("Användarnamn"), user.username)
    hands.write(page.get_by_label("Lösenord"), "lösenord-i-test")
    hands.send(button(page, "Logga in"))
    page.wait_for_url("**/")
    return hands


def past_the_menu(page: Page) -> None:
    """The first press of Tab leads past the menu."""
    page.keyboard.press("Tab")
    wait_for_focus(page.get_by_role("link", name="Hoppa till innehållet"))
    page.keyboard.press("Enter")
    wait_for_focus(page.locator("#innehall"))


def test_a_referral_is_sent_and_received(sign_in: SignIn):
    a_user(Role.CONSULTANT, name="Karin Konsulent")
    hands = by_keyboard(sign_in, a_user(Role.SOCIAL_SECRETARY))
    page = hands.page
    hands.press(page.get_by_role("link", name="Anvisningar").first)
    page.wait_for_url("**/anvisningar/")
    past_the_menu(page)
    hands.press(link(page, "Ny anvisning"))
    hands.write(page.get_by_label("Personnummer eller samordningsnummer"), a_personnummer())
    hands.write(page.get_by_label("Förnamn"), "Yusuf")
    hands.write(page.get_by_label("Efternamn"), "Ekenstam")
    hands.press(button(page, "Vidare"))
    hands.write(page.get_by_label("Vad vill personen själv?"), "Arbeta i ett kök.")
    for question in required_choices():
        hands.press(group(page, question["text"]).get_by_role("radio").first)
    hands.press(button(page, "Vidare"))
    hands.press(button(page, re.compile("Skicka till")))
    expect(page.get_by_role("status")).to_contain_text("Du får besked senast")

    hands = by_keyboard(sign_in, a_user(Role.COORDINATOR))
    page = hands.page
    hands.press(link(page, "Yusuf Ekenstam"))
    hands.press(link(page, "Ta emot"))
    choose(hands, page.get_by_label("Konsulent"))
    hands.press(button(page, "Ta emot och skriv in"))
    expect(page.get_by_role("status").first).to_contain_text("Karin Konsulent är konsulent.")
    assert Referral.objects.get().enrolment == Enrolment.objects.get()


def test_a_meeting_is_booked_and_an_intervention_begins(sign_in: SignIn):
    kim = a_user(name="Kim Konsulent")
    case = an_enrolment(timezone.localdate(), consultant=kim)
    page = sign_in(kim, PHONE)
    hands = Keyboard(page)
    past_the_menu(page)
    hands.press(link(page, case.participant.name).last)
    hands.press(link(page, "Boka möte"))
    # The parts of a day and a time stand as the browser's own language has them.
    hands.write(page.get_by_label("Dag"), f"{timezone.localdate():%m%d%Y}")
    hands.write(page.get_by_label("Börjar"), "1000AM")
    hands.write(page.get_by_label("Plats"), "Rum 3")
    hands.press(button(page, re.compile("^Boka")))
    expect(page.get_by_role("heading", level=1)).to_have_text(case.participant.name)
    assert Meeting.objects.get().place == "Rum 3"

    hands.press(link(page, "Ny insats"))
    choose(hands, page.get_by_label("Slag av insats"))
    hands.press(button(page, "Spara"))
    expect(page.get_by_text("Insatsen är sparad.")).to_be_visible()
    assert Intervention.objects.get().enrolment == case


def test_a_report_is_ordered(sign_in: SignIn, site):
    hands = by_keyboard(sign_in, a_user(Role.MANAGER))
    page = hands.page
    hands.press(page.get_by_role("link", name="Rapporter").first)
    page.wait_for_url("**/rapporter/")
    with site.resting_worker():
        choose(hands, page.get_by_label("Rapport", exact=False))
        hands.press(button(page, "Beställ"))
        expect(page.get_by_role("progressbar")).to_be_visible()
    assert ReportRun.objects.count() == 1


@pytest.mark.parametrize("width", [1280, PHONE])
def test_shortcuts_are_shown_over_the_page_and_can_be_turned_off(sign_in: SignIn, width):
    page = sign_in(a_user(), width)
    sheet = page.get_by_role("dialog", name="Kortkommandon")
    page.keyboard.press("?")
    wait_for_focus(sheet.get_by_role("button", name="Stäng"))
    check(page)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()

    field = page.get_by_role("searchbox")
    for _ in range(
        50
    ):  # the key is free again when the dialogue has closed, a moment after it is hidden
        page.keyboard.press("/")
        if field.evaluate("one => one === document.activeElement"):
            break
        page.wait_for_timeout(100)
    wait_for_focus(field)
    page.keyboard.type("?")
    expect(field).to_have_value("?")
    expect(sheet).to_be_hidden()

    page.goto("/kortkommandon/")
    check(page)
    choice = page.get_by_label("Använd tangenterna / och ?")
    Keyboard(page).go_to(choice)
    page.keyboard.press("Space")
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.press("?")
    expect(field).not_to_be_focused()
    expect(sheet).to_be_hidden()
    page.goto("/kortkommandon/")
    expect(choice).not_to_be_checked()
