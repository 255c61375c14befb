"""Where it is measured: a database of its own for each size, and real web servers beside each other."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django
import psycopg
from django.core.management import call_command

from sundbyberg_am import embedded

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"1k": 1_000, "100k": 100_000, "1m": 1_000_000}  # enrolments


class Place:
    """The database of one size, filled, with what is served from it."""

    def __init__(self, size: str) -> None:
        base = Path(os.environ.get("DATA_DIR") or ROOT / "var").absolute()
        self.size, self.data = size, base / "bench" / size
        # One worker: what is measured is how much work a page is, not how many processes share it.
        os.environ |= {
            "DATA_DIR": str(self.data),
            "DJANGO_SETTINGS_MODULE": "benchmarks.site.settings",
            "EMBEDDED_BUFFERS": "512MB",  # a small server's; the demonstration has less
        }
        for name in ("DATABASE_URL", "BROKER_URL"):
            os.environ.pop(name, None)
        embedded.hold()
        self.owner_url = embedded.owner_url(self.data)
        self.superuser_url = self.owner_url.replace(
            "postgres://sundbyberg_am@", "postgres://postgres@"
        )
        django.setup()
        from . import data  # has its words from the demonstration, which needs settings

        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        self.seconds_to_fill = data.fill(self.superuser_url, SIZES[size])

    def ask(self, query: str, *values: object) -> Any:
        """The one value that the database answers with, as text; a query without an answer gives None."""
        with psycopg.connect(self.superuser_url) as connection:
            answer = connection.execute(query, values or None)
            row = answer.fetchone() if answer.description else None
            return row and str(row[0])

    @contextmanager
    def served(self, module: str = "sundbyberg_am.wsgi", **variables: str) -> Iterator["Server"]:
        """A web server with one worker; `module` is its WSGI application."""
        port = a_free_port()
        command = (sys.executable, "-m", "gunicorn", module, "--bind", f"127.0.0.1:{port}")
        with (self.data / "web.log").open("ab") as log:
            process = subprocess.Popen(
                [
                    *command,
                    "--worker-class=gthread",
                    "--threads=2",
                    "--keep-alive=75",
                    "--no-control-socket",
                ],
                cwd=ROOT,
                env=os.environ | variables,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield Server(port, process.pid)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)


def a_free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Ask until it is so; what takes too long stops the measurement."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            sys.exit("What was waited for did not happen.")
        time.sleep(0.01)


class Server:
    """A browser's way to a web server: one connection that is kept, with its cookies."""

    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid
        self.cookies: dict[str, str] = {}
        until = time.monotonic() + 30
        while True:
            self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
            try:
                self.get("/logga-in/")
                return
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def sign_in(self, username: str) -> "Server":
        """Become the user."""
        self.post("/logga-in/", username=username, password="demo-sundbyberg")  # noqa: S106
        if "sessionid" not in self.cookies:
            sys.exit(f"{username} could not sign in.")
        return self

    def get(self, path: str) -> str:
        """The page; anything but 200 stops the measurement."""
        return self.download(path).decode()

    def download(self, path: str) -> bytes:
        """The file; anything but 200 stops the measurement."""
        status, body, _ = self._ask("GET", path)
        if status != 200:
            sys.exit(f"GET {path} was answered {status}.")
        return body

    def status(self, path: str) -> int:
        """How the page is answered, whichever way."""
        return self._ask("GET", path)[0]

    def post(self, path: str, **fields: str) -> str:
        """Send a form; the address it leads to. A form that is refused stops the measurement."""
        fields["csrfmiddlewaretoken"] = self.cookies["csrftoken"]
        status, _, location = self._ask("POST", path, urlencode(fields))
        if status != 302:
            sys.exit(f"POST {path} was answered {status}.")
        return location

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, content, answer.headers.get("Location", "")
