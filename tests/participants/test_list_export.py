"""The list as an Excel file: the same rows as the page, on record, and texts that stay texts."""

from datetime import date, datetime
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import load_workbook

from participants.list_file import render
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import a_participant, a_unit, a_user, an_enrolment

from .reading import START, TODAY, queries

HEAD = (
    "Namn",
    "Personnummer",
    "Nivå",
    "Inskriven",
    "Avslutad",
    "Veckor",
    "Konsulent",
    "Enhet",
)


def rows_of(content: bytes) -> list[tuple[Any, ...]]:
    book = load_workbook(BytesIO(content))
    assert book.sheetnames == ["Deltagare"]
    return [
        tuple(value.date() if isinstance(value, datetime) else value for value in row)
        for row in book["Deltagare"].iter_rows(values_only=True)
    ]


def a_row(**changed: Any) -> SimpleNamespace:
    return SimpleNamespace(
        **{
            "name": "Karl Ek",
            "masked_number": "19850314-****",
            "level": "AM2",
            "weeks": 14,
            "started_on": date(2026, 1, 12),
            "ended_on": None,
            "consultant_name": "Kim Konsulent",
            "unit_name": "Arbetsmarknadsenheten",
            **changed,
        }
    )


# The file


def test_a_row_is_written_with_dates_as_dates():
    ended = a_row(ended_on=date(2026, 4, 20), level=None, masked_number="", consultant_name="")
    assert rows_of(render([a_row(), ended], today=TODAY)) == [
        HEAD,
        (
            "Karl Ek",
            "19850314-****",
            "AM2",
            date(2026, 1, 12),
            None,
            14,
            "Kim Konsulent",
            "Arbetsmarknadsenheten",
        ),
        (
            "Karl Ek",
            "Saknas",
            "",
            date(2026, 1, 12),
            date(2026, 4, 20),
            14,
            "",
            "Arbetsmarknadsenheten",
        ),
    ]


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+46 8", "-1", "@SUM(A1)", '=HYPERLINK("x")', "http://x.se", "{=1}", "<b>&amp;"],
)
def test_a_text_is_never_a_formula_or_a_link(name):
    book = load_workbook(BytesIO(render([a_row(name=name)], today=TODAY)))
    cell = book["Deltagare"]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)


def test_what_xml_forbids_is_left_out_and_the_rest_is_kept():
    name = "A\x00\x08\x1b\ufffe\uffff\ud800B\tÅ😀"
    assert rows_of(render([a_row(name=name)], today=TODAY))[1][0] == "AB\tÅ😀"


def test_a_row_that_begins_later_has_no_weeks():
    assert rows_of(render([a_row(weeks=-2)], today=TODAY))[1][5] == 0


# The page


@pytest.mark.django_db
def test_the_file_has_the_filters_the_order_and_every_page_of_the_list(client, case, kim):
    for number in range(60):
        person = a_participant(last_name=f"Ström {number:02}")
        an_enrolment(START, participant=person, level="AM3", consultant=kim)
    an_enrolment(START, participant=a_participant(last_name="Ström"), level="AM1")
    an_enrolment(
        START, participant=a_participant(last_name="Ström"), level="AM3", unit=a_unit("En annan")
    )
    first = client.post("/deltagare/", {"q": "strom", "niva": "AM3"}, follow=True)
    asked = first.wsgi_request.GET.dict()
    assert (asked["niva"], set(asked)) == ("AM3", {"niva", "sok"})
    query = first.wsgi_request.GET.urlencode().replace("&", "&amp;")
    assert f'href="/deltagare/excel/?{query}"' in first.content.decode()
    second = client.get("/deltagare/" + first.context["next_url"])
    listed = [row.name for page in (first, second) for row in page.context["rows"]]
    AccessRecord.objects.all().delete()

    response = client.get("/deltagare/excel/", {**asked, "efter": "x"})
    assert response["Content-Disposition"] == f'attachment; filename="deltagare-{TODAY}.xlsx"'
    assert [row[0] for row in rows_of(response.content)[1:]] == listed
    assert len(listed) == 60
    assert case.participant.name not in listed
    record = AccessRecord.objects.get()
    assert (record.user, record.page, len(record.subjects)) == (kim, "/deltagare/excel/", 60)


@pytest.mark.django_db
def test_without_filters_the_file_is_the_own_ongoing_cases_as_the_list_is(client, case, as_user):
    an_enrolment(START)
    assert len(rows_of(client.get("/deltagare/excel/").content)) == 1 + 1
    manager = as_user(a_user(Role.MANAGER))
    assert len(rows_of(manager.get("/deltagare/excel/").content)) == 1 + 2


@pytest.mark.django_db
def test_an_empty_list_is_a_file_with_headings_and_no_record(client):
    page = client.post("/deltagare/", {"q": "zzz"}, follow=True)
    assert "Hämta hela listan" not in page.content.decode()
    assert rows_of(client.get("/deltagare/excel/", page.wsgi_request.GET).content) == [HEAD]
    assert not AccessRecord.objects.exists()


@pytest.mark.django_db
def test_the_file_shows_no_whole_number(client, case):
    assert case.participant.personnummer[8:] not in str(
        rows_of(client.get("/deltagare/excel/").content)
    )


@pytest.mark.django_db
def test_the_file_costs_the_same_with_one_and_with_many(client, case, kim):
    one = queries(client, "/deltagare/excel/")
    for _ in range(70):
        an_enrolment(START, consultant=kim)
    assert queries(client, "/deltagare/excel/") == one
