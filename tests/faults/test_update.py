"""A new version is put in while somebody writes, taken out and put in again: nobody is refused anything.

UPDATE=1 does it with a version that has one more migration; UPDATE_FROM=COMMIT from that version to this one.
"""

import io
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.setup.conftest import ROOT

from .city import City, Part, wait_until
from .test_reports_get_built import THIS_YEAR, assert_finished_once
from .writers import Writers

UPDATE_FROM = os.environ.get("UPDATE_FROM", "")
AMONG = 4  # seconds of traffic between the steps
NOT_CODE = shutil.ignore_patterns(".*", "var", "node_modules", "__pycache__")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        not (UPDATE_FROM or "UPDATE" in os.environ),
        reason="UPDATE=1 changes versions under traffic",
    ),
]

# What only adds: a column that fills itself in, and an index that is made beside.
ONE_MORE = """
from django.db import migrations

class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "{last}")]
    operations = [
        migrations.RunSQL("ALTER TABLE participants_note ADD COLUMN later text NOT NULL DEFAULT 'x'"),
        migrations.RunSQL("CREATE INDEX CONCURRENTLY later_notes ON participants_note (later)"),
    ]
"""


@pytest.fixture
def versions() -> Iterator[tuple[Path, Path]]:
    """Where the code of the one and of the other version is."""
    with tempfile.TemporaryDirectory(prefix="versions-") as folder:
        Path(folder).chmod(0o755)
        if UPDATE_FROM:
            yield the_code_of(UPDATE_FROM, Path(folder) / "old"), ROOT
            return
        new = Path(folder) / "new"
        shutil.copytree(ROOT, new, ignore=NOT_CODE)
        room = new / "participants" / "migrations"
        last = max(room.glob("0*.py")).stem
        (room / "9999_one_more.py").write_text(ONE_MORE.format(last=last))
        yield ROOT, new


def the_code_of(commit: str, folder: Path) -> Path:
    done = subprocess.run(["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def behind(door: socket.socket, city: City) -> Part:
    """The web server on a socket that stays while it is away, as am-web.socket of systemd."""
    serving = "gunicorn sundbyberg_am.wsgi --worker-class=gthread --workers=2 --threads=4 --no-control-socket"
    web = Part(
        *(city, "web", "sh", "-c"),
        f"exec 3<&{door.fileno()}; export LISTEN_FDS=1 LISTEN_PID=$$;"
        f"exec {sys.executable} -m {serving}",
    )
    web.sockets = (door.fileno(),)
    return web


@contextmanager
def a_city_behind_a_door(root: Path) -> Iterator[City]:
    city = City(root=root)
    with socket.create_server(("127.0.0.1", city.port), backlog=512) as door:
        city.web = behind(door, city)
        try:
            yield city.start()
        finally:
            city.end()


def change_to(root: Path, city: City) -> float:
    """Let the parts go on with that code; the seconds that it took."""
    began = time.monotonic()
    manage(root, city, "collectstatic", "--no-input")
    city.root = root
    for part in (city.web, city.worker, city.clock):
        part.end()
        part.start()
    wait_until(city.browser.is_served, 60)
    return time.monotonic() - began


def manage(root: Path, city: City, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, root / "manage.py", *arguments],
        env=city.environment | {"PYTHONPATH": str(root)},
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=300,
    )


def test_the_version_is_changed_back_and_forth_and_nobody_is_refused(versions):
    old, new = versions
    with a_city_behind_a_door(old) as city:
        with Writers(city) as writers:
            wait_until(lambda: writers.acknowledged, 60)
            runs = [city.browser.order(str(THIS_YEAR))]
            began = time.monotonic()
            manage(new, city, "migrate", "--no-input")
            migrated = time.monotonic() - began
            time.sleep(AMONG)  # the old version on the new tables
            seconds = []
            for number, version in enumerate((new, old, new), start=1):
                seconds.append(change_to(version, city))
                runs.append(city.browser.order(str(THIS_YEAR - number)))
                time.sleep(AMONG)
        took = [said - began for began, said in writers.acknowledged.values()]
        assert (writers.failed, writers.odd) == (0, []), (city.home / "web.log").read_text()[-4000:]
        assert set(writers.acknowledged) == writers.sent
        stored = city.query("SELECT text, count(*) FROM participants_note GROUP BY text")
        assert dict(stored) == dict.fromkeys(writers.sent, 1)
        for run in runs:
            city.wait_until_ready(run)
            assert_finished_once(city, run)
        print(  # noqa: T201
            f"\n{writers.requests} requests, {writers.failed} failed, {len(stored)} notes; "
            f"migrated in {migrated:.1f} s, changed in {', '.join(f'{s:.1f} s' for s in seconds)}; "
            f"longest wait for page and saving {max(took):.1f} s"
        )
