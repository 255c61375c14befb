"""Seals on the access log and the history: a row that is changed afterwards, with whatever right, is found.

Each row has a hash. A seal is on the rows that were written since the one before: its root is a hash of
those hashes and of the root before, so that it stands for everything until then, and it is signed with a key
that is not in the database. Written down outside the machine, a root also tells if the end is cut off.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from .models import AccessRecord, Change, Seal
from .templatetags.swedish import moment

BATCH = 5_000  # rows in a seal
# A transaction that began so long ago has ended: rows below those that were sealed then are all written.
SETTLED = timedelta(hours=1)

_LOCK = 7_310_641  # one seals at a time
_SIZE = hashlib.sha256().digest_size
_LOGS: dict[str, tuple[type[models.Model], str, tuple[Any, ...]]] = {
    "access": (AccessRecord, "åtkomstloggen", ("pk", "at", "user_id", "page", "subjects")),
    "changes": (
        Change,
        "historiken",
        (
            *("pk", "at", "user_id", "through", "kind", "table", "row"),
            *(Cast("was", TextField()), Cast("became", TextField())),
            *("participant", "enrolment", "referral"),
        ),
    ),
}

Run = list[int]  # the first and the last key of rows that follow each other


class Broken(Exception):
    """What is not as it was sealed, and where: one Swedish sentence."""


@dataclass(frozen=True)
class Verified:
    """How much was found to be whole, and how many rows are too new to have a seal."""

    seals: int
    rows: int
    unsealed: int
    last: str  # the last seal as it is written down outside


@transaction.atomic
def seal_next(*, at: datetime) -> Seal | None:
    """Put a seal on the rows that have none, at most BATCH of each kind; None when there are no rows.

    A row whose transaction ends after those of later rows gets the next seal.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    newest = Seal.objects.order_by("-number")
    last, settled = newest.first(), newest.filter(at__lt=at - SETTLED).first()
    recent = list(newest.filter(number__gt=settled.number if settled else 0).defer("hashes"))
    runs: dict[str, list[Run]] = {}
    up_to: dict[str, int] = {}
    hashes = b""
    for name in _LOGS:
        rows = _rows(name).filter(pk__gt=settled.up_to[name] if settled else 0)
        for first, final in _joined(run for seal in recent for run in seal.rows[name]):
            rows = rows.exclude(pk__range=(first, final))
        found = [(row[0], _hash(row)) for row in rows[:BATCH]]
        hashes += b"".join(one for _, one in found)
        runs[name] = _joined([key, key] for key, _ in found)
        up_to[name] = max([last.up_to[name] if last else 0, *(key for key, _ in found)])
    if not hashes:
        return None
    seal = Seal(number=last.number + 1 if last else 1, at=at, rows=runs, up_to=up_to, hashes=hashes)
    seal.root = _root(last.root if last else "", seal)
    seal.signature = _signature(seal.root)
    seal.save(force_insert=True)
    return seal


def written(seal: Seal) -> str:
    """The seal as it is written down outside the machine, and read back by `known_roots`."""
    return f"försegling {seal.number} {seal.root} {seal.signature}"


def known_roots(lines: Iterable[str]) -> dict[int, str]:
    """The roots that stand in lines of text, by the number of the seal; other lines are passed over.

    Raises Broken for one that has not been signed here.
    """
    found = {}
    for line in lines:
        words = line.partition("försegling ")[2].split()
        if len(words) == 3 and words[0].isdecimal():
            if words[2] != _signature(words[1]):
                raise Broken(f"Försegling {words[0]} i filen har inte systemets underskrift.")
            found[int(words[0])] = words[1]
    return found


def verify(known: Mapping[int, str]) -> Verified:
    """Work out every seal anew from the rows. Raises Broken at the first that is not whole.

    `known` are roots that were written down outside, by number.
    """
    last: Seal | None = None
    size = 0
    runs: dict[str, list[Run]] = {name: [] for name in _LOGS}
    for seal in Seal.objects.order_by("number").iterator(chunk_size=20):
        _check_seal(seal, last, known)
        size += _check_rows(seal)
        for name in _LOGS:
            runs[name] += seal.rows[name]
        last = seal
    end = last.number if last else 0
    if known and max(known) > end:
        raise Broken(
            f"Försegling {end + 1} saknas. Den sista som är nedskriven utanför systemet är {max(known)}."
        )
    unsealed = sum(_check_unsealed(name, runs[name], last) for name in _LOGS)
    return Verified(end, size, unsealed, written(last) if last else "")


def _check_seal(seal: Seal, last: Seal | None, known: Mapping[int, str]) -> None:
    number = last.number + 1 if last else 1
    if seal.number != number:
        raise Broken(f"Försegling {number} saknas.")
    if seal.root != _root(last.root if last else "", seal):
        raise Broken(f"Försegling {number} är ändrad.")
    if seal.signature != _signature(seal.root):
        raise Broken(f"Försegling {number} har inte systemets underskrift.")
    if known.get(number, seal.root) != seal.root:
        raise Broken(f"Försegling {number} är en annan än den som är nedskriven utanför systemet.")


def _check_rows(seal: Seal) -> int:
    hashes = bytes(seal.hashes)
    place = 0
    for name, (_, log, _) in _LOGS.items():
        for first, final in seal.rows[name]:
            rows = {row[0]: row for row in _rows(name).filter(pk__range=(first, final))}
            for key in range(first, final + 1):
                where = f"Den fick försegling {seal.number} {moment(seal.at)}."
                if key not in rows:
                    raise Broken(f"Rad {key} i {log} saknas. {where}")
                if _hash(rows[key]) != hashes[place : place + _SIZE]:
                    raise Broken(f"Rad {key} i {log} är ändrad. {where}")
                place += _SIZE
    return place // _SIZE


def _check_unsealed(name: str, runs: Iterable[Run], last: Seal | None) -> int:
    """How many rows have no seal yet. One below the rows that were settled long ago never gets any."""
    model, log, _ = _LOGS[name]
    settled = last and Seal.objects.filter(at__lt=last.at - SETTLED).order_by("number").last()
    keys = model._default_manager.order_by("pk").values_list("pk", flat=True)
    unsealed = list(_outside(keys.iterator(), _joined(runs)))
    if unsealed and settled and unsealed[0] <= settled.up_to[name]:
        raise Broken(
            f"Rad {unsealed[0]} i {log} har lagts till i efterhand: den har ingen försegling."
        )
    return len(unsealed)


def _rows(name: str) -> models.QuerySet:
    """The rows of a log as they are hashed, in order."""
    model, _, fields = _LOGS[name]
    return model._default_manager.order_by("pk").values_list(*fields)


def _hash(row: tuple[Any, ...]) -> bytes:
    return hashlib.sha256(json.dumps(row, default=str).encode()).digest()


def _root(before: str, seal: Seal) -> str:
    at = seal.at.astimezone(UTC).isoformat()
    said = json.dumps([before, seal.number, at, seal.rows, seal.up_to], sort_keys=True)
    return hashlib.sha256(said.encode() + bytes(seal.hashes)).hexdigest()


def _signature(root: str) -> str:
    return hmac.new(settings.SEAL_KEY.encode(), f"seal {root}".encode(), "sha256").hexdigest()


def _joined(runs: Iterable[Run]) -> list[Run]:
    """The same keys in as few runs as can be, in order."""
    joined: list[Run] = []
    for first, final in sorted(runs):
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(final, joined[-1][1])
        else:
            joined.append([first, final])
    return joined


def _outside(keys: Iterable[int], runs: Iterable[Run]) -> Iterator[int]:
    """The keys, in order, that are in none of the runs."""
    ahead = iter(runs)
    run = next(ahead, None)
    for key in keys:
        while run and run[1] < key:
            run = next(ahead, None)
        if run is None or key < run[0]:
            yield key
