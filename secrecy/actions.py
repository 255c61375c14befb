"""Removing people whose time has come: decided by somebody, carried out by the worker as the remover.

The worker is the only one whose role in the database may remove (see `roles.py`). Each person goes in one
transaction, which also puts on record which rows of the history went (`seals.remove_rows`).
"""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from participants.models import Enrolment, Participant
from referrals.models import Referral, Status
from sundbyberg_am.models import AccessRecord, Change, ChangeKind, Draft, Removal, User
from sundbyberg_am.seals import delete_rows, remove_rows, signed

from . import rules
from .due import list_of_year, people_of, standings
from .linked import Model, Person, about_people
from .models import RemovalDecision, RemovalEntry

# What it says is kept outside the machine, wherever the log lines go: see `remove_again`.
told = logging.getLogger("secrecy.removal")

Keys = Mapping[Model, set[int]]
BATCH = 10_000  # rows of the access log at a time


class ComesBackError(ValueError):
    """A line in a file of removals that was not written by this system: one Swedish sentence."""


def digest_of(public_ids: Iterable[UUID]) -> str:
    """What a list of people is recognised by when it comes back with the decision."""
    return hashlib.sha256(" ".join(sorted(map(str, public_ids))).encode()).hexdigest()


@transaction.atomic
def decide_removal(*, seen: str, now: datetime, by: User) -> RemovalDecision:
    """Decide that everybody on the list of the year is removed; `seen` is the digest of the list as read.

    Raises ValidationError when the list is empty or another one now.
    """
    User.objects.select_for_update().get(pk=by.pk)  # sent twice, it is decided once
    year = timezone.localdate(now).year
    due, _ = list_of_year(year, user=by)
    if not due:
        raise ValidationError("Det finns ingen att gallra. Listan är tom.")
    if seen != digest_of(subject for one in due for subject in one.subjects):
        raise ValidationError(
            "Listan har ändrats sedan du läste den. Läs om sidan och besluta igen."
        )
    decision = RemovalDecision(
        unit=by.unit, year=year, people=len(due), decided_at=now, decided_by=by
    )
    decision.full_clean()
    decision.save()
    RemovalEntry.objects.bulk_create(
        RemovalEntry(
            decision=decision,
            participant_id=one.person.participant,
            referral_id=None if one.person.participant else min(one.person.referrals),
        )
        for one in due
    )
    transaction.on_commit(lambda: _ring(decision.pk), robust=True)
    return decision


def carry_out(decision_id: int, *, now: datetime) -> RemovalDecision:
    """Remove those whom the decision still waits to reach. Running it twice does no harm.

    Somebody of whom something has been written since is no longer due, and stays.
    """
    year = timezone.localdate(now).year
    entries = RemovalEntry.objects.filter(decision=decision_id).order_by("pk")
    for entry in list(entries.select_related("decision__decided_by")):
        try:
            _carry_out_for(entry, year=year, now=now)
        except IntegrityError:  # somebody writes about the person right now: next time
            continue
    decision = RemovalDecision.objects.get(pk=decision_id)
    if decision.finished_at is None and not entries.exists():
        RemovalDecision.objects.filter(pk=decision_id).update(finished_at=now)
        decision.finished_at = now
    return decision


@transaction.atomic
def remove_person(person: Person, *, by: User | None, now: datetime) -> Removal:
    """Remove all there is about the person: every row that leads to them, its history, and drafts about them.

    Rows of the access log stay as they are: what they say of the person is an id that leads to nobody.
    """
    keys = {
        model: set(person.rows_of(model).values_list("pk", flat=True)) for model in about_people()
    }
    ids = [*_public_ids(Participant, keys), *_public_ids(Referral, keys)]
    thrown_away = Change.objects.filter(
        table=Referral._meta.db_table,
        kind=ChangeKind.REMOVED,
        was__personnummer__in=_numbers(Participant, keys) | _numbers(Referral, keys),
    )
    delete_rows(Draft, Draft.objects.filter(subject__in=ids).values_list("pk", flat=True))
    for model, found in keys.items():
        delete_rows(model, found)
    about = (
        Q(participant__in=keys[Participant])
        | Q(enrolment__in=keys[Enrolment])
        | Q(referral__in=keys[Referral] | set(thrown_away.values_list("referral", flat=True)))
    )
    removal = remove_rows(
        changes=Change.objects.filter(about).values_list("pk", flat=True),
        people=[hashlib.sha256(one.bytes).hexdigest() for one in ids],
        by=by,
        at=now,
    )
    transaction.on_commit(lambda: _tell(removal))
    return removal


def remove_by_the_rule(*, today: date, now: datetime) -> None:
    """Remove what nobody decides about: referrals never sent, history of those thrown away, old log rows."""
    known = Participant.objects.filter(personnummer=OuterRef("personnummer"))
    drafts = Referral.objects.filter(~Exists(known), status=Status.DRAFT)
    for standing in standings(people_of([], drafts.values_list("pk", flat=True))):
        theirs = Referral.objects.filter(pk__in=standing.person.referrals)
        stored = max(timezone.localdate(row.created_at) for row in theirs)
        last = max(stored, standing.last_entry or stored)
        is_due = rules.is_on_list(last, today.year, settings.REMOVE_AFTER_YEARS)
        if is_due and not theirs.exclude(status=Status.DRAFT).exists():
            remove_person(standing.person, by=None, now=now)
    gone = (
        Change.objects.filter(participant=None, referral__isnull=False)
        .exclude(referral__in=Referral.objects.values("pk"))
        .order_by()
        .values_list("referral")
        .annotate(last=Max("at"))
    )
    referrals = [
        referral
        for referral, last in gone
        if rules.is_on_list(timezone.localdate(last), today.year, settings.REMOVE_AFTER_YEARS)
    ]
    _remove_records(Change.objects.filter(referral__in=referrals), "changes", now)
    first_kept = date(today.year - settings.ACCESS_LOG_YEARS - 1, 12, 31)
    _remove_records(AccessRecord.objects.filter(at__date__lte=first_kept), "access", now)


def removed_people(lines: Iterable[str]) -> set[str]:
    """The hashes of removed people that stand in lines of text; other lines are passed over.

    Raises ComesBackError for one that has not been signed here.
    """
    found = set()
    for line in lines:
        words = line.partition("gallrad ")[2].split()
        if len(words) == 2:
            if words[1] != signed(f"removed {words[0]}"):
                raise ComesBackError(f"Raden om {words[0]} i filen har inte systemets underskrift.")
            found.add(words[0])
    return found


def remove_again(people: set[str], *, now: datetime) -> int:
    """Remove those of these hashes who are here again, as after a backup was put back. Gives how many."""

    def here(model: type[Participant] | type[Referral]) -> list[int]:
        return [
            pk
            for pk, public_id in model.objects.values_list("pk", "public_id")
            if hashlib.sha256(public_id.bytes).hexdigest() in people
        ]

    participants = people_of(here(Participant), [])
    theirs = {pk for one in participants for pk in one.referrals}
    others = [pk for pk in here(Referral) if pk not in theirs]
    back = [*participants, *people_of([], others)]
    for person in back:
        remove_person(person, by=None, now=now)
    return len(back)


@transaction.atomic
def _carry_out_for(entry: RemovalEntry, *, year: int, now: datetime) -> None:
    deleted, _ = RemovalEntry.objects.filter(pk=entry.pk).delete()
    if not deleted:
        return  # another worker has done it
    participants = [entry.participant_id] if entry.participant_id else []
    referrals = [entry.referral_id] if entry.referral_id else []
    [person] = people_of(participants, referrals)
    [standing] = standings([person])
    if standing.is_to_be_removed(year):
        remove_person(person, by=entry.decision.decided_by, now=now)
    else:
        RemovalDecision.objects.filter(pk=entry.decision_id).update(kept=models.F("kept") + 1)


def _public_ids(model: Model, keys: Keys) -> list[UUID]:
    return list(model._base_manager.filter(pk__in=keys[model]).values_list("public_id", flat=True))


def _numbers(model: Model, keys: Keys) -> set[str]:
    rows = model._base_manager.filter(pk__in=keys[model]).exclude(personnummer=None)
    return set(rows.values_list("personnummer", flat=True))


def _remove_records(rows: models.QuerySet, log: str, now: datetime) -> None:
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        if log == "access":
            remove_rows(access=keys, by=None, at=now)
        else:
            remove_rows(changes=keys, by=None, at=now)


def _ring(decision_id: int) -> None:
    from .tasks import carry_out_removal  # tasks call actions

    carry_out_removal.delay(decision_id)


def _tell(removal: Removal) -> None:
    for one in removal.people:
        told.info(f"gallrad {one} {signed(f'removed {one}')}")
