"""One of each thing and every form of every page: read once, since it takes seconds."""

from collections.abc import Iterator
from functools import cached_property

import pytest
from django.db import transaction
from django.test import Client

from sundbyberg_am.access import Role
from tests.addresses import one_of_each
from tests.signing_in import signed_in

from .pages import PageForm, every_form


class Pages:
    """What the pages are about, and their forms, each with somebody who may send it."""

    def __init__(self) -> None:
        self.things = one_of_each()
        self.clients = {role: Client(raise_request_exception=False) for role in Role}
        for role, client in self.clients.items():
            signed_in(self.things["users"][role], client)

    @property
    def forms(self) -> Iterator[tuple[Client, PageForm]]:
        """Each with whoever sends it, signed in anew: a long round is longer than a session."""
        users = {client: self.things["users"][role] for role, client in self.clients.items()}
        for client, form in self._forms:
            signed_in(users[client], client)
            yield client, form

    @cached_property
    def _forms(self) -> list[tuple[Client, PageForm]]:
        """Read when a test asks, since it is the tests that have plain static files."""
        return list(every_form(self.things, self.clients))


@pytest.fixture(scope="package")
def pages(django_db_setup, django_db_blocker) -> Iterator[Pages]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield Pages()
        transaction.set_rollback(True)
