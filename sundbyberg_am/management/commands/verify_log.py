"""`manage verify_log`: is anything in the access log or the history changed since it was written?"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from sundbyberg_am.roles import may_change_records
from sundbyberg_am.seals import Broken, known_roots, verify
from sundbyberg_am.templatetags.swedish import number


class Command(BaseCommand):
    help = (
        "Räknar om förseglingarna av åtkomstloggen och historiken, och säger var något är ändrat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--roots",
            type=Path,
            metavar="FIL",
            help="förseglingar nedskrivna utanför systemet, till exempel bakgrundsarbetarens loggrader",
        )

    def handle(self, *args: Any, roots: Path | None, **options: Any) -> None:
        try:
            lines = roots.read_text(errors="replace").splitlines() if roots else []
            whole = verify(known_roots(lines))
        except OSError as error:
            sys.exit(f"Filen {roots} kan inte läsas: {error.strerror}.")
        except Broken as broken:
            sys.exit(str(broken))
        self.stdout.write(
            f"Allt är helt: {number(whole.rows)} rader i {number(whole.seals)} förseglingar. "
            f"{number(whole.unsealed)} rader är nya och har ingen försegling än."
        )
        if whole.removed:
            self.stdout.write(f"{number(whole.removed)} rader är borta genom gallring.")
        if may_change_records():
            self.stderr.write(
                "Programmets användare i databasen får ändra loggen. Sätt DATABASE_OWNER_URL när du kör "
                "manage.py migrate, och en annan användare i DATABASE_URL."
            )
        if whole.last:
            self.stdout.write(f"Den sista: {whole.last}")
