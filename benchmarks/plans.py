"""How the database finds what the pages show: no page may read a growing table from one end to the other.

Seen in the plans of every question that is asked. At 1k hardly any table is large, so the other sizes tell.
The measurement fails where a page does.
"""

import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sundbyberg_am.models import User

from .pages import CONSULTANT, LONG_CASE
from .place import Place

STEADY = {User._meta.db_table}  # does not grow with the cases
MANY = 1_000  # rows of a table that grows; one of fewer is rightly read whole


def measure(place: Place) -> Iterator[tuple[str, float, str]]:
    """For each page: whose it is, the seconds that it takes, and what is read whole for it."""
    consultant = User.objects.get(username=place.ask(CONSULTANT, 1001))
    manager = User.objects.filter(unit=consultant.unit_id, role="manager").first()
    case = f"/deltagare/{place.ask(LONG_CASE)}/"
    everybody = "/deltagare/?vilka=alla"
    pages = {
        consultant: [
            *("/", "/deltagare/", f"{everybody}&lage=alla", f"{everybody}&lage=avslutade&niva=AM2"),
            *(f"{case}{page}" for page in ("", "plan/", "utveckling/", "historik/")),
        ],
        manager: ["/", "/anvisningar/", "/bemanning/"],
    }
    found: set[str] = set()
    for user, addresses in pages.items():
        client = Client(headers={"host": "localhost"})
        client.force_login(user)
        for address in addresses:
            yield _seen(user, address, partial(client.get, address), found)
    if found:
        raise AssertionError(f"Pages read all of {', '.join(sorted(found))}")


def _seen(
    user: User, address: str, get: Callable[[], Any], found: set[str]
) -> tuple[str, float, str]:
    if get().status_code != 200:  # which also warms it up
        raise AssertionError(f"{address} was not answered.")
    began = time.perf_counter()
    get()
    seconds = time.perf_counter() - began
    whole = read_whole(get)
    found |= whole
    words = f"reads whole: {', '.join(sorted(whole)) or 'nothing large'}"
    return f"{user.role} {re.sub('[0-9a-f-]{36}', '…', address)}", seconds, words


def read_whole(do: Callable[[], object]) -> set[str]:
    """The tables of many rows that are scanned by the plans of what is asked meanwhile."""
    with CaptureQueriesContext(connection) as asked:
        do()
    found: set[str] = set()
    with transaction.atomic(), connection.cursor() as cursor:
        for query in asked.captured_queries:
            if query["sql"].startswith("SET"):
                cursor.execute(query["sql"])
            elif query["sql"].lstrip(" (\n").startswith(("WITH", "SELECT")):
                cursor.execute(f"EXPLAIN (FORMAT JSON) {query['sql']}")
                found |= set(_scanned(cursor.fetchone()[0][0]["Plan"]))
        cursor.execute("SELECT relname FROM pg_class WHERE reltuples < %s", [MANY])
        return found - {name for (name,) in cursor.fetchall()} - STEADY


def _scanned(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for part in node.get("Plans", ()):
        yield from _scanned(part)
