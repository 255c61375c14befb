"""Faults at random moments while somebody writes: what was acknowledged is there once, whole, and soon again.

FAULTS=1000 makes the long round: see docs/faults.md.
"""

import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random

import pytest
import redis
from django.utils import timezone

from reporting.actions import MAX_TRIES

from .city import WITHIN, City, Part, wait_until
from .test_reports_get_built import assert_finished_once
from .writers import Writers

FAULTS = int(os.environ.get("FAULTS") or 9)
SOON = 10 if FAULTS > 100 else 30  # seconds; a machine that runs all the tests has much else to do
A_REPORT_EVERY = 10  # faults
# The embedded database starts again so often and no more, within a minute.
DATABASE_KILLS_A_MINUTE = 3
THEIRS = "zq%qz"  # what the writers write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(300 + 20 * FAULTS),
]


class Faults:
    """What can happen, by name; each leaves the part running, as the one who watches over it would."""

    def __init__(self, city: City, random: Random) -> None:
        self.city, self.random = city, random
        self.database_kills: list[float] = []
        self.kinds: dict[str, Callable[[], None]] = {
            "the web server is killed": lambda: self._restart(city.web),
            "a process of the web server is killed": lambda: self._kill_child(city.web),
            "the worker is killed": lambda: self._restart(city.worker),
            "the clock is killed": lambda: self._restart(city.clock),
            "the broker is killed": lambda: self._restart(city.broker),
            "the broker is emptied": self._empty_broker,
            "the database is killed": self._kill_database,
            "a process of the database is killed": self._kill_backend,
            "the web server stops for a while": lambda: self._pause(city.web.children),
            "the worker stops for a while": lambda: self._pause(city.worker.children),
            "the database stops for a while": lambda: self._pause([city.database_pid()]),
            "the broker stops for a while": lambda: self._pause([city.broker.process.pid]),
        }

    def one_after_another(self) -> Iterator[str]:
        """The names, each kind as often as the others, in no order."""
        while True:
            names = list(self.kinds)
            self.random.shuffle(names)
            yield from names

    def _restart(self, part: Part) -> None:
        part.kill()
        time.sleep(self.random.random())
        part.start()

    def _kill_child(self, part: Part) -> None:
        for pid in part.children[:1]:
            os.kill(pid, signal.SIGKILL)

    def _kill_backend(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.city.backend_pid(), signal.SIGKILL)

    def _kill_database(self) -> None:
        lately = [one for one in self.database_kills if one > time.monotonic() - 61]
        if len(lately) >= DATABASE_KILLS_A_MINUTE:
            self._kill_backend()
            return
        self.database_kills.append(time.monotonic())
        os.kill(self.city.database_pid(), signal.SIGKILL)

    def _empty_broker(self) -> None:
        with suppress(redis.RedisError):
            redis.Redis(unix_socket_path=str(self.city.broker_socket)).flushall()

    def _pause(self, pids: list[int]) -> None:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(self.random.uniform(0.2, 2))
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def test_what_was_acknowledged_is_there_once_whatever_fails(city):
    random = Random(20261128)
    faults, years = Faults(city, random), [str(timezone.localdate().year - n) for n in range(1, 6)]
    back: dict[str, list[float]] = defaultdict(list)
    runs: list[str] = []
    ready_after: list[float] = []
    with Writers(city) as writers:
        wait_until(lambda: writers.acknowledged, 60)
        for number, kind in zip(range(FAULTS), faults.one_after_another(), strict=False):
            if number % A_REPORT_EVERY == A_REPORT_EVERY // 2:
                runs.append(an_order(city, random.choice(years)))
            time.sleep(random.random())
            faults.kinds[kind]()
            moment = time.monotonic()
            wait_until(lambda since=moment: writers.has_written_since(since), SOON)
            back[kind].append(time.monotonic() - moment)
            if number % 50 == 49:
                print(f"{number + 1} faults, {time.monotonic() - writers.began:.0f} s", flush=True)  # noqa: T201
        again = 0
        for run in runs:
            again += is_ordered_again(city, run)
            asked = time.monotonic()
            city.wait_until_ready(run, WITHIN)
            ready_after.append(time.monotonic() - asked)
    for run in runs:
        assert_finished_once(city, run)
    web = (city.home / "web.log").read_text()
    assert writers.odd == [], web[-6000:]
    assert set(writers.acknowledged) == writers.sent
    stored = city.query(
        "SELECT text, count(*) FROM participants_note WHERE text LIKE %s GROUP BY text", THEIRS
    )
    assert dict(stored) == dict.fromkeys(writers.sent, 1)
    # Counted by processes of which most have been killed since.
    saved = city.browser.measured('am_requests_total{status="302",view="note_add"}')
    assert saved >= len(writers.acknowledged)
    # Whole: with the row that says who wrote it, and the one that makes a second sending harmless.
    [(whole,)] = city.query(
        "SELECT count(*) FROM participants_note n"
        " JOIN sundbyberg_am_submission s ON s.made = 'participants.note' AND s.made_id = n.id"
        " JOIN sundbyberg_am_change c ON c.\"table\" = 'participants_note' AND c.row = n.id"
        " WHERE n.text LIKE %s",
        THEIRS,
    )
    assert whole == len(writers.sent)
    said = [
        f"{FAULTS} faults in {writers.seconds:.0f} s, {writers.requests} requests, "
        f"{len(writers.sent)} notes, {writers.again} sendings again, {len(runs)} reports, "
        f"{again} of them ordered again, ready within {max(ready_after, default=0):.1f} s",
        *(
            f"{kind}: {len(s)} times, written again within {max(s):.1f} s"
            for kind, s in back.items()
        ),
    ]
    print("", *sorted(said), sep="\n")  # noqa: T201


def an_order(city: City, year: str) -> str:
    """The id of a report that is ordered, when the page can be shown again."""
    ordered: list[str] = []

    def order() -> bool:
        with suppress(OSError, AssertionError, TypeError):
            ordered.append(city.browser.order(year))
        return bool(ordered)

    wait_until(order, SOON)
    return ordered[0]


def is_ordered_again(city: City, run: str) -> bool:
    """Whether the page says, after three kills in a row, that it could not be built, and offers a new try."""
    # One whose last try was killed is given up when the sweeper next looks at it.
    wait_until(lambda: city.state(run)[:2] != ("building", MAX_TRIES), WITHIN)
    if city.state(run)[0] != "failed":
        return False
    city.browser.order_again(run)
    return True
