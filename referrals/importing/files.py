"""Reading a table from a file: the same rows of text whatever the program that wrote it.

Text in UTF-8, Windows-1252 or marked UTF-16, between commas, semicolons or tabs; Excel's .xlsx. Knows
nothing of cases.
"""

import csv
import io
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # OLE: old Excel, and locked new
UTF_8_MARK, UTF_16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
# White space that can be between words or round them; what else Python calls so is control characters.
_FORMULA = re.compile(rb"<(\w+:)?f[\s/>]")
# What a spreadsheet shows instead of a value, also in Swedish and also when saved as text: #N/A, #VÄRDEFEL!
SHEET_ERROR = re.compile(r"#[A-ZÅÄÖ0-9_/#]+[!?]?")
NO_VALUE = "#FORMEL!"
NAME_SHOWN = 40  # of an unknown column
_SPACES = re.compile(r"[^\S\x0b\x0c\x1c-\x1f\x85]+")

Cells = list[str]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something in a file that keeps it from being imported; says where, and why in Swedish.

    Holds no value from the file, since that may be personal data.
    """

    file: int  # 0 for the first file given
    line: int
    position: int  # of the column, as in the documentation
    column: str
    reason: str

    def __str__(self) -> str:
        where = f"rad {self.line}, kolumn {self.column}" if self.column else f"rad {self.line}"
        return f"{where}: {self.reason}"


class Unreadable(Exception):
    """Why a file is not a table, as a Swedish sentence, and at which line."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


@dataclass
class Columns:
    """The columns of a kind of file; those that may be absent are in `optional`."""

    names: tuple[str, ...]
    optional: frozenset[str] = frozenset()

    def position(self, name: str) -> int:
        return self.names.index(name) if name in self.names else len(self.names)


@dataclass
class Row:
    """A row with something in it, at the line of the file where it begins."""

    line: int
    cells: dict[str, str]


@dataclass
class Table:
    """The rows of a file by the names of its columns, and the faults found while reading."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_table(path: Path, columns: Columns, file: int = 0) -> Table:
    """Read the file at the path; a file that is no such table gives faults instead of rows.

    Cells are text without surrounding white space, a run of white space in them being one space. Dates
    and numbers of a spreadsheet are text as well: 2022-03-31 and 198503149808.
    """
    table = Table()

    def fault(line: int, column: str, reason: str) -> None:
        table.faults.append(Fault(file, line, columns.position(column), column, reason))

    try:
        records = [(line, cells) for line, cells in _records(path.read_bytes()) if any(cells)]
    except OSError as error:
        fault(1, "", _unread(error))
        return table
    except Unreadable as error:
        fault(error.line, "", error.reason)
        return table
    if not records:
        fault(1, "", "Filen är tom. Första raden ska ha kolumnernas namn.")
        return table

    header_line, header = records[0]
    names = [name.casefold() for name in header]
    known = ", ".join(columns.names)
    if not set(names) & set(columns.names):
        # Perhaps the names are missing, and the first row is about somebody.
        fault(header_line, "", f"Första raden ska ha kolumnernas namn. De som finns är {known}.")
        return table
    for number, name in enumerate(names):
        if name and name not in columns.names:
            shown = "".join(letter for letter in header[number] if letter.isprintable())
            column = shown if len(shown) <= NAME_SHOWN else f"{shown[:NAME_SHOWN]}…"
            fault(header_line, column, f"Kolumnen är okänd. De som finns är {known}.")
        elif name and name in names[:number]:
            fault(header_line, name, "Kolumnen finns två gånger. Ta bort den ena.")
    for name in columns.names:
        if name not in names and name not in columns.optional:
            fault(header_line, name, "Kolumnen saknas.")
    if table.faults:
        return table

    if len(records) == 1:
        fault(header_line, "", "Filen har inga rader under kolumnernas namn.")
    for line, cells in records[1:]:
        named = dict.fromkeys(columns.names, "")
        for number, cell in enumerate(cells):
            name = names[number] if number < len(names) else ""
            if name:
                named[name] = cell
            elif cell:
                fault(line, f"{number + 1}", "Raden har fler värden än det finns kolumner.")
                break
        table.rows.append(Row(line, named))
    return table


def _unread(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "Filen finns inte. Kontrollera namnet."
        case IsADirectoryError():
            return "Det är en mapp. Ange en fil."
        case PermissionError():
            return "Du har inte rätt att läsa filen."
        case _:
            return "Filen kan inte läsas. Kopiera den till en annan plats och försök igen."


def _records(data: bytes) -> Iterable[tuple[int, Cells]]:
    if data.startswith(ZIP):
        return _excel_records(data)
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable("Filen är låst med lösenord. Ta bort lösenordet i Excel och spara.")
        raise Unreadable("Filen är i ett äldre Excelformat. Spara den som .xlsx.")
    return _text_records(_decoded(data))


def _decoded(data: bytes) -> str:
    encodings = ("utf-16",) if data.startswith(UTF_16_MARKS) else ("utf-8", "cp1252")
    for encoding in encodings:
        try:
            return data.removeprefix(UTF_8_MARK).decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(
        "Filen är inte i UTF-8, UTF-16 eller Windows-1252, eller så är den skadad. "
        "Spara den som CSV UTF-8."
    )


def _text_records(text: str) -> Iterator[tuple[int, Cells]]:
    header = next((line for line in text.splitlines() if line.strip(";, \t")), text)
    between = next((one for one in ";\t" if one in header), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [_tidy(cell) for cell in cells]
            line = reader.line_num + 1
    except csv.Error:
        raise Unreadable(
            "Raden kan inte läsas. Ett citattecken saknas, eller så är ett värde alldeles för långt.",
            line,
        ) from None


def _excel_records(data: bytes) -> list[tuple[int, Cells]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl leaves out, none of it cells
            sheet = _first_sheet(data, data_only=True).iter_rows(values_only=True)
            if _has_formulas(data):
                sheet = _with_formulas(data)
            return [
                (line, [_tidy(_text(cell)) for cell in cells])
                for line, cells in enumerate(sheet, start=1)
            ]
    except Exception:  # whatever openpyxl stumbles on: the contents of a zip file can be anything
        raise Unreadable(
            "Filen går inte att läsa som Excelfil. Öppna den i Excel och spara den på nytt som .xlsx."
        ) from None


def _first_sheet(data: bytes, *, data_only: bool) -> Any:
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=data_only)
    sheet = workbook.worksheets[0]
    sheet.reset_dimensions()  # what the file says of its own size is not always true
    return sheet


def _has_formulas(data: bytes) -> bool:
    with ZipFile(io.BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if "worksheets/" in name]
        return any(_FORMULA.search(archive.read(name)) for name in sheets)


def _with_formulas(data: bytes) -> Iterator[list[Any]]:
    """The values of each row, where a formula that no program has worked out is seen.

    One that came to an empty text has none either, but the cell is marked as text.
    """
    worked_out = _first_sheet(data, data_only=True).iter_rows()
    written = _first_sheet(data, data_only=False).iter_rows(values_only=True)
    for cells, formulas in zip(worked_out, written, strict=True):
        yield [
            NO_VALUE
            if cell.value is None and cell.data_type == "n" and formula is not None
            else cell.value
            for cell, formula in zip(cells, formulas, strict=True)
        ]


def _text(value: Any) -> str:
    """A spreadsheet's cell as it would stand in a text file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "SANT" if value else "FALSKT"
    if isinstance(value, datetime):
        # A day is stored as its midnight.
        return str(value.date() if value.time() == time.min else value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        # A number of ten digits that began with zeros has lost them; no other number has 7–9 digits.
        return f"{value:.0f}".rjust(10, "0") if 10**6 <= value < 10**9 else f"{value:.15g}"
    return str(value)


def _tidy(cell: str) -> str:
    """One spelling of each letter, and one space for any run of spaces, tabs and line breaks.

    Other control characters are left for the check that refuses them.
    """
    text = unicodedata.normalize("NFC", cell)
    if text.isprintable():
        return " ".join(text.split())
    return _SPACES.sub(" ", text).strip(" ")
