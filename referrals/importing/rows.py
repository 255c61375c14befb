"""The rows of the two files: what each column may hold, and what a row may not say. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

from django.db.models import TextChoices

from participants.models import Education, ExitReason, Initiator, InterventionKind, Level, Sex
from sundbyberg_am.models import User
from sundbyberg_am.personnummer import InvalidPersonnummer, Personnummer

from .files import SHEET_ERROR, Columns, Fault, Row

T = TypeVar("T")

CASES = Columns(
    (
        "personnummer",
        "förnamn",
        "efternamn",
        "kön",
        "enhet",
        "anvisad_av",
        "anvisningsdatum",
        "nivå",
        "inskriven",
        "avslutad",
        "avslutsorsak",
        "bekräftat",
        "utbildning",
        "handlingsplan",
        "konsulent",
    ),
    optional=frozenset({"kön", "utbildning"}),
)
INTERVENTIONS = Columns(("personnummer", "insats", "start", "slut"))

NAME_LENGTH = 100
DAYS_AHEAD = 60  # how far ahead an enrolment may be registered
FIRST_YEAR, LAST_YEAR = 1970, 2100


# UTF-8 that some program has read as Windows-1252 (Ã¥, Ã„), or that it could not read at all.
MISREAD = re.compile(r"Ã[^\sA-Za-zÀ-ÖØ-öø-ÿ'-]|\ufffd")


def folded(label: str) -> str:
    """A label as it is compared: without difference of case, white space and kinds of dash."""
    return " ".join(re.sub(r"[‐-―−]", "-", label).casefold().split())


class Choice(Generic[T]):
    """What a cell may hold: labels, and what each stands for."""

    def __init__(self, values: Mapping[str, T]) -> None:
        self.values = {folded(label): value for label, value in values.items()}
        *labels, last = values
        self.allowed = f"Skriv {', '.join(labels)} eller {last}."


def _choices(choices: type[TextChoices]) -> Choice[str]:
    return Choice({label: value for value, label in choices.choices})


SEXES = Choice({"K": Sex.WOMEN.value, "M": Sex.MEN.value})
LEVELS = Choice({level: level for level in Level.values})
ANSWERS = Choice({"ja": True, "nej": False})
# Nobody knows who sent it: the cell is left empty.
INITIATORS = Choice(
    {value.label: value.value for value in Initiator if value is not Initiator.UNKNOWN}
)
EDUCATIONS = _choices(Education)
KINDS = _choices(InterventionKind)


@dataclass(frozen=True)
class Known:
    """What the rows are checked against: the day, and the office's users and exit reasons."""

    today: date
    users: Mapping[str, User]  # by user name in small letters
    reasons: Choice[ExitReason]
    no_reason: ExitReason  # what an exit without one is stored with


@dataclass(frozen=True, slots=True)
class CaseRow:
    """An enrolment as a row of the file tells it. Who and when are sound; another cell may have a fault."""

    line: int
    number: Personnummer
    first_name: str
    last_name: str
    sex: str
    education: str
    unit: str
    initiator: str
    referred_on: date | None
    level: str
    started_on: date
    ended_on: date | None
    reason: ExitReason | None
    confirmed: bool | None
    plan_on: date | None
    consultant: User | None


@dataclass(frozen=True, slots=True)
class InterventionRow:
    """An intervention as a row of the file tells it. Who and when it started are sound."""

    line: int
    number: Personnummer
    kind: str
    started_on: date
    planned_end_on: date | None
    ended_on: date | None


class Cells:
    """The cells of a row, read one by one; of each cell the first fault is kept."""

    def __init__(self, row: Row, columns: Columns, file: int, today: date) -> None:
        self.row, self.columns, self.file, self.today = row, columns, file, today
        self.faults: dict[str, Fault] = {}
        for name, cell in row.cells.items():
            if any(unicodedata.category(letter) == "Cc" for letter in cell):
                self.fault(name, "Texten har tecken som inte kan sparas. Skriv om den.")
            elif MISREAD.search(cell):
                self.fault(name, "Å, ä eller ö har blivit andra tecken. Skriv om texten.")
            elif SHEET_ERROR.fullmatch(cell):
                self.fault(
                    name,
                    "Cellen har ett fel från Excel eller en formel utan värde. Skriv värdet i stället.",
                )

    def fault(self, name: str, reason: str) -> None:
        """Remember a fault, unless the cell has one."""
        fault = Fault(self.file, self.row.line, self.columns.position(name), name, reason)
        self.faults.setdefault(name, fault)

    def has(self, name: str) -> bool:
        """Whether there is something in the cell."""
        return bool(self.row.cells[name])

    def text(self, name: str) -> str:
        """A text that has to be there and be short enough for a name."""
        text = self.row.cells[name]
        if not text:
            self.fault(name, "Fyll i ett värde.")
        elif len(text) > NAME_LENGTH:
            self.fault(name, f"Texten är för lång. Den får ha högst {NAME_LENGTH} tecken.")
        return text

    def number(self) -> Personnummer | None:
        """The person's number, which has to be there."""
        text = self.row.cells["personnummer"]
        if not text:
            self.fault("personnummer", "Fyll i ett personnummer eller samordningsnummer.")
            return None
        try:
            return Personnummer.parse(text, today=self.today)
        except InvalidPersonnummer as error:
            self.fault("personnummer", str(error))
            return None

    def day(self, name: str, *, required: bool = False) -> date | None:
        """A day; None when the cell is empty or holds none."""
        text = self.row.cells[name]
        if not text:
            if required:
                self.fault(name, "Fyll i ett datum, till exempel 2022-03-31.")
            return None
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            self.fault(name, "Skriv datumet som 2022-03-31.")
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self.fault(name, "Datumet finns inte i kalendern.")
            return None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fault(name, f"Året ska vara mellan {FIRST_YEAR} och {LAST_YEAR}.")
            return None
        return day

    def choice(self, name: str, choice: Choice[T]) -> T | None:
        """What the cell's label stands for; None for an empty cell and an unknown label."""
        label = self.row.cells[name]
        if not label:
            return None
        found = choice.values.get(folded(label))
        if found is None:
            self.fault(name, f"Värdet är okänt. {choice.allowed}")
        return found


def number_in(row: Row, today: date) -> str:
    """The twelve digits of the person that a row is about; empty when they cannot be read."""
    try:
        return Personnummer.parse(row.cells["personnummer"], today=today).digits
    except InvalidPersonnummer:
        return ""


def read_case(row: Row, file: int, known: Known) -> tuple[CaseRow | None, list[Fault]]:
    """The enrolment of a row, as soon as it tells who and when, and the row's faults."""
    cells = Cells(row, CASES, file, known.today)
    number = cells.number()
    first_name, last_name = cells.text("förnamn"), cells.text("efternamn")
    unit = cells.text("enhet")
    sex = cells.choice("kön", SEXES)
    initiator = cells.choice("anvisad_av", INITIATORS)
    level = cells.choice("nivå", LEVELS)
    education = cells.choice("utbildning", EDUCATIONS)
    reason = cells.choice("avslutsorsak", known.reasons)
    confirmed = cells.choice("bekräftat", ANSWERS)
    consultant = _consultant(cells, known)

    referred_on = cells.day("anvisningsdatum")
    started_on = cells.day("inskriven", required=True)
    ended_on = cells.day("avslutad")
    plan_on = cells.day("handlingsplan")
    _check_days(cells, known.today, number, referred_on, started_on, ended_on, plan_on)

    for name in ("avslutsorsak", "bekräftat"):
        if cells.has(name) and not cells.has("avslutad"):
            cells.fault(name, "Fyll i avslutad också, eller lämna den här cellen tom.")
    faults = list(cells.faults.values())
    if number is None or started_on is None or cells.faults.keys() & {"inskriven", "avslutad"}:
        return None, faults
    case = CaseRow(
        line=row.line,
        number=number,
        first_name=first_name,
        last_name=last_name,
        sex=sex or "",
        education=education or Education.UNKNOWN.value,
        unit=unit,
        initiator=initiator or Initiator.UNKNOWN.value,
        referred_on=referred_on,
        level=level or "",
        started_on=started_on,
        ended_on=ended_on,
        reason=(reason or known.no_reason) if ended_on else None,
        confirmed=confirmed,
        plan_on=plan_on,
        consultant=consultant,
    )
    return case, faults


def _consultant(cells: Cells, known: Known) -> User | None:
    if not cells.has("konsulent"):
        return None
    consultant = known.users.get(cells.row.cells["konsulent"].lower())
    if consultant is None:
        cells.fault(
            "konsulent",
            "Det finns ingen användare med det användarnamnet. Lägg till användaren i systemet, eller "
            "lämna cellen tom.",
        )
    return consultant


def _check_days(
    cells: Cells,
    today: date,
    number: Personnummer | None,
    referred_on: date | None,
    started_on: date | None,
    ended_on: date | None,
    plan_on: date | None,
) -> None:
    if started_on:
        if started_on > today + timedelta(days=DAYS_AHEAD):
            cells.fault("inskriven", f"Dagen får vara högst {DAYS_AHEAD} dagar fram i tiden.")
        if number and number.birth_date and started_on < number.birth_date:
            cells.fault("inskriven", "Dagen är före personens födelse. Kontrollera året.")
        if referred_on and referred_on > started_on:
            cells.fault("anvisningsdatum", "Anvisningen kan inte vara efter inskrivningen.")
        if ended_on and ended_on < started_on:
            cells.fault("avslutad", "Avslutet kan inte vara före inskrivningen.")
        if plan_on and plan_on < started_on:
            cells.fault("handlingsplan", "Planen kan inte fastställas före inskrivningen.")
    if ended_on and ended_on > today:
        cells.fault("avslutad", "Avslutet kan inte vara fram i tiden.")
    if plan_on and plan_on > today:
        cells.fault("handlingsplan", "Planen kan inte vara fastställd fram i tiden.")


def read_intervention(
    row: Row, file: int, known: Known
) -> tuple[InterventionRow | None, list[Fault]]:
    """The intervention of a row, as soon as it tells who and when, and the row's faults."""
    cells = Cells(row, INTERVENTIONS, file, known.today)
    number = cells.number()
    kind = cells.choice("insats", KINDS)
    if not cells.has("insats"):
        cells.fault("insats", "Fyll i vilken insats det är.")
    started_on = cells.day("start", required=True)
    ended_on = cells.day("slut")
    if started_on and ended_on and ended_on < started_on:
        cells.fault("slut", "Slutet kan inte vara före starten.")
    faults = list(cells.faults.values())
    if number is None or started_on is None or "start" in cells.faults:
        return None, faults
    # An end that has not come yet is a plan: the intervention goes on.
    is_planned = ended_on is not None and ended_on > known.today
    intervention = InterventionRow(
        line=row.line,
        number=number,
        kind=kind or "",
        started_on=started_on,
        planned_end_on=ended_on if is_planned else None,
        ended_on=None if is_planned else ended_on,
    )
    return intervention, faults
