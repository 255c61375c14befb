"""`manage import_cases`: cases and interventions from files."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand
from django.db import IntegrityError
from django.utils import timezone
from tqdm import tqdm

from referrals.importing.cases import Counts, Refused, import_cases
from sundbyberg_am.templatetags.swedish import plural

T = TypeVar("T")


class Command(BaseCommand):
    help = "Läser in ärenden och insatser från filer. Allt sparas, eller inget."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", type=Path, help="ärenden, .csv eller .xlsx")
        parser.add_argument("--interventions", type=Path, help="insatser, .csv eller .xlsx")
        parser.add_argument("--dry-run", action="store_true", help="kontrollera utan att spara")

    def handle(
        self,
        *args: Any,
        cases: Path,
        interventions: Path | None,
        dry_run: bool,
        **options: Any,
    ) -> None:
        try:
            counts = import_cases(
                cases,
                interventions,
                today=timezone.localdate(),
                dry_run=dry_run,
                progress=with_bar,
            )
        except Refused as refused:
            self._list(refused, told_apart(cases, interventions) if interventions else [])
            sys.exit(1)
        except IntegrityError:
            self.stderr.write(
                "Någon annan sparade samma uppgifter samtidigt, så inget från filen har sparats. "
                "Kör importen igen."
            )
            sys.exit(1)
        self.stdout.write(summary(counts, dry_run=dry_run))

    def _list(self, refused: Refused, files: list[str]) -> None:
        """Every fault on a line of its own, with the file's name when there are two."""
        for fault in refused.faults:
            self.stderr.write(f"{files[fault.file]}, {fault}" if files else str(fault))
        number = len(refused.faults)
        self.stderr.write(
            f"{number} fel. Inget har sparats. Rätta {'filerna' if files else 'filen'} och kör "
            "importen igen."
        )


def told_apart(*files: Path) -> list[str]:
    """The files' names, or where they are when the names are the same."""
    names = [file.name for file in files]
    return names if len(set(names)) == len(names) else [str(file) for file in files]


def with_bar(items: Sequence[T], word: str) -> Iterable[T]:
    """Go through the items behind a progress bar, when somebody is watching a terminal."""
    return tqdm(items, desc=word, disable=None, leave=False)


def summary(counts: Counts, *, dry_run: bool) -> str:
    """What was stored, or would have been, and what was there already."""
    lines = [
        "Filerna har inga fel. Det här skulle ha sparats:" if dry_run else "Det här har sparats:",
        f"  deltagare      {counts.participants:>7}",
        f"  inskrivningar  {counts.enrolments:>7}",
        f"  anvisningar    {counts.referrals:>7}",
        f"  insatser       {counts.interventions:>7}",
    ]
    if counts.enrolments_left or counts.interventions_left:
        lines.append(
            f"Fanns redan och är kvar som de var: "
            f"{plural(counts.enrolments_left, 'inskrivning,inskrivningar')} och "
            f"{plural(counts.interventions_left, 'insats,insatser')}."
        )
    if dry_run:
        lines.append("Inget har sparats, eftersom det var en provkörning.")
    return "\n".join(lines)
