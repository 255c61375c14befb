"""The consultant's plan, case and search in a browser: two widths, with a mouse and by keyboard alone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from participants.models import Enrolment, Goal, Note, Plan, Step
from tests.builders import a_participant, a_plan, a_user, an_enrolment, an_intervention
from tests.participants.reading import START, TODAY

from .conftest import IS_WHOLE
from .hands import Keyboard, Mouse, check, wait_for_focus

NAME = "Karl Wåhlin-Ström af Ekenstam"
# What is done with the keyboard on a wide screen, and in the whole walk with a finger on a narrow one.
either = pytest.mark.parametrize(
    ("width", "hands"), [(1280, Keyboard), *([(390, Mouse)] if IS_WHOLE else [])]
)


@pytest.fixture
def kim():
    return a_user(name="Kim Konsulent")


@pytest.fixture
def case(kim):
    person = a_participant(first_name="Karl", last_name="Wåhlin-Ström af Ekenstam")
    return an_enrolment(START, participant=person, consultant=kim)


def url_of(case: Enrolment, page: str = "") -> str:
    return f"/deltagare/{case.participant.public_id}/{page}"


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def a_long_plan(case: Enrolment, adopted_on=START) -> Plan:
    """Thirty steps with long words in long texts."""
    plan = a_plan(case, adopted_on, follow_up_on=TODAY)
    for text in ("Jag vill jobba i kök. " * 13, "Arbetsmarknadspolitiskaåtgärdsprogram" * 7):
        goal = Goal.objects.create(plan=plan, text=text)
        Step.objects.bulk_create(
            Step(goal=goal, text=f"Steg {number} {'x' * 200}", due_on=TODAY, position=number)
            for number in range(15)
        )
    return plan


@either
def test_a_plan_of_two_goals_and_four_steps_is_adopted_on_its_page(
    sign_in, kim, case, width, hands
):
    page = sign_in(kim, width)
    page.goto(url_of(case, "plan/"))
    left: list[str] = []
    page.on("framenavigated", lambda frame: left.append(frame.url))
    hand = hands(page)
    check(page)
    hand.press(button(page, "Gör en plan"))
    goal_field = page.get_by_label("Nytt mål, med deltagarens egna ord")
    wait_for_focus(goal_field)
    for goal, steps in (
        ("Jag vill jobba i kök", ["Skriva cv", "Ringa kocken"]),
        ("Jag vill må bra", ["Promenera", "Boka tid på vårdcentralen"]),
    ):
        hand.write(goal_field, goal)
        hand.send(button(page, "Lägg till mål"))
        here = page.locator(".goal").filter(has=page.get_by_role("heading", name=goal))
        step_field = here.get_by_label("Vad ska göras?")
        wait_for_focus(step_field)
        for step in steps:
            hand.write(step_field, step)
            hand.send(here.get_by_role("button", name="Lägg till steg"))
            expect(here.get_by_text(step, exact=True)).to_be_visible()
            wait_for_focus(step_field)
            assert step_field.input_value() == ""
    check(page)

    hand.press(page.get_by_label("Nej", exact=True))
    hand.press(button(page, "Fastställ"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    check(page)
    hand.press(page.get_by_label("Ja", exact=True))
    hand.press(button(page, "Fastställ"))
    expect(page.locator(".message", has_text="Planen är fastställd.")).to_be_visible()
    wait_for_focus(page.locator("#galler"))
    check(page)

    assert left == []
    plan = Plan.objects.get()
    assert (plan.adopted_on, plan.participant_agrees) == (TODAY, True)
    assert [goal.steps.count() for goal in plan.goals.all()] == [2, 2]
    assert isinstance(hand, Mouse) or hand.clicks == 0


def test_a_draft_is_put_right_and_what_is_typed_beside_stays(sign_in, kim, case):
    goal = Goal.objects.create(plan=a_plan(case), text="Jag vill jobba i kök")
    for number, text in enumerate(("Ett", "Två", "Tre")):
        Step.objects.create(goal=goal, text=text, position=number)
    page = sign_in(kim, 390)
    page.goto(url_of(case, "plan/"))
    page.get_by_label("Nytt mål, med deltagarens egna ord").fill("Halvskrivet")
    page.get_by_label("Nej", exact=True).check()
    page.get_by_label("Om inte, varför?").fill("Vill studera")

    step = Step.objects.get(text="Tre")
    page.get_by_role("button", name=re.compile("Flytta upp.*Tre")).click()
    wait_for_focus(page.locator(f"#steg-{step.pk}-upp"))
    titles = page.locator(".step__title")
    expect(titles).to_have_text(["Ett", "Tre", "Två"])
    page.get_by_role("link", name=re.compile("Ändra.*Tre")).click()
    field = page.locator("#id_andra-text")
    wait_for_focus(field)
    check(page)
    field.fill("")
    page.keyboard.press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    check(page)
    page.locator("#id_andra-text").fill("Trettio")
    page.keyboard.press("Enter")
    expect(titles).to_have_text(["Ett", "Trettio", "Två"])
    wait_for_focus(page.locator(f"#steg-{step.pk}-andra"))

    expect(page.get_by_label("Nytt mål, med deltagarens egna ord")).to_have_value("Halvskrivet")
    expect(page.get_by_label("Nej", exact=True)).to_be_checked()
    expect(page.get_by_label("Om inte, varför?")).to_have_value("Vill studera")


def test_what_cannot_be_sent_is_said_and_stays(sign_in, kim, case):
    a_plan(case)
    page = sign_in(kim)
    page.goto(url_of(case, "plan/"))
    field = page.get_by_label("Nytt mål, med deltagarens egna ord")
    page.context.set_offline(True)
    field.fill("Jag vill jobba i kök")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Det gick inte att nå servern.")
    expect(field).to_have_value("Jag vill jobba i kök")
    page.context.set_offline(False)
    page.context.clear_cookies()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(re.compile("utloggad|gick inte att spara"))
    expect(field).to_have_value("Jag vill jobba i kök")


@either
def test_a_note_on_a_visitor_is_at_most_four_clicks_from_signing_in(
    sign_in, kim, case, width, hands
):
    page = sign_in(kim, width)
    hand = hands(page)
    hand.clicks = 0 if hands is Keyboard else 1  # signing in was one
    page.keyboard.press("/")
    page.keyboard.type("ekenst karl")
    hand.send(page.get_by_role("search").get_by_role("button", name="Sök").first)
    wait_for_focus(page.get_by_role("link", name=NAME, exact=True))
    check(page)
    hand.press(page.get_by_role("link", name=re.compile("Skriv anteckning")))
    hand.write(page.get_by_label("Anteckning"), "Vi sågs i dag.")
    hand.press(button(page, "Spara"))
    expect(page.get_by_text("Anteckningen är sparad.")).to_be_visible()
    note = Note.objects.get()
    assert (note.enrolment, note.text, note.happened_on) == (case, "Vi sågs i dag.", TODAY)
    assert hand.clicks <= (4 if hands is Mouse else 0)


@either
def test_an_enrolment_is_ended_on_one_page(sign_in, kim, case, width, hands):
    an_intervention(case, START)
    page = sign_in(kim, width)
    page.goto(url_of(case))
    check(page)
    hand = hands(page)
    exit_link = page.locator(f'a[href="{url_of(case, "avslut/")}"]')
    hand.press(exit_link)
    page.wait_for_url("**/avslut/")
    check(page)
    hand.press(button(page, "Avsluta"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    check(page)
    reason = page.get_by_label("Varför avslutas inskrivningen?")
    if hands is Keyboard:
        hand.go_to(reason)
        page.keyboard.press("ArrowDown")
    else:
        reason.select_option(index=1)
    hand.press(button(page, "Avsluta"))
    expect(page.get_by_text(f"Inskrivningen är avslutad {TODAY}.")).to_be_visible()
    check(page)
    case.refresh_from_db()
    assert (case.ended_on, case.exit_reason.position) == (TODAY, 1)


def test_hits_are_gone_through_with_the_arrows(sign_in, kim, case):
    for name in ("Strömberg", "Ström"):
        an_enrolment(START, participant=a_participant(first_name="Bo", last_name=name))
    page = sign_in(kim)
    page.keyboard.press("/")
    page.keyboard.type("strom")
    page.keyboard.press("Enter")
    page.wait_for_url("**?sok=*")
    names = ["Bo Ström", "Bo Strömberg", NAME]
    wait_for_focus(page.get_by_role("link", name=names[0], exact=True))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    wait_for_focus(page.get_by_role("link", name=names[2], exact=True))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    wait_for_focus(page.get_by_role("link", name=names[1], exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(names[1])


@either
def test_the_plan_is_followed_up_from_the_case(sign_in, kim, case, width, hands):
    goal = Goal.objects.create(plan=a_plan(case, START), text="Jag vill jobba i kök")
    for text in ("Skriva cv", "Ringa kocken"):
        Step.objects.create(goal=goal, text=text)
    page = sign_in(kim, width)
    page.goto(url_of(case))
    check(page)
    hand = hands(page)
    hand.press(page.locator(".page-head__actions").get_by_role("link", name="Följ upp planen"))
    page.wait_for_url("**/uppfoljning/")
    check(page)
    first = page.locator("select").first
    if hands is Keyboard:
        hand.go_to(first)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
    else:
        first.select_option("done")
    hand.press(button(page, "Spara uppföljningen"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(first).to_have_value("done")
    check(page)
    hand.write(page.get_by_label("Vad sa ni?"), "Det går framåt.")
    hand.press(button(page, "Spara uppföljningen"))
    expect(page.get_by_text("Uppföljningen är sparad.")).to_be_visible()
    assert list(Step.objects.exclude(state="planned").values_list("state", flat=True)) == ["done"]
    assert Plan.objects.get().follow_up_on == TODAY + timedelta(days=90)


@either
def test_contact_and_level_are_changed_on_the_page_of_the_case(sign_in, kim, case, width, hands):
    page = sign_in(kim, width)
    page.goto(url_of(case))
    left: list[str] = []
    page.on("framenavigated", lambda frame: left.append(frame.url))
    hand = hands(page)
    hand.press(page.get_by_role("link", name=re.compile("Ändra.*kontakt")))
    wait_for_focus(page.get_by_label("Förnamn"))
    check(page)
    hand.write(page.get_by_label("Tolk på"), "somaliska")
    hand.send(page.locator("#kontakt").get_by_role("button", name="Spara"))
    expect(page.get_by_text("Uppgifterna är sparade.")).to_be_visible()
    expect(page.locator(".page-head").get_by_text("Tolk på somaliska")).to_be_visible()
    wait_for_focus(page.locator(".messages"))
    check(page)

    hand.press(page.get_by_role("link", name=re.compile("Ändra.*nivå")))
    wait_for_focus(page.locator("#niva select"))
    hand.press(page.locator("#niva").get_by_role("button", name="Spara"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    check(page)
    page.locator("#niva select").select_option("AM1")
    hand.write(page.get_by_label("Varför ändras nivån?"), "Klarar mer själv.")
    hand.send(page.locator("#niva").get_by_role("button", name="Spara"))
    expect(page.get_by_text(f"Nivån är AM1 från {TODAY}.")).to_be_visible()
    assert left == []


@pytest.mark.parametrize("width", [1280, 390] if IS_WHOLE else [390])
def test_thirty_steps_and_long_names_have_room(sign_in, kim, case, width):
    a_long_plan(case)
    a_long_plan(case, TODAY - timedelta(days=1))
    a_long_plan(case, None)
    page = sign_in(kim, width)
    check(page)
    for name in ("", "plan/", "plan/jamfor/", "plan/uppfoljning/"):
        page.goto(url_of(case, name))
        page.evaluate("document.querySelectorAll('details.panel').forEach(d => d.open = true)")
        check(page)
    page.goto(f"{url_of(case, 'plan/')}?andra=steg-{Step.objects.last().pk}")
    check(page)
    page.goto("/deltagare/")
    page.get_by_label("Sök deltagare").fill("ekenstam")
    page.keyboard.press("Enter")
    page.wait_for_url("**?sok=*")
    check(page)
