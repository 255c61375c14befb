"""One city for all tests of a round: it takes long to start, and every fault must leave it in order."""

from collections.abc import Iterator

import pytest

from .city import City, a_city


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    with a_city() as one:
        yield one
