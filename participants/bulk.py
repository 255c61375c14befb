"""Storing many cases at once, by the rules that hold for one.

The rows are made in memory, related ones pointing at each other, and stored in a few statements. Each
passes its model's own rules first; what concerns several rows at once is held by the constraints.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar

from django.db import connection, models

from sundbyberg_am.personnummer import Personnummer

from .models import Participant, Sex

T = TypeVar("T")

BATCH = 2_000


class Progress(Protocol):
    """Goes through items, and may show how far it has come under a word for what is done."""

    def __call__(self, items: Sequence[T], word: str) -> Iterable[T]: ...


def silently(items: Sequence[T], word: str) -> Iterable[T]:
    """Go through the items and show nothing."""
    return items


def a_person(number: Personnummer, *, sex: str = "", **fields: Any) -> Participant:
    """A participant, not stored yet, with the birth date that the number tells.

    `sex` is registered only where it differs from the number, which is right until told otherwise.
    """
    told = Sex.WOMEN if number.is_woman else Sex.MEN
    return Participant(
        personnummer=number.digits,
        birth_date=number.birth_date,
        registered_sex="" if sex == told else sex,
        **fields,
    )


def store(*tables: Sequence[models.Model], progress: Progress = silently) -> None:
    """Store rows, a list for each table, after those that they point at.

    Raises ValidationError before anything of a table is stored, and IntegrityError where a constraint
    is broken; the caller's transaction keeps it whole.
    """
    for rows in tables:
        # A relation is checked by its foreign key: here it would cost a query a row.
        relations = (
            {field.name for field in rows[0]._meta.fields if field.is_relation} if rows else ()
        )
        for row in rows:
            row.clean_fields(exclude=relations)
            row.clean()
    batches = [rows[at : at + BATCH] for rows in tables for at in range(0, len(rows), BATCH)]
    for batch in progress(batches, "Sparar"):
        type(batch[0])._default_manager.bulk_create(batch)
    # PostgreSQL counts by itself only after the commit; planned for empty tables, what this transaction
    # goes on to ask could take minutes.
    with connection.cursor() as cursor:
        for table in {rows[0]._meta.db_table for rows in tables if rows}:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
