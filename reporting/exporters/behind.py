"""The rows behind a figure as an Excel file. Knows nothing of the database."""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sundbyberg_am.documents import excel_day, in_xml

from ..reading import FigureRead, Labels, Report

if TYPE_CHECKING:
    from ..behind import Behind, BehindRow

ACCENT, MUTED = "#0C5463", "#566163"
HEAD_ROWS = 5
A4 = 9


def render(
    report: Report, figure: FigureRead, found: "Behind", labels: Labels, *, where: str
) -> bytes:
    """A sheet with a line a row under what the figure is and what it comes to."""
    file = BytesIO()
    import xlsxwriter  # not loaded by a process that makes no file

    workbook = xlsxwriter.Workbook(file, {"constant_memory": True})
    workbook.set_properties({"title": f"{figure.label}, {report.label}"})
    sheet = workbook.add_worksheet("Underlag")
    heading = workbook.add_format(
        {"bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "text_wrap": True}
    )
    muted = workbook.add_format({"font_color": MUTED})
    day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    weeks = workbook.add_format({"num_format": "#,##0.0"})
    sheet.write_string(
        0,
        0,
        figure.label,
        workbook.add_format({"bold": True, "font_size": 16, "font_color": ACCENT}),
    )
    sheet.write_string(
        1, 0, f"{where}. {report.label}, {report.first_day} – {report.last_day}.", muted
    )
    sheet.write_string(
        2, 0, f"Räknat nu: {labels.text(figure, found.value)}. {_told(found)}", muted
    )
    columns = ["Namn", "Från", "Till", *labels.columns(figure), "Kön"]
    last = labels.measured(figure)
    columns += [last] if last else []
    for column, label in enumerate(columns):
        sheet.write_string(HEAD_ROWS - 1, column, label, heading)
        sheet.set_column(column, column, 30 if column == 0 else 20 if column > 2 else 12)
    for number, row in enumerate(found.rows, start=HEAD_ROWS):
        sheet.write_string(number, 0, in_xml(row.name))
        for column, when in ((1, row.started_on), (2, row.ended_on)):
            if when:
                sheet.write_number(number, column, excel_day(when), day)
        texts = [*labels.members(figure, row), labels.sexes[row.sex]]
        for column, text in enumerate(texts, start=3):
            sheet.write_string(number, column, in_xml(text))
        for value in _last(row, figure):
            column = 3 + len(texts)
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            else:
                sheet.write_number(number, column, value, weeks)
    sheet.freeze_panes(HEAD_ROWS, 1)
    sheet.autofilter(HEAD_ROWS - 1, 0, HEAD_ROWS - 1 + len(found.rows), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROWS - 1)
    sheet.set_footer(f"&L&9{report.label}&R&9Sida &P av &N")
    workbook.close()
    return file.getvalue()


def _told(found: "Behind") -> str:
    return f"{found.unseen} till hör till andra enheter och står inte här." if found.unseen else ""


def _last(row: "BehindRow", figure: FigureRead) -> Iterator[Any]:
    if figure.is_share:
        yield "Ja" if row.is_counted else "Nej"
    elif row.measured is not None:
        yield row.measured
