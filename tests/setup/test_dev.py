"""`dev.py`: an environment from nothing, kept whole, and the exit status of what runs in it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import ROOT, SECONDS, environment

pytestmark = pytest.mark.xdist_group("dev")  # they share one environment

# Stands in for Django: says what it got, and ends as it is told.
MANAGE = "import os, sys; print(sys.argv[1:], os.environ['LC_ALL']); sys.exit(int(sys.argv[-1]))"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A project with nothing to install, in which dev.py has been used once."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "dev.py", folder)
    (folder / "manage.py").write_text(MANAGE)
    for name in ("requirements-demo.lock", "requirements.lock"):
        (folder / name).write_text("# nothing\n")
    assert dev(folder, "manage", "0").returncode == 0
    return folder


@pytest.fixture
def project(made) -> Iterator[Path]:
    yield made
    for name in ("requirements-demo.lock", "requirements.lock"):
        (made / name).write_text("# nothing\n")


def dev(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "dev.py"), *arguments],
        env=environment(folder / "var"),
        capture_output=True,
        text=True,
        cwd="/",
        timeout=4 * SECONDS,
        check=False,
    )


def made_at(project: Path) -> float:
    return (project / ".venv" / "pyvenv.cfg").stat().st_mtime


def test_command_gets_its_arguments_and_gives_its_exit_status(project):
    before = made_at(project)
    done = dev(project, "manage", "report", "2022", "3")
    assert done.stdout == "['report', '2022', '3'] C.UTF-8\n"
    assert done.returncode == 3
    assert made_at(project) == before


def test_unknown_command_shows_what_there_is(project):
    done = dev(project, "damo")
    assert done.returncode == 2
    assert "python3 dev.py demo" in done.stderr


def test_half_made_environment_is_made_anew_once_for_all(project):
    before = made_at(project)
    (project / ".venv" / "requirements-demo.lock.sha256").unlink()
    (project / ".venv" / "bin" / "python").unlink()
    together = [
        subprocess.Popen(
            [sys.executable, str(project / "dev.py"), "manage", "0"],
            env=environment(project / "var"),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=4 * SECONDS)[0] for process in together]
    assert [process.returncode for process in together] == [0, 0, 0]
    assert sum("Installerar" in text for text in said) == 1
    assert made_at(project) > before


def test_changed_lock_is_installed_and_only_what_it_names(project):
    wheel = project / "nowhere-1-py3-none-any.whl"
    wheel.write_bytes(b"not what was locked")
    (project / "requirements-demo.lock").write_text(f"{wheel} --hash=sha256:{'0' * 64}\n")
    done = dev(project, "manage", "0")
    assert done.returncode == 1
    assert done.stderr.endswith("Kontrollera nätet och försök igen.\n")
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (project / ".venv" / "requirements-demo.lock.sha256").exists()


def test_what_the_tests_need_is_added_once_and_goes_with_its_lock(project):
    """Without pytest in the lock the test ends there, which is enough to see what was installed."""
    assert "No module named pytest" in dev(project, "test").stderr
    before = made_at(project)
    assert "Installerar" not in dev(project, "test").stdout
    assert made_at(project) == before
    assert dev(project, "manage", "0").stdout == "['0'] C.UTF-8\n"

    (project / "requirements.lock").write_text("# still nothing, in other words\n")
    assert dev(project, "manage", "0").stdout == "['0'] C.UTF-8\n"
    assert dev(project, "test").stdout.count("Installerar") == 2
    assert made_at(project) > before
