"""Whatever is killed while reports are built, each is finished once, whole, and soon.

The ordinary round is short. FAULT_KILLS=50 makes the long one: see docs/faults.md.
"""

import hashlib
import os
import signal
import threading
import time
from collections import Counter
from random import Random

import psycopg
import pytest
from django.utils import timezone

from reporting.exporters import FORMS

from .city import WITHIN, City, wait_until

KILLS = int(os.environ.get("FAULT_KILLS") or 2)
IS_LONG = KILLS > 10
SECONDS_WITHOUT_BROKER = 60 if IS_LONG else 3
EVERY_FORMAT = {name: 1 for form in FORMS for name in (form.ending, f"pub-{form.ending}")}
THIS_YEAR = timezone.localdate().year
YEARS = [str(THIS_YEAR - number) for number in range(1, 6)]  # those that can be chosen

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(300 + 100 * KILLS),
]


class Downloads:
    """Somebody who tries to download a run's files all the time, from its order until it is ready."""

    def __init__(self, city: City, run: str) -> None:
        self.city, self.run = city, run
        self.answers: Counter[tuple[str, bool, int, str]] = Counter()
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._go_on)

    def __enter__(self) -> "Downloads":
        self.thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.stopped.set()
        self.thread.join(60)

    def _go_on(self) -> None:
        while not self.stopped.wait(0.2):
            for form in FORMS:
                for public in (False, True):
                    self._try(form.address, public)

    def _try(self, address: str, public: bool) -> None:
        status, file = self.city.browser.download(self.run, address, public=public)
        said = hashlib.sha256(file).hexdigest() if status == 200 else ""
        self.answers[address, public, status, said] += 1

    def assert_whole(self) -> None:
        """Each answer was that there is no file, or the file as it is now that the run is ready."""
        now = {}
        for form in FORMS:
            for public in (False, True):
                status, file = self.city.browser.download(self.run, form.address, public=public)
                assert status == 200
                now[form.address, public] = hashlib.sha256(file).hexdigest()
        for address, public, status, said in self.answers:
            assert status in (200, 404)
            assert status == 404 or said == now[address, public]


def assert_finished_once(city: City, run: str) -> None:
    assert city.times_ready(run) == 1
    assert city.kept_files(run) == EVERY_FORMAT


def test_a_worker_killed_at_any_moment_leaves_each_report_finished_once(city):
    """Half of the times the process that builds, half of the times the whole worker, which comes back."""
    undisturbed = city.browser.order(YEARS[0])
    city.wait_until_ready(undisturbed)
    [(longest,)] = city.query(
        "SELECT extract(epoch FROM finished_at - started_at)::float FROM reporting_reportrun"
        " WHERE public_id = %s",
        undisturbed,
    )
    random = Random(20261125)
    waits: list[float] = []
    tries: Counter[int] = Counter()
    states: Counter[tuple[str, int]] = Counter()
    for number in range(KILLS):
        run = city.browser.order(YEARS[0])
        with Downloads(city, run) as downloads:
            if number % 5:  # else also while it waits
                wait_until(lambda run=run: city.state(run)[0] != "waiting", 60)
            time.sleep(random.uniform(0, longest))
            states[city.state(run)[::2]] += 1
            if number % 2:
                for child in city.worker.children:
                    os.kill(child, signal.SIGKILL)
            else:
                city.worker.kill()
                city.worker.start()
            back = time.monotonic()
            city.wait_until_ready(run)
            waits.append(time.monotonic() - back)
        downloads.assert_whole()
        assert_finished_once(city, run)
        tries[city.state(run)[1]] += 1
    print(f"\n{KILLS} kills; an undisturbed run takes {longest:.1f} s")  # noqa: T201
    print(f"ready after at most {max(waits):.1f} s, mostly {sorted(waits)[KILLS // 2]:.1f} s")  # noqa: T201
    print(f"tries: {dict(tries)}; killed when (state, step): {dict(states)}")  # noqa: T201
    assert max(waits) < WITHIN


def test_reports_ordered_while_the_broker_is_away_are_all_built(city):
    city.broker.kill()
    began = time.monotonic()
    runs = []
    for code in YEARS:
        asked = time.monotonic()
        runs.append(city.browser.order(code))
        assert time.monotonic() - asked < 15
    assert len({*runs}) == len(YEARS)
    assert {city.state(run)[0] for run in runs} == {"waiting"}
    time.sleep(max(0, began + SECONDS_WITHOUT_BROKER - time.monotonic()))
    city.broker.start()
    wait_until(city.broker_answers, 20)
    back = time.monotonic()
    for run in runs:
        city.wait_until_ready(run)
        assert_finished_once(city, run)
    print(f"\nbroker away {back - began:.0f} s; all ready {time.monotonic() - back:.1f} s later")  # noqa: T201


def test_a_killed_database_leaves_the_report_finished_once(city):
    run = city.browser.order(YEARS[1])
    wait_until(lambda: city.state(run)[0] != "waiting", 60)
    os.kill(city.database_pid(), signal.SIGKILL)
    city.wait_until_ready(run)
    assert_finished_once(city, run)
    wait_until(city.browser.is_served, 30)


def test_a_worker_that_hangs_is_taken_over_and_writes_nothing_when_it_comes_back(city):
    run = city.browser.order(YEARS[2])
    wait_until(lambda: city.state(run)[0] == "building", 60)
    hung = city.worker.children
    stop_between_two_steps(city, hung)
    try:
        was_building = city.state(run)[0] == "building"
        city.second_worker.start()
        city.wait_until_ready(run)
    finally:
        for child in hung:
            os.kill(child, signal.SIGCONT)
    assert city.state(run)[1] == (2 if was_building else 1)
    other = city.browser.order(YEARS[3])
    city.wait_until_ready(other)
    city.second_worker.kill()
    other = city.browser.order(YEARS[4])  # the first worker has come to the end of what it hung in
    city.wait_until_ready(other)
    assert_finished_once(city, run)


def stop_between_two_steps(city: City, workers: list[int]) -> None:
    """Not while one holds the row: who hangs then is let go of by the database, not by the lease."""
    for _ in range(50):
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        try:
            city.query("SELECT FROM reporting_reportrun FOR UPDATE NOWAIT")
        except psycopg.errors.LockNotAvailable:
            for pid in workers:
                os.kill(pid, signal.SIGCONT)
            time.sleep(0.05)
        else:
            return
    pytest.fail("the row was never free")


def test_a_killed_web_server_loses_no_order(city):
    run = city.browser.order(YEARS[0])
    city.web.kill()
    city.web.start()
    city.wait_until_ready(run)
    wait_until(city.browser.is_served, 30)
    assert_finished_once(city, run)
