"""How the database finds what the pages show: no page may read a growing table from one end to the other.

Seen in the plans of every question that a page asks, with what it asks for. At 1k no table is large, so only
the other sizes tell.
"""

import re
import time

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sundbyberg_am.models import User

from .pages import CONSULTANT, LONG_CASE
from .place import Place

READ_WHOLE = re.compile(r"Seq Scan on (\w+)")
# Rows of a table that is better looked up in; reading all of a smaller one is right.
MANY = 10_000


def measure(place: Place) -> list[tuple[str, float, str]]:
    """For each page: its name, the seconds that its questions take, and how many they are; else it stops."""
    consultant = User.objects.get(username=place.ask(CONSULTANT, 1001))
    manager = User.objects.filter(unit=consultant.unit_id, role="manager").first()
    case = f"/deltagare/{place.ask(LONG_CASE)}/"
    pages = [
        (consultant, address)
        for address in (
            "/",
            "/deltagare/",
            "/deltagare/?vilka=alla&lage=alla",
            "/deltagare/?vilka=alla&lage=avslutade&niva=AM2",
            case,
            f"{case}plan/",
            f"{case}utveckling/",
            f"{case}historik/",
        )
    ]
    pages += [(manager, address) for address in ("/", "/anvisningar/", "/bemanning/") if manager]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE reltuples > %s", [MANY])
        large = {name for (name,) in cursor.fetchall()}
    return [_seen(user, address, large) for user, address in pages]


def _seen(user: User, address: str, large: set[str]) -> tuple[str, float, str]:
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    if answer.status_code != 200:
        raise AssertionError(f"{address} was answered {answer.status_code}.")
    selects = [one["sql"] for one in asked if one["sql"].lstrip(" (").startswith("SELECT")]
    found: set[str] = set()
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for one in selects:
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {one}")
            found |= large & set(READ_WHOLE.findall("\n".join(line for (line,) in cursor)))
    seconds = time.perf_counter() - began
    name = re.sub(r"[0-9a-f-]{36}", "…", address)
    read = f", reads the whole of {', '.join(sorted(found))}" if found else ""
    return f"{user.role} {name}", seconds, f"{len(asked)} questions{read}"
