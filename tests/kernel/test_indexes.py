"""An index that is made beside the traffic is made again when it was broken off."""

import pytest
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from sundbyberg_am.indexes import AddIndexBeside
from sundbyberg_am.roles import as_owner


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'participants_note'")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_is_left_of_an_index_is_no_obstacle():
    before = MigrationLoader(connection).project_state()
    operation = AddIndexBeside("note", models.Index(fields=["kind"], name="note_in_test"))
    after = before.clone()
    operation.state_forwards("participants", after)
    with as_owner():
        for _ in range(2):
            with connection.schema_editor(atomic=False) as editor:
                operation.database_forwards("participants", editor, before, after)
            assert "note_in_test" in indexes()
        with connection.schema_editor(atomic=False) as editor:
            operation.database_backwards("participants", editor, after, before)
    assert "note_in_test" not in indexes()
