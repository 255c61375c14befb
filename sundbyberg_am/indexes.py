"""How a migration makes an index of a table that is in use."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently


class AddIndexBeside(AddIndexConcurrently):
    """An index that is made while others write, and in no transaction.

    What is left of one that was broken off is taken away first, so that the migration can begin again.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Make it, anew."""
        name = schema_editor.quote_name(self.index.name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)
