"""A report as a Word document, to edit and to paste from: real headings, tables and captions."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from sundbyberg_am.documents import in_xml

from ..goals.reading import CHAIN_HEADINGS, OUTLOOK_HEADINGS
from ..reading import FigureRead, Line, Report, Section, read

ACCENT, INK, MUTED, RULE = "0C5463", "1B2527", "566163", "C9C2B3"
FONT = "Calibri"  # that every Word has; the document is pasted into templates of others
WHEN_MADE = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # of the parts of the file, so that the same content gives the same bytes


def render(content: Mapping[str, Any]) -> bytes:
    """The document. The same content gives the same bytes."""
    report = read(in_xml(content))
    document = _blank(report)
    _Writer(document, report).write()
    file = BytesIO()
    document.save(file)
    return _without_clock(file.getvalue())


def _blank(report: Report) -> Any:
    """A document of the unit's look: Word's own styles, in our colours."""
    document = docx.Document()
    made = datetime.fromisoformat(report.counted_on).replace(tzinfo=UTC)
    core = document.core_properties
    core.title, core.subject, core.author = report.label, report.days, "Arbetsmarknadsenheten"
    core.language, core.comments, core.keywords = "sv-SE", report.public, report.code
    core.created = core.modified = made
    core.last_modified_by = "Arbetsmarknadsenheten"
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    for name, size, colour in (
        ("Normal", 10.5, None),
        ("Title", 26, ACCENT),
        ("Heading 1", 18, ACCENT),
        ("Heading 2", 12.5, None),
        ("Caption", 9.5, MUTED),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:cs"), FONT)
        style.font.color.rgb = RGBColor.from_string(colour or INK)
    language = document.styles["Normal"].element.get_or_add_rPr()
    tag = OxmlElement("w:lang")
    tag.set(qn("w:val"), "sv-SE")
    language.append(tag)
    return document


class _Writer:
    def __init__(self, document: Any, report: Report) -> None:
        self.document, self.report = document, report
        self.tables = 0

    def write(self) -> None:
        document, report = self.document, self.report
        document.add_heading(report.label, level=0)
        document.add_paragraph(report.days)
        if report.public:
            document.add_paragraph(report.public)
        document.add_heading("Sammanfattning", level=1)
        for part in report.lead:
            document.add_heading(part.heading, level=2)
            for sentence in part.sentences:
                document.add_paragraph(sentence, style="List Bullet")
        headings = [*report.sexes, report.previous_label, *report.tertial_labels]
        self._table(
            "Nyckeltal",
            "Nyckeltal",
            headings,
            [[*_row(f.label, f.whole), *_trend(f)] for f in report.key_figures],
        )
        self._goals()
        self._outlook()
        for section in report.sections:
            self._section(section)
        document.add_heading("Så är siffrorna räknade", level=1)
        for section in report.sections:
            document.add_heading(section.label, level=2)
            for figure in section.figures:
                paragraph = document.add_paragraph()
                paragraph.add_run(figure.label).bold = True
                paragraph.add_run(f" – räknas i {figure.unit_label}. {figure.definition}")

    def _goals(self) -> None:
        document, chain = self.document, self.report.chain
        if chain is None:
            return
        document.add_heading("Mål", level=1)
        for goal in chain.goals:
            document.add_heading(goal.title, level=2)
            if goal.responsible:
                document.add_paragraph(f"Ansvarig: {goal.responsible}")
            if not goal.indicators:
                document.add_paragraph("Ingen indikator mäter målet.")
                continue
            first, *headings = CHAIN_HEADINGS
            rows = [one.row for one in goal.indicators]
            self._table(f"Mål {goal.title}", first, headings, rows, words_last=True)
            for name, comment in goal.comments:
                paragraph = document.add_paragraph()
                paragraph.add_run(f"{name}: ").bold = True
                paragraph.add_run(comment)
        if chain.gaps:
            document.add_heading("Det här saknas", level=2)
            for gap in chain.gaps:
                document.add_paragraph(gap, style="List Bullet")
        document.add_heading("Så bedöms måluppfyllelsen", level=2)
        document.add_paragraph(chain.rule)

    def _outlook(self) -> None:
        outlook = self.report.outlook
        if outlook is None:
            return
        self.document.add_heading("Prognos för helåret", level=1)
        first, *headings = OUTLOOK_HEADINGS
        rows = [one.row for one in outlook.forecasts]
        self._table("Prognos för helåret", first, headings, rows)
        self.document.add_paragraph(outlook.method)

    def _section(self, section: Section) -> None:
        document, report = self.document, self.report
        document.add_heading(section.label, level=1)
        headings = [*report.sexes, report.previous_label]
        rows = [_row(figure.label, figure.whole) for figure in section.figures]
        self._table(section.label, "Siffra", headings, rows)
        for figure in section.figures:
            for division in figure.divisions:
                document.add_heading(division.title, level=2)
                self._table(
                    division.title,
                    division.label,
                    headings,
                    [_row(line.label, line) for line in division.lines],
                )

    def _table(
        self,
        caption: str,
        first: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        words_last: bool = False,
    ) -> None:
        """A table with a numbered caption above it and a head that comes again on each page."""
        self.tables += 1
        above = self.document.add_paragraph(style="Caption")
        above.paragraph_format.keep_with_next = True
        above.add_run("Tabell ")
        _field(above, "SEQ Tabell \\* ARABIC", str(self.tables))
        above.add_run(f". {caption}, {self.report.label.lower()}")
        table = _table_element(caption, [[first, *headings], *rows], words_last=words_last)
        above._p.addnext(table)
        self.document.add_paragraph()


def _table_element(caption: str, rows: Sequence[Sequence[str]], *, words_last: bool = False) -> Any:
    """The table as it stands in the file; python-docx would ask for each cell, which takes its time."""
    others = 940 if len(rows[0]) > 7 else 1130  # twentieths of a point
    widths = [others] * len(rows[0])
    if words_last:  # a target says "högst 18,0" on one line, and a degree is some words
        widths[1:] = [1350] * (len(widths) - 2) + [2300]
    widths[0] = 9640 - sum(widths[1:])
    size = 17 if len(rows[0]) > 7 else 19  # half points
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    body = "".join(
        _row_element(
            row,
            widths,
            size,
            head=number == 0,
            last=number == len(rows) - 1,
            words={0, len(row) - 1} if words_last else {0},
        )
        for number, row in enumerate(rows)
    )
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="9640" w:type="dxa"/>'
        f'<w:tblBorders>{_BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:firstRow="1" w:firstColumn="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoteattr(caption)}/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"
    )


_BORDERS = "".join(
    f'<w:{side} w:val="{kind}" w:sz="4" w:space="0" w:color="{RULE}"/>'
    for side, kind in (
        ("top", "nil"),
        ("left", "nil"),
        ("bottom", "single"),
        ("right", "nil"),
        ("insideH", "single"),
        ("insideV", "nil"),
    )
)


def _row_element(
    row: Sequence[str],
    widths: Sequence[int],
    size: int,
    *,
    head: bool,
    last: bool,
    words: set[int],
) -> str:
    """A row; the columns of `words` stand to the left, the numbers to the right."""
    together = "" if last else "<w:keepNext/>"
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{ACCENT}"/>' if head else ""
    look = '<w:b/><w:color w:val="FFFFFF"/>' if head else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="bottom"/></w:tcPr>'
        f'<w:p><w:pPr>{together}<w:spacing w:before="30" w:after="30" w:line="240" w:lineRule="auto"/>'
        f'<w:jc w:val="{"left" if number in words else "right"}"/></w:pPr>'
        f'<w:r><w:rPr>{look}<w:sz w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
        for number, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    heading = "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{heading}</w:trPr>{cells}</w:tr>"


def _row(label: str, line: Line) -> list[str]:
    return [label, *(cell.text for cell in line.compared)]


def _trend(figure: FigureRead) -> list[str]:
    return [cell.text for cell in figure.whole.trend]


def _field(paragraph: Any, code: str, shown: str) -> None:
    """A field that Word counts, with what it shows until then."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = shown
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _without_clock(file: bytes) -> bytes:
    """The same file with no time of day in it."""
    made = BytesIO()
    with ZipFile(BytesIO(file)) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        for part in source.infolist():
            target.writestr(
                ZipInfo(part.filename, WHEN_MADE), source.read(part), compress_type=ZIP_DEFLATED
            )
    return made.getvalue()
