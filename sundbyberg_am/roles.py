"""The two roles in the database: the owner of the tables, who only migrates them, and the program.

The program reads and writes the cases, but can only add to the access log and the seals and only read the
history: no error and no trick in the program changes what is on record. Where only one address is given
(DATABASE_OWNER_URL is missing) the program owns what it writes, and only the seals tell of a change.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dj_database_url
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from .models import AccessRecord, Change, Seal

_WHO = ("USER", "PASSWORD", "HOST", "PORT")
_RECORDS = {
    AccessRecord._meta.db_table: "UPDATE, DELETE, MAINTAIN",
    Seal._meta.db_table: "UPDATE, DELETE, MAINTAIN",
    Change._meta.db_table: "INSERT, UPDATE, DELETE, MAINTAIN",
    "django_migrations": "INSERT, UPDATE, DELETE, MAINTAIN",
}


def become_owner() -> None:
    """Let this process connect as the owner from now on, when there is one beside the program."""
    if settings.DATABASE_OWNER_URL:
        connection.close()
        owner = dict(dj_database_url.parse(settings.DATABASE_OWNER_URL))
        connection.settings_dict.update({key: owner[key] for key in _WHO})


@contextmanager
def as_owner() -> Iterator[None]:
    """Be the owner within, and afterwards what one was before."""
    before = {key: connection.settings_dict[key] for key in _WHO}
    become_owner()
    try:
        yield
    finally:
        if before["USER"] != connection.settings_dict["USER"]:
            connection.close()
            connection.settings_dict.update(before)


@transaction.atomic
def let_the_program_in() -> None:
    """As the owner, give the program its rights, and no others; its role is made if it is missing."""
    program = dj_database_url.parse(settings.DATABASE_URL)
    if program["USER"] == connection.settings_dict["USER"]:
        return
    role = sql.Identifier(program["USER"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [program["USER"]])
        if not cursor.fetchone():
            password = sql.Literal(program["PASSWORD"])
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, password))
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


def may_change_records() -> bool:
    """Whether whoever this process connects as could change the access log."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE')",
            [AccessRecord._meta.db_table],
        )
        return bool(cursor.fetchone()[0])
