"""The page of definitions says what the catalogue says."""

import pytest
from django.conf import settings

from reporting.exporters import definitions


@pytest.mark.django_db
def test_docs_figures_is_up_to_date():
    written = (settings.BASE_DIR / "docs" / "figures.md").read_text(encoding="utf-8")
    assert written == definitions.render(), "Kör: python3 dev.py manage write_definitions"
