"""Which tables a count reads from one end to the other."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

MANY = 1_000  # rows of a table that grows; one of fewer is rightly read whole


def read_whole(do: Callable[[], object]) -> set[str]:
    """The tables of many rows that are scanned by the plans of what is asked meanwhile."""
    with CaptureQueriesContext(connection) as asked:
        do()
    found: set[str] = set()
    with transaction.atomic(), connection.cursor() as cursor:
        for query in asked.captured_queries:
            if query["sql"].startswith("SET"):
                cursor.execute(query["sql"])
            elif query["sql"].lstrip().startswith(("WITH", "SELECT")):
                cursor.execute(f"EXPLAIN (FORMAT JSON) {query['sql']}")
                found |= set(_scanned(cursor.fetchone()[0][0]["Plan"]))
        cursor.execute("SELECT relname FROM pg_class WHERE reltuples < %s", [MANY])
        return found - {name for (name,) in cursor.fetchall()}


def _scanned(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for part in node.get("Plans", ()):
        yield from _scanned(part)
