"""Seals on the access log and the history: a row that is changed afterwards, with whatever right, is found.

Each row has a hash. A seal is on the rows that were written since the one before: its root is a hash of
those hashes and of the root before, so that it stands for everything until then, and it is signed with a key
that is not in the database. Written down outside the machine, a root also tells if the end is cut off.

What is removed by law keeps its hash in its seal; a record of the removal, signed with the same key and
sealed itself, says which rows are gone. A row that is gone without one has been taken away.
"""

import hashlib
import hmac
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from .models import AccessRecord, Change, Removal, Seal, User
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
    "removals": (
        Removal,
        "gallringarna",
        ("pk", "at", "people", "decided_by_id", Cast("rows", TextField()), "signature"),
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
    removed: int  # rows that are gone by law
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
        rows = _rows(name).filter(pk__gt=settled.up_to.get(name, 0) if settled else 0)
        for first, final in _joined(run for seal in recent for run in seal.rows.get(name, [])):
            rows = rows.exclude(pk__range=(first, final))
        found = [(row[0], _hash(row)) for row in rows[:BATCH]]
        hashes += b"".join(one for _, one in found)
        runs[name] = _joined([key, key] for key, _ in found)
        up_to[name] = max([last.up_to.get(name, 0) if last else 0, *(key for key, _ in found)])
    if not hashes:
        return None
    seal = Seal(number=last.number + 1 if last else 1, at=at, rows=runs, up_to=up_to, hashes=hashes)
    seal.root = _root(last.root if last else "", seal)
    seal.signature = _signature(seal.root)
    seal.save(force_insert=True)
    return seal


def is_full(seal: Seal) -> bool:
    """Whether it holds as many rows of a kind as it may, so that there may be more without a seal."""
    sizes = (sum(last - first + 1 for first, last in runs) for runs in seal.rows.values())
    return max(sizes) >= BATCH


@transaction.atomic
def remove_rows(
    *,
    access: Iterable[int] = (),
    changes: Iterable[int] = (),
    people: Iterable[str] = (),
    by: User | None,
    at: datetime,
) -> Removal:
    """Remove these rows from the log and the history, and put on record that it was done, signed.

    `people` are hashes of the public ids of whom it was about. Only the role for removals is let.
    """
    keys = {"access": sorted(access), "changes": sorted(changes)}
    for name, found in keys.items():
        delete_rows(_LOGS[name][0], found)
    removal = Removal(at=at, people=sorted(people), decided_by=by)
    removal.rows = {name: _joined([key, key] for key in found) for name, found in keys.items()}
    removal.signature = _signature_of(removal)
    removal.save(force_insert=True)
    return removal


def delete_rows(model: type[models.Model], keys: Iterable[int]) -> None:
    """Delete the rows with these keys, and nothing that Django would have go with them."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [list(keys)])  # noqa: S608


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
    size = gone = 0
    runs: dict[str, list[Run]] = {name: [] for name in _LOGS}
    removed = _removed()
    for seal in Seal.objects.order_by("number").iterator(chunk_size=20):
        _check_seal(seal, last, known)
        there, not_there = _check_rows(seal, removed)
        size, gone = size + there, gone + not_there
        for name in _LOGS:
            runs[name] += seal.rows.get(name, [])
        last = seal
    end = last.number if last else 0
    if known and max(known) > end:
        raise Broken(
            f"Försegling {end + 1} saknas. Den sista som är nedskriven utanför systemet är {max(known)}."
        )
    unsealed = sum(_check_unsealed(name, runs[name], last) for name in _LOGS)
    return Verified(end, size, gone, unsealed, written(last) if last else "")


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


def _removed() -> dict[str, list[Run]]:
    """The rows that have been removed by law, by log."""
    runs: dict[str, list[Run]] = {name: [] for name in _LOGS}
    for removal in Removal.objects.order_by("pk").iterator():
        if removal.signature != _signature_of(removal):
            raise Broken(f"Rad {removal.pk} i gallringarna har inte systemets underskrift.")
        for name, found in removal.rows.items():
            runs[name] += found
    return {name: _joined(found) for name, found in runs.items()}


def _check_rows(seal: Seal, removed: dict[str, list[Run]]) -> tuple[int, int]:
    """How many of its rows are there and as they were, and how many are gone by law."""
    hashes = bytes(seal.hashes)
    place = gone = 0
    for name, (_, log, _) in _LOGS.items():
        for first, final in seal.rows.get(name, []):
            rows = {row[0]: row for row in _rows(name).filter(pk__range=(first, final))}
            for key in range(first, final + 1):
                where = f"Den fick försegling {seal.number} {moment(seal.at)}."
                if key in rows:
                    if _hash(rows[key]) != hashes[place : place + _SIZE]:
                        raise Broken(f"Rad {key} i {log} är ändrad. {where}")
                else:
                    if not _is_in(key, removed[name]):
                        removed.update(_removed())  # it may have been removed while this was read
                    if not _is_in(key, removed[name]):
                        raise Broken(f"Rad {key} i {log} saknas. {where}")
                    gone += 1
                place += _SIZE
    return place // _SIZE - gone, gone


def _check_unsealed(name: str, runs: Iterable[Run], last: Seal | None) -> int:
    """How many rows have no seal yet. One below the rows that were settled long ago never gets any."""
    model, log, _ = _LOGS[name]
    settled = last and Seal.objects.filter(at__lt=last.at - SETTLED).order_by("number").last()
    keys = model._default_manager.order_by("pk").values_list("pk", flat=True)
    unsealed = list(_outside(keys.iterator(), _joined(runs)))
    if unsealed and settled and unsealed[0] <= settled.up_to.get(name, 0):
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
    return signed(f"seal {root}")


def signed(text: str) -> str:
    """The signature of the system on a text; what the text is for stands first in it."""
    return hmac.new(settings.SEAL_KEY.encode(), text.encode(), "sha256").hexdigest()


def _signature_of(removal: Removal) -> str:
    at = removal.at.astimezone(UTC).isoformat()
    said = [at, removal.people, removal.decided_by_id, removal.rows]
    return signed(f"removal {json.dumps(said, sort_keys=True)}")


def _is_in(key: int, runs: list[Run]) -> bool:
    """Whether the key is in one of the runs, which are in order."""
    place = bisect_right(runs, key, key=lambda run: run[0])
    return place > 0 and key <= runs[place - 1][1]


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
