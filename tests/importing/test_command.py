"""`manage import_cases`: what it says, and its exit status."""

import io
import sys
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from participants.models import Enrolment
from referrals.management.commands.import_cases import with_bar
from tests.importing.writing import (
    BO,
    a_case,
    a_csv,
    a_number,
    an_intervention,
    an_open_case,
    everything,
)


@pytest.fixture
def run(office, capsys):
    """`run("cases.csv", …)` gives the exit status, what was said and what was complained of."""

    def command(*arguments: str) -> tuple[int, str, str]:
        paths = [name if name[0] == "-" else str(office.folder / name) for name in arguments]
        status = 0
        try:
            call_command("import_cases", *paths)
        except SystemExit as end:
            status = int(end.code or 0)
        return status, *capsys.readouterr()

    return command


def test_what_was_stored_is_said(office, run):
    a_csv(office.folder / "cases.csv", [a_case(), a_case(personnummer=BO, kön="M")])
    a_csv(office.folder / "interventions.csv", [an_intervention()])
    status, said, complained = run("cases.csv", "--interventions", "interventions.csv")
    assert (status, complained) == (0, "")
    assert said.splitlines() == [
        "Det här har sparats:",
        "  deltagare            2",
        "  inskrivningar        2",
        "  anvisningar          2",
        "  insatser             1",
    ]
    assert Enrolment.objects.count() == 2


def test_second_time_says_what_was_there(office, run):
    a_csv(office.folder / "cases.csv", [a_case()])
    run("cases.csv")
    before = everything()
    status, said, _ = run("cases.csv")
    assert status == 0
    assert said.splitlines()[1:] == [
        "  deltagare            0",
        "  inskrivningar        0",
        "  anvisningar          0",
        "  insatser             0",
        "Fanns redan och är kvar som de var: 1\xa0inskrivning och 0\xa0insatser.",
    ]
    assert everything() == before


def test_dry_run_says_so_and_stores_nothing(office, run):
    a_csv(office.folder / "cases.csv", [a_case()])
    before = everything()
    status, said, _ = run("cases.csv", "--dry-run")
    assert status == 0
    assert said.splitlines()[0] == "Filerna har inga fel. Det här skulle ha sparats:"
    assert said.splitlines()[-1] == "Inget har sparats, eftersom det var en provkörning."
    assert everything() == before


@pytest.mark.parametrize("arguments", [(), ("--dry-run",)])
def test_every_fault_has_a_line_and_the_status_is_one(office, run, arguments):
    a_csv(office.folder / "cases.csv", [a_case(nivå="AM4", kön="X"), a_case(personnummer=BO)])
    before = everything()
    status, said, complained = run("cases.csv", *arguments)
    assert (status, said) == (1, "")
    assert complained.splitlines() == [
        "rad 2, kolumn kön: Värdet är okänt. Skriv K eller M.",
        "rad 2, kolumn nivå: Värdet är okänt. Skriv AM1, AM2 eller AM3.",
        "2 fel. Inget har sparats. Rätta filen och kör importen igen.",
    ]
    assert everything() == before


def test_faults_of_two_files_are_told_apart_by_name(office, run):
    a_csv(office.folder / "cases.csv", [a_case(nivå="AM4")])
    a_csv(office.folder / "insatser.csv", [an_intervention(start="2024-05-01", slut="")])
    status, _, complained = run("cases.csv", "--interventions", "insatser.csv")
    assert status == 1
    assert complained.splitlines() == [
        "cases.csv, rad 2, kolumn nivå: Värdet är okänt. Skriv AM1, AM2 eller AM3.",
        "insatser.csv, rad 2, kolumn start: Personen har ingen inskrivning den dagen.",
        "2 fel. Inget har sparats. Rätta filerna och kör importen igen.",
    ]


def test_files_of_one_name_are_told_apart_by_place(office, run):
    (office.folder / "insatser").mkdir()
    a_csv(office.folder / "2024.csv", [a_case(nivå="AM4")])
    a_csv(office.folder / "insatser/2024.csv", [an_intervention(start="x")])
    _, _, complained = run("2024.csv", "--interventions", "insatser/2024.csv")
    first, second, _ = complained.splitlines()
    assert first.startswith(f"{office.folder}/2024.csv, rad 2, kolumn nivå")
    assert second.startswith(f"{office.folder}/insatser/2024.csv, rad 2, kolumn start")


def test_file_that_is_not_there_is_one_sentence(run):
    status, _, complained = run("none.csv")
    assert status == 1
    assert complained.startswith("rad 1: Filen finns inte. Kontrollera namnet.\n1 fel.")


def test_a_file_has_to_be_named():
    with pytest.raises(CommandError, match="cases"):
        call_command("import_cases")


def test_cell_with_the_letters_of_a_terminal_is_not_printed(office, run):
    names = [*a_case(), "\x1b[31mröd"]
    a_csv(office.folder / "cases.csv", [a_case()], columns=names)
    _, _, complained = run("cases.csv")
    assert "\x1b" not in complained


def test_three_thousand_rows(office, run):
    days = [date(1990 + n // 240, n % 12 + 1, n // 12 % 20 + 1) for n in range(3_000)]
    numbers = [a_number(f"{day:%Y%m%d}", 980 + n % 20) for n, day in enumerate(days)]
    rows = [an_open_case(personnummer=number, kön="", enhet="AME") for number in numbers]
    a_csv(office.folder / "cases.csv", rows)
    a_csv(
        office.folder / "interventions.csv",
        [an_intervention(personnummer=number) for number in numbers],
    )
    status, said, complained = run("cases.csv", "--interventions", "interventions.csv")
    assert (status, complained) == (0, "")  # and no progress bar: nobody is watching
    assert said.splitlines()[1:] == [
        "  deltagare         3000",
        "  inskrivningar     3000",
        "  anvisningar       3000",
        "  insatser          3000",
    ]


class Terminal(io.StringIO):
    """What is written to somebody who is watching."""

    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_and_nowhere_else(monkeypatch, capsys):
    assert list(with_bar(range(3), "Kontrollerar")) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(with_bar(range(3), "Kontrollerar")) == [0, 1, 2]
    assert "Kontrollerar" in terminal.getvalue()
