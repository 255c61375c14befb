"""The figures for Kolada as a file to send: one value a row, by Kolada's ids. Knows no database."""

import csv
from collections.abc import Iterator, Mapping
from io import BytesIO, StringIO
from typing import Any

from ..kas import Told, told

COLUMNS = ("kpi", "municipality", "period", "gender", "value", "numerator", "denominator", "label")
A4 = 9


def _rows(content: Mapping[str, Any], municipality: str) -> Iterator[tuple[Any, ...]]:
    year = content["period"]["code"]
    for values in told(content):
        for one in values:
            yield (
                *(one.indicator.id, municipality, year, one.gender, _value(one)),
                *(one.numerator, one.denominator, one.indicator.label),
            )


def _value(one: Told) -> float | None:
    """Per cent with one decimal, as Kolada shows it; a number as it is."""
    if one.value is None:
        return None
    shown = round(one.value, 1)
    return int(shown) if shown == int(shown) else shown


def render_csv(content: Mapping[str, Any], municipality: str) -> bytes:
    """UTF-8 with a byte order mark, semicolons and decimal commas; an empty value is nothing to count."""
    file = StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(content, municipality):
        writer.writerow(["" if one is None else str(one).replace(".", ",") for one in row])
    return file.getvalue().encode("utf-8-sig")


def render_xlsx(content: Mapping[str, Any], municipality: str) -> bytes:
    """The same rows as a sheet, with real numbers."""
    file = BytesIO()
    import xlsxwriter  # not loaded by a process that makes no file

    workbook = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    sheet = workbook.add_worksheet("Kolada")
    heading = workbook.add_format({"bold": True, "bottom": 1})
    for column, (name, width) in enumerate(
        zip(COLUMNS, (10, 13, 8, 8, 10, 11, 13, 64), strict=True)
    ):
        sheet.write_string(0, column, name, heading)
        sheet.set_column(column, column, width)
    for number, row in enumerate(_rows(content, municipality), start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            elif value is not None:
                sheet.write_number(number, column, value)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    workbook.close()
    return file.getvalue()
