"""What a screen reader says of the pages of the ten commonest tasks: names and order, kept in `read_aloud/`.

The tasks are those of test_by_keyboard.py.

A page that has changed fails here. Remove its file, run the test, and read the new one before it is kept.
"""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from participants.models import Goal, Note, Step
from referrals.actions import submit
from sundbyberg_am.access import Role
from tests.builders import a_participant, a_plan, a_user, an_enrolment, an_intervention
from tests.participants.reading import START
from tests.referrals.builders import a_draft
from tests.reporting.builders import an_approved_report

from .conftest import SignIn

KEPT = Path(__file__).parent / "read_aloud"
# What is another every day, and what only follows a link.
CHANGES = [
    (r"^ *- /url: .*\n", ""),
    (r"\d{4}-\d\d-\d\d( \d\d:\d\d)?", "DAG"),
    (
        r"\d+ (jan|febr|sept|okto|nov|dec)\w+ \d{4}|\d+ (mars|april|maj|juni|juli|augusti) \d{4}",
        "DAG",
    ),
    (r"\w+dag DAG", "DAG"),
    (r"AM-?\d{4,}|\bA-\d{4,}", "ÄRENDE"),
    (r"v\. \d+", "VECKA"),
    (r"\d+ år\b", "ÅLDER"),
    (r"\b[0-9a-f]{64}\b", "FINGERAVTRYCK"),
]


def read_aloud(page: Page, name: str, *parts: str) -> None:
    """Compare what is said of these parts of the page, or of all of it."""
    said = "".join(page.locator(part).aria_snapshot() + "\n" for part in parts or ["body"])
    for pattern, word in CHANGES:
        said = re.sub(pattern, word, said, flags=re.MULTILINE)
    kept = KEPT / f"{name}.yaml"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(said)
        pytest.fail(f"{kept} is new: read it.")
    assert said == kept.read_text()


@pytest.fixture
def kim():
    return a_user(name="Kim Konsulent")


@pytest.fixture
def case(kim):
    person = a_participant(
        first_name="Yusuf", last_name="Ekenstam", personnummer="198503149801", phone="070-123 45 67"
    )
    case = an_enrolment(START, participant=person, consultant=kim)
    plan = a_plan(case, START, follow_up_on=START)
    goal = Goal.objects.create(plan=plan, text="Jag vill jobba i kök")
    Step.objects.create(goal=goal, text="Skriva cv", due_on=START)
    an_intervention(case, START)
    Note.objects.create(enrolment=case, happened_on=START, text="Vi sågs.", created_by=kim)
    return case


def test_start_and_case(sign_in: SignIn, kim, case):
    page = sign_in(kim)
    read_aloud(page, "start")
    page.goto(f"/deltagare/{case.participant.public_id}/")
    read_aloud(page, "case")


def test_work_with_a_case(sign_in: SignIn, kim, case):
    a_plan(case)
    page = sign_in(kim)
    page.get_by_role("searchbox").fill("Ekenstam")
    page.keyboard.press("Enter")
    page.wait_for_url("**/deltagare/?sok=*")
    read_aloud(page, "search", "main")
    for name, address in {
        "note": "anteckningar/ny/",
        "plan": "plan/",
        "plan_follow_up": "plan/uppfoljning/",
        "meeting": "moten/nytt/",
        "intervention": "insatser/ny/",
        "level": "niva/",
        "exit": "avslut/",
    }.items():
        page.goto(f"/deltagare/{case.participant.public_id}/{address}")
        read_aloud(page, name, "main")


def test_a_referral_is_answered(sign_in: SignIn, kim):
    a_user(Role.COORDINATOR, name="Samira Samordnare")
    sofia = a_user(Role.SOCIAL_SECRETARY, name="Sofia Sändare")
    draft = a_draft(sofia, personnummer="198503149801", phone="070-123 45 67")
    page = sign_in(sofia)
    for name in ("mapping", "referral_send"):
        page.goto(reverse(name, args=[draft.public_id]))
        read_aloud(page, name, "main")
    submit(draft, level="AM2", level_reason="", today=timezone.localdate(), by=sofia)
    page = sign_in(a_user(Role.COORDINATOR, name="Sam Samordnare"))
    for name in ("referral", "referral_accept"):
        page.goto(reverse(name, args=[draft.public_id]))
        read_aloud(page, name + "_received" * (name == "referral"), "main")


def test_signing_in_and_ordering(sign_in: SignIn):
    page = sign_in(a_user(Role.MANAGER, name="Eva Chef"))
    page.goto("/rapporter/")
    read_aloud(page, "reports", "main")
    page.context.clear_cookies()
    page.goto("/")
    read_aloud(page, "login")


def test_form_of_a_referral(sign_in: SignIn):
    page = sign_in(a_user(Role.SOCIAL_SECRETARY, name="Sofia Sändare"))
    page.goto("/anvisningar/ny/")
    page.get_by_role("button", name="Vidare").click()
    page.locator("[data-error-summary]").wait_for()
    read_aloud(page, "referral")


def test_report(sign_in: SignIn):
    eva = a_user(Role.MANAGER, name="Eva Chef")
    run = an_approved_report(eva)
    page = sign_in(eva)
    page.goto(f"/rapporter/{run.public_id}/")
    page.wait_for_load_state("networkidle")
    read_aloud(page, "report", ".page-head", ".report-lead", "#del-1")
