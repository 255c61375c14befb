"""The mapping form is written anew with the keyboard alone on a phone, and answered as it was written."""

import re

from playwright.sync_api import Locator, Page, expect

from referrals.models import MappingForm
from sundbyberg_am.access import Role
from tests.builders import a_personnummer, a_unit, a_user

from .conftest import SignIn
from .hands import Keyboard, check, wait_for_focus

PHONE = 390


def link(page: Page, name: str):
    return page.get_by_role("link", name=name, exact=True)


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def after(label: Locator) -> str:
    """What the style adds after a label."""
    added: str = label.evaluate("label => getComputedStyle(label, '::after').content")
    return added


def test_next_version_is_written_tried_and_let_out_by_keyboard(sign_in: SignIn):
    page = sign_in(a_user(Role.ADMINISTRATOR), PHONE)
    hands = Keyboard(page)
    page.goto("/listor/kartlaggning/")
    check(page)
    hands.press(button(page, "Gör ett utkast till nästa version"))
    hands.press(link(page, "Lägg till fråga till: Det som kan hjälpa"))
    hands.write(page.get_by_role("textbox", name="Fråga"), "Sjunger personen?")
    hands.send(button(page, "Lägg till"))
    # How it is answered was left out: said at the top, in focus, and what was typed stands.
    wait_for_focus(page.locator("[data-error-summary]"))
    check(page)
    hands.press(page.locator("[data-error-summary]").get_by_role("link"))
    expect(page.get_by_role("textbox", name="Fråga")).to_have_value("Sjunger personen?")
    hands.press(page.get_by_role("radio", name="Ja eller nej"))
    hands.press(button(page, "Lägg till"))
    expect(page.get_by_role("heading", name="Sjunger personen?")).to_be_in_viewport()
    check(page)

    question = page.locator(".goal", has=page.get_by_role("heading", name="Sjunger personen?"))
    hands.press(question.get_by_role("button", name="Flytta upp"))
    page.wait_for_url("**#del-5-5")
    hands.press(page.locator("summary", has_text="på: Sjunger personen?"))
    hands.press(question.get_by_role("link", name=re.compile("Ändra ?: Ja")))
    assert after(page.get_by_text("Hinder", exact=True)).startswith('" (frivilligt)"')
    assert (
        after(page.get_by_text("Visar behov av", exact=True)) == "none"
    )  # no box is an answer too
    hands.go_to(page.get_by_label("Talar för"))
    page.keyboard.type("AM3")
    hands.press(button(page, "Spara"))

    hands.press(link(page, "Förhandsgranska"))
    group = page.get_by_role("group", name="Sjunger personen?")
    hands.press(group.get_by_role("radio", name="Ja"))
    hands.press(button(page, "Se vad svaren leder till"))
    expect(page.get_by_role("heading", name="Svaren talar för AM3")).to_be_in_viewport()
    check(page)
    hands.press(link(page, "Utkast"))
    hands.press(link(page, "Låt den börja gälla"))
    hands.press(button(page, "Låt den börja gälla"))
    expect(page.get_by_role("main")).to_contain_text("Version 2 gäller från")
    check(page)
    assert MappingForm.objects.newest().version == 2


def test_mapping_is_answered_by_keyboard_on_a_phone(sign_in: SignIn):
    """Sent half answered it comes back with every error at the top, linked, and all that was typed."""
    a_unit()
    page = sign_in(a_user(Role.SOCIAL_SECRETARY), PHONE)
    hands = Keyboard(page)
    page.goto("/anvisningar/ny/")
    hands.write(page.get_by_label("Personnummer eller samordningsnummer"), a_personnummer())
    hands.write(page.get_by_label("Förnamn"), "Yusuf")
    hands.write(page.get_by_label("Efternamn"), "Ström")
    hands.press(button(page, "Vidare"))
    page.wait_for_url("**/kartlaggning/")
    check(page)

    own_words = page.get_by_label("Vad vill personen själv?")
    hands.write(own_words, "Arbeta i ett kök.")
    content = MappingForm.objects.get().content
    asked = [question for section in content["sections"] for question in section["questions"]]
    left_out = "capacity"
    for question in asked:
        if question["key"] == left_out or question["kind"] == "text":
            continue
        if question.get("required"):
            group = page.get_by_role("group", name=question["text"])
            hands.press(group.get_by_role("radio").first)
    hands.press(button(page, "Vidare"))

    summary = page.locator("[data-error-summary]")
    wait_for_focus(summary)
    check(page)
    expect(summary.get_by_role("link")).to_have_count(1)
    expect(own_words).to_have_value("Arbeta i ett kök.")
    assert page.locator("input[type=radio]:checked").count() == 13
    hands.press(summary.get_by_role("link"))
    page.keyboard.press("Space")
    assert page.locator("input[type=radio]:checked").count() == 14
    hands.press(button(page, "Vidare"))
    page.wait_for_url("**/skicka/**")
    expect(page.get_by_role("heading", name="Svaren talar för")).to_be_visible()
