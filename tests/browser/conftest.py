"""A real browser against real processes: gunicorn, a Celery worker, PostgreSQL and Valkey."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, sync_playwright

from sundbyberg_am.models import User

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "tests" / "vendor" / "axe" / "axe.min.js"
# The queue of these tests: a number of its own for each process of tests, so that none rings another's bell.
BROKER_DATABASE = 8 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 8


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests see real transactions, and what the migrations stored."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True))


@pytest.fixture(scope="module")
def browsers() -> Iterator[BrowserType]:
    # Playwright keeps an event loop running, in which Django would refuse to ask the database and
    # make connections of its own.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    before = connections[DEFAULT_DB_ALIAS]
    with sync_playwright() as playwright:
        connections[DEFAULT_DB_ALIAS] = before
        yield playwright.chromium


@pytest.fixture
def chromium(browsers: BrowserType) -> Iterator[Browser]:
    """A browser of the test's own: it grows with every page, and one that falls takes no other test along."""
    path = os.environ.get("CHROMIUM_PATH")
    if not path:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no Chromium, and CI must run the browser tests.")
        pytest.skip("NO BROWSER: there is no Chromium, so the browser tests were skipped.")
    with browsers.launch(
        executable_path=path,
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    ) as browser:
        yield browser


@dataclass(frozen=True)
class Site:
    """A web server and a worker that use the test database."""

    address: str
    worker: subprocess.Popen[bytes]

    @contextmanager
    def resting_worker(self) -> Iterator[None]:
        """Nothing in the queue is done inside."""
        os.killpg(self.worker.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.worker.pid, signal.SIGCONT)


@pytest.fixture(scope="session")
def site(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Site]:
    where = connection.settings_dict
    database = f"{quote(where['USER'])}@{quote(where['HOST'], safe='')}/{quote(where['NAME'])}"
    data = tmp_path_factory.mktemp("site")
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{database}",
        "BROKER_URL": f"{settings.CELERY_BROKER_URL}?virtual_host={BROKER_DATABASE}",
        "SECRET_KEY": settings.SECRET_KEY,  # a session made here is one there
        "HTTPS_ONLY": "0",
        "DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "sundbyberg_am.settings",
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (data / "log").open("w+")

    def start(*command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    subprocess.run(
        [sys.executable, ROOT / "manage.py", "collectstatic", "--no-input", "-v0"],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    processes = [
        start(
            *("gunicorn", "sundbyberg_am.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--worker-class", "gthread", "--threads", "4", "--access-logfile", "-"),
        ),
        start("celery", "-A", "sundbyberg_am", "worker", "--concurrency", "1", "-l", "INFO"),
    ]
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/logga-in/", processes)
        yield Site(address, worker=processes[1])
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        log.seek(0)
        print(log.read()[-20_000:])  # noqa: T201 – pytest shows it with a failure
        log.close()


def _wait_for(url: str, processes: list[subprocess.Popen[bytes]]) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310
                return
        except OSError:  # refused, or slow on a busy machine
            assert all(process.poll() is None for process in processes)
            time.sleep(0.2)
    pytest.fail("The site did not start.")


class SignIn(Protocol):
    """Opens a window, of a size, where the user has signed in; without `script` pages run no JavaScript."""

    def __call__(
        self, user: User, width: int = 1280, height: int = 900, *, script: bool = True
    ) -> Page: ...


@pytest.fixture
def sign_in(site: Site, chromium: Browser) -> Iterator[SignIn]:
    """`sign_in(user)` is a page of a browser window of its own where the user has signed in."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_window(
        user: User, width: int = 1280, height: int = 900, *, script: bool = True
    ) -> Page:
        context = chromium.new_context(
            base_url=site.address,
            viewport={"width": width, "height": height},
            locale="sv-SE",
            reduced_motion="reduce",  # or a page that is slow to come fades in too late, and says so
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        # Kept for the end: what is raised in here would cut the connection to the browser.
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.goto("/")
        page.get_by_label("Användarnamn").fill(user.username)
        page.get_by_label("Lösenord").fill("lösenord-i-test")
        page.get_by_role("button", name="Logga in").click()
        page.wait_for_url("**/")
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert faults == []


WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# WALK=whole: all that is looked at, which otherwise is once where more of it is the same.
IS_WHOLE = os.environ.get("WALK") == "whole"
CONTRAST = "color-contrast"


def violations(page: Page, only: Sequence[str] = WCAG, besides: Sequence[str] = ()) -> list[str]:
    """What axe-core finds on the page as it stands, in words: against WCAG 2.2 A and AA, or by some rules."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(
        """([only, besides]) => axe.run(document, {
            runOnly: only, resultTypes: ["violations"],
            rules: Object.fromEntries(besides.map(rule => [rule, {enabled: false}])),
        }).then(r => r.violations.map(v => v.id + ": " + v.help + " " +
            v.nodes.map(n => n.target.join(" ")).join(", ")))""",
        [list(only), list(besides)],
    )
    return [f"{page.url} at {page.viewport_size}: {one}" for one in found]
