"""When in the day something happened, and how a stored row is dated to it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zlib import crc32

from django.db import connection, models
from django.utils import timezone
from psycopg import sql


def a_moment(day: date, key: str) -> datetime:
    """A time of the working day, the same for the same key."""
    minutes = 8 * 60 + 15 + crc32(key.encode()) % (8 * 60 + 30)
    return timezone.make_aware(datetime.combine(day, time.min) + timedelta(minutes=minutes))


def date_back(rows: Sequence[models.Model], field: str, moments: Sequence[datetime]) -> None:
    """Set when stored rows came about, where the model otherwise says now."""
    if not rows:
        return
    model = rows[0]._meta
    statement = sql.SQL(
        "UPDATE {table} SET {field} = given.moment"
        " FROM unnest(%s::bigint[], %s::timestamptz[]) AS given (id, moment)"
        " WHERE {table}.id = given.id"
    ).format(table=sql.Identifier(model.db_table), field=sql.Identifier(field))
    with connection.cursor() as cursor:
        cursor.execute(statement, [[row.pk for row in rows], list(moments)])
