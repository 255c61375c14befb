"""What has been changed in a case, in the words of its pages: who, when, which field, from what to what."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.text import capfirst

from sundbyberg_am.models import Change, ChangeKind, Unit, User
from sundbyberg_am.templatetags.swedish import moment

from .models import Enrolment, ExitReason, Offer

# What the program notes beside what users fill in. Other fields have their names on the forms.
LABELS = {
    "acknowledged_by": "läst av",
    "adopted_by": "fastställd av",
    "asked_at": "frågan ställd",
    "asked_by": "frågan ställd av",
    "assessment": "skattning",
    "at": "tid",
    "booked_at": "bokat",
    "booked_by": "bokat av",
    "by": "av",
    "by_mail": "skickas som e-post",
    "changed_at": "ändrad",
    "changed_by": "ändrad av",
    "checked_at": "senast jämförd",
    "corrected_at": "rättad",
    "corrected_by": "rättad av",
    "corrects": "rättar",
    "created_at": "registrerad",
    "created_by": "registrerad av",
    "decided_at": "avgjort",
    "decided_by": "avgjort av",
    "decision": "beslut",
    "ended_by": "avslutad av",
    "ended_on": "avslutad",
    "enrolment": "inskrivning",
    "exit_confirmed": "bekräftat",
    "exit_destination": "går vidare till",
    "exit_reason": "avslutsorsak",
    "exited_at": "avslutet registrerat",
    "exited_by": "avslutet registrerat av",
    "failures": "misslyckade försök",
    "followed_up_by": "uppföljd av",
    "followed_up_on": "uppföljd",
    "form": "formulär",
    "given_by": "utdelad av",
    "goal": "mål",
    "handover": "överlämning",
    "happened_on": "dag",
    "id": "nummer",
    "kind": "slag",
    "mailed_at": "skickad som e-post",
    "meeting": "möte",
    "next_try_at": "nästa försök",
    "occasion": "händelse",
    "opened_at": "öppnad",
    "opened_by": "öppnad av",
    "participant": "deltagare",
    "plan": "plan",
    "public_id": "nummer i adresser",
    "read_at": "läst",
    "read_by": "läst av",
    "recommended_by": "rekommendationen registrerad av",
    "recommended_on": "rekommenderat",
    "referral": "anvisning",
    "registered_by": "registrerad av",
    "replied_at": "svarat",
    "replied_by": "svarat av",
    "requested_at": "begärt",
    "requested_by": "begärt av",
    "seen_at": "läst",
    "teamreview": "ärende i Kompetensteamet",
    "text": "text",
    "user": "användare",
    "version": "version",
    "voided_at": "felregistrerad",
    "voided_by": "felregistrerad av",
}
# Rows that have a name; of others the number is said.
NAMED: tuple[type[models.Model], ...] = (User, Unit, ExitReason, Offer)

UNSAID = "Ändrades. Vad som stod sparas inte i historiken."
NOT_SHOWN = "Innehållet ändrades."

Names = dict[tuple[Any, int], str]  # by model and key


@dataclass(frozen=True)
class FieldChange:
    """A field as it was and as it became; or, where that is not said, a sentence instead."""

    label: str
    was: str
    became: str
    instead: str = ""


@dataclass(frozen=True)
class Entry:
    """One change: when, who, through what, to what, and the fields that differ."""

    at: datetime
    by: str
    through: str
    title: str
    case_number: str
    fields: Sequence[FieldChange]


def entries(
    changes: Iterable[Change], *, user_name: Callable[[User], str] = User.__str__
) -> list[Entry]:
    """The changes in words. One query for each kind of row that is named in them."""
    changes = list(changes)
    names = _names(changes, user_name)
    return [
        Entry(
            at=change.at,
            by=user_name(change.user) if change.user else "Ingen inloggad",
            through=through(change),
            title=f"{thing_of(change.table)} {ChangeKind(change.kind).label.lower()}",
            case_number=Enrolment(pk=change.enrolment).case_number if change.enrolment else "",
            fields=_said_of(change, names),
        )
        for change in changes
    ]


def thing_of(table: str) -> str:
    """What a row of the table is called."""
    model: Any = _models()[table]
    return str(capfirst((model._meta.auto_created or model)._meta.verbose_name))


def label_of(field: models.Field) -> str:
    """What a field is called on the pages."""
    is_named = str(field.verbose_name) != field.name.replace("_", " ")
    return str(capfirst(field.verbose_name if is_named else LABELS[field.name]))


def through(change: Change) -> str:
    """The page on which it was done; otherwise whether the program did it by itself."""
    if change.through.startswith("/"):
        return change.through
    return f"programmet: {change.through}" if change.through else "direkt i databasen"


@cache
def _models() -> dict[str, type[models.Model]]:
    return {one._meta.db_table: one for one in apps.get_models(include_auto_created=True)}


def _fields(table: str) -> dict[str, models.Field]:
    return {str(field.column): field for field in _models()[table]._meta.concrete_fields}


def named(
    wanted: Mapping[Any, set[int]], *, user_name: Callable[[User], str] = User.__str__
) -> Names:
    """What rows that have a name are called, of these keys by model."""
    return {
        (model, key): user_name(row) if isinstance(row, User) else str(row)
        for model, keys in wanted.items()
        for key, row in sorted(model._default_manager.in_bulk(keys).items())
    }


def text_of(field: models.Field, value: Any, names: Names) -> str:
    """A value, as it is or as the history has it, as the pages write it; – for none."""
    if value in (None, "", []):
        return "–"
    if isinstance(field, ArrayField):
        return ", ".join(text_of(field.base_field, one, names) for one in value)
    if field.is_relation:
        return names.get((field.related_model, value), f"nr {value}")
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(field, models.DateTimeField):
        return moment(value if isinstance(value, datetime) else datetime.fromisoformat(value))
    if isinstance(field, models.TimeField):
        return str(value)[:5]
    return str(dict(field.flatchoices).get(value, value))


def _names(changes: Sequence[Change], user_name: Callable[[User], str]) -> Names:
    wanted: dict[type[models.Model], set[int]] = {model: set() for model in NAMED}
    for change in changes:
        for name, field in _fields(change.table).items():
            if field.related_model in wanted:
                said = ((change.was or {}).get(name), (change.became or {}).get(name))
                wanted[field.related_model] |= {key for key in said if key is not None}
    return named(wanted, user_name=user_name)


def _said_of(change: Change, names: Names) -> list[FieldChange]:
    """The fields that differ, in the order of the model; of what was removed, those that were filled in."""
    said = [
        _said(field, change, names)
        for name, field in _fields(change.table).items()
        if name in (change.was or {}) and not field.primary_key
    ]
    return [one for one in said if one.instead or one.was != one.became]


def _said(field: models.Field, change: Change, names: Names) -> FieldChange:
    was, became = (change.was or {}).get(field.column), (change.became or {}).get(field.column)
    if isinstance(field, models.JSONField):
        return FieldChange(label_of(field), "", "", NOT_SHOWN)
    if change.kind == ChangeKind.CHANGED and was is None and became is None:
        return FieldChange(label_of(field), "", "", UNSAID)
    return FieldChange(label_of(field), text_of(field, was, names), text_of(field, became, names))
