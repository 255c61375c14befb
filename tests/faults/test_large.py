"""An office of 20,000 people and two million rows in the access log: copied and brought back, and visited.

DRILL=1 makes the restore drills, LOAD=300 visits for so many seconds: see docs/faults.md.
"""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from random import Random
from statistics import median, quantiles

import psycopg
import pytest

from benchmarks import data
from tests.setup.conftest import ROOT, pids_of

from .city import Browser, City, wait_until
from .copies import Copy
from .test_restore_drill import manage
from .writers import Writers

SIZE = 25_000  # enrolments, of 20,000 people
LOG_ROWS = 2_000_000
LOAD = int(os.environ.get("LOAD") or 0)
A_SECOND, VISITORS = int(os.environ.get("LOAD_A_SECOND") or 30), 24

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(3600),
    pytest.mark.skipif(
        not (LOAD or "DRILL" in os.environ), reason="DRILL=1 and LOAD=300 fill a large database"
    ),
]

# Two sessions for each consultant and manager who has open cases, and the cases of each.
SIGN_IN = """
import django
django.setup()
from django.test import Client
from participants.models import Enrolment
from sundbyberg_am.models import User
for user in User.objects.filter(username__startswith="user", role__in=("consultant", "manager"))[:24]:
    client = Client()
    client.force_login(user)
    cases = Enrolment.objects.filter(consultant=user, ended_on=None)[:20]
    ids = [str(one.participant.public_id) for one in cases.select_related("participant")]
    print("session", user.role, client.cookies["sessionid"].value, *ids)
"""
SEAL = """
from django.utils import timezone
from sundbyberg_am.seals import seal_next
while seal_next(at=timezone.now()): pass
"""


@pytest.fixture(scope="module")
def large() -> Iterator[City]:
    """The city, filled and sealed; its web server has three processes."""
    city = City()
    city.web.command += ("--workers=3",)
    all_may = city.database.replace("//sundbyberg_am@", "//postgres@")
    try:
        began = time.monotonic()
        data.fill(all_may, SIZE)
        with psycopg.connect(all_may, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(
                b"INSERT INTO sundbyberg_am_accessrecord (at, page, subjects, user_id, ground)"
                b" SELECT timestamptz '2024-01-01' + n * interval '40 seconds', 'participant',"
                b" ARRAY[gen_random_uuid()], 1005, 'assigned' FROM generate_series(1, %d) AS n"
                % (LOG_ROWS - SIZE * 10)
            )
            connection.execute("ANALYZE; CHECKPOINT")
        filled = time.monotonic()
        if "DRILL" in os.environ:
            done = manage(city, "shell", "-c", SEAL)
            assert done.returncode == 0, done.stderr
        say(f"filled in {filled - began:.0f} s, sealed in {time.monotonic() - filled:.0f} s")
        yield city.start()
    finally:
        city.end()


def say(words: str) -> None:
    print(f"\n{words}", flush=True)  # noqa: T201


def signed_in(city: City) -> list[tuple[str, Browser, list[str]]]:
    """Role, browser and cases of each who works there."""
    done = subprocess.run(
        [sys.executable, "-c", SIGN_IN],
        cwd=ROOT,
        env=city.environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("session ")]
    address = city.browser.address
    return [(role, Browser(address, session), cases) for role, session, *cases in found]


@pytest.mark.skipif(not LOAD, reason="LOAD=300 visits for so many seconds")
def test_thirty_pages_a_second_are_answered(large):
    """Each is asked for at its time, whatever has become of those before; its time runs from then on."""
    random = Random(20261130)
    staff = signed_in(large)
    managers = [browser for role, browser, _ in staff if role == "manager"]
    working = [(browser, cases) for role, browser, cases in staff if cases]
    wait_until(lambda: managers[0].open("/").status == 200, 60)
    seconds: dict[str, list[float]] = defaultdict(list)
    statuses: Counter[int | str] = Counter()
    due: queue.Queue[tuple[float, str, Browser, str] | None] = queue.Queue()

    def visit() -> None:
        while one := due.get():
            moment, name, browser, path = one
            try:
                with browser.open(path) as page:
                    page.read()
                    statuses[page.status] += 1
            except (OSError, HTTPException) as error:
                statuses[type(error).__name__] += 1
            seconds[name].append(time.monotonic() - moment)

    threads = [threading.Thread(target=visit) for _ in range(VISITORS)]
    for thread in threads:
        thread.start()
    nobody, began = Browser(large.browser.address, ""), time.monotonic()
    for number in range(LOAD * A_SECOND):
        moment = began + number / A_SECOND
        time.sleep(max(0, moment - time.monotonic()))
        browser, cases = random.choice(working)
        case = random.choice(cases)
        due.put(
            (
                moment,
                *random.choices(
                    [
                        ("bare page", nobody, "/healthz"),
                        ("start", browser, "/"),
                        ("list", browser, "/deltagare/"),
                        ("case", browser, f"/deltagare/{case}/"),
                        ("note", browser, f"/deltagare/{case}/anteckningar/ny/"),
                        ("plan", browser, f"/deltagare/{case}/plan/"),
                        ("reports", random.choice(managers), "/rapporter/"),
                    ],
                    weights=[10, 15, 20, 30, 10, 10, 5],
                )[0],
            )
        )
    for _ in threads:
        due.put(None)
    for thread in threads:
        thread.join(120)
    say(f"{sum(statuses.values())} pages in {time.monotonic() - began:.0f} s: {dict(statuses)}")
    for name, each in sorted(seconds.items()):
        high = quantiles(each, n=20)[-1]
        say(
            f"{name}: {len(each)}, median {median(each) * 1000:.0f} ms, p95 {high * 1000:.0f} ms,"
            f" longest {max(each) * 1000:.0f} ms"
        )
    assert dict(statuses) == {200: LOAD * A_SECOND}


@pytest.mark.skipif("DRILL" not in os.environ, reason="DRILL=1 makes the restore drills")
def test_the_drill_of_the_embedded_default(large):
    copy, new = large.home / "kopia.tar", large.home / "new"
    began = time.monotonic()
    assert manage(large, "backup", copy).returncode == 0
    made = time.monotonic()
    restored = manage(large, "restore", copy, DATA_DIR=str(new), BROKER_URL="")
    assert restored.returncode == 0, restored.stderr
    size = copy.stat().st_size / 1e6
    say(
        f"copied in {made - began:.0f} s ({size:.0f} MB), restored in {time.monotonic() - made:.0f} s"
    )
    say(restored.stdout)
    assert "alla som i kopian" in restored.stdout
    sealed = re.search(r"Allt är helt: ([\d\s]+) rader", restored.stdout)
    assert sealed
    assert int(re.sub(r"\s", "", sealed[1])) >= LOG_ROWS


@pytest.mark.skipif("DRILL" not in os.environ, reason="DRILL=1 makes the restore drills")
def test_the_drill_of_a_server_with_its_log_received(large):
    """Last, since the database is killed for good: a base backup, and what was written until then."""
    role, large.writer, cases = next(one for one in signed_in(large) if one[2])
    assert role == "consultant"
    large.case = cases[0]
    copy = Copy(large)
    receiver = copy.receive()
    try:
        began = time.monotonic()
        copy.take()
        taken = time.monotonic() - began
        with Writers(large) as writers:
            time.sleep(20)
        kill_for_good(large)
        killed = time.monotonic()
        receiver.send_signal(signal.SIGINT)
        receiver.wait(30)
        copy.recover()
        up = time.monotonic()
        environment = large.environment | {
            "DATABASE_URL": copy.url,
            "SECRET_KEY": (large.data / "secret_key").read_text(),
        }
        verified = subprocess.run(
            [sys.executable, ROOT / "manage.py", "verify_log"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        checked = time.monotonic()
        assert verified.returncode == 0, verified.stderr
        assert "Allt är helt" in verified.stdout
        assert copy.ask("SELECT count(*) FROM participants_participant") >= SIZE * 4 // 5
        assert copy.ask("SELECT count(*) FROM sundbyberg_am_accessrecord") >= LOG_ROWS
        there = set(
            copy.ask("SELECT array_agg(text) FROM participants_note WHERE text LIKE 'zq%qz'")
        )
        lost = {
            word: killed - said
            for word, (_, said) in writers.acknowledged.items()
            if word not in there
        }
        say(
            f"base backup in {taken:.1f} s; up again from it in {up - killed:.1f} s, log verified in "
            f"{checked - up:.0f} s; {len(there)} notes written meanwhile, {len(lost)} lost"
        )
        assert not lost
    finally:
        with suppress(ProcessLookupError):
            receiver.kill()
        copy.remove()


def kill_for_good(city: City) -> None:
    """As when the machine is gone: nothing is written any more, and nobody starts it again."""
    keepers = pids_of(city.data, "keeper.py postgres")
    for pid in keepers:
        os.kill(pid, signal.SIGSTOP)
    for pid in pids_of(city.data, "postgres -D"):
        os.kill(pid, signal.SIGKILL)
    for pid in keepers:
        os.kill(pid, signal.SIGKILL)
