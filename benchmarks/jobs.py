"""What is done beside the pages: reports through the queue, processes at rest, and the demonstration's start.

A report is ordered by a click in a real web server and built by a real worker, beside the same work done in
one process with no queue between.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psycopg
from django.utils.timezone import localdate

from referrals.importing.cases import import_cases
from reporting.actions import build, public_content
from reporting.content import build_content
from reporting.exporters import FORMS
from reporting.models import ReportRun
from reporting.periods import Period
from sundbyberg_am.management.commands.demo import answers
from sundbyberg_am.models import User

from .cases import a_file, as_before
from .measuring import in_turn, medians
from .place import ROOT, Place, Server, a_free_port, children, wait_for

Line = tuple[str, float, str]

IN_PERIOD, SMALL, LARGE = 1_000, "2021-T1", "2024"  # a quiet period, and one with a thousand more
WARM_UP, ROUNDS, STARTS = 1, 7, 5
MANAGER = "user1"
OURS = {
    "DJANGO_SETTINGS_MODULE": "sundbyberg_am.settings"
}  # not with those of the other measurements


def measure(place: Place) -> Iterator[Line]:
    """What each takes in seconds, and how much that is of what it is beside."""
    for one in (_at_rest, _reports, _start):
        yield from one(place)


def _at_rest(place: Place) -> Iterator[Line]:
    """The memory of the program's own processes as they wait, with its own settings."""
    began = time.perf_counter()
    with place.served(**OURS) as server:
        yield "the web server starts", time.perf_counter() - began, _memory(server.pid)
    began = time.perf_counter()
    with _worker(place, **OURS) as pid:
        yield "the worker starts", time.perf_counter() - began, _memory(pid)


def _reports(place: Place) -> Iterator[Line]:
    manager = User.objects.get(username=MANAGER)
    with TemporaryDirectory() as folder, as_before(place):
        cases = a_file(Path(folder), IN_PERIOD, since=date(int(LARGE), 1, 1), days=365)
        import_cases(cases, None, today=localdate(), dry_run=False)
        content = build_content(Period.parse(LARGE), counted_on=localdate())
        public = public_content(content)
        parts: dict[str, Callable[[], object]] = {
            "figures": lambda: build_content(Period.parse(LARGE), counted_on=localdate()),
            "public version": lambda: public_content(content),
        }
        for form in FORMS:
            parts[form.label] = partial(_both, form.render, content, public)
        with (
            place.served(**OURS) as server,
            _worker(place, **OURS),
            psycopg.connect(place.superuser_url, autocommit=True) as connection,
        ):
            server.sign_in(MANAGER)
            took = medians(
                in_turn(
                    {
                        "small, ordered": lambda: _order(server, connection, SMALL),
                        "small, alone": lambda: _alone(manager, SMALL),
                        "large, ordered": lambda: _order(server, connection, LARGE),
                        **parts,
                    },
                    ROUNDS,
                    warm_up=WARM_UP,
                )
            )
    more = took["small, ordered"] - took["small, alone"]
    yield "a small report is ordered", took["small, ordered"], f"{more * 1000:+.0f} ms in the queue"
    whole = sum(took[part] for part in parts)
    words = f"{took['large, ordered'] / whole:.2f} × its parts alone ({whole * 1000:.0f} ms)"
    yield f"a report of {IN_PERIOD} is ordered", took["large, ordered"], words
    for part in parts:
        yield f"  {part}", took[part], "alone"


def _both(render: Callable[[dict], bytes], *versions: dict) -> None:
    for content in versions:
        render(content)


def _order(server: Server, connection: psycopg.Connection, period: str) -> None:
    """From the click until the report is there with all its files."""
    server.connection.close()  # the web server may have done so since the last
    run = server.post("/rapporter/", period_code=period).strip("/").rpartition("/")[2]
    while True:
        row = connection.execute(
            "SELECT state FROM reporting_reportrun WHERE public_id = %s", [run]
        ).fetchone()
        if row == ("ready",):
            return
        if row == ("failed",):
            sys.exit("The report could not be built.")
        time.sleep(0.002)


def _alone(manager: User, period: str) -> None:
    """The same work with no click and no queue: the row, the figures and the files."""
    build(ReportRun.objects.create(period_code=period, ordered_by=manager).pk)


@contextmanager
def _worker(place: Place, **variables: str) -> Iterator[int]:
    """A worker with one process that works, when that is there; the number of the one that leads it."""
    log = place.data / "worker.log"
    log.write_bytes(b"")
    with log.open("ab") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "-A", "sundbyberg_am", "worker"),
                *("--concurrency=1", "--without-gossip", "--without-mingle", "--loglevel=info"),
            ],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | variables,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_for(lambda: " ready." in log.read_text() and children(process.pid))
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def _memory(pid: int) -> str:
    """How much each process of a program has in memory: that which leads, and those that work."""
    time.sleep(1)  # at rest
    return "; ".join(
        f"{'leads' if one == pid else 'works'} RSS {sizes['Rss']:.0f}, PSS {sizes['Pss']:.0f} MB"
        for one in (pid, *children(pid))
        for sizes in [_sizes(one)]
    )


def _sizes(pid: int) -> dict[str, float]:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return {
        name: int(size) / 1024 for name, size in re.findall(r"^(Rss|Pss): +(\d+)", rollup, re.M)
    }


def _start(place: Place) -> Iterator[Line]:
    """The demonstration, started again with its data there, until it answers with a page."""
    data = place.data.parent / "demo"

    def start() -> float:
        port, began = a_free_port(), time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "dev.py"), "demo", "--port", str(port)],
            env=os.environ
            | {"DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "sundbyberg_am.settings"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_for(lambda: answers(port), 900)
            return time.perf_counter() - began
        finally:
            process.terminate()
            process.wait(60)

    start()  # makes and fills its database
    seconds = median(start() for _ in range(STARTS))
    yield "the demonstration starts again", seconds, "to the first page"
