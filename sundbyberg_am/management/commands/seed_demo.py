"""`manage seed_demo`: a made-up municipality in an empty database."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from sundbyberg_am.demo import EARLIEST, NotEmpty, seed


class Command(BaseCommand):
    help = "Fyller en tom databas med en påhittad kommun, från 2021 till i dag."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", type=a_day, help="låt det vara den här dagen: 2026-03-31")

    def handle(self, *args: Any, today: date | None, verbosity: int, **options: Any) -> None:
        try:
            seed(today or timezone.localdate())
        except NotEmpty:
            self.stderr.write(
                "Databasen är inte tom. Den påhittade kommunen läggs bara i en tom databas, så inget "
                "har ändrats."
            )
            sys.exit(1)
        if verbosity:
            self.stdout.write("Den påhittade kommunen finns nu i databasen.")


def a_day(text: str) -> date:
    """The day of `--today`."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("skriv dagen som 2026-03-31") from None
    if day < EARLIEST:
        raise ArgumentTypeError(f"välj en dag från {EARLIEST}")
    return day
