"""Cases and interventions from files to rows of the database, all or nothing.

An enrolment is known by the person's number and its first day; one that is stored already is left as it
stands, and so is an intervention. The rules are in docs/import.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

from django.db import connection, transaction

from participants.bulk import Progress, a_person, silently, store
from participants.models import Enrolment, ExitReason, Intervention, LevelChange, Participant, Plan
from referrals.deadlines import answer_due
from referrals.models import Referral, Status
from sundbyberg_am.models import Unit, UnitKind, User

from .files import Fault, Table, read_table
from .rows import (
    CASES,
    INTERVENTIONS,
    CaseRow,
    Choice,
    InterventionRow,
    Known,
    folded,
    number_in,
    read_case,
    read_intervention,
)

# Two imports at the same time wait for each other; the number only has to be the same every time.
LOCK = 7_304_201
CHUNK = 5_000

T = TypeVar("T")
Key = tuple[int | None, str, date, date | None]  # enrolment, kind, start and end of an intervention


class Refused(Exception):
    """The files have faults, so nothing was stored."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__("Filerna har fel.")
        self.faults = sorted(faults)


@dataclass(frozen=True)
class Counts:
    """How many rows an import stored, and how many it left because they were stored already."""

    participants: int
    enrolments: int
    referrals: int
    interventions: int
    enrolments_left: int
    interventions_left: int


def import_cases(
    cases: Path,
    interventions: Path | None,
    *,
    today: date,
    dry_run: bool,
    progress: Progress = silently,
) -> Counts:
    """Check the files and store what is new in them; with `dry_run`, only say what would be stored.

    Raises Refused with every fault, and then nothing is stored.
    """
    tables = [read_table(cases, CASES)]
    if interventions:
        tables.append(read_table(interventions, INTERVENTIONS, file=1))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        batch = Batch(tables, today, progress)
        if batch.faults:
            raise Refused(batch.faults)
        if not dry_run:
            batch.store(progress)
    return batch.counts()


@dataclass
class Case:
    """An enrolment that is stored, or that a line of the file tells of."""

    enrolment: Enrolment
    line: int | None = None

    @property
    def end(self) -> date:
        """The last day; for an open one there is none."""
        return self.enrolment.ended_on or date.max


class Batch:
    """What the files say, set against what is stored: rows of the database, not stored yet."""

    def __init__(self, tables: list[Table], today: date, progress: Progress) -> None:
        self.faults = [fault for table in tables for fault in table.faults]
        self.units: list[Unit] = []
        self.participants: list[Participant] = []
        self.enrolments: list[Enrolment] = []
        self.level_changes: list[LevelChange] = []
        self.plans: list[Plan] = []
        self.referrals: list[Referral] = []
        self.interventions: list[Intervention] = []
        self.enrolments_left = self.interventions_left = 0

        known = _known(today)
        case_rows: list[CaseRow] = []
        # People of whom a row does not tell when they were enrolled. A row with another fault is set
        # against the rest like any other, so that every fault is listed at once; nothing is stored.
        self._uncertain: set[str] = set()
        for row in progress(tables[0].rows, "Kontrollerar"):
            case, faults = read_case(row, 0, known)
            self.faults += faults
            if case:
                case_rows.append(case)
            else:
                self._uncertain.add(number_in(row, today))
        intervention_rows: list[InterventionRow] = []
        for row in progress([row for table in tables[1:] for row in table.rows], "Kontrollerar"):
            intervention, faults = read_intervention(row, 1, known)
            self.faults += faults
            if intervention:
                intervention_rows.append(intervention)

        numbers = {row.number.digits for row in case_rows}
        numbers |= {row.number.digits for row in intervention_rows}
        self._people = _stored_people(numbers)
        self._cases: dict[str, list[Case]] = defaultdict(list)
        for enrolment in _stored_enrolments(numbers):
            self._cases[enrolment.participant.personnummer or ""].append(Case(enrolment))
        self._add_cases(case_rows)
        self._check_overlaps()
        if tables[0].rows:
            self._add_interventions(intervention_rows)

    def store(self, progress: Progress) -> None:
        """Store what is new."""
        store(
            self.units,
            self.participants,
            self.enrolments,
            self.level_changes,
            self.plans,
            self.referrals,
            self.interventions,
            progress=progress,
        )

    def counts(self) -> Counts:
        """How much is new, and how much was there."""
        return Counts(
            participants=len(self.participants),
            enrolments=len(self.enrolments),
            referrals=len(self.referrals),
            interventions=len(self.interventions),
            enrolments_left=self.enrolments_left,
            interventions_left=self.interventions_left,
        )

    def _fault(self, line: int, column: str, reason: str, *, file: int = 0) -> None:
        columns = INTERVENTIONS if file else CASES
        self.faults.append(Fault(file, line, columns.position(column), column, reason))

    def _add_cases(self, rows: list[CaseRow]) -> None:
        stored = {
            (digits, case.enrolment.started_on)
            for digits, cases in self._cases.items()
            for case in cases
        }
        units = {folded(unit.name): unit for unit in Unit.objects.all()}
        lines: dict[tuple[str, date], int] = {}
        # The latest enrolment first: what it says of the person is what counts.
        for row in sorted(rows, key=lambda row: (row.started_on, row.line), reverse=True):
            key = row.number.digits, row.started_on
            if key in lines:
                self._fault(
                    max(lines[key], row.line),
                    "inskriven",
                    f"Samma person och samma dag står redan på rad {min(lines[key], row.line)}.",
                )
                continue
            lines[key] = row.line
            if key in stored:
                self.enrolments_left += 1
            else:
                self._add_case(row, self._unit(row, units))

    def _unit(self, row: CaseRow, units: dict[str, Unit]) -> Unit:
        unit = units.get(folded(row.unit))
        if unit is None:
            unit = units[folded(row.unit)] = Unit(name=row.unit, kind=UnitKind.LABOUR_MARKET)
            self.units.append(unit)
        elif unit.kind != UnitKind.LABOUR_MARKET:
            self._fault(row.line, "enhet", "Enheten finns, men är ingen arbetsmarknadsenhet.")
        return unit

    def _add_case(self, row: CaseRow, unit: Unit) -> None:
        digits = row.number.digits
        person = self._people.get(digits)
        if person is None:
            person = self._people[digits] = a_person(
                row.number,
                sex=row.sex,
                first_name=row.first_name,
                last_name=row.last_name,
                education=row.education,
            )
            self.participants.append(person)
        enrolment = Enrolment(
            participant=person,
            unit=unit,
            started_on=row.started_on,
            ended_on=row.ended_on,
            initiator=row.initiator,
            consultant=row.consultant,
            exit_reason=row.reason,
            exit_confirmed=row.confirmed,
        )
        self.enrolments.append(enrolment)
        self._cases[digits].append(Case(enrolment, row.line))
        if row.level:
            self.level_changes.append(
                LevelChange(enrolment=enrolment, level=row.level, valid_from=row.started_on)
            )
        if row.plan_on:
            self.plans.append(Plan(enrolment=enrolment, number=1, adopted_on=row.plan_on))
        if row.referred_on:
            self.referrals.append(
                Referral(
                    initiator=row.initiator,
                    to_unit=unit,
                    personnummer=digits,
                    birth_date=person.birth_date,
                    first_name=row.first_name,
                    last_name=row.last_name,
                    level=row.level,
                    status=Status.ACCEPTED,
                    submitted_on=row.referred_on,
                    answer_due_on=_answer_due(row.referred_on),
                    decided_on=row.started_on,
                    enrolment=enrolment,
                )
            )

    def _check_overlaps(self) -> None:
        for cases in self._cases.values():
            last: Case | None = None
            valid = (case for case in cases if not case.enrolment.voided_at)
            for case in sorted(valid, key=lambda case: case.enrolment.started_on):
                if last and case.enrolment.started_on <= last.end:
                    self._overlap(last, case)
                last = case if last is None or case.end > last.end else last

    def _overlap(self, one: Case, other: Case) -> None:
        lines = sorted(case.line for case in (one, other) if case.line)
        if len(lines) == 2:
            first, second = lines
            self._fault(second, "inskriven", f"Tiden överlappar rad {first}, för samma person.")
        else:
            self._fault(lines[0], "inskriven", "Personen är redan inskriven under den tiden.")

    def _add_interventions(self, rows: list[InterventionRow]) -> None:
        stored = _stored_interventions(
            [case.enrolment for cases in self._cases.values() for case in cases]
        )
        unmatched: list[tuple[Enrolment, InterventionRow]] = []
        for row in rows:
            enrolment = self._covering(row)
            if enrolment is None:
                if row.number.digits not in self._uncertain:
                    reason = "Personen har ingen inskrivning den dagen."
                    self._fault(row.line, "start", reason, file=1)
                continue
            key = enrolment.pk, row.kind, row.started_on, row.ended_on
            if stored[key] > 0:
                stored[key] -= 1
                self.interventions_left += 1
            elif enrolment.voided_at:
                self.interventions_left += 1
            else:
                unmatched.append((enrolment, row))
        # One may have been ended since, here or in the file: it is the same, and is left as it stands.
        same_start = Counter[Key]()
        for (enrolment_id, kind, start, _), number in stored.items():
            same_start[enrolment_id, kind, start, None] += number
        for enrolment, row in unmatched:
            key = enrolment.pk, row.kind, row.started_on, None
            if same_start[key] > 0:
                same_start[key] -= 1
                self.interventions_left += 1
            else:
                self.interventions.append(
                    Intervention(
                        enrolment=enrolment,
                        kind=row.kind,
                        started_on=row.started_on,
                        planned_end_on=row.planned_end_on,
                        ended_on=row.ended_on,
                    )
                )

    def _covering(self, row: InterventionRow) -> Enrolment | None:
        """The person's enrolment on the day; one registered by mistake only when there is no other."""
        covering = [
            case.enrolment
            for case in self._cases[row.number.digits]
            if case.enrolment.is_ongoing_on(row.started_on)
        ]
        return min(covering, key=lambda enrolment: bool(enrolment.voided_at), default=None)


def _known(today: date) -> Known:
    reasons = {reason.code: reason for reason in ExitReason.objects.all()}
    return Known(
        today=today,
        users={user.username.lower(): user for user in User.objects.all()},
        reasons=Choice({reason.label: reason for reason in reasons.values()}),
        no_reason=reasons["unknown"],
    )


_answer_due = cache(answer_due)


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    rest = list(items)
    for start in range(0, len(rest), CHUNK):
        yield rest[start : start + CHUNK]


def _stored_people(numbers: set[str]) -> dict[str, Participant]:
    return {
        person.personnummer or "": person
        for chunk in _chunks(sorted(numbers))
        for person in Participant.objects.filter(personnummer__in=chunk)
    }


def _stored_enrolments(numbers: set[str]) -> Iterator[Enrolment]:
    """The enrolments of these people, also those registered by mistake."""
    for chunk in _chunks(sorted(numbers)):
        people = Enrolment.objects.filter(participant__personnummer__in=chunk)
        yield from people.select_related("participant")


def _stored_interventions(enrolments: list[Enrolment]) -> Counter[Key]:
    return Counter(
        key
        for chunk in _chunks([enrolment.pk for enrolment in enrolments if enrolment.pk])
        for key in Intervention.objects.filter(enrolment__in=chunk).values_list(
            "enrolment_id", "kind", "started_on", "ended_on"
        )
    )
