"""`manage.py build_report CODE [--format FORMAT] [--public] [--output FILE]`: count a report, write it."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reporting.actions import public_content
from reporting.content import build_content
from reporting.exporters import BY_ENDING
from reporting.periods import Period


class Command(BaseCommand):
    """Counts now and writes a file; no run is kept."""

    help = "Räknar en rapport och skriver den till en fil eller till standard ut."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="CODE", help="2026-T1, 2026-T2 eller 2026")
        parser.add_argument("--format", choices=BY_ENDING, default="json")
        parser.add_argument(
            "--public", action="store_true", help="göm små tal, som i den offentliga versionen"
        )
        parser.add_argument("--output", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = Period.parse(options["code"])
        except ValueError as error:
            sys.exit(str(error))
        content = build_content(period, counted_on=timezone.localdate())
        if options["public"]:
            content = public_content(content)
        file = BY_ENDING[options["format"]].render(content)
        if options["output"] is None:
            sys.stdout.buffer.write(file)
            return
        try:
            options["output"].write_bytes(file)
        except OSError as error:
            sys.exit(f"Filen {options['output']} kunde inte skrivas: {error.strerror}.")
