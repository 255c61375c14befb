"""Made-up cases by the hundred thousand, written by the database itself.

Sizes are enrolments; people, plans, notes and records follow in the proportions of a large office with ten
years of history. A thousand of the enrolments are in a small unit of their own, the rest in one large.
Of the changes that the program keeps a history of, each person's and each case's first is there.
Each database is filled once and kept; one filled by other code than this is made anew.
"""

import hashlib
import sys
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.contrib.auth.hashers import make_password
from psycopg import sql

from sundbyberg_am.demo.texts import LAST_NAMES, MEN, WOMEN

SMALL_UNIT = 1_000  # enrolments in it
CASELOAD = 40  # open cases a consultant, about
NOTES_OF_THE_LONG_CASE = 400
LAST_DAY = "2026-10-31"
_UNDER_WAY = "is being filled"

# Dropped while a table is filled and made again from all its rows at once.
_LARGE = (
    "participants_participant",
    "participants_enrolment",
    "participants_levelchange",
    "participants_plan",
    "participants_goal",
    "participants_step",
    "participants_intervention",
    "participants_note",
    "participants_assessment",
    "participants_domainsteps",
    "referrals_referral",
    "sundbyberg_am_change",
    "sundbyberg_am_accessrecord",
)
_SMALL = ("sundbyberg_am_user", "sundbyberg_am_unit", "participants_offer")

_FUNCTIONS = """
CREATE FUNCTION pg_temp.luhn(digits text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (10 - sum(CASE WHEN n % 2 = 0 THEN d ELSE d * 2 / 10 + d * 2 % 10 END) % 10) % 10
    FROM (SELECT n, substr(digits, n + 1, 1)::int AS d FROM generate_series(0, 8) AS n) AS each
$$;
CREATE FUNCTION pg_temp.some(list text[], chance double precision) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT list[1 + floor(chance * array_length(list, 1))::int]
$$;
CREATE FUNCTION pg_temp.kind(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT ('{job_search,work_trial,matching,placement_public,guidance}'::text[])[1 + n % 5]
$$;
"""

# {people} and so on are put in by `_statement`. Persons of the first fifth have two enrolments.
_STATEMENTS = {
    "units": """
        INSERT INTO sundbyberg_am_unit (id, name, kind) VALUES
            (1001, 'Stora enheten', 'labour_market'), (1002, 'Lilla enheten', 'labour_market'),
            (1003, 'Ekonomiskt bistånd i mätningen', 'social_services')""",
    "users": """
        INSERT INTO sundbyberg_am_user
            (id, password, public_id, username, name, email, role, is_active, unit_id)
        SELECT 1000 + n, {password}, gen_random_uuid(), 'user' || n, 'Konsulent ' || n, '',
            CASE WHEN n <= 2 THEN 'manager' WHEN n = 3 THEN 'social_secretary' ELSE 'consultant' END, true,
            CASE n % 2 WHEN 0 THEN 1002 ELSE 1001 END + CASE n WHEN 3 THEN 2 ELSE 0 END
        FROM generate_series(1, {users}) AS n""",
    "people": """
        INSERT INTO participants_participant
            (id, public_id, personnummer, no_personnummer_reason, birth_date, registered_sex, first_name,
             last_name, phone, email, address, contact_preference, interpreter_language, education,
             created_at, protection)
        SELECT n, gen_random_uuid(), to_char(born, 'YYYYMMDD') || serial || pg_temp.luhn(
                to_char(born, 'YYMMDD') || serial), '', born, '',
            pg_temp.some(CASE n % 2 WHEN 0 THEN {women}::text[] ELSE {men}::text[] END, random()),
            pg_temp.some({last_names}::text[], random() * random()), '', '', '', '', '',
            pg_temp.some('{{primary_incomplete,primary,secondary,post_secondary,unknown}}', random()),
            now(), ''
        FROM (
            SELECT n, date '1962-01-01' + (n % 14610)::int AS born,
                lpad(((n / 14610) * 2 + 100 + (n + 1) % 2)::text, 3, '0') AS serial
            FROM generate_series(1, {people}) AS n
        ) AS each""",
    "enrolments": """
        INSERT INTO participants_enrolment
            (id, started_on, ended_on, initiator, exit_confirmed, exit_destination, exited_at, void_reason,
             created_at, consultant_id, exit_reason_id, exited_by_id, unit_id, participant_id)
        SELECT n, started, CASE WHEN is_open THEN NULL ELSE ended END,
            pg_temp.some('{{social_services,social_services,employment_service,self}}', random()),
            CASE WHEN NOT is_open AND reason IN (
                SELECT id FROM participants_exitreason WHERE kas_class IN ('A', 'B')
            ) THEN pg_temp.some('{{true,true,false,NULL}}', random())::boolean END, '',
            CASE WHEN is_open THEN NULL ELSE ended + time '12:00' END, '', started + time '09:00',
            consultant, CASE WHEN is_open THEN NULL ELSE reason END,
            CASE WHEN is_open THEN NULL ELSE consultant END, unit, participant
        FROM (
            SELECT *, ended > date {last_day} AS is_open FROM (
                SELECT n, participant, started, started + 20 + floor(random() * 480)::int AS ended,
                    CASE WHEN n <= {small} THEN 1002 ELSE 1001 END AS unit,
                    (SELECT array_agg(id ORDER BY id) FROM participants_exitreason)[
                        1 + floor(random() * 10)::int] AS reason,
                    CASE WHEN n <= {small} THEN 1004 + n % {small_staff} * 2
                        ELSE 1005 + n % {large_staff} * 2 END AS consultant
                FROM (
                    SELECT n, CASE WHEN n <= {people} THEN n ELSE n - {people} END AS participant,
                        CASE WHEN n > {people} THEN date '2021-06-01' + floor(random() * 1900)::int
                            WHEN n <= {size} - {people} THEN date '2016-01-01' + floor(random() * 1450)::int
                            ELSE date '2016-01-01' + floor(random() * 3900)::int END AS started
                    FROM generate_series(1, {size}) AS n
                ) AS begun
            ) AS lasting
        ) AS each""",
    "levels": """
        INSERT INTO participants_levelchange (level, valid_from, reason, created_at, enrolment_id)
        SELECT CASE WHEN random() < 0.04 THEN 'AM1' WHEN random() < 0.5 THEN 'AM2' ELSE 'AM3' END,
            started_on, '', created_at, id
        FROM participants_enrolment ORDER BY id""",
    "moves": """
        INSERT INTO participants_levelchange (level, valid_from, reason, created_at, enrolment_id)
        SELECT 'AM2', started_on + 15, 'Har kommit längre.', created_at, id
        FROM participants_enrolment WHERE id % 8 = 0 ORDER BY id""",
    "plans": """
        INSERT INTO participants_plan
            (id, number, follow_up_on, adopted_on, participant_agrees, disagreement, created_at,
             adopted_by_id, enrolment_id)
        SELECT id, 1, started_on + 90, started_on + floor(random() * 40)::int, true, '', created_at,
            consultant_id, id
        FROM participants_enrolment""",
    "goals": """
        INSERT INTO participants_goal (id, text, plan_id, position)
        SELECT id, 'Jag vill ha ett arbete på minst halvtid.', id, 1 FROM participants_plan""",
    "steps": """
        INSERT INTO participants_step (text, kind, responsible, due_on, state, goal_id, position)
        SELECT 'Träffar Jobbcenter varje vecka', 'own', 'participant', adopted_on + 30 * n,
            CASE WHEN random() < 0.5 THEN 'done' ELSE 'planned' END, plan.id, n
        FROM participants_plan AS plan, generate_series(1, 2) AS n ORDER BY plan.id""",
    "offers": """
        INSERT INTO participants_offer
            (id, name, kind, provider, audience, valid_from, description)
        SELECT 1000 + n, 'Erbjudande ' || n, kind, CASE WHEN n <= 5 THEN '' ELSE 'Anordnare ' || n % 3 END,
            CASE WHEN n % 2 = 0 THEN 'general' ELSE 'individual' END, date '2016-01-01', ''
        FROM generate_series(1, 15) AS n, pg_temp.kind(n) AS kind""",
    "interventions": """
        INSERT INTO participants_intervention
            (kind, offer_id, provider, need, hours_per_week, started_on, planned_end_on, ended_on, outcome,
             created_at, enrolment_id, workplace)
        SELECT pg_temp.kind(id + n), CASE WHEN n <> 2 THEN 1001 + (id + n - 1) % 15 END,
            CASE WHEN n = 2 THEN 'Jobbcenter' ELSE '' END, '', 20, started_on + least(n * 7, lasting), NULL,
            CASE WHEN ended_on IS NULL THEN NULL ELSE started_on + least(n * 30, lasting) END,
            CASE WHEN ended_on IS NULL THEN '' ELSE 'completed' END, created_at, id, ''
        FROM (
            SELECT *, coalesce(ended_on, date {last_day}) - started_on AS lasting FROM participants_enrolment
        ) AS enrolment, generate_series(1, 2 + (id % 2)::int) AS n ORDER BY id""",
    "notes": """
        INSERT INTO participants_note (kind, happened_on, text, created_at, created_by_id, enrolment_id)
        SELECT pg_temp.some('{{call,meeting,other}}', random()), started_on + least(n * 5, lasting),
            repeat('Har träffat deltagaren och talat om vad som händer härnäst. ', 4), created_at,
            consultant_id, id
        FROM (
            SELECT *, coalesce(ended_on, date {last_day}) - started_on AS lasting FROM participants_enrolment
        ) AS enrolment, generate_series(1, 5) AS n ORDER BY id""",
    "notes of the long case": """
        INSERT INTO participants_note (kind, happened_on, text, created_at, created_by_id, enrolment_id)
        SELECT 'call', started_on + n, repeat('Ringde om mötet i nästa vecka. ', 8), now(), consultant_id, id
        FROM participants_enrolment, generate_series(1, {long_notes}) AS n WHERE id = {long_case}""",
    "assessments": """
        INSERT INTO participants_assessment (id, assessed_on, occasion, version, created_at, enrolment_id)
        SELECT 2 * id + n, started_on + 7 + n * 80, CASE n WHEN 0 THEN 'start' ELSE 'follow_up' END, 1,
            created_at, id
        FROM participants_enrolment, generate_series(0, 1) AS n
        WHERE id % 4 = 0 AND started_on + 90 <= coalesce(ended_on, date {last_day}) ORDER BY id""",
    "steps of the assessments": """
        INSERT INTO participants_domainsteps (domain, consultant_step, assessment_id)
        SELECT domain, 1 + floor(random() * 5)::int, id
        FROM participants_assessment, unnest('{{health,job_search,routines}}'::text[]) AS domain
        ORDER BY id""",
    "referrals": """
        INSERT INTO referrals_referral
            (public_id, initiator, personnummer, no_personnummer_reason, first_name, last_name, phone, email,
             interpreter_language, answers, proposed_level, level, level_reason, status, submitted_on,
             answer_due_on, decided_on, return_reason, created_at, decided_by_id, enrolment_id, from_unit_id,
             sender_id, to_unit_id)
        SELECT gen_random_uuid(), 'social_services', personnummer, '', first_name, last_name, '', '', '',
            '{{}}', '', pg_temp.some('{{AM2,AM3}}', random()), '',
            CASE WHEN accepted THEN 'accepted' ELSE 'returned' END,
            started_on - waited, started_on - waited + 15, started_on - waited / 2,
            CASE WHEN accepted THEN '' ELSE 'Uppgifter saknas.' END, enrolment.created_at, consultant_id,
            CASE WHEN accepted THEN enrolment.id END, 1003, 1003, unit_id
        FROM participants_enrolment AS enrolment
        JOIN participants_participant AS person ON person.id = participant_id,
            LATERAL (SELECT (enrolment.id % 25)::int AS waited) AS days,
            LATERAL (VALUES (true), (false)) AS answered (accepted)
        WHERE enrolment.initiator = 'social_services' AND (accepted OR enrolment.id % 20 = 0)
        ORDER BY enrolment.id""",
    "history of people": """
        INSERT INTO sundbyberg_am_change (at, through, kind, "table", row, participant)
        SELECT created_at, '', 'INSERT', 'participants_participant', id, id FROM participants_participant""",
    "history of cases": """
        INSERT INTO sundbyberg_am_change (at, through, kind, "table", row, participant, enrolment)
        SELECT created_at, '', 'INSERT', 'participants_enrolment', id, participant_id, id
        FROM participants_enrolment""",
    "access records": """
        INSERT INTO sundbyberg_am_accessrecord (at, page, subjects, user_id, ground)
        SELECT timestamptz '2021-01-01' + n * interval '15 seconds', 'participant',
            ARRAY[gen_random_uuid()], 1000 + 4 + n % ({users} - 4), 'assigned'
        FROM generate_series(1, {records}) AS n""",
}


def fill(url: str, size: int) -> float:
    """Fill a migrated database, as its superuser at `url`; the seconds that it took, 0 when it was full."""
    with psycopg.connect(url, autocommit=True) as connection:
        words = " ".join((_FUNCTIONS + "".join(_STATEMENTS.values())).split())
        made_by = f"filled by {hashlib.sha256(words.encode()).hexdigest()}"
        found = connection.execute("SELECT obj_description('public'::regnamespace)").fetchone()
        if found and found[0] == made_by:
            return 0.0
        if found and found[0] == _UNDER_WAY:
            sys.exit(
                "A filling was cut off and its indexes are lost. Remove the folder of the size."
            )
        began = time.monotonic()
        connection.execute(f"COMMENT ON SCHEMA public IS '{_UNDER_WAY}'")
        # What other code filled it with.
        connection.execute(f"TRUNCATE {', '.join(_LARGE)} CASCADE")
        connection.execute("SET session_replication_role = replica")
        for table in _SMALL:
            connection.execute(f"DELETE FROM {table}")
        indexes = _without_indexes(connection)
        numbers = _numbers(size)
        units, users, *rest, records = _STATEMENTS
        _do(url, numbers, [units, users])
        with ThreadPoolExecutor() as executor:  # the records are of nobody but users
            list(executor.map(lambda names: _do(url, numbers, names), [rest, [records]]))
        for definition in indexes:
            connection.execute(definition)
        _set_sequences(connection)
        # As it would be after ten years: what is read by its index only need not be looked up in the table.
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
        connection.execute(sql.SQL("COMMENT ON SCHEMA public IS {}").format(sql.Literal(made_by)))
        return time.monotonic() - began


def _do(url: str, numbers: Mapping[str, sql.Composable], names: Iterable[str]) -> None:
    """Do the statements of these names, on a connection without triggers and checks of relations."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        connection.execute(_FUNCTIONS)
        for name in names:
            connection.execute(sql.SQL(_STATEMENTS[name]).format(**numbers))


def _numbers(size: int) -> dict[str, sql.Composable]:
    small, people = min(SMALL_UNIT, size // 2), size * 4 // 5
    ongoing = size // 9  # of ten years, with cases of a good eight months
    users = 12 + 2 * max(4, ongoing // CASELOAD)
    return {
        name: sql.Literal(value)
        for name, value in {
            "size": size,
            "people": people,
            "small": small,
            "users": users,
            "small_staff": 4,
            "large_staff": max(4, ongoing // CASELOAD),
            "records": size * 10,
            "long_notes": NOTES_OF_THE_LONG_CASE,
            "long_case": people - 1,
            "last_day": LAST_DAY,
            "password": make_password("demo-sundbyberg"),
            "women": list(WOMEN),
            "men": list(MEN),
            "last_names": list(LAST_NAMES),
        }.items()
    }


def _without_indexes(connection: psycopg.Connection) -> list[str]:
    """Drop what slows the filling; the statements that make it again, what others lean on first."""
    connection.execute("SET maintenance_work_mem = '1GB'")
    again = []
    rows = connection.execute(
        """
        SELECT index.indexrelid::regclass::text, pg_get_indexdef(index.indexrelid),
            index.indrelid::regclass::text, conname, pg_get_constraintdef(bound.oid)
        FROM pg_index AS index
        LEFT JOIN pg_constraint AS bound ON bound.conindid = index.indexrelid AND contype IN ('u', 'x')
        WHERE index.indrelid::regclass::text = ANY(%s) AND NOT indisprimary
            AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = indexrelid AND contype = 'f')
        """,
        [list(_LARGE)],
    ).fetchall()
    for name, definition, table, constraint, bound in rows:
        if constraint:
            connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
            again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{constraint}" {bound}')
        else:
            connection.execute(f"DROP INDEX {name}")
            again.append(definition)
    return again


def _set_sequences(connection: psycopg.Connection) -> None:
    for table in (*_SMALL, *_LARGE):
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
        )
