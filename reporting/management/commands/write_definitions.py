"""`manage write_definitions`: the catalogue of figures as docs/figures.md."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from reporting.exporters import definitions


class Command(BaseCommand):
    help = "Skriver ut hur siffrorna räknas till docs/figures.md."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "figures.md"
        path.write_text(definitions.render(), encoding="utf-8")
        self.stdout.write(f"{path} är skriven.")
