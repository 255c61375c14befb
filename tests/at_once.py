"""Twenty at the same moment: real requests in real transactions."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.http import HttpResponse

TIMES = 20
Doing = Callable[[], HttpResponse]


@pytest.fixture
def crowd() -> Iterator[Callable[[list[Doing]], list[HttpResponse]]]:
    """`crowd(doings)` starts all of them at the same moment, each with a connection of its own."""
    with ThreadPoolExecutor(TIMES) as threads:

        def at_once(doings: list[Doing]) -> list[HttpResponse]:
            start = Barrier(len(doings))

            def one(do: Doing) -> HttpResponse:
                start.wait(timeout=30)
                return do()

            return list(threads.map(one, doings, timeout=120))

        yield at_once
        # Each thread closes the connection that it has had; the barrier keeps one from doing it for two.
        end = Barrier(TIMES)

        def close(_: int) -> None:
            end.wait(timeout=30)
            connection.close()

        list(threads.map(close, range(TIMES), timeout=60))
