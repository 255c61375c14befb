"""A report as a table of one value a row, for other programs and for Excel in Swedish. CSV."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

from ..goals.reading import Amount
from ..reading import Cell, FigureRead, Line, Report, read

COLUMNS = (
    "rapport",
    "period",
    "del",
    "kod",
    "siffra",
    "indelning",
    "grupp",
    "kön",
    "enhet",
    "värde",
    "täljare",
    "nämnare",
    "märkning",
)
# The words from `del` to `enhet`, the value and its mark.
Said = tuple[tuple[str, ...], Amount, str]

NOTHING, ALL = "inget att räkna", "Alla"
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def render(content: Mapping[str, Any]) -> bytes:
    """UTF-8 with a byte order mark, semicolons and decimal commas.

    `märkning` says why a value is empty: hidden in the public version, or nothing to count. The year before
    and the tertials are given for all.
    """
    report = read(content)
    file = StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for section in report.sections:
        for figure in section.figures:
            for division, line in _lines(figure):
                for period, cell in _cells(line, report.code):
                    sex = cell.heading if period == report.code else ALL
                    words = [report.label, period, section.label, figure.code, figure.label]
                    words += [division, line.label, sex, figure.unit_label]
                    writer.writerow([*map(_text, words), *_numbers(cell)])
    for said, amount, mark in (*_forecasts(report), *_goals(report)):
        numbers = ("" if amount.hidden else _number(amount.value), "", "", amount.hidden or mark)
        writer.writerow([*map(_text, (report.label, report.code, *said)), *numbers])
    return file.getvalue().encode("utf-8-sig")


def _forecasts(report: Report) -> Iterator[Said]:
    """The forecasts for the year and the ends of their intervals; a share in per cent."""
    if report.outlook is None:
        return
    for one in report.outlook.forecasts:
        words = ("Prognos för helåret", one.code, one.label, "")
        for group, amount in (("prognos", one.year), ("lägst", one.low), ("högst", one.high)):
            mark = NOTHING if amount.value is None else ""
            yield (*words, group, ALL, amount.unit_label), amount, mark


def _goals(report: Report) -> Iterator[Said]:
    """Of each indicator the target, the outcome and the forecast, and with the target its degree."""
    for goal in report.chain.goals if report.chain else ():
        if not goal.indicators:
            yield ("Mål", "", goal.title, "", "", "", ""), Amount(None, ""), "ingen indikator"
        for one in goal.indicators:
            words = ("Mål", "", goal.title, one.label)
            yield (*words, f"målvärde, {one.direction}", "", one.target.unit_label), one.target, ""
            mark = NOTHING if one.outcome.value is None else ""
            yield (*words, "utfall", "", one.target.unit_label), one.outcome, mark
            if one.forecast:
                yield (*words, "prognos", "", one.target.unit_label), one.forecast, ""
            yield (*words, "bedömning", "", ""), Amount(None, ""), one.degree.word


def _lines(figure: FigureRead) -> Iterator[tuple[str, Line]]:
    yield "", figure.whole
    for division in figure.divisions:
        for line in division.lines:
            yield division.label, line


def _cells(line: Line, code: str) -> Iterator[tuple[str, Cell]]:
    for cell in line.cells:
        yield code, cell
    for cell in (line.previous, *line.trend):
        yield cell.heading, cell


def _numbers(cell: Cell) -> tuple[str, ...]:
    if cell.hidden:
        return ("", "", "", cell.hidden)
    parts = (cell.value, cell.numerator, cell.denominator)
    return (*map(_number, parts), NOTHING if cell.value is None else "")


def _number(value: float | None) -> str:
    """As exact as it was counted."""
    return "" if value is None else repr(value).replace(".", ",")


def _text(text: str) -> str:
    """The text, never a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
