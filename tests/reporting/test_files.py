"""The files of a report say what its content says."""

import json
from datetime import date
from io import BytesIO

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from participants.models import ExitReason
from reporting.content import build_content
from reporting.exporters import FORMS, machine, tidy, xlsx
from reporting.figures import CATALOGUE
from reporting.periods import Period
from reporting.reading import Line, read
from reporting.suppression import suppress
from tests.builders import an_enrolment

from .populations import a_population

pytestmark = pytest.mark.django_db


@pytest.fixture
def content():
    a_population(7, 120)
    return build_content(Period.parse("2024-T2"), counted_on=date(2024, 9, 15))


def test_every_value_of_the_workbook_equals_the_content(content):
    book = load_workbook(BytesIO(xlsx.render(content)))
    report = read(content)
    for section in report.sections:
        rows = [row for row in book[section.label].iter_rows(min_row=5, values_only=True) if row[0]]
        lines: list[tuple[str, Line | None]] = []
        for figure in section.figures:
            lines.append((figure.label, figure.whole))
            for division in figure.divisions:
                lines += [(division.label, None), *((line.label, line) for line in division.lines)]
        assert [row[0] for row in rows] == [label for label, _ in lines]
        for row, (_, line) in zip(rows, lines, strict=True):
            if line is None:
                assert set(row[2:]) == {None}
                continue
            cells = (*line.compared, *line.trend)
            values = ["–" if cell.value is None else cell.value for cell in cells]
            assert [*row[2:7], *row[9:]] == pytest.approx(values)
            assert row[7:9] == (line.total.numerator, line.total.denominator)


def test_the_summary_shows_the_key_figures_and_the_charts(content):
    book = load_workbook(BytesIO(xlsx.render(content)))
    report = read(content)
    sheet = book["Sammanfattning"]
    assert book.sheetnames == [
        "Sammanfattning",
        "I korthet",
        "Prognos",
        "Diagram",
        *(section.label for section in report.sections),
        "Definitioner",
    ]
    assert sheet["A1"].value == "Tertialrapport 2 2024"
    shown = [row[:3] for row in sheet.iter_rows(min_row=5, values_only=True) if row[0]]
    figures = report.key_figures
    assert [row[:2] for row in shown] == [(f.label, f.unit_label) for f in figures]
    assert [row[2] for row in shown] == pytest.approx([f.whole.total.value for f in figures])
    assert len(sheet._charts) == 2


def test_numbers_are_numbers_with_formats_and_the_head_stays(content):
    book = load_workbook(BytesIO(xlsx.render(content)))
    exits = book["Inskrivna och avslut"]
    formats = {row[0].value: row[2].number_format for row in exits.iter_rows(min_row=5)}
    assert formats["Avslut"] == "#,##0"
    assert formats["Avslut efter orsak"] == "0 %"
    times = {row[0].value: row[2].number_format for row in book["Tider"].iter_rows(min_row=5)}
    assert times["Veckor som inskriven, median"] == "#,##0.0"
    for sheet in book:
        if sheet.title == "Diagram":  # plots on a page of their own
            continue
        assert sheet.freeze_panes == "B5", sheet.title
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9


def test_the_plots_of_the_page_are_native_charts_and_heads_come_again_when_printed(content):
    book = load_workbook(BytesIO(xlsx.render(content)))
    report = read(content)
    drawn = [section for section in report.sections if section.chart]
    assert len(book["Diagram"]._charts) == len(drawn) > 5
    for section in report.sections:
        assert book[section.label].print_title_rows == "$3:$4"
        assert book[section.label].page_setup.fitToHeight == 0


def test_definitions_are_written_as_they_stand_in_the_content(content):
    book = load_workbook(BytesIO(xlsx.render(content)))
    rows = list(book["Definitioner"].iter_rows(min_row=5, values_only=True))
    figures = [figure for section in read(content).sections for figure in section.figures]
    assert len(figures) == len(CATALOGUE)
    assert rows == [(f.label, f.unit_label, f.definition, f.code) for f in figures]


def test_a_division_is_called_by_what_it_divides_once(content):
    divided = [figure for section in read(content).sections for figure in section.figures]
    titles = [division.title for figure in divided for division in figure.divisions]
    assert "Deltagare efter nivå" in titles
    assert "Avslutade personer enligt KAS efter KAS-klass" in titles
    assert {"Avslut efter orsak", "Avslutade personer enligt KAS, efter tid som inskriven"} < set(
        titles
    )
    assert not [title for title in titles if title.count(" efter ") > 1]


def test_a_label_that_looks_like_a_formula_is_text():
    ExitReason.objects.create(
        code="odd", label="=1+1\x07", counts_as="other", kas_class="E", position=99
    )
    content = build_content(Period.parse("2024"), counted_on=date(2025, 1, 1))
    book = load_workbook(BytesIO(xlsx.render(content)))
    cells = [row[0] for row in book["Inskrivna och avslut"].iter_rows(min_row=5)]
    odd = [cell for cell in cells if cell.value and str(cell.value).startswith("=1+1")]
    assert {cell.data_type for cell in odd} == {"s"}
    text = tidy.render(content).decode("utf-8-sig")
    assert ";'=1+1" in text
    assert ";=1+1" not in text


def test_the_same_content_gives_the_same_files(content):
    public = suppress(content, below=5, base=10)
    for form in FORMS:
        assert form.render(content) == form.render(content)
        assert form.render(public) == form.render(public)


def test_the_machine_form_is_the_written_one(content):
    form = json.loads(machine.render(content))
    assert list(form) == ["schema", "period", "figures", "forecasts"]
    assert form["schema"] == 1
    assert form["period"] == {
        "code": "2024-T2",
        "first_day": "2024-01-01",
        "last_day": "2024-08-31",
    }
    kept = [
        {key: value for key, value in figure.items() if key != "n"} for figure in content["figures"]
    ]
    assert form["figures"] == kept
    share = next(f for f in form["figures"] if f["by"] == {"reason": "studies"})
    assert list(share)[:4] == ["figure", "by", "sex", "value"]


def test_the_command_writes_either_file(tmp_path, capfdbinary):
    call_command("build_report", "2024", format="json", output=tmp_path / "f.json")
    written = (tmp_path / "f.json").read_bytes()
    assert json.loads(written)["period"]["code"] == "2024"
    call_command("build_report", "2024")
    assert capfdbinary.readouterr().out == written
    call_command("build_report", "2024", format="xlsx", output=tmp_path / "f.xlsx")
    assert load_workbook(tmp_path / "f.xlsx")["Deltagare"]["C5"].value == 0
    for ending, start in (("pdf", b"%PDF-1.7"), ("docx", b"PK"), ("csv", b"\xef\xbb\xbfrapport;")):
        file = tmp_path / f"f.{ending}"
        call_command("build_report", "2024", format=ending, output=file)
        assert file.read_bytes().startswith(start)


def test_the_command_writes_the_public_version(tmp_path, settings):
    for day in (1, 2, 3):
        an_enrolment(date(2024, 1, day))
    call_command("build_report", "2024", public=True, output=tmp_path / "f.json")
    form = json.loads((tmp_path / "f.json").read_bytes())
    assert form["public"] == {"below": 5, "base": 10}
    assert form["figures"][0] == {
        "figure": "participants",
        "by": {},
        "sex": "all",
        "value": None,
        "hidden": "<5",
    }
    settings.PUBLIC_COUNTS_FROM = 3
    call_command("build_report", "2024", public=True, output=tmp_path / "f.json")
    assert json.loads((tmp_path / "f.json").read_bytes())["figures"][0]["value"] == 3


@pytest.mark.parametrize(
    ("code", "output", "sentence"),
    [("2024-T3", "f", "Skriv perioden som"), ("2024", "no/f", "kunde inte skrivas")],
)
def test_the_command_says_what_is_wrong_in_one_sentence(tmp_path, code, output, sentence):
    with pytest.raises(SystemExit, match=sentence):
        call_command("build_report", code, output=tmp_path / output)
