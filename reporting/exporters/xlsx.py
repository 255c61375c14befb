"""A report as an Excel workbook: a summary, a sheet a section, and the definitions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sundbyberg_am.documents import in_xml

from ..reading import Cell, Division, FigureRead, Line, Report, Section, read
from .goal_sheets import write_goals

ACCENT, SOFT, INK, MUTED, RULE, OTHER = (
    "#0C5463",
    "#E2EEF0",
    "#1B2527",
    "#566163",
    "#C9C2B3",
    "#C98A2B",
)
NUMBER_FORMATS = {"share": "0 %", "weeks": "#,##0.0", "days": "#,##0.0", "scale": "0.0"}
COUNT_FORMAT = "#,##0"
NO_VALUE = "–"

HEAD_ROWS = 4  # title, period, groups of columns, columns
SUMMARY, LEAD, DRAWINGS = "Sammanfattning", "I korthet", "Diagram"
DRAWING = (560, 320)  # pixels
ROWS_A_DRAWING = 16
A4 = 9


def render(content: Mapping[str, Any]) -> bytes:
    """The workbook of a report's content. The same content gives the same bytes."""
    report = read(in_xml(content))
    file = BytesIO()
    workbook = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    workbook.set_properties(
        {
            "title": report.label,
            "subject": "Arbetsmarknadsenhetens siffror",
            "created": datetime.fromisoformat(report.counted_on),
        }
    )
    _Book(workbook, report).write()
    workbook.close()
    return file.getvalue()


def _folded(labels: Iterable[str]) -> list[str]:
    """The year of a tertial under its months."""
    return [label.replace(" ", "\n") for label in labels]


@dataclass
class _Book:
    workbook: Any
    report: Report
    _formats: dict[str, Format] = field(default_factory=dict)
    # Where the lines of a division stand, for the charts: sheet, first row and last row.
    _places: dict[tuple[str, str], tuple[str, int, int]] = field(default_factory=dict)

    def write(self) -> None:
        summary = self._sheet(SUMMARY, self.report.label)
        self._lead()
        write_goals(self)
        drawings = self._sheet(DRAWINGS, "Diagram")
        for section in self.report.sections:
            self._section(section)
        self._definitions()
        self._drawings(drawings)
        self._summary(summary)
        summary.activate()

    def _sheet(self, name: str, title: str) -> Worksheet:
        sheet: Worksheet = self.workbook.add_worksheet(name)
        report = self.report
        sheet.hide_gridlines(2)
        sheet.set_default_row(17)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&L&9{report.label}&R&9{name}")
        sheet.set_footer(f"&L&9Räknad {report.counted_on}&R&9Sida &P av &N")
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, title, self._format(bold=True, font_size=20, font_color=ACCENT))
        sheet.write_string(
            1,
            0,
            f"{report.days} Offentlig version." if report.public else report.days,
            self._format(font_color=MUTED),
        )
        return sheet

    # Sheets of a section

    def _section(self, section: Section) -> None:
        sheet = self._sheet(section.label, f"{section.label}, {self.report.label.lower()}")
        self._head(sheet)
        row = HEAD_ROWS
        for figure in section.figures:
            row = self._figure(sheet, row, figure)

    def _head(self, sheet: Worksheet) -> None:
        """The two rows of headings, which stay when one scrolls and come again on each printed page."""
        report = self.report
        group = self._format(
            bold=True, font_color=ACCENT, align="center", bottom=1, bottom_color=ACCENT
        )
        sexes, tertials = len(report.sexes), len(report.tertial_labels)
        previous = 2 + sexes
        sheet.merge_range(2, 2, 2, previous - 1, report.code, group)
        sheet.write_string(2, previous, "Året före", group)
        sheet.merge_range(2, previous + 1, 2, previous + 2, "Andelens underlag", group)
        sheet.merge_range(2, previous + 3, 2, previous + 2 + tertials, "Tertialerna, alla", group)

        name = self._heading(align="left")
        number = self._heading(align="right")
        sheet.write_string(3, 0, "Siffra", name)
        sheet.write_string(3, 1, "Räknas i", name)
        headings = [
            *report.sexes,
            report.previous_label,
            "Antal",
            "Av",
            *_folded(report.tertial_labels),
        ]
        for column, heading in enumerate(headings, start=2):
            sheet.write_string(3, column, heading, number)

        sheet.set_row(3, 32)
        sheet.set_column(0, 0, 54)
        sheet.set_column(1, 1, 13)
        sheet.set_column(2, 1 + len(headings), 11)
        sheet.freeze_panes(HEAD_ROWS, 1)
        sheet.repeat_rows(2, 3)

    def _figure(self, sheet: Worksheet, row: int, figure: FigureRead) -> int:
        """Write a figure from the row on; gives the first free row after it."""
        whole = {"bold": True, "bg_color": SOFT, "top": 1, "top_color": ACCENT}
        self._line(sheet, row, figure.label, figure.unit_label, figure.whole, whole)
        row += 1
        for division in figure.divisions:
            row = self._division(sheet, row, figure, division)
        return row + 1

    def _division(self, sheet: Worksheet, row: int, figure: FigureRead, division: Division) -> int:
        sheet.write_string(
            row, 0, division.label, self._format(font_color=MUTED, italic=True, indent=1)
        )
        first = row + 1
        for row, line in enumerate(division.lines, start=first):
            self._line(sheet, row, line.label, "", line, {"indent": 2})
        self._places[figure.code, division.label] = (sheet.get_name(), first, row)
        return row + 1

    def _line(
        self, sheet: Worksheet, row: int, label: str, unit: str, line: Line, look: dict[str, Any]
    ) -> None:
        sheet.write_string(row, 0, label, self._format(**look))
        look = {key: value for key, value in look.items() if key != "indent"}
        sheet.write_string(row, 1, unit, self._format(**look))
        column = 2
        for cell in line.compared:
            self._value(sheet, row, column, cell, look)
            column += 1
        for part in (line.total.numerator, line.total.denominator):
            if part is None:
                sheet.write_blank(row, column, None, self._format(**look))
            else:
                sheet.write_number(
                    row,
                    column,
                    part,
                    self._format(num_format=COUNT_FORMAT, font_color=MUTED, **look),
                )
            column += 1
        for cell in line.trend:
            self._value(sheet, row, column, cell, look)
            column += 1

    def _value(
        self, sheet: Worksheet, row: int, column: int, cell: Cell, look: dict[str, Any]
    ) -> None:
        if cell.value is None:
            shown = cell.hidden or NO_VALUE
            sheet.write_string(row, column, shown, self._format(align="right", **look))
            return
        number_format = NUMBER_FORMATS.get(cell.unit, COUNT_FORMAT)
        sheet.write_number(
            row, column, cell.value, self._format(num_format=number_format, align="right", **look)
        )

    # The text

    def _lead(self) -> None:
        """The sentences, one a row, under their headings."""
        sheet = self._sheet(LEAD, "Kort om perioden")
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 110)
        for column, heading in enumerate(("Vad", "Så var det")):
            sheet.write_string(3, column, heading, self._heading(align="left"))
        sheet.freeze_panes(HEAD_ROWS, 1)
        sheet.repeat_rows(3)
        look = {"text_wrap": True, "valign": "top", "bottom": 1, "bottom_color": RULE}
        row = HEAD_ROWS
        for part in self.report.lead:
            for sentence in part.sentences:
                sheet.write_string(row, 0, part.heading, self._format(bold=True, **look))
                sheet.write_string(row, 1, sentence, self._format(**look))
                row += 1

    # The plots of the page, all on a printed page

    def _drawings(self, sheet: Worksheet) -> None:
        sheet.set_portrait()
        sheet.fit_to_pages(1, 1)
        sheet.set_column(0, 17, 8.43)
        sheet.freeze_panes(HEAD_ROWS, 1)
        drawn = [section.charted for section in self.report.sections if section.chart]
        for number, (figure, division) in enumerate(one for one in drawn if one):
            row, column = HEAD_ROWS + number // 2 * ROWS_A_DRAWING, number % 2 * 9
            self._chart(sheet, row, column, figure, division.label, division.title, "bar", DRAWING)

    # The first sheet

    def _summary(self, sheet: Worksheet) -> None:
        report = self.report
        headings = [*report.sexes, report.previous_label, *_folded(report.tertial_labels)]
        sheet.write_string(3, 0, "Nyckeltal", self._heading(align="left"))
        sheet.write_string(3, 1, "Räknas i", self._heading(align="left"))
        for column, heading in enumerate(headings, start=2):
            sheet.write_string(3, column, heading, self._heading(align="right"))
        sheet.set_row(3, 32)
        sheet.set_column(0, 0, 38)
        sheet.set_column(1, 1, 13)
        sheet.set_column(2, 1 + len(headings), 11)

        if report.public:
            sheet.set_row(2, 34)
            look = self._format(text_wrap=True, bg_color=SOFT)
            sheet.merge_range(2, 0, 2, 1 + len(headings), report.public, look)
        row = HEAD_ROWS
        look = {"bottom": 1, "bottom_color": RULE}
        for row, figure in enumerate(report.key_figures, start=HEAD_ROWS):
            sheet.set_row(row, 20)
            sheet.write_string(row, 0, figure.label, self._format(**look))
            sheet.write_string(row, 1, figure.unit_label, self._format(font_color=MUTED, **look))
            line = figure.whole
            for column, cell in enumerate((*line.compared, *line.trend), start=2):
                self._value(sheet, row, column, cell, {**look, "bold": column == 2})
        sheet.freeze_panes(HEAD_ROWS, 1)
        sheet.print_area(0, 0, row + 26, 1 + len(headings))
        sheet.fit_to_pages(1, 1)

        for column, code, division, title, kind in (
            (0, "participants", "Nivå", "Deltagare per nivå", "column"),
            (3, "exit_share", "Avslutsorsak", "Avslut efter orsak", "bar"),
        ):
            if charted := report.figure(code):
                self._chart(sheet, row + 2, column, charted, division, title, kind)

    def _chart(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        figure: FigureRead,
        division: str,
        title: str,
        kind: str,
        size: tuple[int, int] = (570, 480),
    ) -> None:
        """A native chart of one division: the period beside the year before, for all."""
        name, first, last = self._places[figure.code, division]
        previous = 2 + len(self.report.sexes)
        chart = self.workbook.add_chart({"type": kind})
        for values, label, colour in (
            (2, self.report.code, ACCENT),
            (previous, self.report.previous_label, OTHER),
        ):
            chart.add_series(
                {
                    "name": label,
                    "categories": [name, first, 0, last, 0],
                    "values": [name, first, values, last, values],
                    "fill": {"color": colour},
                    "gap": 60,
                }
            )
        if self.report.public:
            title = f"{title} (dolda tal har ingen stapel)"
        chart.set_title({"name": title, "name_font": {"size": 13, "color": INK}, "overlay": False})
        chart.set_legend({"position": "top"})
        lines = {"major_gridlines": {"visible": True, "line": {"color": RULE}}}
        if kind == "bar":
            number_format = NUMBER_FORMATS.get(figure.unit, COUNT_FORMAT)
            chart.set_y_axis({"reverse": True, "interval_unit": 1, "num_font": {"size": 8}})
            chart.set_x_axis({**lines, "num_format": number_format, "num_font": {"size": 8}})
        else:
            chart.set_y_axis(lines)
        width, height = size
        chart.set_size({"width": 420 if kind == "column" else width, "height": height})
        sheet.insert_chart(
            row,
            column,
            chart,
            {"description": f"{title}. Värdena står på bladet {name}.", "object_position": 2},
        )

    # The last sheet

    def _definitions(self) -> None:
        sheet = self._sheet("Definitioner", "Så är siffrorna räknade")
        for column, (heading, width) in enumerate(
            (("Siffra", 44), ("Räknas i", 14), ("Så är den räknad", 100), ("Kod", 34))
        ):
            sheet.write_string(3, column, heading, self._heading(align="left"))
            sheet.set_column(column, column, width)
        sheet.freeze_panes(HEAD_ROWS, 1)
        sheet.repeat_rows(3)
        figures = [figure for section in self.report.sections for figure in section.figures]
        look = {"text_wrap": True, "valign": "top", "bottom": 1, "bottom_color": RULE}
        for row, figure in enumerate(figures, start=HEAD_ROWS):
            sheet.set_row(row, 15 * (2 + len(figure.definition) // 105))
            sheet.write_string(row, 0, figure.label, self._format(bold=True, **look))
            sheet.write_string(row, 1, figure.unit_label, self._format(**look))
            sheet.write_string(row, 2, figure.definition, self._format(**look))
            sheet.write_string(row, 3, figure.code, self._format(font_color=MUTED, **look))

    # Formats, each made once

    def _heading(self, align: str) -> Format:
        return self._format(
            bold=True, font_color="#FFFFFF", bg_color=ACCENT, align=align, text_wrap=True
        )

    def _format(self, **look: Any) -> Format:
        key = repr(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(
                {"font_color": INK, "valign": "vcenter", **look}
            )
        return self._formats[key]
