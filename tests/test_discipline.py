"""What is checked of the code itself: lint, types, templates, layers, migrations, length of files."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON_FILES = [
    path
    for path in ROOT.rglob("*.py")
    if not {".venv", "var", "node_modules", "migrations"} & set(path.relative_to(ROOT).parts)
]


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy", "."],
        ["djlint", "templates", "--lint", "--quiet"],
        ["lint-imports"],
    ],
    ids=" ".join,
)
def test_check_finds_nothing(command):
    program, *arguments = command
    done = subprocess.run(
        [BIN / program, *arguments], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.django_db
def test_no_migration_is_missing():
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_file_is_longer_than_five_hundred_lines():
    files = PYTHON_FILES + [
        path
        for folder in ("templates", "static/css", "static/js")
        for path in (ROOT / folder).rglob("*.*")
    ]
    long = {str(path.relative_to(ROOT)): n for path in files if (n := _lines(path)) > 500}
    assert long == {}


def test_nothing_is_fetched_from_elsewhere():
    """No page, style or script names another host (links to read are text, not resources)."""
    suspects = [
        str(path.relative_to(ROOT))
        for folder in ("templates", "static/css", "static/js")
        for path in (ROOT / folder).rglob("*.*")
        if "https://" in path.read_text() or "http://" in path.read_text()
    ]
    assert suspects == []


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")
