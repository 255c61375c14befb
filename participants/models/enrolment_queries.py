"""What can be asked of many enrolments: whose they are, where they stand, and how one is found."""

import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Case, Count, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, Left

# The rows below refer to this file, so theirs are looked up when a query is built.
from participants import models as rows
from sundbyberg_am.access import Permission
from sundbyberg_am.models import User, UserQuerySet
from sundbyberg_am.personnummer import InvalidPersonnummer, Personnummer

from .people import name_parts, parts_of, search_key, searched_name

if TYPE_CHECKING:
    from .enrolments import Enrolment

_CASE_NUMBER = re.compile(r"AM[\s\u2010-\u2015-]?0*([0-9]{1,9})", re.IGNORECASE)
_PRINTED_NUMBER = re.compile(r"[0-9]{5}")  # a case number without its letters
_DIGITS = re.compile(r"[0-9][0-9+\s\u2010-\u2015-]*")


def _ongoing_on(day: date) -> Q:
    return (Q(ended_on=None) | Q(ended_on__gte=day)) & Q(started_on__lte=day)


class CaseQuerySet(models.QuerySet["Enrolment"]):
    # Whose they are

    def visible_to(self, user: User) -> Self:
        """Those that the user may see: the own unit's, for whoever reads cases.

        Somebody with a protected identity is there only for the readers who are named.
        """
        if not user.may(Permission.READ_CASES):
            return self.none()
        return self.filter(unit=user.unit_id).not_hidden_from(user)

    def not_hidden_from(self, user: User) -> Self:
        """Without those of people whose protected identity the user may not know: not even as a number."""
        hidden = rows.Participant.objects.hidden_from(user).filter(pk=OuterRef("participant"))
        return self.exclude(Exists(hidden))

    def open_to_emergency(self, user: User) -> Self:
        """Those that the user can open in an emergency: of nobody with a protected identity."""
        if not user.may(Permission.OPEN_IN_EMERGENCY):
            return self.none()
        return self.open().filter(participant__protection="")

    def with_consultant_on(self, day: date) -> Self:
        """Adds `consultant_now`: the id of who has the case on the day, also by a planned handover."""
        begun = rows.ConsultantChange.objects.filter(
            enrolment=OuterRef("pk"), valid_from__lte=day
        ).order_by("-valid_from", "-pk")
        return self.annotate(
            consultant_now=Coalesce(
                Subquery(begun.values("consultant")[:1]),
                F("consultant"),
                output_field=models.BigIntegerField(),
            )
        )

    def of_consultant(self, user: User, day: date) -> Self:
        """The user's caseload on the day, as consultant or deputy."""
        return self._known_to(user, day).filter(Q(consultant_now=user.pk) | Q(deputy=user))

    def _known_to(self, user: User, day: date) -> Self:
        """With `consultant_now`, and none but those that the user has a part in or has had one.

        Who has a case on a day is worked out for each; an index leads to those few each way there is.
        """
        ever = rows.Enrolment.objects.order_by().values("pk")
        changes = rows.ConsultantChange.objects.filter(consultant=user).order_by()
        few = ever.filter(consultant=user).union(
            ever.filter(deputy=user), changes.values("enrolment")
        )
        return self.with_consultant_on(day).filter(pk__in=few)

    def kept_by(self, user: User, day: date) -> Self:
        """Those that the user has as consultant on the day."""
        return self._known_to(user, day).filter(consultant_now=user.pk)

    def covered_by(self, user: User, day: date) -> Self:
        """Those that the user answers for as deputy: the consultant is away on the day, or has left."""
        consultants = User.objects.filter(pk=OuterRef("consultant_now"))
        return (
            self._known_to(user, day)
            .filter(deputy=user)
            .exclude(consultant_now=user.pk)
            .filter(Exists(consultants.absent_on(day)))
        )

    def consultants_on(self, day: date) -> "UserQuerySet":
        """Those who have any of these on the day, by name."""
        having = self.with_consultant_on(day).order_by().values("consultant_now")
        return User.objects.filter(pk__in=having).order_by("name", "pk")

    def sizes_by_consultant(self, day: date) -> dict[int, int]:
        """How many of these each consultant has on the day, by the user's id."""
        return dict(
            self.with_consultant_on(day)
            .order_by()
            .values_list("consultant_now")
            .annotate(count=Count("pk"))
        )

    def not_paused_on(self, day: date) -> Self:
        """Without those in a pause on the day: nothing is expected of them."""
        return self.exclude(Exists(rows.Pause.objects.on(day).filter(enrolment=OuterRef("pk"))))

    # Where they stand

    def valid(self) -> Self:
        """Without those registered by mistake."""
        return self.filter(voided_at=None)

    def open(self) -> Self:
        """Those that work can go on in; also one that begins later."""
        return self.valid().filter(ended_on=None)

    def ended(self) -> Self:
        """Those with a registered exit."""
        return self.valid().filter(ended_on__isnull=False)

    def ongoing_on(self, day: date) -> Self:
        """Those with at least this day in them."""
        return self.valid().filter(_ongoing_on(day))

    def sizes_on(self, days: Iterable[date]) -> list[int]:
        """How many are ongoing on each of the days, in one query."""
        days = list(days)
        counts = {f"on_{day:%Y%m%d}": Count("pk", filter=_ongoing_on(day)) for day in days}
        # Those that had ended before are most of all, and left out before anything is counted.
        lately = Q(ended_on=None) | Q(ended_on__gte=min(days))
        return list(self.valid().filter(lately).aggregate(**counts).values())

    def newest_of_each(self) -> Self:
        """One a participant and unit: the one that the case page opens."""
        later = rows.Enrolment.objects.valid().filter(
            participant=OuterRef("participant"),
            unit=OuterRef("unit"),
            started_on__gt=OuterRef("started_on"),
        )
        return self.valid().filter(~Exists(later))

    def newest_of(self, public_id: UUID, day: date) -> Self:
        """The participant's newest enrolment of these, with what a case page shows of it: at most one.

        Adds `consultant_now`, as `with_consultant_on`.
        """
        return (
            self.valid()
            .filter(participant__public_id=public_id)
            .with_consultant_on(day)
            .select_related("participant", "unit", "consultant", "deputy", "exit_reason")
            .order_by("-started_on", "-pk")[:1]
        )

    def all_of_same_person(self, enrolment: "Enrolment") -> Self:
        """Every enrolment of the participant, also those that were registered by mistake."""
        return self.filter(participant=enrolment.participant_id)

    def of_same_person(self, enrolment: "Enrolment") -> Self:
        """Every valid enrolment of the participant, newest first."""
        return (
            self.valid()
            .all_of_same_person(enrolment)
            .select_related("exit_reason", "consultant", "unit")
            .order_by("-started_on", "-pk")
        )

    # Level

    def with_level_on(self, day: date) -> Self:
        """Adds `level`: the one in force on the day, or on the last day of an ended enrolment.

        Adds `last_counted` too: the day, or the last day of an ended enrolment when that is before.
        """
        return self.annotate(
            last_counted=last_counted(F("ended_on"), day),
            level=Subquery(
                rows.LevelChange.objects.filter(
                    enrolment=OuterRef("pk"), valid_from__lte=OuterRef("last_counted")
                )
                .order_by("-valid_from", "-pk")
                .values("level")[:1]
            ),
        )

    def of_level_on(self, level: str, day: date) -> Self:
        """Those with the level in force on the day; an empty `level` is those without one."""
        begun = rows.LevelChange.objects.begun_on(day)
        if not level:
            return self.filter(~Exists(begun.filter(enrolment=OuterRef("pk"))))
        later = begun.filter(enrolment=OuterRef("enrolment")).filter(
            Q(valid_from__gt=OuterRef("valid_from"))
            | Q(valid_from=OuterRef("valid_from"), pk__gt=OuterRef("pk"))
        )
        mine = begun.filter(enrolment=OuterRef("pk"), level=level)
        return self.filter(Exists(mine.exclude(Exists(later))))

    # Search and list

    def search(self, text: str) -> Self:
        """By personnummer from its first digit, by case number, or by parts of the name in any order.

        Letters count without case and marks: "strom" finds Ström. Never by what is written about a
        person (förordning 2001:637 15 §).
        """
        text = text.strip()
        if number := _CASE_NUMBER.fullmatch(text):
            return self.filter(_has_case(number[1]))
        if _DIGITS.fullmatch(text):
            digits = re.sub(r"[^0-9]", "", text)
            found = Q()
            for century in ("", "19", "20"):
                found |= Q(participant__personnummer__startswith=century + digits)
            if _PRINTED_NUMBER.fullmatch(text):
                found |= Q(_has_case(text))
            return self.filter(found)
        person = "participant__"
        cases = self.alias(searched_name=searched_name(person), name_parts=name_parts(person))
        for word in filter(None, re.split(r"[\s\u2010-\u2015-]+", search_key(text))):
            # The index leads to the names that have all parts of the word; one of them may not have the word.
            cases = cases.filter(name_parts__contains=parts_of(word), searched_name__contains=word)
        return cases

    def with_whole_number(self, text: str, day: date) -> Self:
        """The one with this case number, or those of the person with this personnummer; no part of one."""
        if number := _CASE_NUMBER.fullmatch(text.strip()):
            return self.filter(pk=number[1])
        try:
            digits = Personnummer.parse(text, today=day).digits
        except InvalidPersonnummer:
            return self.none()
        return self.filter(participant__personnummer=digits)

    def after(self, public_id: UUID) -> Self:
        """Those after this participant in the list's order."""
        last = rows.Participant.objects.filter(public_id=public_id)
        key, pk = Subquery(last.values("name_key")), Subquery(last.values("pk"))
        # The first is for the index to begin at, the second leaves out those before them of the same name.
        return self.filter(participant__name_key__gte=key).filter(
            Q(participant__name_key__gt=key) | Q(participant__gt=pk)
        )

    def for_list(self, day: date) -> models.QuerySet:
        """One row a case, by name: what the list of participants shows of it on the day."""
        return (
            self.with_level_on(day)
            .with_consultant_on(day)
            .annotate(
                public_id=F("participant__public_id"),
                name=full_name(),
                masked_number=Case(
                    When(participant__personnummer=None, then=Value("")),
                    default=Concat(Left("participant__personnummer", 8), Value("-****")),
                    output_field=models.CharField(),
                ),
                weeks=days_between(F("last_counted"), F("started_on")) / 7,
                consultant_name=consultant_name(),
                unit_name=F("unit__name"),
            )
            .order_by("participant__name_key", "participant_id")
            .values_list(
                "public_id",
                "name",
                "masked_number",
                "level",
                "weeks",
                "started_on",
                "ended_on",
                "consultant_name",
                "unit_name",
                named=True,
            )
        )

    def for_caseload(self, day: date) -> models.QuerySet:
        """One row a case, by name: how it stands on the day and the next step of the plan in force."""
        in_force = rows.Plan.objects.adopted().filter(enrolment=OuterRef("pk")).order_by("-number")
        steps = (
            rows.Step.objects.unfinished()
            .filter(goal__plan=OuterRef("plan_in_force"))
            .order_by(F("due_on").asc(nulls_last=True), "pk")
        )
        return (
            self.with_level_on(day)
            .annotate(
                public_id=F("participant__public_id"),
                name=full_name(),
                weeks=days_between(F("last_counted"), F("started_on")) / 7,
                plan_in_force=Subquery(in_force.values("pk")[:1]),
            )
            .annotate(
                step=Subquery(steps.values("text")[:1]),
                step_due_on=Subquery(steps.values("due_on")[:1]),
            )
            .order_by("participant__name_key", "participant_id")
            .values_list(
                "public_id",
                "name",
                "level",
                "weeks",
                "started_on",
                "plan_in_force",
                "step",
                "step_due_on",
                "participant__education",
                "participant__sex",
                named=True,
            )
        )

    def for_handover(self, day: date) -> models.QuerySet:
        """One row a case, by name: what is needed to choose which to hand over on the day.

        `moves_on` is the first later day from which somebody else is to have it; mostly None.
        """
        planned = rows.ConsultantChange.objects.filter(
            enrolment=OuterRef("pk"), valid_from__gt=day, handover__isnull=False
        ).order_by("valid_from")
        return (
            self.with_level_on(day)
            .annotate(
                public_id=F("participant__public_id"),
                name=full_name(),
                moves_on=Subquery(planned.values("valid_from")[:1]),
            )
            .order_by("participant__name_key", "pk")
            .values_list("pk", "public_id", "name", "level", "moves_on", named=True)
        )

    def with_ids(self, ids: Iterable[int] | models.QuerySet) -> Self:
        """Those with these keys."""
        return self.filter(pk__in=ids)


def _has_case(number: str) -> Exists:
    """Whether the participant has a valid enrolment of that number in the same unit."""
    return Exists(
        rows.Enrolment.objects.valid().filter(
            pk=int(number), participant=OuterRef("participant"), unit=OuterRef("unit")
        )
    )


def consultant_name() -> Coalesce:
    """The name of `consultant_now`; empty when nobody has the case."""
    names = User.objects.filter(pk=OuterRef("consultant_now")).values("name")
    return Coalesce(Subquery(names), Value(""))


def full_name() -> Concat:
    return Concat("participant__first_name", Value(" "), "participant__last_name")


def last_counted(ended_on: F, day: date) -> Func:
    """The day, or the last day of an enrolment that ended before it."""
    return Func(ended_on, Value(day), function="LEAST", output_field=models.DateField())


def days_between(later: F, earlier: F) -> Func:
    """Days between two dates, as a whole number."""
    return Func(
        later,
        earlier,
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=models.IntegerField(),
    )


def date_after(day: F | Func, change: str) -> Func:
    """A date some time after another, as the database reckons calendar months."""
    return Func(day, template=f"(%(expressions)s {change})::date", output_field=models.DateField())
