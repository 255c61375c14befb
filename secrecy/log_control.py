"""The monthly control of the access log: what to look at, by rule, and a sample (lag 2001:454 10 §).

The program does not know who is related to whom, nor the personnummer of those who work here. What it can
tell is when a whole name is that of whoever looked, or of a colleague; a surname alone says too little.
The sample is drawn by a hash, so that nobody chooses it and everybody gets the same.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Concat, ExtractHour, ExtractIsoWeekDay, Lower, TruncDate
from django.utils import timezone

from participants.models import Participant
from sundbyberg_am.access import Ground
from sundbyberg_am.documents import breakable, compile_pdf
from sundbyberg_am.models import AccessRecord, User
from sundbyberg_am.templatetags.swedish import MONTHS, moment

SOURCE = Path(__file__).with_suffix(".typ")
SHOWN = 50  # of each rule; how many there are in all is said
SAMPLE = 20
DAY_BEGINS, DAY_ENDS = 6, 20  # hours
MANY, TIMES_MORE = 30, 3  # people in a day; and so many times what is usual

Records = QuerySet[AccessRecord]


@dataclass(frozen=True)
class Showing:
    """One row to look at."""

    at: str
    who: str
    unit: str
    page: str
    ground: str
    whom: list[str]


@dataclass(frozen=True)
class Found:
    """What one rule has found."""

    title: str
    why: str
    total: int
    rows: list[Showing]


def month_label(first: date) -> str:
    """What the month is called: november 2026."""
    return f"{MONTHS[first.month - 1]} {first.year}"


def first_of_next(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=31)).replace(day=1)


def months_to_control(today: date) -> list[date]:
    """The months that are over and have anything in the log, the latest first."""
    oldest = AccessRecord.objects.order_by("pk").first()
    found = []
    if oldest:
        month = timezone.localdate(oldest.at).replace(day=1)
        while month < today.replace(day=1):
            found.append(month)
            month = first_of_next(month)
    return found[::-1]


def control(first: date) -> list[Found]:
    """What to look at of the month, rule by rule, and the sample."""
    of_month = (
        AccessRecord.objects.annotate(day=TruncDate("at"))
        .filter(day__gte=first, day__lt=first_of_next(first))
        .select_related("user__unit")
        .order_by("pk")
    )
    one_person = of_month.filter(subjects__len=1)
    protected = _public_ids(Participant.objects.exclude(protection=""))
    hours = of_month.annotate(hour=ExtractHour("at"), weekday=ExtractIsoWeekDay("at"))
    outside = Q(hour__lt=DAY_BEGINS) | Q(hour__gte=DAY_ENDS) | Q(weekday__gte=6)
    rules = [
        ("Samma namn", "Personen heter som den som såg.", _own_names(of_month)),
        (
            "En kollegas namn",
            "Personen heter som någon annan som arbetar här.",
            _colleagues(of_month),
        ),
        (
            "Inget uppdrag",
            "Ett ärende på enheten, öppnat av någon som varken är konsulent eller ersättare i det.",
            one_person.filter(ground=Ground.UNIT),
        ),
        ("Nödöppning", "Varför står under Nödöppningar.", of_month.filter(ground=Ground.EMERGENCY)),
        (
            "Skyddad identitet",
            "Personen har skyddad identitet nu.",
            of_month.filter(subjects__overlap=protected),
        ),
        (
            "Ovanlig tid",
            f"Före klockan {DAY_BEGINS}, efter klockan {DAY_ENDS} eller på en helg.",
            hours.filter(outside),
        ),
    ]
    return [
        *(_found(title, why, rows) for title, why, rows in rules),
        _volume(one_person),
        _sample(of_month, first),
    ]


def as_data(found: Iterable[Found]) -> list[dict[str, Any]]:
    """The control as it is kept."""
    return [asdict(one) for one in found]


def from_data(data: Iterable[dict[str, Any]]) -> list[Found]:
    """The control as it was kept."""
    return [Found(**{**one, "rows": [Showing(**row) for row in one["rows"]]}) for one in data]


def as_pdf(*, month: str, signed: list[str], note: str, found: Iterable[Found]) -> bytes:
    """The control to file."""
    data = {"month": month, "signed": signed, "note": note, "found": as_data(found)}
    return compile_pdf(SOURCE, breakable(data))


def _found(title: str, why: str, records: Records) -> Found:
    return Found(title, why, records.count(), [_showing(one) for one in records[:SHOWN]])


def _showing(record: AccessRecord) -> Showing:
    return Showing(
        at=moment(record.at),
        who=record.user.name,
        unit=record.user.unit.name,
        page=record.page,
        ground=record.get_ground_display() or "–",
        whom=[str(one) for one in record.subjects],
    )


def _public_ids(people: QuerySet[Participant]) -> list[Any]:
    return list(people.values_list("public_id", flat=True))


def _named_alike(users: QuerySet[User]) -> list[Any]:
    name = Lower(Concat("first_name", Value(" "), "last_name"))
    names = [one.lower() for one in users.values_list("name", flat=True)]
    return _public_ids(Participant.objects.annotate(whole=name).filter(whole__in=names))


def _own_names(records: Records) -> Records:
    return _alike(records, lambda user: User.objects.filter(pk=user.pk))


def _colleagues(records: Records) -> Records:
    return _alike(records, lambda user: User.objects.exclude(pk=user.pk))


def _alike(records: Records, whose: Callable[[User], QuerySet[User]]) -> Records:
    """Those where whoever looked was shown somebody with the name of one of these users."""
    if not (anybody := _named_alike(User.objects.all())):
        return records.none()
    shown = records.filter(subjects__overlap=anybody)
    keys: set[int] = set()
    for user in User.objects.filter(pk__in=shown.order_by().values("user")):
        alike = _named_alike(whose(user))
        mine = shown.filter(user=user, subjects__overlap=alike)
        keys |= set(mine.values_list("pk", flat=True))
    return records.filter(pk__in=keys)


def _volume(one_person: Records) -> Found:
    """Days when somebody opened many more people than is usual."""
    days = list(
        one_person.order_by()
        .annotate(on=TruncDate("at"))
        .values_list("user__name", "user__unit__name", "on", "user")
        .annotate(people=Count("subjects", distinct=True))
        .order_by("on", "user__name")
    )
    usual = median(people for *_, people in days) if days else 0
    many = [one for one in days if one[4] >= MANY and one[4] > usual * TIMES_MORE]
    rows = [
        Showing(str(day), name, unit, "", "–", [f"{people} personer"])
        for name, unit, day, _, people in many[:SHOWN]
    ]
    why = f"Minst {MANY} personer på en dag, och {TIMES_MORE} gånger så många som är vanligt."
    return Found("Ovanligt många", why, len(many), rows)


def _sample(of_month: Records, first: date) -> Found:
    def drawn(key: int) -> str:
        return hashlib.sha256(f"{first} {key}".encode()).hexdigest()

    keys = sorted(of_month.values_list("pk", flat=True), key=drawn)[:SAMPLE]
    rows = [_showing(one) for one in of_month.filter(pk__in=keys)]
    return Found("Stickprov", "Valt av slumpen bland månadens visningar.", len(rows), rows)
