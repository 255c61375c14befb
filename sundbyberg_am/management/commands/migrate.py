"""`manage migrate`: Django's own, as the owner of the tables; then the program and the remover are let in."""

from typing import Any

from django.core.management.commands import migrate

from secrecy.linked import about_people
from secrecy.models import RemovalDecision
from sundbyberg_am.roles import as_owner, let_the_program_in, let_the_remover_in


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            super().handle(*args, **options)
            if not any(options[one] for one in ("plan", "check_unapplied", "app_label")):
                let_the_program_in()
                let_the_remover_in(
                    about_people=[model._meta.db_table for model in about_people()],
                    decisions=RemovalDecision._meta.db_table,
                )
