"""Text files: letters, separators and headers, and files that are no table."""

import pytest

from referrals.importing.cases import Refused
from referrals.importing.rows import CASES
from sundbyberg_am.access import Role
from tests.builders import a_user
from tests.importing.writing import (
    ANNA,
    BO,
    a_case,
    a_csv,
    an_intervention,
    an_open_case,
    an_xlsx,
    told,
)

DAMAGED = (
    "Filen är inte i UTF-8, UTF-16 eller Windows-1252, eller så är den skadad. "
    "Spara den som CSV UTF-8."
)
KNOWN = f"De som finns är {', '.join(CASES.names)}."
ROWS = [
    a_case(avslutsorsak="Avbrott, deltagarens val", konsulent="karin.k"),
    an_open_case(personnummer=BO, förnamn="Bo; Göran", efternamn='"Ek"', kön="M", nivå=""),
]
INTERVENTIONS = [an_intervention(), an_intervention(insats="Arbetspraktik, privat arbetsgivare")]


def _as_text(delimiter: str, encoding: str):
    def write(path, rows):
        return a_csv(path.with_suffix(".csv"), rows, delimiter=delimiter, encoding=encoding)

    return write


def _as_workbook(path, rows):
    return an_xlsx(path.with_suffix(".xlsx"), rows)


@pytest.mark.parametrize(
    "write",
    [
        _as_text(",", "utf-8"),
        _as_text(";", "utf-8-sig"),
        _as_text(",", "utf-8-sig"),
        _as_text(";", "cp1252"),
        _as_text(",", "cp1252"),
        _as_text("\t", "utf-16"),
        _as_workbook,
    ],
    ids=["utf-8,", "bom;", "bom,", "cp1252;", "cp1252,", "utf-16tab", "xlsx"],
)
def test_every_kind_of_file_gives_the_same(office, write):
    a_user(Role.CONSULTANT, username="karin.k")
    files = ("cases", ROWS), ("interventions", INTERVENTIONS)
    office.run(*(_as_text(";", "utf-8")(office.folder / name, rows) for name, rows in files))
    expected = told()
    assert [len(rows) for rows in expected.values()] == [2, 2, 1, 2, 2, 2]
    assert {"Bo; Göran", "Anna"} == {person[1] for person in expected["people"]}
    _remove_everything()
    office.run(*(write(office.folder / f"other-{name}", rows) for name, rows in files))
    assert told() == expected


def _remove_everything() -> None:
    from participants.models import Enrolment, Intervention, LevelChange, Participant, Plan
    from referrals.models import Referral

    for model in (Intervention, Referral, Plan, LevelChange, Enrolment, Participant):
        model.objects.all().delete()


def test_columns_may_come_in_any_order_and_letters(office):
    names = sorted(CASES.names, reverse=True)
    row = {name.upper(): cell for name, cell in a_case().items()}
    path = a_csv(office.folder / "f.csv", [row], columns=[name.upper() for name in names])
    office.run(path)
    assert told()["people"][0][:3] == (ANNA, "Anna", "Åkesson")


def test_columns_that_may_be_absent(office):
    names = [name for name in CASES.names if name not in ("kön", "utbildning")]
    office.run(a_csv(office.folder / "f.csv", [a_case()], columns=names))
    assert told()["people"][0][-3:] == ("", "women", "unknown")


@pytest.mark.parametrize("name", [name for name in CASES.names if name not in CASES.optional])
def test_column_that_is_missing_is_told(office, name):
    names = [other for other in CASES.names if other != name]
    assert office.faults(a_csv(office.folder / "f.csv", [a_case()], columns=names)) == [
        f"rad 1, kolumn {name}: Kolumnen saknas."
    ]


def test_unknown_and_double_columns_are_told(office):
    names = [*CASES.names, "telefon", "nivå"]
    assert office.faults(a_csv(office.folder / "f.csv", [a_case()], columns=names)) == [
        "rad 1, kolumn nivå: Kolumnen finns två gånger. Ta bort den ena.",
        f"rad 1, kolumn telefon: Kolumnen är okänd. {KNOWN}",
    ]


def test_long_unknown_column_is_cut(office):
    names = [*CASES.names, "x" * 10_000]
    [fault] = office.faults(a_csv(office.folder / "f.csv", [a_case()], columns=names))
    assert len(fault) < 400


def test_first_row_without_names_is_not_repeated(office):
    path = office.folder / "f.csv"
    path.write_text(";".join(a_case().values()), encoding="utf-8")
    assert office.faults(path) == [f"rad 1: Första raden ska ha kolumnernas namn. {KNOWN}"]


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        (b"", ["rad 1: Filen är tom. Första raden ska ha kolumnernas namn."]),
        (b"\xef\xbb\xbf", ["rad 1: Filen är tom. Första raden ska ha kolumnernas namn."]),
        (b"\r\n ; ;\r\n", ["rad 1: Filen är tom. Första raden ska ha kolumnernas namn."]),
        (
            ";".join(CASES.names).encode(),
            ["rad 1: Filen har inga rader under kolumnernas namn."],
        ),
        (b"\xff\xfep", [f"rad 1: {DAMAGED}"]),
        (b"personnummer\x81", [f"rad 1: {DAMAGED}"]),
        (b"%PDF-1.7", [f"rad 1: Första raden ska ha kolumnernas namn. {KNOWN}"]),
        (b"\x00" * 300, [f"rad 1: Första raden ska ha kolumnernas namn. {KNOWN}"]),
    ],
    ids=["empty", "mark", "blank", "header", "utf-16", "binary", "pdf", "nul"],
)
def test_file_that_is_no_table_is_told(office, data, faults):
    path = office.folder / "f.csv"
    path.write_bytes(data)
    assert office.faults(path) == faults


def test_folder_and_missing_file_are_told(office):
    assert office.faults(office.folder) == ["rad 1: Det är en mapp. Ange en fil."]
    assert office.faults(office.folder / "none.csv") == [
        "rad 1: Filen finns inte. Kontrollera namnet."
    ]


def _with_cell(office, cell: str):
    """The path of a file in which the third line's first name is this, unquoted."""
    path = a_csv(
        office.folder / "f.csv", [a_case(), an_open_case(personnummer=BO, förnamn="[cell]")]
    )
    path.write_text(path.read_text("utf-8").replace("[cell]", cell), encoding="utf-8")
    return path


UNREAD = "Raden kan inte läsas. Ett citattecken saknas, eller så är ett värde alldeles för långt."


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ('"Bo', f"rad 3: {UNREAD}"),
        ('"Bo"x', f"rad 3: {UNREAD}"),
        ("x" * 200_000, f"rad 3: {UNREAD}"),
        (
            "x" * 100_000,
            "rad 3, kolumn förnamn: Texten är för lång. Den får ha högst 100 tecken.",
        ),
        (
            "B\x00o",
            "rad 3, kolumn förnamn: Texten har tecken som inte kan sparas. Skriv om den.",
        ),
        ("Bo;x;;;;;;;;;;;;;", "rad 3, kolumn 17: Raden har fler värden än det finns kolumner."),
    ],
    ids=["open quote", "text after quote", "huge", "long", "nul", "too many"],
)
def test_broken_line_is_told(office, cell, fault):
    assert fault in office.faults(_with_cell(office, cell))


def test_lines_are_counted_as_an_editor_counts_them(office):
    row = a_case(förnamn="Anna\r\nMaria", efternamn="")
    path = a_csv(office.folder / "f.csv", [a_case(personnummer=BO, kön="M"), row, row])
    path.write_bytes(b"\r\n" + path.read_bytes())
    assert [fault.split(",")[0] for fault in office.faults(path)][:2] == ["rad 4", "rad 6"]


def test_lines_that_end_the_old_mac_way_are_lines(office):
    path = a_csv(office.folder / "f.csv", [a_case()])
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\r"))
    office.run(path)
    assert len(told()["enrolments"]) == 1


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("  Anna \t Maria ", "Anna Maria"),
        ("Anna\xa0Maria", "Anna Maria"),
        ("Anna\nMaria", "Anna Maria"),
        ("A\u030angstro\u0308m", "Ångström"),
    ],
)
def test_spaces_and_letters_have_one_spelling(office, cell, name):
    office.run([a_case(förnamn=cell)])
    assert told()["people"][0][1] == name


def test_short_row_has_empty_cells_at_the_end(office):
    path = a_csv(office.folder / "f.csv", [a_case(handlingsplan="", utbildning="")])
    path.write_text(path.read_text("utf-8").rstrip("\r\n;"), encoding="utf-8")
    office.run(path)
    assert told()["plans"] == []


def test_faults_of_both_files_come_at_once(office):
    with pytest.raises(Refused) as refused:
        office.run([a_case(nivå="x")], [an_intervention(start="x")])
    assert [(fault.file, fault.column) for fault in refused.value.faults] == [
        (0, "nivå"),
        (1, "start"),
    ]


def test_header_of_the_other_file_does_not_hide_its_rows_faults(office):
    other = a_csv(office.folder / "f.csv", [{"personnummer": ANNA, "insats": "Matchning"}])
    assert office.faults([a_case(nivå="")], other) == [
        "rad 1, kolumn start: Kolumnen saknas.",
        "rad 1, kolumn slut: Kolumnen saknas.",
    ]
