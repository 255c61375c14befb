"""A migration can be run while the version before it is used, and that version can come back after it.

So it only adds: what the version before reads and writes stays as it was, and no table is locked for as long
as an index takes. What nobody uses any more is removed a version later: see docs/handbok/uppdatera.md.
"""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django_migration_linter.sql_analyser.analyser import analyse_sql_statements
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

from participants.models import Note

# The last of each app in the version that is used; raised when a version is released.
RELEASED = {
    "sundbyberg_am": "0011",
    "participants": "0018",
    "referrals": "0010",
    "secrecy": "0002",
    "reporting": "0003",
}
# Those that may do it all the same, each with its reason: what they remove has not been used for a version.
ALLOWED: dict[tuple[str, str], str] = {}

TABLE = Note._meta.db_table
NEW = models.CharField(max_length=9, default="x")


def refused(migration: migrations.Migration, state: ProjectState) -> set[str]:
    """What in the SQL of the migration the version before could not live with, in the words of the linter."""
    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        migration.apply(state, editor, collect_sql=True)
    sql = [one for one in editor.collected_sql if not one.startswith("--")]
    errors, _, warnings = analyse_sql_statements(PostgresqlAnalyser, sql)
    return {issue.code for issue in [*errors, *warnings]}


# An index that is made beside the traffic refuses to be put into words within a transaction.
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_is_later_than_what_is_released_only_adds():
    loader = MigrationLoader(connection)
    for (app, name), migration in loader.disk_migrations.items():
        later = app in RELEASED and name[:4] > RELEASED[app]
        if later and (app, name) not in ALLOWED:
            state = loader.project_state((app, name), at_end=False)
            assert refused(migration, state) == set(), f"{app}.{name}"


def test_what_is_released_is_there():
    names = MigrationLoader(None).disk_migrations
    found = {(app, name[:4]) for app, name in names}
    assert found.issuperset(RELEASED.items())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (migrations.RemoveField("note", "text"), "DROP_COLUMN"),
        (migrations.RenameField("note", "text", "words"), "RENAME_COLUMN"),
        (migrations.DeleteModel("ListedWord"), "DROP_TABLE"),
        (migrations.AlterModelTable("note", "others"), "RENAME_TABLE"),
        (migrations.AddField("note", "new", NEW), "NOT_NULL"),
        (migrations.AlterField("note", "text", models.IntegerField()), "ALTER_COLUMN"),
        (
            migrations.AddIndex("note", models.Index(fields=["kind"], name="by_kind")),
            "CREATE_INDEX",
        ),
        (
            migrations.AddConstraint(
                "note", models.UniqueConstraint(fields=["kind", "text"], name="once")
            ),
            "ADD_UNIQUE",
        ),
        (migrations.RunSQL(f"ALTER TABLE {TABLE} DROP COLUMN text"), "DROP_COLUMN"),
    ],
    ids=lambda one: (
        type(one).__name__ if isinstance(one, migrations.operations.base.Operation) else one
    ),
)
def test_what_the_version_before_cannot_live_with_is_refused(operation, why):
    assert why in refused_of(operation)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("note", "new", models.CharField(max_length=9, db_default="x")),
        migrations.AddField("note", "new", models.DateField(null=True)),
        migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))]),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("note", "text")]
        ),
    ],
)
def test_what_only_adds_may(operation):
    assert refused_of(operation) == set()


def refused_of(operation: migrations.operations.base.Operation) -> set[str]:
    later = type("Later", (migrations.Migration,), {"operations": [operation]})
    return refused(later("later", "participants"), MigrationLoader(connection).project_state())
