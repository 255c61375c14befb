"""Excel files: typed cells, formulas, and zip files that are something else."""

import io
from datetime import date, datetime, time
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook

from tests.builders import a_personnummer
from tests.importing.writing import ANNA, BO, a_case, an_open_case, an_xlsx, told

UNREADABLE = "rad 1: Filen går inte att läsa som Excelfil. Öppna den i Excel och spara den på nytt som .xlsx."
NO_VALUE = "Cellen har ett fel från Excel eller en formel utan värde. Skriv värdet i stället."


def _at(day: date, clock: time = time.min) -> datetime:
    """A day as Excel stores it."""
    return datetime.combine(day, clock)


@pytest.fixture
def path(office):
    return office.folder / "f.xlsx"


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("personnummer", int(ANNA)),
        ("personnummer", float(ANNA)),
        ("personnummer", int(ANNA[2:])),
        ("inskriven", date(2024, 1, 10)),
        ("inskriven", _at(date(2024, 1, 10))),
        ("avslutad", _at(date(2024, 3, 6))),
    ],
    ids=str,
)
def test_typed_cell_is_as_good_as_text(office, path, column, cell):
    office.run([a_case()])
    before = told()
    counts = office.run(an_xlsx(path, [a_case(**{column: cell})]))
    assert (counts.enrolments, counts.enrolments_left) == (0, 1)
    assert told() == before


def test_number_that_has_lost_its_zeros_gets_them_back(office, path):
    number = a_personnummer(date(2005, 3, 14))
    office.run(an_xlsx(path, [a_case(personnummer=int(number[2:]))]))
    assert told()["people"][0][0] == number


@pytest.mark.parametrize(
    "cell",
    [_at(date(2024, 1, 10), time(8, 30)), time(8, 30), 45301, True, 0.5],
    ids=str,
)
def test_cell_that_is_no_day_is_told(office, path, cell):
    assert office.faults(an_xlsx(path, [a_case(inskriven=cell)])) == [
        "rad 2, kolumn inskriven: Skriv datumet som 2022-03-31."
    ]


def test_only_the_first_sheet_is_read(office, path):
    an_xlsx(path, [a_case()])
    book = load_workbook(path)
    book.create_sheet("Anteckningar").append(["inte", "ärenden"])
    book.save(path)
    office.run(path)
    assert len(told()["enrolments"]) == 1


def test_lines_are_those_that_excel_shows(office, path):
    book = Workbook()
    sheet = book.active
    for column, (name, cell) in enumerate(a_case(nivå="AM4").items(), start=2):
        sheet.cell(3, column, name)
        sheet.cell(7, column, cell or None)
    sheet.cell(900, 1).number_format = "0"  # a cell with nothing in it
    book.save(path)
    assert office.faults(path) == ["rad 7, kolumn nivå: Värdet är okänt. Skriv AM1, AM2 eller AM3."]


def test_workbook_with_nothing_in_it_is_told(office, path):
    Workbook().save(path)
    assert office.faults(path) == ["rad 1: Filen är tom. Första raden ska ha kolumnernas namn."]


def _rewritten(path, change) -> None:
    """Every part of the workbook as `change(name, content)` makes it; None leaves it out."""
    with ZipFile(path) as old:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as new:
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)


def _from_another_program(path, rows, formulas: dict[int, str]) -> None:
    """Written with texts in a table of their own, as Excel does; the formulas by column, worked out."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, rows[0])
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row.values()):
                if column in formulas:
                    sheet.write_formula(line, column, formulas[column], value=cell)
                else:
                    sheet.write(line, column, cell)


def test_formula_is_read_by_its_value(office, path):
    _from_another_program(path, [a_case()], {0: f"={ANNA}+0", 1: '="An"&"na"', 9: '=""'})
    office.run(path)
    assert told()["people"][0][:3] == (ANNA, "Anna", "Åkesson")


def test_formula_that_came_to_nothing_is_an_empty_cell(office, path):
    _from_another_program(path, [an_open_case()], {9: '=IF(A1="","x","")'})
    _rewritten(path, lambda name, part: part.replace(b'<c r="J2">', b'<c r="J2" t="str">'))
    office.run(path)
    assert told()["enrolments"][0][4] is None


@pytest.mark.parametrize("column", ["förnamn", "avslutad", "nivå"])
def test_formula_without_a_value_is_told(office, path, column):
    """Not read as an empty cell: an exit would be lost."""
    an_xlsx(path, [an_open_case(personnummer=BO), a_case(**{column: "=A1"})])
    assert office.faults(path) == [f"rad 3, kolumn {column}: {NO_VALUE}"]


@pytest.mark.parametrize("error", ["#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#SPILL!"])
def test_error_in_a_cell_is_told(office, path, error):
    assert office.faults(an_xlsx(path, [a_case(efternamn=error)])) == [
        f"rad 2, kolumn efternamn: {NO_VALUE}"
    ]


@pytest.mark.parametrize("error", ["#SAKNAS!", "#VÄRDEFEL!", "#DIVISION/0!", "#NAMN?", "########"])
def test_error_of_swedish_excel_saved_as_text_is_told(office, error):
    assert office.faults([a_case(efternamn=error)]) == [f"rad 2, kolumn efternamn: {NO_VALUE}"]


def test_day_that_excel_cannot_show_is_told(office, path):
    an_xlsx(path, [a_case(inskriven=date(2024, 1, 10))])
    _rewritten(path, lambda name, part: part.replace(b"<v>45301</v>", b"<v>99999999999</v>"))
    assert office.faults(path) == [f"rad 2, kolumn inskriven: {NO_VALUE}"]


def test_workbook_under_another_name_is_still_one(office):
    office.run(an_xlsx(office.folder / "f.csv", [a_case()]))
    assert len(told()["enrolments"]) == 1


def test_text_under_the_name_of_a_workbook_is_still_text(office):
    text = office.folder / "cases.csv"
    office.run([a_case()], dry_run=True)
    office.run(text.rename(office.folder / "cases.xlsx"))
    assert len(told()["enrolments"]) == 1


def _locked(path) -> None:
    folder = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2048) + folder + bytes(500))


def _old(path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))


def _cut(path) -> None:
    path.write_bytes(path.read_bytes()[:-400])


def _another_document(path) -> None:
    with ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")


def _broken_xml(path) -> None:
    _rewritten(path, lambda name, part: part[:-20] if "worksheets/" in name else part)


def _no_sheet(path) -> None:
    _rewritten(path, lambda name, part: None if "worksheets/" in name else part)


def _letters_for_numbers(path) -> None:
    _rewritten(path, lambda name, part: part.replace(b'sheetId="1"', b'sheetId="x"'))


def _wrong_text(path) -> None:
    """Cells that point at texts the file does not have."""

    def change(name: str, part: bytes) -> bytes:
        return part.replace(b't="inlineStr"', b't="s"').replace(b"<is>", b"<v>9999</v><is>")

    _rewritten(path, change)


def _locked_part(path) -> None:
    """A zip file with a password, which is not how Excel locks."""
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    path.write_bytes(data)


def _text_from_elsewhere(path) -> None:
    """An entity that stands for a file of the machine (XXE)."""

    def change(name: str, part: bytes) -> bytes:
        if "worksheets/" not in name:
            return part
        entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
        return entity + part.partition(b"?>")[2].replace(b"Anna", b"&e;", 1)

    _rewritten(path, change)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_text_from_elsewhere, UNREADABLE),
        (_locked, "rad 1: Filen är låst med lösenord. Ta bort lösenordet i Excel och spara."),
        (_old, "rad 1: Filen är i ett äldre Excelformat. Spara den som .xlsx."),
        (_cut, UNREADABLE),
        (_another_document, UNREADABLE),
        (_broken_xml, UNREADABLE),
        (_no_sheet, UNREADABLE),
        (_letters_for_numbers, UNREADABLE),
        (_wrong_text, UNREADABLE),
        (_locked_part, UNREADABLE),
    ],
)
def test_workbook_that_cannot_be_read_is_one_sentence(office, path, change, fault):
    change(an_xlsx(path, [a_case()]))
    assert office.faults(path) == [fault]


def test_what_openpyxl_warns_of_is_no_fault(office, path):
    """A workbook without styles, as some programs write it."""
    an_xlsx(path, [a_case()])

    def change(name: str, part: bytes) -> bytes | None:
        if name == "xl/styles.xml":
            return (
                b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
            )
        return part

    _rewritten(path, change)
    office.run(path)
    assert len(told()["enrolments"]) == 1


def test_reading_leaves_the_file_as_it_was(office, path):
    before = an_xlsx(path, [a_case()]).read_bytes()
    office.run(path)
    assert path.read_bytes() == before
    assert load_workbook(io.BytesIO(before)).active["A2"].value == ANNA
