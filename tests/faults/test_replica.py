"""A real replica of the database: what is read from it, what never is, and what is said of it.

REPLICA=1 starts one: see docs/skala.md.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from sundbyberg_am.replica import BEHIND_AT_MOST

from .city import City, wait_until
from .copies import Copy
from .test_full_disk import access_records, written
from .test_reports_get_built import THIS_YEAR, assert_finished_once

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(600),
    pytest.mark.skipif("REPLICA" not in os.environ, reason="REPLICA=1 starts a replica"),
]


@contextmanager
def a_city_with_a_replica() -> Iterator[tuple[City, Copy]]:
    city = City()
    try:
        replica = Copy(city)
        replica.take("--write-recovery-conf")
        replica.start()
        city.environment["DATABASE_REPLICA_URL"] = replica.url
        yield city.start(), replica
        replica.remove()
    finally:
        city.end()


def change(city: City, *, name: str | None = None, protection: str | None = None) -> None:
    """Somebody else changes the person of the case."""
    with psycopg.connect(city.database.replace("//sundbyberg_am@", "//postgres@")) as connection:
        connection.execute(
            "UPDATE participants_participant SET first_name = coalesce(%s, first_name),"
            " protection = coalesce(%s, protection) WHERE public_id = %s",
            (name, protection, city.case),
        )


def in_the_list(city: City, name: str) -> bool:
    with city.writer.open("/deltagare/") as page:
        assert page.status == 200
        return name in page.read().decode()


def told(city: City) -> dict[str, str]:
    with city.browser.open("/readyz") as answer:
        said: dict[str, str] = json.loads(answer.read())
        return said


def test_lists_and_reports_are_read_from_a_replica_that_keeps_up():
    with a_city_with_a_replica() as (city, replica):
        change(city, name="Abbe")
        wait_until(lambda: in_the_list(city, "Abbe"), 10)
        assert told(city)["replica"] == "ok"

        # Read from the replica, which stands still, and put on record in the database.
        replica.ask("SELECT pg_wal_replay_pause()")
        before = access_records(city)
        change(city, name="Bosse")
        assert in_the_list(city, "Abbe")
        assert access_records(city) == before + 1
        # Whoever has changed something sees all that stood then.
        assert written(city, "eget")[0] == 200
        assert in_the_list(city, "Bosse")

        # Of a replica that is too far behind nobody reads, and it is said.
        time.sleep(BEHIND_AT_MOST + 1)
        assert told(city)["replica"] == "behind"
        assert city.browser.measured("am_replica_behind_seconds") > BEHIND_AT_MOST
        run = city.browser.order(str(THIS_YEAR))
        city.wait_until_ready(run)

        # With what it had missed it is read from again.
        replica.ask("SELECT pg_wal_replay_resume()")
        wait_until(lambda: told(city)["replica"] == "ok", 10)
        replica.ask("SELECT pg_wal_replay_pause()")
        change(city, name="Calle")
        assert in_the_list(city, "Bosse")
        # Whose identity has just been protected is in nobody's list, however far behind it is.
        change(city, protection="confidential")
        assert not in_the_list(city, "Bosse")
        change(city, protection="")
        assert in_the_list(city, "Calle")
        replica.ask("SELECT pg_wal_replay_resume()")

        # A report has everything that was written before it was ordered.
        run = city.browser.order(str(THIS_YEAR - 1))
        city.wait_until_ready(run)
        assert_finished_once(city, run)

        replica.kill()
        assert in_the_list(city, "Calle")
        assert told(city)["replica"] == "away"
        run = city.browser.order(str(THIS_YEAR - 2))
        city.wait_until_ready(run)
