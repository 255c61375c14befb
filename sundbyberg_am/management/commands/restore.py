"""`manage restore FIL`: a new installation from a copy that `manage backup` has made."""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from sundbyberg_am.backup import BackupError, restore
from sundbyberg_am.templatetags.swedish import number


class Command(BaseCommand):
    help = "Läser tillbaka en säkerhetskopia till en ny DATA_DIR, och kontrollerar att allt är där."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FIL")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        began = time.monotonic()
        try:
            sums = restore(file.absolute())
        except BackupError as error:
            sys.exit(str(error))
        rows = sum(int(count) for count, _ in sums.values())
        self.stdout.write(
            f"{settings.DATA_DIR}: {number(rows)} rader i {len(sums)} tabeller, alla som i kopian, "
            f"{time.monotonic() - began:.0f} s."
        )
        self.stdout.flush()
        # In a process of its own, which reads the key that came with the copy.
        os.environ.pop("SECRET_KEY", None)
        done = subprocess.run(
            [sys.executable, settings.BASE_DIR / "manage.py", "verify_log"], check=False
        )
        sys.exit(done.returncode)
