"""The provider of identities as a test sees it, and the process that it is."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
START = "/logga-in/kommun/"


class Provider:
    """The provider as a test sees it."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    def knows(self, subject: str, **claims: Any) -> None:
        """Let somebody have these claims from now on."""
        requests.put(f"{self.address}/users/{quote(subject)}", json=claims, timeout=5)

    def lies(self, **lies: Any) -> None:
        """Let the ID tokens be wrong in some way; called without anything they are right again."""
        requests.put(f"{self.address}/lies", json=lies, timeout=5)

    def lets_in(self, client: Client, subject: str, page: str = START, **sent: str) -> str:
        """The address that the provider sends the browser back to."""
        away = client.get(page)
        assert away.status_code == 302, away.content.decode()
        form = {"sub": subject, **sent}
        answer = requests.post(away["Location"], data=form, allow_redirects=False, timeout=5)
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def sign_in(self, client: Client, subject: str, page: str = START) -> Any:
        return client.get(self.lets_in(client, subject, page))


@pytest.fixture(scope="module")
def process() -> Iterator[Provider]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    provider = Provider(port)
    command = [sys.executable, "-m", "tests.identity_provider", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as running:
        for _ in range(150):
            try:
                requests.get(f"{provider.address}/jwks", timeout=5)
                break
            except requests.ConnectionError:
                assert running.poll() is None
                time.sleep(0.1)
        yield provider
        running.terminate()
