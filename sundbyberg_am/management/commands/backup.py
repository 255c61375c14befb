"""`manage backup FIL`: a copy of the embedded database in one file, also while the program is used."""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from sundbyberg_am.backup import BackupError, back_up
from sundbyberg_am.templatetags.swedish import number


class Command(BaseCommand):
    help = "Kopierar den inbyggda databasen till en fil. Filen innehåller allt: förvara den som databasen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FIL")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        began = time.monotonic()
        try:
            sums = back_up(file.absolute())
        except BackupError as error:
            sys.exit(str(error))
        rows = sum(int(count) for count, _ in sums.values())
        self.stdout.write(
            f"{file}: {number(rows)} rader i {len(sums)} tabeller, {time.monotonic() - began:.0f} s."
        )
