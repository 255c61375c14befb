"""A disk without room: a sentence, nothing broken, what is there can be read, and with room it goes on.

DISK_FULL=1 also fills the disk of a whole installation: see docs/faults.md.
"""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import psycopg
import pytest

from sundbyberg_am.middleware import DISK_IS_FULL
from sundbyberg_am.room import KEPT_FREE, NO_ROOM
from tests.setup.conftest import pids_of

from .city import City, a_city, wait_until
from .test_reports_get_built import THIS_YEAR, assert_finished_once
from .writers import Writers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk"),
]
RANDOM = Random(20261129)
MB = 1_000_000


class Disk:
    """A disk of its own, in memory, that can be filled and emptied."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder, self.filling = folder, folder / "filling"
        options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(folder)]
        if subprocess.run(["mount", *options], check=False).returncode:
            pytest.skip("may not mount")

    def fill(self, left: int = 0) -> None:
        """Until so many bytes are left."""
        self.free_up()
        with suppress(OSError), self.filling.open("wb") as file:
            while (free := self.free()) > left:
                file.write(b"\0" * min(MB, free - left))
                file.flush()

    def free(self) -> int:
        stat = os.statvfs(self.folder)
        return stat.f_bavail * stat.f_frsize

    def free_up(self) -> None:
        self.filling.unlink(missing_ok=True)


@contextmanager
def a_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    folder.mkdir(exist_ok=True)
    disk = Disk(folder, megabytes)
    try:
        yield disk
    finally:
        # Lazily: the database may hold files that it has removed open for a while.
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


@contextmanager
def kept_on(disk: Disk, city: City, *tables: str) -> Iterator[None]:
    """The tables are on the disk, and afterwards where they were."""
    owner = (city.data / "postgres" / "data").stat()
    os.chown(disk.folder, owner.st_uid, owner.st_gid)
    all_may = city.database.replace("//sundbyberg_am@", "//postgres@")
    with psycopg.connect(all_may, autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{disk.folder}'".encode())
        for table in tables:
            connection.execute(f"ALTER TABLE {table} SET TABLESPACE small".encode())
    yield
    disk.free_up()
    with psycopg.connect(all_may, autocommit=True) as connection:
        for table in tables:
            connection.execute(f"ALTER TABLE {table} SET TABLESPACE pg_default".encode())
        connection.execute("CHECKPOINT")
        connection.execute("DROP TABLESPACE small")


def a_long_text() -> str:
    return RANDOM.randbytes(4_000).hex()  # that is not made small by compression


def written(city: City, text: str) -> tuple[int, str]:
    """Somebody writes a note and is answered: status and page."""
    writers = Writers(city)
    form, token = writers._form(text)
    with city.writer.open(writers.page, form, token) as answer:
        return answer.status, answer.read().decode()


def notes(city: City) -> set[str]:
    """All of them, each read to its end."""
    return {text for (text,) in city.query("SELECT text FROM participants_note")}


def test_a_full_disk_is_said_and_what_is_there_can_be_read(city):
    with (
        a_disk(city.home / "small", 24) as disk,
        kept_on(disk, city, "participants_note", "reporting_reportfile"),
    ):
        acknowledged = notes(city)
        disk.fill()
        refused = None
        for _ in range(20):
            text = a_long_text()
            status, page = written(city, text)
            if status != 200:
                refused = text
                break
            acknowledged.add(text)
        assert refused
        assert (status, DISK_IS_FULL in page, refused in page) == (503, True, True)
        with city.writer.open(f"/deltagare/{city.case}/") as case:
            assert case.status == 200
        run = city.browser.order(str(THIS_YEAR))
        wait_until(lambda: city.state(run)[0] == "failed", 60)
        with city.browser.open(f"/rapporter/{run}/") as page:
            assert "serverns disk är full" in page.read().decode()
        assert notes(city) == acknowledged
        assert not city.kept_files(run)

        disk.free_up()
        assert written(city, refused)[0] == 200
        run = city.browser.order(str(THIS_YEAR))
        city.wait_until_ready(run)
        assert_finished_once(city, run)
        assert notes(city) == {*acknowledged, refused}


@pytest.mark.timeout(900)
@pytest.mark.skipif("DISK_FULL" not in os.environ, reason="DISK_FULL=1 fills a whole disk")
def test_a_whole_installation_on_a_full_disk_comes_back_with_all_that_was_acknowledged():
    with (
        a_disk(Path(tempfile.mkdtemp(prefix="disk-")), 900) as disk,
        a_city(within=disk.folder) as city,
    ):
        with Writers(city) as writers:
            wait_until(lambda: writers.acknowledged, 60)
        known = set(writers.acknowledged)

        disk.fill(left=KEPT_FREE - 50 * MB)
        status, page = written(city, "nästan fullt")
        assert (status, NO_ROOM in page, "nästan fullt" in page) == (422, True, True)
        before = access_records(city)
        with city.writer.open(f"/deltagare/{city.case}/") as case:
            assert case.status == 200
        assert access_records(city) > before

        # What the program itself never does: the log of the database is filled to the last byte.
        disk.fill(left=30 * MB)
        all_may = city.database.replace("//sundbyberg_am@", "//postgres@")
        with pytest.raises(psycopg.OperationalError), psycopg.connect(all_may) as connection:
            for _ in range(400):
                connection.execute(
                    "SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000000))"
                )
        disk.fill()
        for pid in pids_of(city.data, "postgres -D"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: answered(city) == 503, 30)
        time.sleep(5)
        assert answered(city) == 503

        disk.free_up()
        city.watch_over()  # a worker that cannot say to the broker what it has done ends
        began = time.monotonic()
        wait_until(city.browser.is_served, 60)
        back = time.monotonic() - began
        assert written(city, "åter plats")[0] == 200
        assert notes(city) == {*known, "åter plats"}
        run = city.browser.order(str(THIS_YEAR))
        city.wait_until_ready(run)
        assert_finished_once(city, run)
        print(f"\nserved again {back:.1f} s after there was room")  # noqa: T201


def answered(city: City) -> int:
    with city.writer.open(f"/deltagare/{city.case}/") as page:
        status: int = page.status
        return status


def access_records(city: City) -> int:
    [(count,)] = city.query("SELECT count(*) FROM sundbyberg_am_accessrecord")
    return int(count)
