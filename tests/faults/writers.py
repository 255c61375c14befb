"""Somebody who writes all the time, and keeps count of what was acknowledged."""

import re
import threading
import time
from http.client import HTTPException
from itertools import count
from urllib.error import URLError

from .city import City

THREADS, A_SECOND = 4, 20  # requests


class Writers:
    """Several who write notes in one case. What is not acknowledged is sent again, as one saves again."""

    def __init__(self, city: City) -> None:
        self.city, self.page = city, f"/deltagare/{city.case}/anteckningar/ny/"
        self.numbers = count(1)
        self.sent: set[str] = set()
        self.acknowledged: dict[
            str, tuple[float, float]
        ] = {}  # when it was begun, and when it was said
        self.odd: list[str] = []  # an answer that is neither yes nor "not now"
        self.requests = self.again = self.failed = 0
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self._go_on) for _ in range(THREADS)]

    def __enter__(self) -> "Writers":
        self.began = time.monotonic()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        """The last ones are sent until they are acknowledged."""
        self.stopped.set()
        for thread in self.threads:
            thread.join(120)
        self.seconds = time.monotonic() - self.began

    def has_written_since(self, moment: float) -> bool:
        """Whether something that was begun after the moment has been acknowledged."""
        return any(began >= moment for began, _ in list(self.acknowledged.values()))

    def _go_on(self) -> None:
        pause = 2 * THREADS / A_SECOND  # each writing is a page and a form
        while not self.stopped.is_set():
            started = time.monotonic()
            self._write(f"zq{next(self.numbers):06}qz")
            self.stopped.wait(max(0, started + pause - time.monotonic()))

    def _write(self, word: str) -> None:
        began = time.monotonic()
        self.sent.add(word)
        form: dict[str, str] = {}
        token = ""
        while time.monotonic() < began + 100:
            try:
                if not form:
                    form, token = self._form(word)
                elif self._is_saved(form, token):
                    self.acknowledged[word] = began, time.monotonic()
                    return
            except (OSError, URLError, HTTPException):
                self.failed += 1  # nobody answers
            self.again += bool(form)
            time.sleep(0.2 if form else 0.1)

    def _form(self, word: str) -> tuple[dict[str, str], str]:
        """What is sent, and the cookie that goes with it; nothing while the page cannot be shown."""
        self.requests += 1
        with self.city.writer.open(self.page) as page:
            if page.status != 200:
                self._note(page.status, page.url)
                return {}, ""
            html, cookies = page.read().decode(), " ".join(page.headers.get_all("Set-Cookie") or [])
        hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|form_key)" value="([^"]+)"', html))
        cookie = re.search(r"csrftoken=(\w+)", cookies)
        assert cookie
        note = {"kind": "other", "happened_on": "2026-11-01", "text": word}
        return {**note, **hidden}, cookie[1]

    def _is_saved(self, form: dict[str, str], token: str) -> bool:
        self.requests += 1
        with self.city.writer.open(self.page, form, token) as answer:
            if answer.status == 200 and not answer.url.endswith(self.page):
                return True
            self._note(answer.status, answer.url)
            return False

    def _note(self, status: int, url: str) -> None:
        self.failed += 1
        if status not in (502, 503):
            self.odd.append(f"{status} {url}")
