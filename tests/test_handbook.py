"""The administrator's handbook says what is there: pages, commands, services, units."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs" / "handbok").glob("*.md"))
UNITS = sorted((ROOT / "systemd").glob("*.service"))
COMPOSE = (ROOT / "docker-compose.yml").read_text()
SERVICES = set(re.findall(r"^  (\w+):$", COMPOSE, re.M))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_is_there(page):
    text = page.read_text()
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (page.parent / link).exists(), link
    for command in re.findall(r"manage(?:\.py)? ([a-z_]+)", text):
        assert command in get_commands(), command
    for line in re.findall(r"docker compose (?:logs|restart|exec -T) ([a-z ]+)", text):
        assert set(line.split()[:1]) <= SERVICES, line


def test_every_page_is_in_the_list_of_contents():
    contents = (ROOT / "docs" / "handbok" / "README.md").read_text()
    assert {page.name for page in PAGES if page.stem != "README"} <= set(
        re.findall(r"\((\w+\.md)\)", contents)
    )


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_runs_what_the_service_runs(unit):
    """With the same options, but for addresses and files."""
    run = re.search(r"^ExecStart=/srv/am/.venv/bin/(.+)$", unit.read_text(), re.M)
    assert run
    for word in run[1].split():
        if not word.startswith("--schedule"):
            assert word in COMPOSE, word
