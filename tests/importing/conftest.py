"""An office with files, and a database that nothing has been imported to."""

from pathlib import Path

import pytest

from .writing import Office


@pytest.fixture
def office(tmp_path: Path, db: None) -> Office:
    """Whoever runs the import, on 30 June 2024."""
    return Office(tmp_path)
