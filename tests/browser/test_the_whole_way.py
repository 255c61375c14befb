"""From a referral to a figure in a report, in one story with five people signed in.

All of it also without JavaScript: no page needs it to be read, or to send its form.
"""

from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Locator, Page, expect

from participants.models import Enrolment
from referrals.models import MappingForm
from referrals.tasks import send_due_feedback
from sundbyberg_am.access import Role
from tests.builders import a_personnummer, a_user

from .conftest import IS_WHOLE, violations

QUESTION = "Hur många timmar orkar hen?"


# Without scripts each form is sent by test_without_script.py, and the whole story with WALK=whole.
@pytest.mark.parametrize("script", [True, False] if IS_WHOLE else [True])
def test_from_a_referral_to_a_figure_in_a_report(sign_in, site, script):
    sign_in = partial(sign_in, script=script)
    sender = sign_in(a_user(Role.SOCIAL_SECRETARY, name="Sofia Sändare"))
    coordinator = sign_in(a_user(Role.COORDINATOR, name="Samira Samordnare"))
    consultant_user = a_user(Role.CONSULTANT, name="Karin Konsulent")
    consultant = sign_in(consultant_user)
    manager = sign_in(a_user(Role.MANAGER, name="Eva Chef"))
    controller = sign_in(a_user(Role.CONTROLLER, name="Carl Controller"))

    address = draft_and_send(sender)
    ask(coordinator)
    complete(sender, address)
    accept(coordinator)
    adopt_a_plan(consultant)
    arrange_an_intervention(consultant)
    write_a_note(consultant)
    change_the_level(consultant)
    end(consultant)
    send_due_feedback()  # as the clock does every minute

    sender.goto(address)
    feedback = sender.get_by_role("region", name="Återkoppling")
    expect(feedback).to_contain_text("Arbete utan subvention")
    expect(feedback).to_contain_text("Karin Konsulent")
    expect(feedback).to_contain_text("Jobbsökaraktivitet/coachning")
    expect(sender.get_by_text("Provade knivar")).to_have_count(0)
    look(sender)

    with site.resting_worker():
        order(manager)
        expect(manager.get_by_role("progressbar")).to_be_visible()
        expect(manager.get_by_text("Väntar på sin tur")).to_be_visible()
        look(manager)
    report = wait_for_the_report(manager)
    assert counted(download(manager)) == {"Deltagare": 1, "Avslut": 1, "Arbete utan subvention": 1}

    expect(controller.get_by_role("main")).not_to_contain_text("Verksamhetsberättelse")
    manager.get_by_role("button", name="Fastställ").click()
    expect(manager.get_by_role("status")).to_contain_text("Rapporten är fastställd.")
    controller.goto(report)
    look(controller)
    assert counted(download(controller))["Avslut"] == 1

    case = Enrolment.objects.get()
    assert (case.exit_reason.code if case.exit_reason else None) == "work_unsubsidised"
    assert case.consultant == consultant_user


def look(page: Page) -> None:
    """axe-core finds nothing. It is JavaScript itself, so it looks only where that is run."""
    if page.evaluate("'htmx' in window"):
        assert violations(page) == []


def said(page: Page, sentence: str) -> None:
    expect(page.get_by_role("status").first).to_contain_text(sentence)


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def draft_and_send(page: Page) -> str:
    """Person, mapping kept as a draft and gone on with, level, off; gives the referral's address."""
    page.get_by_role("link", name="Anvisningar").first.click()
    follow(page, "Ny anvisning")
    page.get_by_label("Personnummer eller samordningsnummer").fill(a_personnummer())
    page.get_by_label("Förnamn").fill("Yusuf")
    page.get_by_label("Efternamn").fill("Wåhlin-Ström af Ekenstam")
    press(page, "Vidare")
    said(page, "Utkastet är sparat.")

    page.get_by_label("Vad vill personen själv?").fill("Arbeta i ett kök.")
    press(page, "Spara utkast")
    said(page, "Du kan fortsätta när du vill.")
    follow(page, "Fortsätt")
    expect(page.get_by_label("Vad vill personen själv?")).to_have_value("Arbeta i ett kök.")
    for question in required_choices():
        group(page, question["text"]).get_by_role("radio").first.check()
    group(page, "Hur går det att söka arbete?").get_by_label("Behöver stöd").check()
    look(page)
    press(page, "Vidare")

    proposed = page.get_by_role("radio", name="AM2")
    expect(proposed).to_be_checked()
    page.get_by_role("button", name="Skicka till").click()
    expect(page.get_by_role("status")).to_contain_text("Du får besked senast")
    return page.url


def required_choices() -> list[dict[str, Any]]:
    form = MappingForm.objects.get()
    return [
        question
        for section in form.content["sections"]
        for question in section["questions"]
        if question.get("required") and question["kind"] != "text"
    ]


def group(page: Page, question: str) -> Locator:
    return page.get_by_role("group", name=question)


def to_the_referral(page: Page) -> None:
    """From the start page, where it waits."""
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Yusuf Wåhlin-Ström af Ekenstam").click()


def ask(page: Page) -> None:
    to_the_referral(page)
    follow(page, "Be om komplettering")
    page.get_by_label("Vad behöver kompletteras?").fill(QUESTION)
    press(page, "Skicka frågan")
    said(page, "Frågan är skickad till avsändaren.")


def complete(page: Page, address: str) -> None:
    to_the_referral(page)
    assert page.url == address
    follow(page, "Komplettera")
    expect(page.get_by_role("main")).to_contain_text(QUESTION)
    page.get_by_label("Ditt svar").fill("Halvtid, enligt läkaren.")
    press(page, "Skicka")
    said(page, "Kompletteringen är skickad")


def accept(page: Page) -> None:
    to_the_referral(page)
    expect(page.get_by_role("main")).to_contain_text("Halvtid, enligt läkaren.")
    follow(page, "Ta emot")
    page.get_by_label("Konsulent").select_option(label="Karin Konsulent, 0 ärenden")
    press(page, "Ta emot och skriv in")
    said(page, "Karin Konsulent är konsulent.")


def adopt_a_plan(page: Page) -> None:
    page.get_by_role("link", name="Deltagare").first.click()
    follow(page, "Yusuf Wåhlin-Ström af Ekenstam")
    follow(page, "Gör en handlingsplan")
    press(page, "Gör en plan")
    page.get_by_label("Nytt mål, med deltagarens egna ord").fill("Jag vill arbeta i ett kök")
    press(page, "Lägg till mål")
    page.get_by_label("Vad ska göras?").fill("Skriva ett cv")
    press(page, "Lägg till steg")
    page.get_by_role("radio", name="Ja", exact=True).check()
    page.get_by_label("Följs upp").fill(f"{timezone.localdate().year + 1}-01-15")
    press(page, "Fastställ")
    expect(page.get_by_text("Planen är fastställd.").first).to_be_visible()
    look(page)
    follow(page, "Yusuf Wåhlin-Ström af Ekenstam")


def arrange_an_intervention(page: Page) -> None:
    follow(page, "Ny insats")
    page.get_by_label("Slag av insats").select_option(label="Jobbsökaraktivitet/coachning")
    press(page, "Spara")
    said(page, "Insatsen är sparad.")


def write_a_note(page: Page) -> None:
    follow(page, "Skriv anteckning")
    page.get_by_label("Anteckning").fill("Provade knivar i köket. Det gick bra.")
    press(page, "Spara")
    said(page, "Anteckningen är sparad.")
    expect(page.get_by_role("main")).to_contain_text("Provade knivar i köket.")


def change_the_level(page: Page) -> None:
    page.get_by_role("link", name="Ändra nivå").click()
    page.get_by_label("Nivå", exact=False).first.select_option(label="AM1 – lite stöd")
    page.get_by_label("Varför ändras nivån?").fill("Klarar sig snart själv")
    press(page, "Spara")
    said(page, "Nivån är AM1")


def end(page: Page) -> None:
    follow(page, "Avsluta")
    page.get_by_label("Varför avslutas inskrivningen?").select_option(
        label="Arbete utan subvention"
    )
    page.get_by_role("radio", name="Ja", exact=True).check()
    press(page, "Avsluta")
    said(page, "Inskrivningen är avslutad")
    look(page)


def order(page: Page) -> None:
    page.get_by_role("link", name="Rapporter").first.click()
    page.get_by_label("Rapport", exact=False).select_option(str(timezone.localdate().year))
    press(page, "Beställ")


def wait_for_the_report(page: Page) -> str:
    """The page turns into the report by itself, or is read again until it is."""
    ready = page.get_by_role("link", name="Ladda ner Excel")
    while not page.evaluate("'htmx' in window") and not ready.is_visible():
        follow(page, "Läs om sidan")
    expect(ready).to_be_visible(timeout=30_000)
    look(page)
    return page.url


def download(page: Page) -> dict[str, Worksheet]:
    with page.expect_download() as started:
        page.get_by_role("link", name="Ladda ner Excel").click()
    file = Path(started.value.path()).read_bytes()
    return {sheet.title: sheet for sheet in load_workbook(BytesIO(file)).worksheets}


def counted(sheets: dict[str, Worksheet]) -> dict[str, object]:
    """What stands beside these labels, for all, on the sheets of people and of flows."""
    found: dict[str, object] = {}
    for sheet in ("Deltagare", "Inskrivna och avslut"):
        for row in sheets[sheet].iter_rows(min_row=5, max_col=3, values_only=True):
            found.setdefault(str(row[0]), row[2])
    return {label: found[label] for label in ("Deltagare", "Avslut", "Arbete utan subvention")}
