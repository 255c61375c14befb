"""The extract of all that is kept of a person (registerutdrag, dataskyddsförordningen artikel 15).

Every table that leads to the person is in it, found by its relations, as far as whoever gives it out may see:
what another unit or the sender's side keeps is theirs to give. Staff are numbers, the same throughout.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.text import capfirst

from participants.history import NAMED, Names, entries, label_of, named, text_of
from participants.models import Enrolment, Participant, Sex
from referrals.mapping import answers_shown
from referrals.models import FollowUp, Referral
from sundbyberg_am.access import Role
from sundbyberg_am.documents import breakable, compile_pdf
from sundbyberg_am.models import AccessRecord, Change, User
from sundbyberg_am.templatetags.swedish import long_day, moment

from .linked import Model, about_people, rows_of

SOURCE = Path(__file__).with_suffix(".typ")
# What only the program needs: what rows are called in addresses, what names are sorted by, how often changed.
LEFT_OUT = frozenset({"public_id", "name_key", "version"})
# The names of what a sender was told of an exit, which is kept as data.
TOLD = {
    "ended_on": "slut",
    "level": "nivå",
    "reason": "avslutsorsak",
    "confirmed": "bekräftat",
    "destination": "går vidare till",
    "interventions": "insats",
    "kind": "slag",
    "started_on": "start",
    "outcome": "hur det gick",
}


@dataclass(frozen=True)
class Said:
    """Something that is kept: what it is, and what stands there."""

    label: str
    text: str


@dataclass(frozen=True)
class Part:
    """Rows of one kind."""

    title: str
    rows: list[list[Said]]


@dataclass(frozen=True)
class Extract:
    """All that is kept of a person, in words."""

    title: str
    name: str
    unit: str
    opening: list[str]
    parts: list[Part]


class Staff:
    """What somebody of the staff is called in an extract: a number, in the order of coming up in it."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}

    def name(self, user: User) -> str:
        """The same each time for the same user, with the role."""
        number = self._numbers.setdefault(user.pk, len(self._numbers) + 1)
        return f"Anställd {number} ({Role(user.role).label.lower()})"


def extract_of(participant: Participant, *, user: User, today: date) -> Extract:
    """All that is kept of the participant, as far as the user may see."""
    cases = Enrolment.objects.visible_to(user).filter(participant=participant)
    received = Referral.objects.visible_to(user).filter(to_unit=user.unit_id)
    theirs = received.filter(enrolment__in=cases) | received.of_person(participant.personnummer)
    keys: dict[Model, set[int]] = {
        Participant: {participant.pk},
        Enrolment: set(cases.values_list("pk", flat=True)),
        Referral: set(theirs.values_list("pk", flat=True)),
    }
    subjects = [participant.public_id, *theirs.values_list("public_id", flat=True)]
    staff = Staff()
    return Extract(
        title="Registerutdrag",
        name=participant.name,
        unit=user.unit.name,
        opening=[
            f"Det här är vad {user.unit.name} hade sparat om dig den {long_day(today)}.",
            "De som arbetar med ditt ärende står som Anställd 1, Anställd 2 och så vidare.",
            "Det som andra enheter och ekonomiskt bistånd har sparat får du från dem.",
        ],
        parts=[
            *parts(keys, staff),
            _history(
                Change.objects.of_person(participant.pk, cases)
                | Change.objects.filter(participant=None, referral__in=keys[Referral]),
                staff,
            ),
            _shown(AccessRecord.objects.showing(subjects), staff),
        ],
    )


def parts(
    keys: Mapping[Model, set[int]], staff: Staff, known: Iterable[Model] | None = None
) -> list[Part]:
    """What each table has, those that others lead through first."""
    found = []
    for model in reversed(tuple(about_people() if known is None else known)):
        rows = list(rows_of(model, keys))
        if rows:
            names = _names(rows, staff)
            found.append(Part(_title(model), [_said(row, names) for row in rows]))
    return found


def as_json(extract: Extract) -> bytes:
    """The extract for a program to read."""
    return json.dumps(asdict(extract), ensure_ascii=False, indent=1).encode()


def as_pdf(extract: Extract) -> bytes:
    """The extract to read."""
    return compile_pdf(SOURCE, breakable(asdict(extract)))


def _title(model: Any) -> str:
    return str(capfirst((model._meta.auto_created or model)._meta.verbose_name_plural))


def _names(rows: list[models.Model], staff: Staff) -> Names:
    wanted: dict[Any, set[int]] = {model: set() for model in NAMED}
    for row in rows:
        for field in row._meta.concrete_fields:
            key = getattr(row, field.attname)
            if field.related_model in wanted and key is not None:
                wanted[field.related_model].add(key)
    return named(wanted, user_name=staff.name)


def _said(row: models.Model, names: Names) -> list[Said]:
    said = []
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if value in (None, "", [], {}) or field.name in LEFT_OUT:
            continue
        if field.name == "answers" and isinstance(row, Referral | FollowUp):
            said += _answers(row)
        elif isinstance(field, models.JSONField):
            said += _inside(label_of(field), value)
        else:
            said.append(_said_of(field, value, names))
    return said


def _said_of(field: models.Field, value: Any, names: Names) -> Said:
    if field.primary_key:
        return Said("Nummer", str(value))
    if isinstance(field, models.GeneratedField):  # has neither words nor choices of its own
        return Said("Kön", str(dict(Sex.choices)[value]))
    return Said(label_of(field), text_of(field, value, names))


def _answers(row: Referral | FollowUp) -> list[Said]:
    content = row.content if isinstance(row, Referral) else row.form.content
    return [
        Said(one.question, ", ".join(one.answers))
        for _, answered in answers_shown(content, row.answers)
        for one in answered
        if one.answers
    ]


def _inside(label: str, value: Any) -> list[Said]:
    """What is in data that is kept as it was sent, each with the way there."""
    if isinstance(value, dict):
        return [
            one
            for key, inner in value.items()
            for one in _inside(f"{label}, {TOLD.get(key, key)}", inner)
        ]
    if isinstance(value, list):
        return [one for inner in value for one in _inside(label, inner)]
    return [Said(label, str(value))] if value not in (None, "") else []


def _history(changes: models.QuerySet[Change], staff: Staff) -> Part:
    in_order = changes.select_related("user").order_by("pk")
    return Part(
        "Vem ändrade vad",
        [
            [
                Said(moment(one.at), f"{one.by}: {one.title}"),
                *(
                    Said(field.label, field.instead or f"{field.was} → {field.became}")
                    for field in one.fields
                ),
            ]
            for one in entries(in_order, user_name=staff.name)
        ],
    )


def _shown(records: Iterable[AccessRecord], staff: Staff) -> Part:
    return Part(
        "Vem som har sett dina uppgifter",
        [
            [
                Said(moment(record.at), f"{staff.name(record.user)}, sidan {record.page}"),
                Said("Grund", record.get_ground_display() or "–"),
            ]
            for record in records
        ],
    )
