"""A copy is made while somebody writes, and a new installation of it has everything, sealed as it was."""

import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.setup.conftest import ROOT

from .city import City, wait_until
from .writers import Writers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


def manage(city: City, *arguments: str | Path, **variables: str) -> Any:
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        env={**city.environment, **variables},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def test_a_copy_made_while_somebody_writes_is_restored_whole(city, tmp_path):
    tmp_path.chmod(0o755)
    copy, new = city.home / "kopia.tar", city.home / "new"
    with Writers(city) as writers:
        wait_until(lambda: writers.acknowledged, 60)
        written = set(writers.acknowledged)
        made = manage(city, "backup", copy)
    assert made.returncode == 0, made.stderr
    assert copy.stat().st_mode & 0o777 == 0o600
    again = manage(city, "backup", copy)
    assert (again.returncode, "finns redan" in again.stderr) == (1, True)

    into = {"DATA_DIR": str(new), "BROKER_URL": ""}
    restored = manage(city, "restore", copy, **into)
    assert restored.returncode == 0, restored.stderr
    assert "alla som i kopian" in restored.stdout
    assert "Allt är helt" in restored.stdout
    told = manage(
        city,
        "shell",
        "-c",
        "from participants.models import Note; print(*Note.objects.values_list('text', flat=True))",
        **into,
    )
    assert written <= set(told.stdout.split())
    twice = manage(city, "restore", copy, **into)
    assert (twice.returncode, "finns redan en databas" in twice.stderr) == (1, True)


def test_what_is_no_copy_is_not_restored(city, tmp_path):
    broken = city.home / "trasig.tar"
    with tarfile.open(broken, "w") as archive:
        archive.add(ROOT / "README.md", arcname="database.dump")
    into = {"DATA_DIR": str(city.home / "other"), "BROKER_URL": ""}
    refused = manage(city, "restore", broken, **into)
    assert (refused.returncode, refused.stderr) == (
        1,
        f"Filen {broken} är ingen hel säkerhetskopia.\n",
    )
