"""What every test stands on: the real servers, strict templates, somebody signed in."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from pytest_django.plugin import blocking_manager_key

from sundbyberg_am import embedded
from tests.signing_in import signed_in


def pytest_configure(config: pytest.Config) -> None:
    embedded.hold()
    # WhiteNoise warns of a missing folder, and a warning is a failure.
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """After real transactions every table is emptied: what the migrations stored is put back.

    Django does so only before the next test of the same kind, and any test may come next. After the last
    one the test database is gone, and the connection leads to another.
    """
    yield
    marked = item.get_closest_marker("django_db")
    if nextitem and marked and marked.kwargs.get("transaction"):
        with item.config.stash[blocking_manager_key].unblock():
            stored = connection._test_serialized_contents  # type: ignore[attr-defined]
            connection.creation.deserialize_db_from_string(stored)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Tests make their tables and empty them, which only the owner may; test_records.py is the program."""
    from sundbyberg_am import roles  # needs the apps

    roles.become_owner()


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Pages are rendered without a collected manifest of static files."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def as_user():
    """`as_user(user)` is a client where the user is signed in, and has just been seen."""
    return signed_in
