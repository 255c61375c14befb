"""The roles in the database: the owner of the tables, who only migrates them, the program, and the remover.

The program reads and writes the cases, but can only add to the access log and the seals and only read the
history: no error and no trick in the program changes what is on record. The remover, which the worker is
while it removes people whose time has come, can read and remove, and change nothing. Where only one address
is given (DATABASE_OWNER_URL is missing) the program owns what it writes, and only the seals tell of a change.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

import dj_database_url
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from .models import AccessRecord, Change, Draft, Removal, Seal

_WHO = ("USER", "PASSWORD", "HOST", "PORT")
_RECORDS = {
    AccessRecord._meta.db_table: "UPDATE, DELETE, MAINTAIN",
    Seal._meta.db_table: "UPDATE, DELETE, MAINTAIN",
    Change._meta.db_table: "INSERT, UPDATE, DELETE, MAINTAIN",
    Removal._meta.db_table: "INSERT, UPDATE, DELETE, MAINTAIN",
    "django_migrations": "INSERT, UPDATE, DELETE, MAINTAIN",
}


def become_owner() -> None:
    """Let this process connect as the owner from now on, when there is one beside the program."""
    _become(settings.DATABASE_OWNER_URL)


def as_owner() -> AbstractContextManager[None]:
    """Be the owner within, and afterwards what one was before."""
    return _as(settings.DATABASE_OWNER_URL)


def as_remover() -> AbstractContextManager[None]:
    """Be the one who may remove within, and afterwards what one was before; never in a transaction."""
    return _as(settings.DATABASE_REMOVAL_URL)


def _become(url: str) -> None:
    if url:
        connection.close()
        role = dict(dj_database_url.parse(url))
        connection.settings_dict.update({key: role[key] for key in _WHO})


@contextmanager
def _as(url: str) -> Iterator[None]:
    before = {key: connection.settings_dict[key] for key in _WHO}
    _become(url)
    try:
        yield
    finally:
        if before["USER"] != connection.settings_dict["USER"]:
            connection.close()
            connection.settings_dict.update(before)


@transaction.atomic
def let_the_program_in() -> None:
    """As the owner, give the program its rights, and no others; its role is made if it is missing."""
    role = _role_of(settings.DATABASE_URL)
    if role is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "GRANT USAGE ON SCHEMA public TO {0};"
                "GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON ALL TABLES IN SCHEMA public TO {0};"
                "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {0}"
            ).format(role)
        )
        for table, rights in _RECORDS.items():
            cursor.execute(
                sql.SQL("REVOKE {} ON {} FROM {}").format(
                    sql.SQL(rights), sql.Identifier(table), role
                )
            )


@transaction.atomic
def let_the_remover_in(*, about_people: Iterable[str], decisions: str) -> None:
    """As the owner, let the remover remove from the tables about people and from what is on record.

    It marks in the table of `decisions` what is done, and adds to the record of removals.
    """
    role = _role_of(settings.DATABASE_REMOVAL_URL)
    if role is None:
        return
    on_record = (AccessRecord._meta.db_table, Change._meta.db_table, Draft._meta.db_table)
    grants = [
        "USAGE ON SCHEMA public",
        "SELECT ON ALL TABLES IN SCHEMA public",
        f"UPDATE ON {decisions}",
        f"INSERT ON {Removal._meta.db_table}",
        *(f"DELETE ON {table}" for table in (*about_people, *on_record)),
    ]
    with connection.cursor() as cursor:
        for grant in grants:
            cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.SQL(grant), role))


def _role_of(url: str) -> sql.Identifier | None:
    """The role of the address, made if it is missing; None where it is the owner's own, or none."""
    given = dj_database_url.parse(url) if url else {}
    name = given.get("USER")
    if name in (None, connection.settings_dict["USER"]):
        return None
    role = sql.Identifier(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        if not cursor.fetchone():
            password = sql.Literal(given["PASSWORD"])
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, password))
    return role


def may_change_records() -> bool:
    """Whether whoever this process connects as could change the access log."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE')",
            [AccessRecord._meta.db_table],
        )
        return bool(cursor.fetchone()[0])
