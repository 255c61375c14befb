"""The rows behind a figure: the same population that is counted, with who or what each row is.

Everybody is counted; who is shown is another question, answered by `visible_to`. Rows that the user may not
see are only told as a number, so that those shown and those not still add up to the figure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import Concat, Lower

from participants.models import Enrolment
from referrals.models import Referral
from sundbyberg_am.models import User

from . import counting
from .counting import FigureValue
from .figure import UNKNOWN, WHOLES, Figure, Measure
from .periods import Period


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a figure: a member of a dimension, or the whole, and a sex."""

    key: str = ""
    member: str = ""
    sex: str = "all"


@dataclass(frozen=True, slots=True)
class BehindRow:
    """One of those behind a figure. `subject` is the public id that a showing puts on record."""

    row_id: int
    subject: UUID
    is_case: bool  # else a referral that nobody is enrolled from
    name: str
    started_on: date | None  # of a referral, the day that it was sent
    ended_on: date | None
    is_counted: bool  # of a share, in the numerator; else always
    measured: float | None  # days, or weeks, of a median or a mean
    members: Mapping[str, tuple[str, ...]]  # by dimension, the codes
    sex: str
    order: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """All that is behind one value of a figure, counted now."""

    value: FigureValue
    rows: list[BehindRow]  # those that the user may see, in order
    unseen: int  # how many more there are

    def page(self, after: int | None, size: int) -> tuple[list[BehindRow], bool]:
        """At most `size` rows, those after the one with this key; and whether there are more."""
        first = 0
        if after is not None:
            found = (at for at, row in enumerate(self.rows, start=1) if row.row_id == after)
            first = next(found, 0)
        return self.rows[first : first + size], len(self.rows) > first + size


def behind(figure: Figure, place: Place, period: Period, *, user: User) -> Behind:
    """The rows behind a value, as the user may see them. Asks three times, however many there are."""
    with counting.one_snapshot():
        every = counting.rows_of(figure, period)
        found = counting.rows_behind(figure, every, place.key, place.member, place.sex)
        cases = _cases(user, (row["enrolment_id"] for row, _ in found))
        referrals = _referrals(
            user, (row["referral_id"] for row, _ in found if row["enrolment_id"] not in cases)
        )
    rows = [
        _row(figure, row, is_counted, who, is_case=row["enrolment_id"] in cases)
        for row, is_counted in found
        if (who := cases.get(row["enrolment_id"]) or referrals.get(row["referral_id"]))
    ]
    rows.sort(key=lambda row: row.order)
    value = counting.value_of(figure, every, place.key, place.member, place.sex)
    return Behind(value, rows, len(found) - len(rows))


def _row(
    figure: Figure, row: Mapping[str, Any], is_counted: bool, who: Any, *, is_case: bool
) -> Any:
    measured = None
    if figure.measure in (Measure.MEDIAN, Measure.MEAN):
        measured = row["measured"] / WHOLES.get(figure.unit, 1)
    # A median is found in the middle of its values; the numerator of a share stands before the others.
    order = (not is_counted, measured or 0, who.sorted_as, row["row_id"])
    return BehindRow(
        row_id=row["row_id"],
        subject=who.subject,
        is_case=is_case,
        name=who.written,
        started_on=who.from_on,
        ended_on=who.until_on if is_case else None,
        is_counted=is_counted,
        measured=measured,
        members={key: tuple(counting.members_of(row, key)) for key in figure.by},
        sex=row["sex"] or UNKNOWN.code,
        order=order,
    )


def _cases(user: User, ids: Iterable[int | None]) -> dict[int, Any]:
    rows = (
        Enrolment.objects.visible_to(user)
        .with_ids({pk for pk in ids if pk})
        .annotate(
            subject=F("participant__public_id"),
            written=Concat("participant__first_name", Value(" "), "participant__last_name"),
            sorted_as=F("participant__name_key"),
            from_on=F("started_on"),
            until_on=F("ended_on"),
        )
        .values_list("pk", "subject", "written", "sorted_as", "from_on", "until_on", named=True)
    )
    return {row.pk: row for row in rows}


def _referrals(user: User, ids: Iterable[int | None]) -> dict[int, Any]:
    wanted = {pk for pk in ids if pk}
    rows = (
        Referral.objects.visible_to(user)
        .filter(pk__in=wanted)
        .annotate(
            subject=F("public_id"),
            written=Concat("first_name", Value(" "), "last_name"),
            sorted_as=Lower(Concat("last_name", Value(" "), "first_name")),
            from_on=F("submitted_on"),
        )
        .values_list("pk", "subject", "written", "sorted_as", "from_on", named=True)
    )
    return {row.pk: row for row in rows} if wanted else {}
