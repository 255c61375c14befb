"""Every encoding × every separator × whole and broken rows: read as it was written, or refused."""

from collections.abc import Callable

import pytest

from referrals.importing.cases import Refused
from referrals.importing.rows import CASES

from .writing import BO, a_case, a_csv, told

NAME = "Åsa Örjansdotter-Löfvén"
READ = {"utf-8", "utf-8-sig", "utf-16", "cp1252"}
REFUSED = {"mac_roman", "utf-16-le", "utf-16-be", "utf-32"}
BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda data: data[: -len(data) // 3],
    "a byte lost": lambda data: data[: len(data) * 2 // 3] + data[len(data) * 2 // 3 + 1 :],
    "a byte too many": lambda data: (
        data[: len(data) * 2 // 3] + b"\xc3" + data[len(data) * 2 // 3 :]
    ),
    "nul": lambda data: data + b"\0",
    "no end of the line": lambda data: data.rstrip(b"\r\n"),
    "an open quote": lambda data: data + b'"',
}


def names_told(office, data: bytes) -> list[str]:
    """The last names that stand in the database afterwards; none when the file is refused."""
    path = office.folder / "f.csv"
    path.write_bytes(data)
    try:
        office.run(path)
    except Refused as refused:
        assert refused.faults
        assert told()["people"] == []
        return []
    return [person[2] for person in told()["people"]]


def a_file(office, encoding: str, delimiter: str) -> bytes:
    rows = [a_case(efternamn=NAME), a_case(personnummer=BO, efternamn=NAME, kön="M")]
    path = a_csv(office.folder / "w.csv", rows, encoding=encoding, delimiter=delimiter)
    return path.read_bytes()


@pytest.mark.parametrize("encoding", sorted(READ | REFUSED))
@pytest.mark.parametrize(
    "delimiter", [";", ",", "\t", "|"], ids=["semicolon", "comma", "tab", "bar"]
)
def test_a_file_is_read_as_it_was_written_or_refused(office, encoding, delimiter):
    data = a_file(office, encoding, delimiter)
    is_read = encoding in READ and delimiter != "|"
    assert names_told(office, data) == ([NAME, NAME] if is_read else [])


@pytest.mark.parametrize("encoding", sorted(READ))
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_file_is_refused_or_gives_no_other_name(office, encoding, broken):
    data = BROKEN[broken](a_file(office, encoding, ";"))
    assert set(names_told(office, data)) <= {NAME}


@pytest.mark.parametrize(
    ("first", "then"), [("cp1252", "utf-8"), ("utf-8", "cp1252"), ("utf-8", "mac_roman")]
)
def test_files_of_two_encodings_put_together_are_refused(office, first, then):
    rows = a_file(office, then, ";").splitlines(keepends=True)[1:]
    assert names_told(office, ";".join(CASES.names).encode(first) + b"\r\n" + b"".join(rows)) == []


def test_letters_that_another_program_has_misread_are_told(office):
    misread = NAME.encode().decode("cp1252", errors="replace")
    with pytest.raises(Refused) as refused:
        office.run([a_case(efternamn=misread)])
    assert [fault.reason for fault in refused.value.faults] == [
        "Å, ä eller ö har blivit andra tecken. Skriv om texten."
    ]
