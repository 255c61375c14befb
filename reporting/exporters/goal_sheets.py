"""The sheets of a workbook that hold the goals and the forecasts for the year."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..goals.reading import Amount, ChainRead, OutlookRead

HEAD, FIRST = 3, 4  # the row of the headings, and that of the first values
GOALS, OUTLOOK = "Mål", "Prognos"
MUTED, RULE, WHOLE = "#566163", "#C9C2B3", "#,##0"
TONES = {"success": "#24603C", "warning": "#7D4A05", "danger": "#9B2C20", "info": "#0C5463"}
GOAL_COLUMNS = (
    ("Nämndmål", 44),
    ("Ansvarig", 18),
    ("Indikator", 40),
    ("Räknas i", 13),
    ("Ska vara", 9),
    ("Målvärde", 10),
    ("Utfall", 10),
    ("Prognos", 10),
    ("Bedömning", 23),
    ("Kommentar", 44),
)
OUTLOOK_COLUMNS = (
    ("Siffra", 48),
    ("Räknas i", 13),
    ("Utfall hittills", 13),
    ("Prognos", 11),
    ("Lägst", 11),
    ("Högst", 11),
)


def write_goals(book: Any) -> None:
    """Add the two sheets to the book of xlsx.py, each when there is something in it."""
    if book.report.chain:
        _goals(book, book.report.chain)
    if book.report.outlook:
        _outlook(book, book.report.outlook)


def _goals(book: Any, chain: ChainRead) -> None:
    sheet = book._sheet(GOALS, f"Mål, {book.report.label.lower()}")
    _head(book, sheet, GOAL_COLUMNS)
    look = {"bottom": 1, "bottom_color": RULE, "text_wrap": True, "valign": "top"}
    row = FIRST
    for goal in chain.goals:
        for one in goal.indicators or (None,):
            sheet.set_row(row, 34)
            sheet.write_string(row, 0, goal.title, book._format(bold=True, **look))
            sheet.write_string(row, 1, goal.responsible, book._format(**look))
            if one is None:
                sheet.write_string(row, 2, "Ingen indikator", book._format(**look))
                row += 1
                continue
            unit = one.target.unit_label
            for column, text in ((2, one.label), (3, unit), (4, one.direction), (9, one.comment)):
                sheet.write_string(row, column, text, book._format(**look))
            amounts = (one.target, one.outcome, one.forecast or Amount(None, one.target.unit))
            for column, amount in enumerate(amounts, start=5):
                _amount(book, sheet, row, column, amount, look)
            tone = TONES.get(one.degree.tone, MUTED)
            sheet.write_string(
                row,
                8,
                one.degree.text,
                book._format(bold=True, indent=1, **{**look, "font_color": tone}),
            )
            row += 1
    row += 1
    for text in (*chain.gaps, f"Så bedöms måluppfyllelsen. {chain.rule}"):
        _note(book, sheet, row, text, len(GOAL_COLUMNS))
        row += 1


def _outlook(book: Any, outlook: OutlookRead) -> None:
    sheet = book._sheet(OUTLOOK, f"Prognos för helåret, {book.report.label.lower()}")
    sheet.fit_to_pages(1, 1)  # the method is read beside the numbers
    _head(book, sheet, OUTLOOK_COLUMNS)
    look = {"bottom": 1, "bottom_color": RULE}
    for row, one in enumerate(outlook.forecasts, start=FIRST):
        sheet.write_string(row, 0, one.label, book._format(**look))
        sheet.write_string(row, 1, one.year.unit_label, book._format(**look))
        amounts = (one.so_far, one.year, one.low, one.high)
        for column, amount in enumerate(amounts, start=2):
            _amount(book, sheet, row, column, amount, look)
    _note(book, sheet, FIRST + len(outlook.forecasts) + 1, outlook.method, len(OUTLOOK_COLUMNS))


def _head(book: Any, sheet: Any, columns: Sequence[tuple[str, int]]) -> None:
    for column, (heading, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD, column, heading, book._heading(align="left"))
    sheet.freeze_panes(FIRST, 1)
    sheet.repeat_rows(HEAD)


def _amount(
    book: Any, sheet: Any, row: int, column: int, amount: Amount, look: Mapping[str, Any]
) -> None:
    """A number as a number: a share as a share, so that it can be reckoned with."""
    if amount.value is None or amount.hidden:
        sheet.write_string(row, column, amount.text, book._format(align="right", **look))
        return
    is_share = amount.unit == "share"
    value = amount.value / 100 if is_share else amount.value
    form = "0 %" if is_share else WHOLE if value == int(value) else "#,##0.0"
    sheet.write_number(row, column, value, book._format(num_format=form, align="right", **look))


def _note(book: Any, sheet: Any, row: int, text: str, columns: int) -> None:
    sheet.set_row(row, 17 * (1 + len(text) // 120))
    look = book._format(text_wrap=True, valign="top", font_color=MUTED)
    sheet.merge_range(row, 0, row, columns - 1, text, look)
