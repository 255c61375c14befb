"""Everything that has happened in a case, as one list in order of time."""

from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Self, cast

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat, TruncDate

from sundbyberg_am.prepared import prepared

from .enrolments import Enrolment, Initiator, LevelChange
from .exits import ExitEvent, ExitEventKind
from .handovers import ConsultantChange
from .meetings import Meeting, MeetingKind, MeetingOutcome
from .pauses import Pause, PauseKind
from .progress import Assessment, Occasion
from .team import TeamReview
from .work import Intervention, InterventionKind, InterventionOutcome, Note, NoteKind, Plan
from .work_lists import EnrolmentQuerySet


class EventKind(IntEnum):
    """What happened; of one day, the higher comes later."""

    ENROLMENT = 1
    LEVEL = 2
    CONSULTANT = 3
    PAUSE_START = 4
    INTERVENTION_START = 5
    PLAN = 6
    MEETING = 7
    NOTE = 8
    ASSESSMENT = 9
    TEAM_QUESTION = 10
    TEAM_RECOMMENDATION = 11
    TEAM_FOLLOW_UP = 12
    INTERVENTION_END = 13
    PAUSE_END = 14
    EXIT = 15
    EXIT_CHANGED = 16
    VOIDED = 17


@dataclass(frozen=True)
class EventKey:
    """An event's place in the list, and how it is written in an address."""

    on: date
    kind: int
    row: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The key that `str` wrote; None for anything else."""
        try:
            on, kind, row = text.split(".")
            return cls(date.fromisoformat(on), EventKind(int(kind)), int(row[:18]))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.on}.{self.kind:d}.{self.row}"


@dataclass(frozen=True)
class Event:
    """Something that happened in a case. `code` and `text` mean what the kind says."""

    on: date
    kind: int
    row: int
    enrolment: int
    code: str
    text: str
    by: str
    corrects: int | None
    is_corrected: bool

    @property
    def key(self) -> EventKey:
        """Its place in the list."""
        return EventKey(self.on, self.kind, self.row)

    @property
    def is_note(self) -> bool:
        """Whether it is a note, which can be corrected."""
        return self.kind == EventKind.NOTE

    @property
    def is_recorded_meeting(self) -> bool:
        """Whether it is a meeting whose outcome can be put right; not one that was called off."""
        cancelled = self.code.endswith(f"/{MeetingOutcome.CANCELLED}")
        return self.kind == EventKind.MEETING and not cancelled

    @property
    def is_milestone(self) -> bool:
        """Whether it changes where the case stands."""
        return self.kind in (EventKind.ENROLMENT, EventKind.PLAN, EventKind.EXIT)

    @property
    def title(self) -> str:
        """What happened, in a few words."""
        match self.kind:
            case EventKind.ENROLMENT:
                sender = Initiator(self.code)
                known = sender != Initiator.UNKNOWN
                return f"Inskriven, anvisad av {sender.label}" if known else "Inskriven"
            case EventKind.LEVEL:
                return f"Nivå {self.code}"
            case EventKind.INTERVENTION_START:
                return f"Insats börjar: {InterventionKind(self.code).label}"
            case EventKind.INTERVENTION_END:
                kind, _, outcome = self.code.partition("/")
                ending = InterventionOutcome(outcome).label if outcome else "avslutad"
                return f"Insats slutar: {InterventionKind(kind).label}, {ending.lower()}"
            case EventKind.PLAN:
                return f"Plan fastställd, version {self.code}"
            case EventKind.NOTE:
                return NoteKind(self.code).label
            case EventKind.MEETING:
                kind, _, outcome = self.code.partition("/")
                return f"{MeetingKind(kind).label}: {MeetingOutcome(outcome).label.lower()}"
            case EventKind.ASSESSMENT:
                return f"Skattning: {Occasion(self.code).label.lower()}"
            case EventKind.EXIT:
                return f"Avslutad: {self.code}"
            case EventKind.CONSULTANT:
                return f"Konsulent: {self.code}"
            case EventKind.PAUSE_START:
                return f"Paus börjar: {PauseKind(self.code).label.lower()}"
            case EventKind.PAUSE_END:
                return f"Sista dagen av pausen: {PauseKind(self.code).label.lower()}"
            case EventKind.TEAM_QUESTION:
                return f"Anmäld till Kompetensteamet, möte {self.code}"
            case EventKind.TEAM_RECOMMENDATION:
                return "Kompetensteamets rekommendation"
            case EventKind.TEAM_FOLLOW_UP:
                return "Rekommendationen följdes upp"
            case EventKind.EXIT_CHANGED:
                return ExitEventKind(self.code).label
            case _:
                return f"Felregistrerad: AM-{int(self.code):05}"


def timeline(
    enrolments: Iterable[Enrolment],
    *,
    kinds: Collection[EventKind],
    before: EventKey | None,
    size: int,
) -> list[Event]:
    """The newest events of these kinds in the enrolments, or the newest before a key, at most `size`.

    One query, whatever there is. Which enrolments they are is asked before: as a part of this query it
    would be answered once for each kind.
    """
    cases = [one.pk for one in enrolments]
    if not cases:
        return []
    key: list[int | date] = []
    if before:
        key = [before.on, before.row] if before.kind in kinds else [before.on]
    found = _newest(
        *key,
        *cases,
        keys=len(key),
        kinds=frozenset(kinds),
        kind=EventKind(before.kind) if before else None,
        size=size,
    )
    return [Event(*row) for row in found]


@prepared
def _newest(
    *values: int | date, keys: int, kinds: Set[EventKind], kind: EventKind | None, size: int
) -> models.QuerySet:
    """The values are so many keys, the day and the row to begin before, and then the enrolments."""
    key, mine = values[:keys], cast("Sequence[int]", values[keys:])
    events = [
        _older(rows, of, kind, *key) if kind else rows
        for of, rows in _events_by_kind(mine).items()
        if of in kinds
    ]
    newest_first = events[0].union(*events[1:], all=True).order_by("-at_on", "-at_kind", "-at_row")
    return newest_first[:size]


def _events_by_kind(mine: Collection[int]) -> dict[EventKind, models.QuerySet]:
    cases = Enrolment.objects.filter(pk__in=mine)
    interventions = Intervention.objects.filter(enrolment__in=mine).with_where()
    begun = interventions.exclude(outcome=InterventionOutcome.NOT_STARTED)
    plans = Plan.objects.adopted().filter(enrolment__in=mine)
    notes = Note.objects.filter(enrolment__in=mine)
    levels = LevelChange.objects.filter(enrolment__in=mine)
    meetings = Meeting.objects.as_events().filter(enrolment__in=mine)
    assessments = Assessment.objects.filter(enrolment__in=mine)
    pauses = Pause.objects.filter(enrolment__in=mine)
    reviews = TeamReview.objects.filter(enrolment__in=mine)
    kind = EventKind
    return {
        kind.ENROLMENT: _events(
            cases, kind.ENROLMENT, on="started_on", code="initiator", enrolment="pk"
        ),
        kind.LEVEL: _events(levels, kind.LEVEL, on="valid_from", code="level", text="reason"),
        kind.INTERVENTION_START: _events(
            begun, kind.INTERVENTION_START, on="started_on", code="kind", text="where_text"
        ),
        kind.PLAN: _events(
            plans, kind.PLAN, on="adopted_on", code="number", text="disagreement", by="adopted_by"
        ),
        kind.NOTE: _events(
            notes.annotate(was_corrected=Exists(Note.objects.filter(corrects=OuterRef("pk")))),
            kind.NOTE,
            on="happened_on",
            code="kind",
            text="text",
            corrects="corrects_id",
            is_corrected="was_corrected",
        ),
        kind.INTERVENTION_END: _events(
            interventions.filter(ended_on__isnull=False).annotate(
                ending=Concat("kind", Value("/"), "outcome")
            ),
            kind.INTERVENTION_END,
            on="ended_on",
            code="ending",
            text="where_text",
            by=None,
        ),
        kind.MEETING: _events(
            meetings,
            kind.MEETING,
            on="shown_on",
            code="outcome_of_kind",
            text="told",
            by="decided_by",
        ),
        kind.EXIT: _events(
            cases.ended(),
            kind.EXIT,
            on="ended_on",
            code="exit_reason__label",
            text="exit_destination",
            by="exited_by",
            enrolment="pk",
        ),
        kind.ASSESSMENT: _events(assessments, kind.ASSESSMENT, on="assessed_on", code="occasion"),
        kind.CONSULTANT: _events(
            ConsultantChange.objects.filter(enrolment__in=mine),
            kind.CONSULTANT,
            on="valid_from",
            code="consultant__name",
        ),
        kind.PAUSE_START: _events(pauses, kind.PAUSE_START, on="started_on", code="kind"),
        kind.PAUSE_END: _events(
            pauses.filter(ended_on__isnull=False),
            kind.PAUSE_END,
            on="ended_on",
            code="kind",
            by="ended_by",
        ),
        kind.TEAM_QUESTION: _events(
            reviews, kind.TEAM_QUESTION, on="put_on", code="meeting_on", text="question"
        ),
        kind.TEAM_RECOMMENDATION: _events(
            reviews.exclude(recommended_on=None),
            kind.TEAM_RECOMMENDATION,
            on="recommended_on",
            code="follow_up_on",
            text="recommendation",
            by="recommended_by",
        ),
        kind.TEAM_FOLLOW_UP: _events(
            reviews.exclude(followed_up_on=None),
            kind.TEAM_FOLLOW_UP,
            on="followed_up_on",
            code="follow_up_on",
            text="follow_up_note",
            by="followed_up_by",
        ),
        kind.EXIT_CHANGED: _events(
            ExitEvent.objects.filter(enrolment__in=mine).annotate(
                exit_was=Concat(
                    Value("Avslut "),
                    Cast("ended_on", models.CharField()),
                    Value(": "),
                    "exit_reason__label",
                )
            ),
            kind.EXIT_CHANGED,
            on="happened_on",
            code="kind",
            text="exit_was",
        ),
        kind.VOIDED: _events(
            _voided_beside(cases).annotate(voided_on=TruncDate("voided_at")),
            kind.VOIDED,
            on="voided_on",
            code="pk",
            text="void_reason",
            by="voided_by",
            enrolment="pk",
        ),
    }


def _voided_beside(cases: EnrolmentQuerySet) -> EnrolmentQuerySet:
    """The enrolments that were registered by mistake for the same person in the same unit."""
    same = cases.filter(participant=OuterRef("participant"), unit=OuterRef("unit"))
    return Enrolment.objects.filter(Exists(same)).exclude(voided_at=None)


def _events(
    rows: models.QuerySet,
    kind: EventKind,
    *,
    on: str,
    code: str,
    text: str | None = None,
    by: str | None = "created_by",
    enrolment: str = "enrolment_id",
    corrects: str | None = None,
    is_corrected: str | None = None,
) -> models.QuerySet:
    """The rows as events: the names are those of the fields that say it; None where nothing does."""
    columns = {
        "at_on": F(on),
        "at_kind": Value(kind.value),
        "at_row": F("pk"),
        "of_enrolment": F(enrolment),
        "says_code": Cast(code, models.TextField()),
        "says_text": Cast(text, models.TextField()) if text else Value(""),
        "by_name": Coalesce(f"{by}__name", Value("")) if by else Value(""),
        "corrects_row": F(corrects) if corrects else Cast(Value(None), models.BigIntegerField()),
        "was_put_right": F(is_corrected) if is_corrected else Value(False),
    }
    return rows.order_by().annotate(**columns).values_list(*columns)


def _older(
    events: models.QuerySet, of: EventKind, kind: EventKind, on: int | date, row: int | date = 0
) -> models.QuerySet:
    if of < kind:
        return events.filter(at_on__lte=on)
    if of > kind:
        return events.filter(at_on__lt=on)
    return events.filter(Q(at_on__lt=on) | Q(at_on=on, at_row__lt=row))
