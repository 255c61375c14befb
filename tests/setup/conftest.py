"""Real processes in a data folder of their own, and a look at what they leave behind."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from sundbyberg_am import embedded

ROOT = Path(embedded.__file__).resolve().parent.parent
SECONDS = 30

# Holds the servers until its standard input is closed, or says why it cannot.
USER = f"""
import signal, sys
signal.alarm({2 * SECONDS})
from sundbyberg_am import embedded
try:
    embedded.hold()
except embedded.EmbeddedError as error:
    sys.exit(str(error))
print("up", flush=True)
sys.stdin.read()
"""


class User:
    """A process that uses the embedded servers of a data folder, for a minute at most."""

    def __init__(self, data: Path, *, python=sys.executable, path=ROOT, env=None, **options):
        self.process = subprocess.Popen(
            [python, "-c", USER],
            env=environment(data) | {"PYTHONPATH": str(path)} | (env or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            **options,
        )

    def wait_until_up(self) -> "User":
        assert self.process.stdout
        if self.process.stdout.readline() != "up\n":
            pytest.fail(f"No servers: {self.refusal()}")
        return self

    def refusal(self) -> str:
        """What it said when it could not be served."""
        _, error = self.process.communicate(timeout=SECONDS)
        assert self.process.returncode == 1
        return error

    def leave(self) -> None:
        self.process.communicate(timeout=SECONDS)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=SECONDS)


def environment(data: Path) -> dict[str, str]:
    """Next to nothing: no HOME, and a language that this machine does not have."""
    return {
        "PATH": os.defpath,
        "LANG": "sv_SE.UTF-8",
        "DATA_DIR": str(data),
        "EMBEDDED_FSYNC": "off",
    }


def processes(data: Path) -> dict[int, str]:
    """Every process that has to do with the data folder, and its command line."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            variables = (folder / "environ").read_bytes().decode(errors="replace").split("\0")
            place = (folder / "cwd").readlink()
            if f"{data}/" in f"{command} {place}/" or f"DATA_DIR={data}" in variables:
                found[int(folder.name)] = command
    return found


def pids_of(data: Path, words: str) -> list[int]:
    return [pid for pid, command in processes(data).items() if words in command]


def eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def query(data: Path, statement: str) -> list[tuple]:
    url = embedded.owner_url(data).replace("postgres://", "postgresql://")
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that does not exist yet; afterwards nothing may run in it or be left in /tmp."""
    home = Path(tempfile.mkdtemp(prefix="setup-"))
    home.chmod(0o755)
    data = home / "data"
    yield data
    eventually(lambda: not processes(data))
    assert not [path for path in socket_folders(data) if path.exists()]
    shutil.rmtree(home)


def socket_folders(data: Path) -> list[Path]:
    return [embedded._socket_folder(name, data) for name in ("postgres", "valkey")]


@pytest.fixture
def user(data: Path) -> Iterator[Callable[..., User]]:
    """`user()` is a new process that uses the servers; it leaves when the test ends."""
    users = []

    def enter(**options) -> User:
        users.append(User(data, **options))
        return users[-1]

    yield enter
    for one in users:
        one.kill()
