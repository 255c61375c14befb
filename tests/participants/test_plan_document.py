"""The plan as a PDF: what stands in it, that it can be read aloud, and that no text breaks it."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from participants.models import Goal, Step
from participants.plan_document import GoalToReach, PlanDocument, StepToTake, render
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import a_participant, a_plan, a_user, an_enrolment

from .reading import START, TODAY, queries, to

NAME = "Karl Wåhlin-Ström af Ekenstam"


def a_document(*texts: str, heading: str = "Mål 1. Jag vill jobba i kök") -> PlanDocument:
    return PlanDocument(
        title="Din handlingsplan",
        name=NAME,
        case_number="AM-00012",
        unit="Arbetsmarknadsenheten",
        opening=["Planen gäller från den 3 november 2026."],
        goals=[
            GoalToReach(heading, [StepToTake(text, "Du", "–", "Planerat") for text in texts]),
        ],
        follow_up="Vi går igenom planen tillsammans den 3 februari 2027.",
        contact=["Din konsulent är Kim Konsulent på Arbetsmarknadsenheten."],
    )


def root_of(pdf: bytes) -> Any:
    """What the file says of itself as a whole."""
    return PdfReader(BytesIO(pdf)).trailer["/Root"]


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def letters(text: str) -> str:
    """Without what lines are broken by."""
    return "".join(one for one in text if not one.isspace() and one not in "\u200b-\u2010\xad")


def test_the_document_is_tagged_in_swedish_with_a_title():
    pdf = render(a_document("Skriva cv"))
    reader = PdfReader(BytesIO(pdf))
    root = root_of(pdf)
    assert root["/Lang"] == "sv"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert reader.metadata.title == "Din handlingsplan"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    pages: list[Any] = list(reader.pages)
    fonts = [font for page in pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    assert all("SourceSans3" in font.get_object()["/BaseFont"] for font in fonts)


@pytest.mark.parametrize(
    "text",
    [
        'Säga "hej" och ”tack”, \\ #let x = $y$ *inte fet* <etikett> @ref // /* [[',
        "Öva svenska 😀👩🏽‍💻 varje dag ❤️",
        "أريد أن أعمل في مطبخ",
        "אני רוצה לעבוד",
        "ኣብ ክሽነ ክሰርሕ ይደሊ",
        "Працювати на кухні",
    ],
)
def test_texts_of_many_kinds_stand_in_it_and_keep_the_standard(text):
    pdf = render(a_document(text, heading=text))
    assert "pdfuaid" in root_of(pdf)["/Metadata"].get_data().decode()
    # The order of what is written from right to left is the reader's.
    assert set(letters(text)) <= set(letters(text_of(pdf)))


def test_a_character_that_no_font_has_does_not_stop_it():
    assert "Skriva" in text_of(render(a_document("Skriva 你好 \U00013000")))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
@example("a\u0e31\u0e31")
@example("\u202e\u2066abc")
@example("\x07\x1b")
def test_any_text_gives_a_document(text):
    assert render(a_document(text, heading=text)).startswith(b"%PDF")


def test_thirty_long_steps_run_over_pages_and_none_is_cut():
    texts = [f"Steg {number:02} " + "genomgång av ansökan och cv " * 9 for number in range(30)]
    pdf = render(a_document(*texts, "x" * 300))
    assert len(PdfReader(BytesIO(pdf)).pages) > 2
    written = letters(text_of(pdf))
    assert all(letters(text) in written for text in texts)
    assert written.count("x") >= 300


# From the case


@pytest.fixture
def plan(case):
    plan = a_plan(case, START, follow_up_on=date(2030, 2, 3))
    goal = Goal.objects.create(plan=plan, text="Jag vill jobba i kök")
    Step.objects.create(goal=goal, text="Skriva cv", responsible="participant")
    Step.objects.create(goal=goal, text="Ringa kocken", responsible="consultant")
    Step.objects.create(goal=goal, text="Sluta", state="cancelled")
    return plan


@pytest.mark.django_db
def test_the_participant_reads_goals_who_and_when_and_whom_to_ask(client, case, plan, kim):
    kim.email = "kim@example.com"
    kim.save()
    response = client.get(to("plan_pdf", case, plan.pk))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        f'inline; filename="handlingsplan-{case.case_number}-1.pdf"'
    )
    text = " ".join(text_of(response.content).split())
    for expected in (
        NAME,
        "Mål 1. Jag vill jobba i kök",
        "Skriva cv Du – Planerat",
        "Ringa kocken Din konsulent",
        "den 3 februari 2030",
        "Du är med på planen.",
        "Din konsulent är Kim Konsulent på Arbetsmarknadsenheten.",
        "kim@example.com",
    ):
        assert expected in text
    assert "Sluta" not in text
    number = case.participant.personnummer
    assert number[8:] not in text
    assert number[2:8] not in text


@pytest.mark.django_db
def test_a_document_says_when_nobody_has_the_case_and_why_not_agreed(client):
    case = an_enrolment(START)
    plan = a_plan(case, START, participant_agrees=False, disagreement="Vill studera.")
    text = " ".join(text_of(client.get(to("plan_pdf", case, plan.pk)).content).split())
    assert "Hör av dig till Arbetsmarknadsenheten." in text
    assert "Du är inte med på planen. Så här sa du: Vill studera." in text
    assert "Vi har inte bestämt någon dag än." in text


@pytest.mark.django_db
def test_the_document_is_put_on_record_before_it_is_shown(as_user, case, plan):
    manager = a_user(Role.MANAGER)
    assert as_user(manager).get(to("plan_pdf", case, plan.pk)).status_code == 200
    record = AccessRecord.objects.get()
    assert (record.user, record.page) == (manager, "/deltagare/…/plan/…/pdf/")
    assert record.subjects == [case.participant.public_id]


@pytest.mark.django_db
def test_a_draft_and_a_plan_of_another_case_have_no_document(client, case):
    draft = a_plan(case)
    other = an_enrolment(participant=a_participant())
    theirs = a_plan(other, other.started_on)
    assert client.get(to("plan_pdf", case, draft.pk)).status_code == 404
    assert client.get(to("plan_pdf", case, theirs.pk)).status_code == 404


@pytest.mark.django_db
def test_the_document_costs_the_same_with_many_steps(client, case, plan):
    few = queries(client, to("plan_pdf", case, plan.pk))
    for number in range(10):
        goal = Goal.objects.create(plan=plan, text=f"Mål {number}")
        Step.objects.bulk_create(
            Step(goal=goal, text="Öva", due_on=TODAY + timedelta(days=number)) for _ in range(5)
        )
    assert queries(client, to("plan_pdf", case, plan.pk)) == few
