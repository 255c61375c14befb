"""`manage remove_again`: after a backup is put back, remove those who had been removed since it was made."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from secrecy.actions import ComesBackError, remove_again, removed_people
from sundbyberg_am.roles import as_remover
from sundbyberg_am.templatetags.swedish import number


class Command(BaseCommand):
    help = "Tar bort dem som hade gallrats, sedan en säkerhetskopia har lästs tillbaka."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FIL", help="bakgrundsarbetarens loggrader, sparade utanför"
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            people = removed_people(file.read_text(errors="replace").splitlines())
        except OSError as error:
            sys.exit(f"Filen {file} kan inte läsas: {error.strerror}.")
        except ComesBackError as error:
            sys.exit(str(error))
        with as_remover():
            back = remove_again(people, now=timezone.now())
        self.stdout.write(
            f"Filen nämner {number(len(people))} gallrade. {number(back)} hade kommit tillbaka "
            "och är borttagna igen."
        )
