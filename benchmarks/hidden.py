"""What a user may not know of, beside what is not there: the time of an answer must not tell which it was.

A manager asks for people of the own unit with a protected identity, for people of another unit, and for ids
that nobody has, each beside the others and in another order each round. The last are asked for twice over:
what those differ by says nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle
from statistics import quantiles
from uuid import uuid4

from .measuring import in_turn, medians
from .place import Place, Server

ROUNDS = 300
OF_EACH = 10  # one after the other, so that no row is warmer than what is asked for once
OWN, OTHER = 1001, 1002  # the units
PROTECTED, OF_ANOTHER, NOBODY, AGAIN = "protected", "of another unit", "nobody", "nobody again"
PAGES = {
    "the case": "/deltagare/{}/",
    "its history": "/deltagare/{}/historik/",
    "its plan as a file": "/deltagare/{}/plan/1/pdf/",
    "the extract as a file": "/deltagare/{}/registerutdrag/json/",
    "a referral": "/anvisningar/{}/",
    "answering a referral": "/anvisningar/{}/aterlamna/",
}


def measure(place: Place) -> Iterator[tuple[str, float, str]]:
    """For each page and kind of id: the median, and how many times that of an id that nobody has."""
    from participants.views.listing import SEARCHES_KEPT  # wants settings, as what follows does

    with hidden_away(place) as (people, referrals, numbers), place.served() as server:
        server.sign_in("user1")
        for page, address in PAGES.items():
            ids = referrals if "anvisningar" in address else people
            asked = {
                kind: _in_turn(server, [address.format(one) for one in each], 404)
                for kind, each in ids.items()
            }
            yield from _told(page, asked)
        # A session knows no more than its latest searches; one that it has forgotten is another list.
        known = SEARCHES_KEPT // len(numbers)
        searched = {
            kind: _in_turn(server, [server.post("/deltagare/", q=one) for one in each[:known]], 200)
            for kind, each in numbers.items()
        }
        yield from _told("search by number", searched)


def _in_turn(server: Server, addresses: list[str], status: int) -> Callable[[], object]:
    following = cycle(addresses)

    def ask() -> None:
        address = next(following)
        if (answered := server.status(address)) != status:
            raise SystemExit(f"GET {address} was answered {answered}.")

    return ask


def _told(page: str, asked: dict[str, Callable[[], object]]) -> Iterator[tuple[str, float, str]]:
    times = in_turn(asked, ROUNDS)
    middle = medians(times)
    for kind, each in times.items():
        low, _, high = (one * 1000 for one in quantiles(each, n=4))
        ratio, of_quickest = middle[kind] / middle[NOBODY], quickest(each) / quickest(times[NOBODY])
        yield (
            f"{page}: {kind}",
            middle[kind],
            f"{ratio:6.3f} × nobody, {of_quickest:.3f} by the quickest tenth, "
            f"quartiles {low:.1f}–{high:.1f} ms",
        )


def quickest(seconds: list[float]) -> float:
    """What one of ten is within: least disturbed by what else the machine does."""
    return quantiles(seconds, n=10)[0]


Ids = dict[str, list[str]]


@contextmanager
def hidden_away(place: Place) -> Iterator[tuple[Ids, Ids, Ids]]:
    """People, referrals and numbers by kind; some have a protected identity for as long as it lasts."""
    from django.utils import timezone

    from participants.models import Enrolment, Participant, Protection
    from referrals.models import Referral, Status

    def people_of(unit: int) -> list[Participant]:
        cases = Enrolment.objects.filter(unit=unit).order_by("pk").values("participant")
        others = Enrolment.objects.exclude(unit=unit).values("participant")
        return list(Participant.objects.filter(pk__in=cases).exclude(pk__in=others)[:OF_EACH])

    today = timezone.localdate()
    kinds = {PROTECTED: people_of(OWN), OF_ANOTHER: people_of(OTHER)}
    protected = Participant.objects.filter(pk__in=[one.pk for one in kinds[PROTECTED]])
    referrals = [
        Referral(
            initiator="self",
            to_unit_id=OWN if kind == PROTECTED else OTHER,
            personnummer=person.personnummer,
            first_name=person.first_name,
            last_name=person.last_name,
            level="AM2",
            status=Status.SUBMITTED,
            document_on=today,
            registered_by_id=1001,
            submitted_on=today,
            answer_due_on=today + timedelta(days=14),
        )
        for kind, people in kinds.items()
        for person in people
    ]
    Referral.objects.all().delete()  # of a measurement that was cut off
    nobody = [str(uuid4()) for _ in range(OF_EACH)]
    no_number = [f"1899010{n % 9 + 1}{n:04}" for n in range(OF_EACH)]
    protected.update(protection=Protection.CONFIDENTIAL)
    Referral.objects.bulk_create(referrals)
    try:
        yield (
            {kind: [str(one.public_id) for one in people] for kind, people in kinds.items()}
            | {NOBODY: nobody, AGAIN: [str(uuid4()) for _ in nobody]},
            {
                PROTECTED: [str(one.public_id) for one in referrals[:OF_EACH]],
                OF_ANOTHER: [str(one.public_id) for one in referrals[OF_EACH:]],
                NOBODY: nobody,
                AGAIN: [str(uuid4()) for _ in nobody],
            },
            {kind: [str(one.personnummer) for one in people] for kind, people in kinds.items()}
            | {NOBODY: no_number, AGAIN: no_number[::-1]},
        )
    finally:
        Referral.objects.all().delete()
        protected.update(protection="")
