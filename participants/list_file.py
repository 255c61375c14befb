"""The list of participants as an Excel file. Knows nothing of the database."""

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from typing import Any

from sundbyberg_am.documents import excel_day, in_xml

_COLUMNS = (
    ("Namn", 32),
    ("Personnummer", 16),
    ("Nivå", 8),
    ("Inskriven", 12),
    ("Avslutad", 12),
    ("Veckor", 8),
    ("Konsulent", 26),
    ("Enhet", 26),
)


def render(rows: Iterable[Any], *, today: date) -> bytes:
    """A sheet with one line a row, in their order; each as `EnrolmentQuerySet.for_list` gives it.

    Takes them one by one, so that a long list need never be whole in memory. Texts are written as texts: one
    that begins with an equals sign is no formula.
    """
    import xlsxwriter  # only where a file is made: most processes never do

    file = BytesIO()
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True})
    workbook.set_properties({"title": f"Deltagare {today}"})
    heading = workbook.add_format({"bold": True, "bottom": 1})
    day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    sheet = workbook.add_worksheet("Deltagare")
    sheet.freeze_panes(1, 1)
    for column, (label, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, label, heading)
    number = 0
    for number, row in enumerate(rows, start=1):
        sheet.write_string(number, 0, in_xml(row.name))
        sheet.write_string(number, 1, row.masked_number or "Saknas")
        sheet.write_string(number, 2, row.level or "")
        sheet.write_number(number, 3, excel_day(row.started_on), day)
        if row.ended_on:
            sheet.write_number(number, 4, excel_day(row.ended_on), day)
        sheet.write_number(number, 5, max(row.weeks, 0))
        sheet.write_string(number, 6, in_xml(row.consultant_name))
        sheet.write_string(number, 7, in_xml(row.unit_name))
    sheet.autofilter(0, 0, number, len(_COLUMNS) - 1)
    workbook.close()
    return file.getvalue()
