"""Goals and forecasts, read back out of each file and the page of a run."""

import csv
import json
import re
from html import unescape
from io import BytesIO, StringIO
from typing import Any

import docx
from openpyxl import load_workbook
from pypdf import PdfReader

from reporting.goals.reading import CHAIN_HEADINGS, OUTLOOK_HEADINGS, Amount
from reporting.reading import Report


def chain_rows(report: Report) -> list[tuple[str, ...]]:
    assert report.chain
    return [one.row for goal in report.chain.goals for one in goal.indicators]


def outlook_rows(report: Report) -> list[tuple[str, ...]]:
    assert report.outlook
    return [one.row for one in report.outlook.forecasts]


def tables_before_the_figures(report: Report) -> int:
    """How many tables of the document are of goals and forecasts."""
    measured = [goal for goal in report.chain.goals if goal.indicators] if report.chain else []
    return len(measured) + bool(report.outlook)


def check_goals_in_word(file: bytes, report: Report) -> None:
    found = {CHAIN_HEADINGS: [], OUTLOOK_HEADINGS: []}  # type: ignore[var-annotated]
    for table in docx.Document(BytesIO(file)).tables[: 1 + tables_before_the_figures(report)]:
        head, *rows = [
            tuple("".join(text.text or "" for text in cell.iter(f"{W}t")) for cell in row.tc_lst)
            for row in table._tbl.tr_lst
        ]
        if head in found:
            found[head] += rows
    assert found[CHAIN_HEADINGS] == chain_rows(report)
    assert found[OUTLOOK_HEADINGS] == outlook_rows(report)


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FRONT = 8  # pages: the goals and the forecasts come first


def check_goals_in_pdf(file: bytes, report: Report) -> None:
    text = _bare("".join(page.extract_text() for page in PdfReader(BytesIO(file)).pages[:FRONT]))
    at = 0
    for row in (*chain_rows(report), *outlook_rows(report)):
        found = text.find(_bare("".join(row)), at)
        assert found >= 0, row
        at = found + 1


def check_goals_in_excel(file: bytes, report: Report) -> None:
    book = load_workbook(BytesIO(file))
    assert report.chain
    assert report.outlook
    indicators = [one for goal in report.chain.goals for one in goal.indicators]
    rows = [row for row in book["Mål"].iter_rows(min_row=5, values_only=True) if row[8]]
    for row, one in zip(rows, indicators, strict=True):
        forecast = one.forecast or Amount(None, "")
        expected = [_in_excel(amount) for amount in (one.target, one.outcome, forecast)]
        assert (row[2], [*row[5:8]], row[8]) == (one.label, expected, one.degree.text)
    rows = [row for row in book["Prognos"].iter_rows(min_row=5, values_only=True) if row[1]]
    for row, foreseen in zip(rows, report.outlook.forecasts, strict=True):
        amounts = (foreseen.so_far, foreseen.year, foreseen.low, foreseen.high)
        assert [row[0], *row[2:6]] == [foreseen.label, *map(_in_excel, amounts)]


def _in_excel(amount: Amount) -> Any:
    if amount.hidden or amount.value is None:
        return amount.text
    return amount.value / 100 if amount.unit == "share" else amount.value


def check_goals_in_csv(file: bytes, report: Report) -> None:
    found = list(csv.DictReader(StringIO(file.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert report.chain
    assert report.outlook
    said = {
        (row["siffra"], row["indelning"], row["grupp"].partition(",")[0]): (
            row["värde"],
            row["märkning"],
        )
        for row in found
        if row["del"] == "Mål"
    }
    for goal in report.chain.goals:
        for one in goal.indicators:
            key = (goal.title, one.label)
            assert said[*key, "målvärde"][0] == _in_csv(one.target)
            assert said[*key, "utfall"][0] == _in_csv(one.outcome)
            assert said[*key, "bedömning"] == ("", one.degree.word)
            if one.forecast:
                assert said[*key, "prognos"] == (_in_csv(one.forecast), one.forecast.hidden)
    values = [row["värde"] for row in found if row["del"] == "Prognos för helåret"]
    assert values == [
        _in_csv(amount)
        for one in report.outlook.forecasts
        for amount in (one.year, one.low, one.high)
    ]


def _in_csv(amount: Amount) -> str:
    if amount.hidden or amount.value is None:
        return ""
    return repr(amount.value).replace(".", ",")


def check_goals_in_json(file: bytes, report: Report) -> None:
    said = json.loads(file)
    degrees = [one["degree"] for goal in said["goals"]["goals"] for one in goal["indicators"]]
    assert report.chain
    assert report.outlook
    assert degrees == [one.degree.code for goal in report.chain.goals for one in goal.indicators]
    marks = [one.get("hidden", "") for one in said["forecasts"]]
    assert marks == [one.year.hidden for one in report.outlook.forecasts]
    for one, shown in zip(said["forecasts"], report.outlook.forecasts, strict=True):
        assert (one["value"] is None) == (shown.year.value is None)


def check_goals_on_the_page(html: str, report: Report) -> None:
    text = _bare(unescape(re.sub(r"<p\b.*?</p>|<[^>]+>", "", html, flags=re.DOTALL)))
    at = 0
    for row in (*chain_rows(report), *_with_units(report)):
        found = text.find(_bare("".join(row)), at)
        assert found >= 0, row
        at = found + 1


def _with_units(report: Report) -> list[tuple[str, ...]]:
    assert report.outlook
    return [(one.row[0], one.year.unit_label, *one.row[1:]) for one in report.outlook.forecasts]


def _bare(text: str) -> str:
    return re.sub(r"[\s\u00ad\u2010-]", "", text)
