"""The program's own role in the database can do its work, and nothing to what is on record."""

from collections.abc import Iterator

import dj_database_url
import psycopg
import pytest
from django.conf import settings
from django.db import connection

from sundbyberg_am.models import Change, Removal

PROGRAM = dj_database_url.parse(settings.DATABASE_URL)
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not settings.DATABASE_OWNER_URL, reason="one role only: DATABASE_OWNER_URL is not set"
    ),
]

RECORDS = (
    *("sundbyberg_am_accessrecord", "sundbyberg_am_change", "sundbyberg_am_seal"),
    "sundbyberg_am_removal",
)
HARM = {
    "update": "UPDATE {} SET {} = {}",
    "delete": "DELETE FROM {}",
    "truncate": "TRUNCATE {}",
    "truncate with what points at it": "TRUNCATE {} CASCADE",
    "drop": "DROP TABLE {}",
    "add a column": "ALTER TABLE {} ADD COLUMN x int",
    "drop a column": "ALTER TABLE {} DROP COLUMN {}",
    "rename": "ALTER TABLE {} RENAME TO x",
    "another owner": "ALTER TABLE {} OWNER TO CURRENT_USER",
    "stop its triggers": "ALTER TABLE {} DISABLE TRIGGER ALL",
    "a trigger on it": "CREATE TRIGGER x BEFORE INSERT ON {} FOR EACH ROW"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "a rule on it": "CREATE RULE x AS ON INSERT TO {} DO INSTEAD NOTHING",
    "row level security": "ALTER TABLE {} ENABLE ROW LEVEL SECURITY",
    # PostgreSQL only warns that it gave nothing, so what the right is for is tried as well.
    "give oneself the right": "GRANT ALL ON {0} TO CURRENT_USER; DELETE FROM {0}",
    "merge": "MERGE INTO {} USING (SELECT 1) AS s ON true WHEN MATCHED THEN DELETE",
    "lock": "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
    "copy in from a program": "COPY {} FROM PROGRAM 'true'",
    "inherit": "CREATE TABLE x () INHERITS ({})",
}
BESIDES = [
    "ALTER TABLE participants_note DISABLE TRIGGER history_update",
    "DROP TRIGGER history_update ON participants_note",
    "DROP FUNCTION sundbyberg_am_record_change() CASCADE",
    "ALTER FUNCTION sundbyberg_am_record_change() RESET ALL",
    "CREATE OR REPLACE FUNCTION sundbyberg_am_record_change() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NULL; END'",
    "SET session_replication_role = replica",
    "TRUNCATE participants_note",
    "TRUNCATE participants_participant CASCADE",
    'INSERT INTO sundbyberg_am_change (at, through, kind, "table", row)'
    " VALUES (now(), '', 'UPDATE', 'participants_note', 1)",
    "COPY sundbyberg_am_change FROM STDIN",
    "SELECT setval('sundbyberg_am_accessrecord_id_seq', 1)",
    "ALTER SEQUENCE sundbyberg_am_accessrecord_id_seq RESTART",
    "SET ROLE sundbyberg_am",
    "SET SESSION AUTHORIZATION sundbyberg_am",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "CREATE TABLE public.x (id int)",
    "DELETE FROM django_migrations",
    "UPDATE pg_class SET relowner = 0",
    "DROP SCHEMA public CASCADE",
    "SELECT pg_read_file('/etc/hostname')",
]


@pytest.fixture(scope="module")
def program(django_db_setup) -> Iterator[psycopg.Connection]:
    """A connection to the test database as the program connects."""
    where = connection.settings_dict
    with psycopg.connect(
        host=PROGRAM["HOST"],
        port=PROGRAM["PORT"] or None,
        user=PROGRAM["USER"],
        password=PROGRAM["PASSWORD"] or None,
        dbname=where["NAME"],
        options="-c lock_timeout=5000",
    ) as made:
        yield made


def refusal(program: psycopg.Connection, statement: str) -> str:
    """Why PostgreSQL refuses; empty when it does not."""
    try:
        with program.cursor() as cursor:
            cursor.execute(statement)
    except psycopg.Error as error:
        return type(error).__name__
    finally:
        program.rollback()
    return ""


def column_of(table: str) -> str:
    return "root" if table.endswith("seal") else "at"


@pytest.mark.parametrize("table", RECORDS)
@pytest.mark.parametrize("way", HARM)
def test_what_is_on_record_cannot_be_changed(program, table, way):
    column = column_of(table)
    assert refusal(program, HARM[way].format(table, column, column)) in (
        "InsufficientPrivilege",
        "WrongObjectType",
    )


@pytest.mark.parametrize("statement", BESIDES)
def test_there_is_no_way_round(program, statement):
    assert refusal(program, statement) in ("InsufficientPrivilege", "DependentObjectsStillExist")


def test_a_temporary_table_of_the_same_name_catches_nothing(program):
    """The function that writes the history looks for temporary tables last."""
    with program.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE sundbyberg_am_change (LIKE public.sundbyberg_am_change)")
        cursor.execute(
            "INSERT INTO participants_participant (public_id, no_personnummer_reason, registered_sex,"
            " first_name, last_name, phone, email, address, contact_preference,"
            " interpreter_language, education, protection, created_at)"
            " VALUES (gen_random_uuid(), 'Nyanländ', '', 'Test', 'Person', '', '', '', '', '',"
            " 'unknown', '', now())"
        )
        cursor.execute("SELECT count(*) FROM pg_temp.sundbyberg_am_change")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM public.sundbyberg_am_change")
        assert cursor.fetchone() == (1,)
    program.rollback()


def test_the_program_can_do_its_work(program):
    """Read and write every table but those on record, and add to the log and the seals."""
    with program.cursor() as cursor:
        cursor.execute(
            "SELECT relname, array_agg(privilege) FROM pg_class,"
            " unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER',"
            " 'REFERENCES', 'MAINTAIN']) AS privilege"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(oid, privilege) GROUP BY relname"
        )
        rights = {table: set(has) for table, has in cursor.fetchall()}
    program.rollback()
    assert rights.pop("sundbyberg_am_accessrecord") == {"SELECT", "INSERT"}
    assert rights.pop("sundbyberg_am_seal") == {"SELECT", "INSERT"}
    assert rights.pop("sundbyberg_am_change") == {"SELECT"}
    assert rights.pop("sundbyberg_am_removal") == {"SELECT"}
    assert rights.pop("django_migrations") == {"SELECT"}
    assert len(rights) > 40
    assert {frozenset(has) for has in rights.values()} == {
        frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MAINTAIN"})
    }
    assert set(rights) >= set(connection.introspection.django_table_names()) - {
        "sundbyberg_am_accessrecord",
        "sundbyberg_am_seal",
        Change._meta.db_table,
        Removal._meta.db_table,
    }
