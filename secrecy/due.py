"""Who is to be removed: what the last entry about each is, and whose time has come.

What an entry is, is decided here once, for every table that leads to a person: a day on which something
happened, as a row says it, or the day when somebody who was signed in changed a row, as the history says it.
When the program stored a row is no entry, or an old case would be new because it was imported; nor is a day
that lies ahead, such as when something should be followed up, nor that somebody read a notice.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Subquery
from django.utils import timezone

from participants.models import Enrolment, Participant
from referrals.models import UNDECIDED, Notice, Referral, Status
from sundbyberg_am.models import Change, User

from . import rules
from .linked import Model, Person, about_people, ways
from .models import RemovalEntry

NO_ENTRY = frozenset(
    {
        *("birth_date", "created_at", "changed_at", "checked_at", "seen_at"),
        *("mailed_at", "next_try_at", "until", "until_on"),
        *("planned_end_on", "follow_up_on", "due_on", "answer_due_on"),
    }
)
NO_ENTRIES_IN = frozenset({Notice._meta.db_table, RemovalEntry._meta.db_table})


@dataclass(frozen=True)
class Standing:
    """How somebody stands to the rule."""

    person: Person
    born_on_day: int | None
    last_entry: date | None
    is_open: bool  # a case that goes on, or a referral that nobody has answered

    def is_on_list(self, year: int) -> bool:
        """Whether the years have passed, whether or not the person is kept for research."""
        return (
            not self.is_open
            and self.last_entry is not None
            and rules.is_on_list(self.last_entry, year, settings.REMOVE_AFTER_YEARS)
        )

    @property
    def is_kept(self) -> bool:
        """Whether the person is kept for research."""
        return rules.is_kept(self.born_on_day, settings.KEPT_BIRTH_DAYS)

    def is_to_be_removed(self, year: int) -> bool:
        """Whether the person is to be removed in the year."""
        return self.is_on_list(year) and not self.is_kept


@dataclass(frozen=True)
class Due:
    """Somebody on the list of the year, as the page shows it."""

    person: Person
    number: str
    name: str
    last_entry: date
    due_on: date
    last_day: date
    subjects: tuple[UUID, ...]


def entry_fields(model: Model) -> list[str]:
    """The fields that say when something happened."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.DateField) and field.name not in NO_ENTRY
    ]


def people_of(participants: Iterable[int], referrals: Iterable[int]) -> list[Person]:
    """The participants, then those who are only on these referrals, each with every referral of theirs."""
    participants, referrals = list(participants), list(referrals)
    numbers = dict(
        Participant.objects.filter(pk__in=participants).values_list("pk", "personnummer")
    )
    by_number: dict[str, set[int]] = {}
    by_participant: dict[int, set[int]] = {}
    number_of: dict[int, str | None] = {}
    for pk, number, participant in Referral.objects.values_list(
        "pk", "personnummer", "enrolment__participant"
    ):
        number_of[pk] = number
        if number:
            by_number.setdefault(number, set()).add(pk)
        if participant:
            by_participant.setdefault(participant, set()).add(pk)
    people = []
    for pk in participants:
        theirs = by_participant.get(pk, set()) | by_number.get(numbers.get(pk) or "", set())
        people.append(Person(pk, frozenset(theirs)))
    groups = {frozenset(by_number.get(number_of[pk] or "", {pk})) for pk in referrals}
    return people + [Person(None, group) for group in sorted(groups, key=min)]


def standings(people: Sequence[Person]) -> list[Standing]:
    """How each stands to the rule; the number of queries does not grow with them."""
    participants = {one.participant for one in people if one.participant}
    referrals = {pk for one in people for pk in one.referrals}
    of_participant = _last_entries(Participant, "participant", participants)
    of_referral = _last_entries(Referral, "referral", referrals)
    with_open_case = set(
        Enrolment.objects.open()
        .filter(participant__in=participants)
        .values_list("participant", flat=True)
    )
    undecided = set(
        Referral.objects.filter(pk__in=referrals, status__in=UNDECIDED).values_list("pk", flat=True)
    )
    born_participant = _birth_days(Participant, participants)
    born_referral = _birth_days(Referral, referrals)
    found = []
    for one in people:
        days = [of_participant.get(one.participant or 0)]
        days += [of_referral.get(pk) for pk in one.referrals]
        born = [born_participant.get(one.participant or 0)]
        born += [born_referral.get(pk) for pk in sorted(one.referrals)]
        found.append(
            Standing(
                person=one,
                born_on_day=next((day for day in born if day is not None), None),
                last_entry=max((day for day in days if day), default=None),
                is_open=one.participant in with_open_case or bool(one.referrals & undecided),
            )
        )
    return found


def list_of_year(year: int, *, user: User) -> tuple[list[Due], int]:
    """Whom the user is to decide about in the year, and how many more are kept for research.

    The unit of the newest enrolment decides about a participant, and the unit that the referral was sent to
    about somebody who was never taken on. A protected identity is there for the named readers alone.
    """
    cases = Enrolment.objects.visible_to(user)
    newest = Enrolment.objects.filter(participant=OuterRef("pk")).order_by("-started_on", "-pk")
    waiting = RemovalEntry.objects.values
    participants = (
        Participant.objects.filter(pk__in=cases.values("participant"))
        .annotate(unit=Subquery(newest.values("unit")[:1]))
        .filter(unit=user.unit_id)
        .exclude(pk__in=waiting("participant").exclude(participant=None))
        .order_by("name_key", "pk")
    )
    known = Participant.objects.filter(personnummer=OuterRef("personnummer"))
    alone = (
        Referral.objects.visible_to(user)
        .filter(~Exists(known), to_unit=user.unit_id, enrolment=None)
        .exclude(status=Status.DRAFT)
        .exclude(pk__in=waiting("referral").exclude(referral=None))
    )
    people = people_of(
        participants.values_list("pk", flat=True), alone.values_list("pk", flat=True)
    )
    on_list = [one for one in standings(people) if one.is_on_list(year)]
    due = [one for one in on_list if not one.is_kept]
    return _shown(due, cases), len(on_list) - len(due)


def _shown(found: Sequence[Standing], cases: models.QuerySet[Enrolment]) -> list[Due]:
    participants = Participant.objects.in_bulk([one.person.participant or 0 for one in found])
    referrals = Referral.objects.in_bulk([pk for one in found for pk in one.person.referrals])
    newest = {
        case.participant_id: case
        for case in cases.filter(participant__in=participants).order_by("started_on", "pk")
    }
    shown = []
    for one in found:
        theirs = [referrals[pk] for pk in sorted(one.person.referrals)]
        who: Participant | Referral = (
            participants[one.person.participant] if one.person.participant else theirs[0]
        )
        case = newest.get(one.person.participant or 0)
        last_entry = one.last_entry or date.min
        shown.append(
            Due(
                person=one.person,
                number=case.case_number if case else theirs[0].number_text,
                name=who.name,
                last_entry=last_entry,
                due_on=rules.due_on(last_entry, settings.REMOVE_AFTER_YEARS),
                last_day=rules.last_day(last_entry, settings.REMOVE_AFTER_YEARS),
                subjects=tuple({who.public_id, *(row.public_id for row in theirs)}),
            )
        )
    return shown


def _last_entries(root: Model, column: str, keys: Collection[int]) -> dict[int, date]:
    """The day of the last entry of each of the keys of the root that has any."""
    found: dict[int, date] = {}
    for model in about_people():
        latest = {f"last_{name}": Max(name) for name in entry_fields(model)}
        for way in ways(model, root) if latest else ():
            rows = model._base_manager.filter(**{f"{way}__in": keys}).order_by()
            for key, *moments in rows.values_list(F(way)).annotate(**latest):
                _count(found, key, moments)
    by_somebody = Change.objects.filter(**{f"{column}__in": keys}).exclude(user=None)
    counted = by_somebody.exclude(table__in=NO_ENTRIES_IN).order_by()
    for key, moment in counted.values_list(column).annotate(Max("at")):
        _count(found, key, [moment])
    return found


def _count(found: dict[int, date], key: int, moments: Iterable[date | None]) -> None:
    for moment in moments:
        if moment is not None:
            day = timezone.localdate(moment) if isinstance(moment, datetime) else moment
            found[key] = max(day, found.get(key, date.min))


def _birth_days(model: Model, keys: Collection[int]) -> dict[int, int | None]:
    rows = model._base_manager.filter(pk__in=keys)
    return {
        pk: rules.birth_day(number, born)
        for pk, number, born in rows.values_list("pk", "personnummer", "birth_date")
    }
