"""The monthly control of the access log: what each rule finds, the signature, and the file."""

import io
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from secrecy.log_control import control, first_of_next, month_label, months_to_control
from secrecy.models import LogReview
from sundbyberg_am.access import Ground, Role
from sundbyberg_am.models import AccessRecord, User
from tests.builders import a_participant, a_user

pytestmark = pytest.mark.django_db

MONTH = (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
# A Wednesday of the month, at ten.
WORKDAY = next(
    day for day in (MONTH + timedelta(days=n) for n in range(7)) if day.isoweekday() == 3
)


def at(day: date = WORKDAY, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=timezone.get_current_timezone())


def seen(user: User, *whom: Any, when: datetime | None = None, **fields: Any) -> AccessRecord:
    record = AccessRecord.objects.create(
        user=user,
        subjects=list(whom) or [uuid4()],
        **{"page": "/deltagare/…/", "ground": Ground.ASSIGNED, **fields},
    )
    AccessRecord.objects.filter(pk=record.pk).update(at=when or at())
    return record


def totals() -> dict[str, int]:
    return {one.title: one.total for one in control(MONTH) if one.title != "Stickprov"}


def rule(title: str) -> dict[str, int]:
    return {**dict.fromkeys(totals(), 0), title: 1}


@pytest.fixture
def kim() -> User:
    return a_user(name="Kim Granskad")


@pytest.fixture
def reviewer() -> User:
    return a_user(Role.LOG_REVIEWER)


# The rules, each with what it finds and nothing else


def test_what_is_ordinary_is_found_by_no_rule(kim):
    seen(kim)
    assert set(totals().values()) == {0}


def test_somebody_with_ones_own_name(kim):
    seen(kim, a_participant(first_name="KIM", last_name="Granskad").public_id)
    seen(kim, a_participant(first_name="Bo", last_name="Granskad").public_id)
    assert totals() == rule("Samma namn")


def test_somebody_with_a_colleagues_name(kim):
    a_user(name="Ali Kollega")
    seen(kim, a_participant(first_name="Ali", last_name="Kollega").public_id, uuid4())
    assert totals() == rule("En kollegas namn")


def test_a_case_without_an_assignment(kim):
    seen(kim, ground=Ground.UNIT)
    seen(kim, uuid4(), uuid4(), ground=Ground.UNIT)  # a list
    assert totals() == rule("Inget uppdrag")


def test_an_emergency(kim):
    seen(kim, ground=Ground.EMERGENCY)
    assert totals() == rule("Nödöppning")


def test_somebody_protected(kim):
    seen(kim, a_participant(protection="confidential").public_id, ground=Ground.NAMED)
    assert totals() == rule("Skyddad identitet")


@pytest.mark.parametrize(
    ("days", "hour", "found"),
    [(0, 5, 1), (0, 6, 0), (0, 19, 0), (0, 20, 1), (2, 10, 0), (3, 10, 1), (4, 10, 1)],
)
def test_an_unusual_hour_by_the_swedish_clock(kim, days, hour, found):
    seen(kim, when=at(WORKDAY + timedelta(days=days), hour))
    assert totals()["Ovanlig tid"] == found


def test_many_more_people_than_usual_in_a_day(kim):
    for n in range(3):
        for _ in range(8):
            seen(a_user() if n < 2 else kim, when=at(WORKDAY + timedelta(days=n)))
    assert totals()["Ovanligt många"] == 0
    for _ in range(32):
        seen(kim, when=at(WORKDAY + timedelta(days=1)))
    [found] = [one for one in control(MONTH) if one.title == "Ovanligt många"]
    assert [(row.who, row.whom) for row in found.rows] == [("Kim Granskad", ["32 personer"])]


def test_the_sample_is_the_same_for_everybody_and_of_the_month(kim):
    for _ in range(25):
        seen(kim)
    other = seen(kim, when=at(first_of_next(MONTH)))
    first, again = (control(MONTH)[-1] for _ in range(2))
    assert first == again
    assert first.total == 20
    assert str(other.subjects[0]) not in str(first)


# The signature


def test_only_months_that_are_over_are_there(kim, reviewer, as_user):
    seen(kim)
    seen(kim, when=timezone.now())
    assert months_to_control(timezone.localdate()) == [MONTH]
    client, today = as_user(reviewer), timezone.localdate()
    page = client.get(reverse("log_months")).content.decode()
    assert month_label(MONTH) in page
    assert month_label(today) not in page
    assert client.get(reverse("log_month", args=[today.year, today.month])).status_code == 404
    assert client.get(reverse("log_month", args=[2026, 13])).status_code == 404


def test_a_signed_month_stays_as_it_was_signed(kim, reviewer, as_user):
    seen(kim, ground=Ground.EMERGENCY)
    client = as_user(reviewer)
    url = reverse("log_month", args=[MONTH.year, MONTH.month])
    assert "Nödöppning: 1" in client.get(url).content.decode()
    empty = client.post(url, {"note": ""})
    assert empty.status_code == 422
    assert client.post(url, {"note": "Frågat chefen."}).status_code == 302
    seen(kim, ground=Ground.EMERGENCY)
    page = client.get(url).content.decode()
    assert "Nödöppning: 1" in page
    assert "Frågat chefen." in page
    assert "Signera kontrollen" not in page
    again = client.post(url, {"note": "En gång till."})
    assert again.status_code == 422
    assert "Månaden är redan signerad." in again.content.decode()
    assert LogReview.objects.get().note == "Frågat chefen."
    assert "Signerad" in client.get(reverse("log_months")).content.decode()


def test_the_file_says_what_was_found_and_who_signed(kim, reviewer, as_user):
    seen(kim, ground=Ground.EMERGENCY)
    client = as_user(reviewer)
    client.post(reverse("log_month", args=[MONTH.year, MONTH.month]), {"note": "Frågat chefen."})
    answer = client.get(reverse("log_month_pdf", args=[MONTH.year, MONTH.month]))
    pdf = PdfReader(io.BytesIO(answer.content))
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert f"Loggkontroll {month_label(MONTH)}" in text
    assert f"av {reviewer.name}." in text
    assert "Frågat chefen." in text
    assert "Nödöppning: 1" in text
    assert "Kim Granskad" in text
    assert b"pdfuaid" in answer.content
