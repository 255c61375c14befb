"""The page and every file of a run say the same: each is read back and compared, value by value."""

import csv
import json
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from io import BytesIO, StringIO
from typing import Any

import docx
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from reporting import actions
from reporting.models import ReportRun
from reporting.reading import Cell, Line, Report, read
from sundbyberg_am.access import Role
from tests.builders import a_user

from .builders import a_board_goal, an_indicator, page_with_all_opened
from .populations import a_population
from .reading_goals import (
    check_goals_in_csv,
    check_goals_in_excel,
    check_goals_in_json,
    check_goals_in_pdf,
    check_goals_in_word,
    check_goals_on_the_page,
    tables_before_the_figures,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("public", [False, True], ids=["intern", "offentlig"])
def test_the_page_and_every_file_say_what_the_run_says(as_user, public):
    a_population(3, 100)
    goal = a_board_goal(2024)
    an_indicator(goal, comment="Ett bra år")
    an_indicator(goal, 5, label="Få", figure="exits", dimension="age", member="16-24")
    an_indicator(goal, None, label="Utan målvärde", figure="weeks_enrolled_median")
    a_board_goal(2024)
    run = ReportRun.objects.create(period_code="2024-T2", ordered_by=a_user(Role.MANAGER))
    actions.build(run.pk)
    run.refresh_from_db()
    assert run.content is not None
    report = read(actions.public_content(run.content) if public else run.content)
    shown = {text for row in rows(report) for text in row[1:]}
    assert {"0", "–"} <= shown
    assert ({"<5", "dold"} <= shown) == public
    assert len(rows(report)) > 120
    check_json(run.file("json", public=public), report)
    check_csv(run.file("csv", public=public), report)
    check_excel(run.file("xlsx", public=public), report)
    check_word(run.file("docx", public=public), report)
    check_pdf(run.file("pdf", public=public), report)
    check_goals_in_json(run.file("json", public=public), report)
    check_goals_in_csv(run.file("csv", public=public), report)
    check_goals_in_excel(run.file("xlsx", public=public), report)
    check_goals_in_word(run.file("docx", public=public), report)
    check_goals_in_pdf(run.file("pdf", public=public), report)
    if not public:
        page = page_with_all_opened(as_user(run.ordered_by), run)
        check_page(page, report)
        check_goals_on_the_page(page, report)


def tables(report: Report) -> Iterator[tuple[str, list[tuple[str, Line]]]]:
    """Every table of a report in order: what is in its first column's head, and its lines."""
    for section in report.sections:
        yield "Siffra", [(figure.label, figure.whole) for figure in section.figures]
        for figure in section.figures:
            for division in figure.divisions:
                yield division.label, [(line.label, line) for line in division.lines]


def rows(report: Report) -> list[list[str]]:
    return [
        [plain(label), *(plain(cell.text) for cell in line.compared)]
        for _, lines in tables(report)
        for label, line in lines
    ]


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def sentences(report: Report) -> list[str]:
    """The text of a report, in order."""
    found = [sentence for part in report.lead for sentence in part.sentences]
    assert found
    return found


def check_pdf(file: bytes, report: Report) -> None:
    pdf = PdfReader(BytesIO(file))
    root: Any = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "sv"
    assert pdf.metadata is not None
    assert pdf.metadata.title == report.label
    assert b"pdfuaid" in root["/Metadata"].get_data()
    # A word may be divided at the end of a line, and a page may end anywhere.
    text = bare("".join(page.extract_text() for page in pdf.pages))
    at = 0
    for sentence in sentences(report):
        found = text.find(bare(sentence), at)
        assert found >= 0, sentence
        at = found + 1
    for row in rows(report):
        found = text.find(bare("".join(row)), at)
        assert found >= 0, row
        at = found + 1


def bare(text: str) -> str:
    return re.sub(r"[\s\u00ad\u2010-]", "", text)


def check_word(file: bytes, report: Report) -> None:
    document = docx.Document(BytesIO(file))
    summary, *others = document.tables
    key = [[cell.text for cell in row.cells] for row in summary.rows][1:]
    assert [row[:2] for row in key] == [[f.label, f.whole.total.text] for f in report.key_figures]
    found = []
    of_figures = others[tables_before_the_figures(report) :]
    for table, (head, _) in zip(of_figures, tables(report), strict=True):
        texts = [
            [plain(node.text or "") for node in row.iter(f"{W}t")] for row in table._tbl.tr_lst
        ]
        assert texts[0][0] == head
        assert table._tbl.tr_lst[0].trPr.find(f"{W}tblHeader") is not None
        found += texts[1:]
    assert found == rows(report)
    bullets = [one.text for one in document.paragraphs if one.style.name == "List Bullet"]
    gaps = list(report.chain.gaps) if report.chain else []
    assert bullets == [*sentences(report), *gaps]
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles.count("Heading 1") == len(report.sections) + 4
    assert styles.count("Caption") == len(document.tables)
    core = document.core_properties
    assert (core.title, core.language) == (report.label, "sv-SE")


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def check_excel(file: bytes, report: Report) -> None:
    book = load_workbook(BytesIO(file))
    said = [row[1] for row in book["I korthet"].iter_rows(min_row=5, values_only=True)]
    assert said == sentences(report)
    for section in report.sections:
        lines = [
            line
            for figure in section.figures
            for line in (figure.whole, *(one for d in figure.divisions for one in d.lines))
        ]
        found = [
            row
            for row in book[section.label].iter_rows(min_row=5, values_only=True)
            if row[0] and row[2] is not None
        ]
        for row, line in zip(found, lines, strict=True):
            expected = [in_excel(cell) for cell in (*line.compared, *line.trend)]
            assert [*row[2:7], *row[9:]] == pytest.approx(expected), row


def in_excel(cell: Cell) -> Any:
    return cell.hidden or ("–" if cell.value is None else cell.value)


def check_csv(file: bytes, report: Report) -> None:
    assert file.startswith(b"\xef\xbb\xbf")
    assert file.count(b"\r\n") == file.count(b"\n")
    found = list(csv.DictReader(StringIO(file.decode("utf-8-sig"), newline=""), delimiter=";"))
    lines = [
        (section, figure, line)
        for section in report.sections
        for figure in section.figures
        for line in (figure.whole, *(one for d in figure.divisions for one in d.lines))
    ]
    expected = [
        (figure.code, line.label, period, *in_csv(cell))
        for _, figure, line in lines
        for period, cell in (
            *((report.code, cell) for cell in line.cells),
            *((cell.heading, cell) for cell in (line.previous, *line.trend)),
        )
    ]
    assert expected == [
        (row["kod"], row["grupp"], row["period"], row["värde"], row["märkning"])
        for row in found
        if row["del"] not in ("Mål", "Prognos för helåret")
    ]


def in_csv(cell: Cell) -> tuple[str, str]:
    if cell.hidden:
        return "", cell.hidden
    if cell.value is None:
        return "", "inget att räkna"
    return str(cell.value).replace(".", ","), ""


def check_json(file: bytes, report: Report) -> None:
    figures = json.loads(file)["figures"]
    for section in report.sections:
        for figure in section.figures:
            lines = (figure.whole, *(one for d in figure.divisions for one in d.lines))
            expected = [(cell.value, cell.hidden) for line in lines for cell in line.cells]
            assert expected == [
                (one["value"], one.get("hidden", ""))
                for one in figures
                if one["figure"] == figure.code
            ]


def check_page(html: str, report: Report) -> None:
    text = plain(unescape(html))
    for sentence in sentences(report):
        assert plain(sentence) in text
    page = _Tables()
    page.feed(html)
    # Each section's table, its trend, and then its divisions.
    assert [row for row in page.rows if len(row) == 6] == rows(report)
    trend = [row for row in page.rows if len(row) == 4]
    assert trend == [
        [f.label, *(plain(cell.text) for cell in f.whole.trend)]
        for section in report.sections
        for f in section.figures
    ]


class _Tables(HTMLParser):
    """The rows of a page's tables; of a figure that opens to its definition, the label alone."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.cell: list[str] | None = None
        self.in_body = self.in_definition = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tbody":
            self.in_body = True
        if tag == "tr" and self.in_body:
            self.rows.append([])
        if tag in ("td", "th") and self.in_body:
            self.cell = []
        if tag == "p" and self.cell is not None:
            self.in_definition = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "tbody":
            self.in_body = False
        if tag == "p":
            self.in_definition = False
        if tag in ("td", "th") and self.cell is not None:
            self.rows[-1].append(plain("".join(self.cell)))
            self.cell = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None and not self.in_definition:
            self.cell.append(data)
