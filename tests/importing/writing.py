"""Files as the office writes them, what is read from them, and what is then stored."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone
from openpyxl import Workbook

from participants.models import Enrolment, Intervention, LevelChange, Participant, Plan
from referrals.importing.cases import Counts, Refused, import_cases
from referrals.importing.rows import CASES, INTERVENTIONS
from referrals.models import Referral
from sundbyberg_am.models import Unit
from sundbyberg_am.personnummer import with_check_digit
from tests.builders import a_personnummer, a_user

TODAY = date(2024, 6, 30)
ANNA, BO = a_personnummer(), a_personnummer(date(1990, 2, 28), woman=False)

Cells = Mapping[str, Any]


def a_case(**cells: Any) -> dict[str, Any]:
    """A row of the cases' file, an ended enrolment; the columns not named are ordinary."""
    return {
        "personnummer": ANNA,
        "förnamn": "Anna",
        "efternamn": "Åkesson",
        "kön": "K",
        "enhet": "Arbetsmarknadsenheten",
        "anvisad_av": "Socialtjänst",
        "anvisningsdatum": "2024-01-02",
        "nivå": "AM2",
        "inskriven": "2024-01-10",
        "avslutad": "2024-03-06",
        "avslutsorsak": "Mål uppfyllt – vidare till annan aktör",
        "bekräftat": "",
        "utbildning": "Gymnasial",
        "handlingsplan": "2024-01-25",
        "konsulent": "",
        **cells,
    }


def an_open_case(**cells: Any) -> dict[str, Any]:
    """The row of an enrolment that has not ended."""
    return a_case(**{"avslutad": "", "avslutsorsak": "", **cells})


def a_mistake() -> dict[str, Any]:
    """What an enrolment has that was registered by mistake."""
    return {"voided_at": timezone.now(), "voided_by": a_user(), "void_reason": "Fel person"}


def an_intervention(**cells: Any) -> dict[str, Any]:
    """A row of the interventions' file, within the ordinary case."""
    return {
        "personnummer": ANNA,
        "insats": "Matchning",
        "start": "2024-01-15",
        "slut": "2024-02-15",
        **cells,
    }


def a_number(day: str, serial: int = 980) -> str:
    """A number with that date in it, right or wrong, of the series held for tests.

    A samordningsnummer has 60 added to its day; month 00 and day 60 are unknown ones.
    """
    return day[:2] + with_check_digit(f"{day[2:]}{serial}")


def a_csv(
    path: Path,
    rows: Sequence[Cells],
    *,
    delimiter: str = ";",
    encoding: str = "utf-8",
    columns: Sequence[str] | None = None,
) -> Path:
    """The rows as text, with the columns of the first row unless others are named."""
    names = columns or list(rows[0])
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(names)
        writer.writerows([row.get(name, "") for name in names] for row in rows)
    return path


def an_xlsx(path: Path, rows: Sequence[Cells]) -> Path:
    """The rows as a workbook; dates may be given as dates and numbers as numbers."""
    book = Workbook()
    sheet = book.active
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row.values()])
    book.save(path)
    return path


@dataclass
class Office:
    """Somebody with a folder of files, who runs the import on a day."""

    folder: Path
    today: date = TODAY

    def run(
        self,
        cases: Sequence[Cells] | Path,
        interventions: Sequence[Cells] | Path | None = None,
        *,
        dry_run: bool = False,
    ) -> Counts:
        """Import rows, or a file that is there. Raises Refused."""
        if not isinstance(cases, Path):
            cases = a_csv(self.folder / "cases.csv", cases, columns=CASES.names)
        if interventions is not None and not isinstance(interventions, Path):
            interventions = a_csv(
                self.folder / "interventions.csv", interventions, columns=INTERVENTIONS.names
            )
        return import_cases(cases, interventions, today=self.today, dry_run=dry_run)

    def faults(self, *files: Sequence[Cells] | Path) -> list[str]:
        """What is wrong with them, as it is shown; nothing may have been stored."""
        before = everything()
        try:
            self.run(*files)
        except Refused as refused:
            assert everything() == before
            return [str(fault) for fault in refused.faults]
        return []


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that an import can change, to the last column."""
    models: list[Any] = [Unit, Participant, Enrolment, LevelChange, Plan, Referral, Intervention]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def told() -> dict[str, list[tuple]]:
    """The same without keys and clocks: what two imports of the same rows have in common."""
    person = "enrolment__participant__personnummer"
    return {
        "people": _rows(
            Participant,
            "personnummer",
            "first_name",
            "last_name",
            "birth_date",
            "registered_sex",
            "sex",
            "education",
        ),
        "enrolments": _rows(
            Enrolment,
            "participant__personnummer",
            "unit__name",
            "unit__kind",
            "started_on",
            "ended_on",
            "initiator",
            "consultant__username",
            "exit_reason__code",
            "exit_confirmed",
        ),
        "levels": _rows(LevelChange, person, "level", "valid_from"),
        "plans": _rows(Plan, person, "number", "adopted_on"),
        "referrals": _rows(
            Referral,
            "personnummer",
            "first_name",
            "last_name",
            "initiator",
            "level",
            "status",
            "submitted_on",
            "answer_due_on",
            "decided_on",
            "to_unit__name",
            "enrolment__started_on",
        ),
        "interventions": _rows(
            Intervention, person, "enrolment__started_on", "kind", "started_on", "ended_on"
        ),
    }


def _rows(model: Any, *fields: str) -> list[tuple]:
    return sorted(model.objects.values_list(*fields), key=str)
