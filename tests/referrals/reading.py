"""What the tests of the pages have in common."""

from html import unescape

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def url(name, referral):
    return reverse(name, args=[referral.public_id])


def text(page) -> str:
    return unescape(page.content.decode())


def typed(answers) -> dict:
    return {f"q-{key}": value for key, value in answers.items()}


def queries(client, address) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
