"""`manage migrate`: Django's own, as the owner of the tables; then the program is let in."""

from typing import Any

from django.core.management.commands import migrate

from sundbyberg_am.roles import as_owner, let_the_program_in


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            super().handle(*args, **options)
            if not any(options[one] for one in ("plan", "check_unapplied", "app_label")):
                let_the_program_in()
