"""`manage demo`: one command, and nothing of it left when it ends, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from sundbyberg_am import embedded

from .conftest import ROOT, environment, eventually, processes, query

COLD_SECONDS, WARM_SECONDS = 90, 15


class Demo:
    """A running demonstration, and what it has said."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.said = data.parent / "said"
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "dev.py"), "demo", "--port", str(port)],
                env=environment(data),
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def wait_until_up(self, seconds: int) -> "Demo":
        deadline = time.monotonic() + seconds
        while "Systemet är igång" not in self.said.read_text():
            assert self.process.poll() is None, self.said.read_text()
            assert time.monotonic() < deadline, self.said.read_text()
            time.sleep(0.1)
        return self

    def answers(self) -> bool:
        address = f"http://127.0.0.1:{self.port}/logga-in/"
        with urllib.request.urlopen(address, timeout=10) as response:
            return response.status == 200

    def parts(self) -> list[int]:
        """Its three parts: web server, worker, clock."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def lose(self, part: int) -> None:
        """Kill a part and wait for another in its place."""
        os.kill(part, signal.SIGKILL)
        eventually(lambda: part not in self.parts() and len(self.parts()) == 3)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@pytest.fixture
def port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def demo(data: Path, port: int) -> Iterator[Callable[[], Demo]]:
    started = []

    def start() -> Demo:
        started.append(Demo(data, port))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end(signal.SIGKILL)


def participants(data: Path) -> list[tuple]:
    return query(data, "SELECT count(*), max(id) FROM participants_participant")


@pytest.mark.slow
def test_demo_is_filled_once_and_survives_every_kill(data, demo):
    first = demo().wait_until_up(COLD_SECONDS)
    assert first.answers()
    assert "Logga in med" in first.said.read_text()
    filled = participants(data)
    assert filled[0][0] > 0
    with (
        psycopg.connect(embedded.urls(data)[0]) as program,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        program.execute("DELETE FROM sundbyberg_am_accessrecord")

    for part in first.parts():
        first.lose(part)
    assert first.said.read_text().count("stannade och startas om") == 3
    assert first.answers()

    first.end(signal.SIGKILL)
    eventually(lambda: not processes(data))

    second = demo().wait_until_up(WARM_SECONDS)
    assert second.answers()
    assert participants(data) == filled
    assert second.end(signal.SIGTERM) == 0
    assert second.said.read_text().endswith("Avslutat.\n")
    eventually(lambda: not processes(data))


def test_taken_port_is_one_sentence(data, demo, port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        refused = demo()
        assert refused.process.wait(30) == 1
    assert refused.said.read_text() == f"Port {port} är upptagen. Välj en annan med --port.\n"
