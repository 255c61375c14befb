"""What is missing in the cases: everything that the figures ask for and that nobody has filled in."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from participants.models import Education, Enrolment, KasClass, Sex
from sundbyberg_am.models import User


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that can be missing, and the page and field where it is filled in."""

    code: str
    label: str
    page: str
    field: str = ""


KINDS = (
    Kind("niva", "Nivå", "level_change", "id_level"),
    Kind("utbildning", "Utbildning", "participant_details", "id_education"),
    Kind("kon", "Juridiskt kön", "participant_details", "id_registered_sex"),
    Kind("fodd", "Födelsedatum", "participant_details"),
    Kind("konsulent", "Konsulent", "assign", "id_consultant"),
    Kind("orsak", "Avslutsorsak", "participant"),
    Kind("bekraftat", "Bekräftat avslut", "exit_confirm", "div_id_exit_confirmed"),
)
BY_CODE = {kind.code: kind for kind in KINDS}
NOBODY = "ingen"


@dataclass(frozen=True, slots=True)
class Gap:
    """A case where something is missing."""

    pk: int
    public_id: UUID
    name: str
    ended_on: date | None
    consultant: User | None
    missing: tuple[Kind, ...]

    @property
    def who(self) -> str:
        """The consultant's name, or that there is none."""
        return self.consultant.name if self.consultant else "Ingen konsulent"


@dataclass(frozen=True, slots=True)
class Row:
    """How many of each kind one consultant's cases miss."""

    consultant: User | None
    counts: tuple[int, ...]

    @property
    def who(self) -> str:
        """The consultant's name, or that there is none."""
        return self.consultant.name if self.consultant else "Ingen konsulent"

    @property
    def address(self) -> str:
        """How the page is asked for the consultant's cases."""
        return str(self.consultant.public_id) if self.consultant else NOBODY


def gaps(user: User, day: date) -> list[Gap]:
    """Every case with something missing that the user may see, by name.

    Of those that the coming report or the one before it counts: open ones, and those that ended this year or
    the year before. What belongs to an exit is asked for when there has been one.
    """
    known_exit = Q(ended_on=None) | ~Q(exit_reason__kas_class=KasClass.UNKNOWN)
    answered = ~Q(exit_reason__kas_class__in=[KasClass.A, KasClass.B]) | Q(
        exit_confirmed__isnull=False
    )
    rows = (
        Enrolment.objects.visible_to(user)
        .valid()
        .filter(started_on__lte=day)
        .filter(Q(ended_on=None) | Q(ended_on__gte=date(day.year - 1, 1, 1)))
        .with_level_on(day)
        .with_consultant_on(day)
        .annotate(
            public_id=F("participant__public_id"),
            name=Concat("participant__first_name", Value(" "), "participant__last_name"),
            education=F("participant__education"),
            sex=F("participant__sex"),
            birth_date=F("participant__birth_date"),
            kas_class=F("exit_reason__kas_class"),
        )
        .filter(
            Q(level=None)
            | Q(education=Education.UNKNOWN)
            | Q(sex=Sex.UNKNOWN)
            | Q(birth_date=None)
            | Q(ended_on=None, consultant_now=None)
            | ~known_exit
            | Q(ended_on__isnull=False) & ~answered
        )
        .order_by("participant__name_key", "pk")
        .values_list(
            *("pk", "public_id", "name", "ended_on", "level", "education", "sex", "birth_date"),
            *("consultant_now", "kas_class", "exit_confirmed"),
            named=True,
        )
    )
    found = list(rows)
    users = User.objects.in_bulk({row.consultant_now for row in found if row.consultant_now})
    return [
        Gap(
            row.pk,
            row.public_id,
            row.name,
            row.ended_on,
            users.get(row.consultant_now),
            _missing(row),
        )
        for row in found
    ]


def _missing(row: Any) -> tuple[Kind, ...]:
    is_ended = row.ended_on is not None
    needs_answer = row.kas_class in (KasClass.A, KasClass.B) and row.exit_confirmed is None
    wanting = {
        "niva": row.level is None,
        "utbildning": row.education == Education.UNKNOWN,
        "kon": row.sex == Sex.UNKNOWN,
        "fodd": row.birth_date is None,
        "konsulent": not is_ended and row.consultant_now is None,
        "orsak": is_ended and row.kas_class == KasClass.UNKNOWN,
        "bekraftat": is_ended and needs_answer,
    }
    return tuple(kind for kind in KINDS if wanting[kind.code])


def by_consultant(found: Iterable[Gap]) -> list[Row]:
    """How many of each kind are missing in each consultant's cases, by name; those without one last."""
    counted: dict[User | None, Counter[str]] = {}
    for gap in found:
        counted.setdefault(gap.consultant, Counter()).update(kind.code for kind in gap.missing)
    rows = [
        Row(consultant, tuple(counts[kind.code] for kind in KINDS))
        for consultant, counts in counted.items()
    ]
    return sorted(
        rows, key=lambda row: (row.consultant is None, row.consultant and row.consultant.name)
    )


def chosen(found: Iterable[Gap], consultant: str, kind: str) -> list[Gap]:
    """Those of a consultant, by public id, with a kind missing; empty for any."""
    return [
        gap
        for gap in found
        if consultant in ("", str(gap.consultant.public_id) if gap.consultant else NOBODY)
        and (not kind or kind in {one.code for one in gap.missing})
    ]
