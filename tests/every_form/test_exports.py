"""Whatever stands in the texts, every file that can be fetched opens, and every page shows it escaped."""

import io
import json
from datetime import date
from itertools import cycle
from typing import Any

import pytest
from django.db import DatabaseError, models, transaction
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from reporting.content import build_content
from reporting.exporters import FORMS
from reporting.goals.models import BoardGoal, Indicator
from reporting.periods import Period
from tests.addresses import ADDRESSES, methods_of, url_of
from tests.planting import models_about_people, text_fields
from tests.reporting.builders import a_board_goal, an_indicator

from .strings import COMPOSED, NAUGHTY, STRINGS

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("addresses")]

CODES = {"figure", "member", "hand_unit"}  # of an indicator: they name something in the program
STORABLE = [COMPOSED, *(text for text in STRINGS if "\0" not in text)]
# With few texts in each file, this is how near the rounds must be for all strings to come to each of them.
STARTS = range(0, len(STORABLE), 10) if len(STRINGS) <= NAUGHTY else (0, 40)


def write_everywhere(of: list[type[models.Model]], start: int = 0) -> int:
    """Put some of the strings in every text of every row; gives in how many."""
    strings, written = cycle([*STORABLE[start:], *STORABLE[:start]]), 0
    for model in of:
        for row in model._default_manager.order_by("pk"):
            for name in set(text_fields(model)) - CODES:
                field = model._meta.get_field(name)
                if isinstance(field, models.EmailField):
                    continue
                text = next(strings)[: getattr(field, "max_length", None)]
                try:
                    with transaction.atomic():
                        model._default_manager.filter(pk=row.pk).update(**{name: text})
                    written += 1
                except DatabaseError:
                    continue  # a rule says what stands there
    return written


def open_file(content: bytes, kind: str) -> None:
    """Raises when it is not what it is said to be."""
    if content.startswith(b"PK") and "word" in kind:
        assert Document(io.BytesIO(content)).paragraphs
    elif content.startswith(b"PK"):
        sheets = load_workbook(io.BytesIO(content)).worksheets
        cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
        assert all(cell.data_type != "f" for cell in cells if "=1+1" in str(cell.value))
    elif content.startswith(b"%PDF"):
        assert [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    elif "json" in kind:
        json.loads(content)
    else:
        content.decode("utf-8-sig")


@pytest.mark.parametrize("start", STARTS)
def test_every_page_and_file_opens_whatever_stands_in_it(pages, start):
    assert write_everywhere(models_about_people(), start) > 60
    for name, address in ADDRESSES.items():
        if "get" in methods_of(name):
            answer: Any = pages.clients[sorted(address.roles)[0]].get(url_of(name, pages.things))
            assert answer.status_code in (200, 302), (name, answer.exc_info)
            if not name.startswith("report_download"):  # whose file is a letter
                open_file(answer.content, answer.get("Content-Type", ""))
            assert "<b>\"'&amp; " not in answer.content.decode(errors="replace"), name


@pytest.mark.parametrize("start", STARTS)
def test_every_file_of_a_report_opens_whatever_the_goals_are_called(start):
    for _ in range(6):
        an_indicator(a_board_goal(2026), hand_unit="", comment="x")
    assert write_everywhere([BoardGoal, Indicator], start) > 10
    content = build_content(Period.parse("2026"), counted_on=date(2027, 1, 2))
    for form in FORMS:
        open_file(form.render(content), form.ending.replace("docx", "word"))
