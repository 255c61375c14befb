"""Somebody who is signed in, in a client that Django's tests have."""

from time import time

from django.test import Client

from sundbyberg_am.models import User
from sundbyberg_am.second_step import CONFIRMED
from sundbyberg_am.sessions import BEGAN, SEEN


def signed_in(user: User, client: Client | None = None) -> Client:
    """Has just been seen, and has just shown once more who they are."""
    client = client or Client()
    client.force_login(user)
    session = client.session
    session[BEGAN] = session[SEEN] = session[CONFIRMED] = int(time())
    session.save()
    return client
