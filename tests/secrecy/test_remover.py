"""The role that removes: it can do that as the worker does it, and nothing else."""

from collections.abc import Iterator
from datetime import date

import dj_database_url
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from participants.models import Participant
from secrecy import tasks
from secrecy.actions import decide_removal, digest_of
from secrecy.due import list_of_year
from secrecy.linked import about_people
from secrecy.models import RemovalDecision
from sundbyberg_am.access import Role
from sundbyberg_am.models import Removal
from tests.builders import a_user, an_enrolment

REMOVER = (
    dj_database_url.parse(settings.DATABASE_REMOVAL_URL) if settings.DATABASE_REMOVAL_URL else {}
)
pytestmark = pytest.mark.skipif(not REMOVER, reason="DATABASE_REMOVAL_URL is not set")

ON_RECORD = {"sundbyberg_am_accessrecord", "sundbyberg_am_change"}
REFUSED = [
    "UPDATE participants_participant SET first_name = 'x'",
    "INSERT INTO participants_participant DEFAULT VALUES",
    "UPDATE sundbyberg_am_accessrecord SET page = 'x'",
    "UPDATE sundbyberg_am_change SET through = 'x'",
    "DELETE FROM sundbyberg_am_seal",
    "DELETE FROM sundbyberg_am_removal",
    "UPDATE sundbyberg_am_removal SET rows = '{}'",
    "DELETE FROM sundbyberg_am_user",
    "UPDATE sundbyberg_am_user SET role = 'manager'",
    "DELETE FROM reporting_reportrun",
    "TRUNCATE participants_participant CASCADE",
    "DROP TABLE participants_note",
    "ALTER TABLE participants_note DISABLE TRIGGER ALL",
    "INSERT INTO secrecy_removaldecision DEFAULT VALUES",
    "INSERT INTO secrecy_removalentry DEFAULT VALUES",
    "INSERT INTO sundbyberg_am_seal DEFAULT VALUES",
    "SET ROLE sundbyberg_am",
    "SET ROLE sundbyberg_am_program",
]


@pytest.fixture(scope="module")
def remover(django_db_setup) -> Iterator[psycopg.Connection]:
    """A connection to the test database as the worker connects while it removes."""
    with psycopg.connect(
        host=REMOVER["HOST"],
        port=REMOVER["PORT"] or None,
        user=REMOVER["USER"],
        password=REMOVER["PASSWORD"] or None,
        dbname=connection.settings_dict["NAME"],
    ) as made:
        yield made


@pytest.mark.django_db
@pytest.mark.parametrize("statement", REFUSED)
def test_it_can_do_nothing_else(remover, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege), remover.cursor() as cursor:
        cursor.execute(statement)
    remover.rollback()


@pytest.mark.django_db
def test_it_can_remove_from_what_is_about_people_and_from_nothing_else(remover):
    with remover.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace AND has_table_privilege(oid, 'DELETE')"
        )
        found = {table for (table,) in cursor.fetchall()}
    remover.rollback()
    people = {model._meta.db_table for model in about_people()}
    assert found == people | ON_RECORD | {"sundbyberg_am_draft"}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_worker_removes_as_that_role_and_is_itself_again():
    manager = a_user(Role.MANAGER)
    year = timezone.localdate().year
    an_enrolment(date(year - 7, 1, 7), date(year - 7, 8, 1), born=date(1985, 3, 14))
    due, _ = list_of_year(year, user=manager)
    seen = digest_of(subject for one in due for subject in one.subjects)
    decision = decide_removal(seen=seen, now=timezone.now(), by=manager)
    before = connection.settings_dict["USER"]
    tasks.carry_out_removals()
    tasks.remove_by_the_rule()
    assert connection.settings_dict["USER"] == before
    assert not Participant.objects.exists()
    assert Removal.objects.get().decided_by == manager
    assert RemovalDecision.objects.get(pk=decision.pk).finished_at
