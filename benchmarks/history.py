"""A thousand cases in a period: after a history as long as that of the database, and alone.

Either stands in a schema of its own, before the program's tables on the search path; what is not there is
read from those. The cases are the same, and so are their figures.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from reporting.periods import Period

CASES = 1_000
LONG, ALONE = "after_a_history", "alone"

_IN_PERIOD = "started_on <= '{last}' AND (ended_on IS NULL OR ended_on >= '{first}')"
_OF_CASES = "enrolment_id IN (SELECT id FROM participants_enrolment)"
_OF_EITHER = {
    "participants_levelchange": _OF_CASES,
    "participants_plan": _OF_CASES,
    "participants_intervention": _OF_CASES,
    "participants_assessment": _OF_CASES,
    "participants_domainsteps": "assessment_id IN (SELECT id FROM participants_assessment)",
}
# Which rows of each table are in a schema: of the program's in the first, of the first's in the second.
_ROWS = {
    LONG: {
        "participants_enrolment": f"ended_on < '{{first}}' OR id % {{every}} = 0 AND {_IN_PERIOD}",
        "referrals_referral": f"{_OF_CASES} OR enrolment_id IS NULL"
        " AND (decided_on < '{first}' OR id % {every} = 0 AND decided_on <= '{last}')",
        **_OF_EITHER,
    },
    ALONE: {
        "participants_enrolment": "participant_id IN"
        f" (SELECT participant_id FROM {LONG}.participants_enrolment WHERE {_IN_PERIOD})",
        "referrals_referral": f"{_OF_CASES} OR enrolment_id IS NULL AND decided_on >= '{{first}}'",
        "participants_participant": "id IN (SELECT participant_id FROM participants_enrolment)"
        " OR personnummer IN (SELECT personnummer FROM referrals_referral)",
        **_OF_EITHER,
    },
}


def make(url: str, period: Period) -> None:
    """Make both schemas anew, as the superuser at `url`."""
    numbers = {"first": period.first_day, "last": period.last_day}
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("SET work_mem = '512MB'")  # a million keys are looked up in memory
        owner.execute(f"DROP SCHEMA IF EXISTS {LONG}, {ALONE} CASCADE")
        counted = f"SELECT count(*) FROM participants_enrolment WHERE {_IN_PERIOD}"
        (cases,) = owner.execute(counted.format(**numbers)).fetchone() or (0,)
        every, before = max(1, cases // CASES), "public"
        for schema, rows in _ROWS.items():
            owner.execute(f"CREATE SCHEMA {schema}; GRANT USAGE ON SCHEMA {schema} TO PUBLIC")
            owner.execute(f"SET search_path = {schema}, public")
            for table, which in rows.items():
                source = before if table in _ROWS[LONG] else "public"
                which = which.format(every=every, **numbers)
                owner.execute(
                    f"CREATE TABLE {schema}.{table} AS SELECT * FROM {source}.{table} WHERE {which}"
                )
                _index_as_ours(owner, schema, table)
                owner.execute(f"VACUUM ANALYZE {schema}.{table}")
            owner.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO PUBLIC")
            before = schema


def _index_as_ours(owner: psycopg.Connection, schema: str, table: str) -> None:
    ours = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = %s"
    for (definition,) in owner.execute(ours, [table]).fetchall():
        owner.execute(definition.replace(" ON public.", f" ON {schema}."))


@contextmanager
def within(schema: str) -> Iterator[None]:
    """The program reads what is in the schema."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path = {schema}, public")
        try:
            yield
        finally:
            cursor.execute("RESET search_path")
