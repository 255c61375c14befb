"""A note survives the death of the web server and of the session, as the consultant sees it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from participants.models import Enrolment, Note
from sundbyberg_am.models import Draft, Session, User
from tests.builders import a_participant, a_user, an_enrolment

from .conftest import IS_WHOLE, SignIn, Site, violations

ROOT = Path(__file__).resolve().parents[2]
LETTERS = 3_000
LOST_AT_MOST = 10.0  # seconds of writing


class WebServer:
    """A web server of the test's own, on the test database, that can be killed and started again."""

    def __init__(self, data: Path) -> None:
        where = connection.settings_dict
        database = f"{quote(where['USER'])}@{quote(where['HOST'], safe='')}/{quote(where['NAME'])}"
        self.environment = {
            **os.environ,
            "DATABASE_URL": f"postgres://{database}",
            "BROKER_URL": settings.CELERY_BROKER_URL,
            "SECRET_KEY": "the same before and after the kill",
            "HTTPS_ONLY": "0",
            "DATA_DIR": str(data),
            "DJANGO_SETTINGS_MODULE": "sundbyberg_am.settings",
        }
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = data / "log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "sundbyberg_am.wsgi"),
                    *("--bind", f"127.0.0.1:{self.port}"),
                    *("--worker-class", "gthread", "--threads", "4", "--access-logfile", "-"),
                ],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.address}/logga-in/", timeout=30):  # noqa: S310
                    return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.2)
        pytest.fail("The web server did not start.")

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)


@pytest.fixture
def web_server(django_db_setup, chromium: Browser, tmp_path) -> Iterator[WebServer]:
    server = WebServer(tmp_path)
    subprocess.run(
        [sys.executable, ROOT / "manage.py", "collectstatic", "--no-input", "-v0"],
        cwd=ROOT,
        env=server.environment,
        check=True,
    )
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture
def kim() -> User:
    return a_user(name="Kim Konsulent")


@pytest.fixture
def case(kim) -> Enrolment:
    return an_enrolment(participant=a_participant(last_name="Wåhlin"), consultant=kim)


def url_of(name: str, case: Enrolment) -> str:
    return reverse(name, args=[case.participant.public_id])


def sign_in_on(page: Page, kim: User) -> None:
    page.get_by_label("Användarnamn").fill(kim.username)
    page.get_by_label("Lösenord").fill("lösenord-i-test")
    page.get_by_role("button", name="Logga in").click()


def test_a_note_survives_the_death_of_the_web_server_and_the_session(
    chromium, web_server, kim, case
):
    context = chromium.new_context(base_url=web_server.address, locale="sv-SE")
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(url_of("note_add", case))
    sign_in_on(page, kim)
    words = "Vi talade om arbete, svenska och vägen dit – steg för steg. "
    text = (words * LETTERS)[:LETTERS].strip()
    field = page.locator("#id_text")
    field.click()
    typed: list[tuple[float, int]] = []  # how much had been typed, and when
    for at in range(0, len(text), 50):
        page.keyboard.type(text[at : at + 50], delay=10)
        typed.append((time.monotonic(), min(at + 50, len(text))))
        if at >= LETTERS // 2 and Draft.objects.exists():
            break
    assert field.input_value() == text[: typed[-1][1]]
    web_server.kill()
    killed_at = time.monotonic()
    # More is typed to a server that is gone, and then the lid is closed: nothing of that is promised.
    page.keyboard.type("Detta skrivs till ingen.")
    Session.objects.all().delete()
    context.close()

    web_server.start()
    context = chromium.new_context(base_url=web_server.address, locale="sv-SE")
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(url_of("note_add", case))
    sign_in_on(page, kim)
    expect(page.get_by_text("Du har ett utkast från")).to_be_visible()
    kept = page.locator("#id_text").input_value()
    assert text.startswith(kept)
    promised = max((many for at, many in typed if at <= killed_at - LOST_AT_MOST), default=1)
    assert len(kept) >= promised, (len(kept), promised)

    page.locator("#id_text").fill(text)
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_text("Anteckningen är sparad.")).to_be_visible()
    assert Note.objects.get().text == text
    assert not Draft.objects.exists()
    context.close()


def test_the_server_comes_back_while_the_page_is_open(chromium, web_server, kim, case):
    context = chromium.new_context(base_url=web_server.address, locale="sv-SE")
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(url_of("note_add", case))
    sign_in_on(page, kim)
    field = page.locator("#id_text")
    expect(field).to_be_visible()
    web_server.kill()
    field.press_sequentially("Skrivet medan servern var borta.")
    expect(page.get_by_text("Vi försöker igen.")).to_be_visible(timeout=15_000)
    web_server.start()
    expect(page.get_by_text("Utkast sparat")).to_be_visible(timeout=20_000)
    assert Draft.objects.get().fields["text"] == ["Skrivet medan servern var borta."]
    context.close()


def test_a_session_that_ends_while_writing_is_said_and_the_text_saved_after_sign_in(
    sign_in: SignIn, kim, case
):
    page = sign_in(kim)
    page.goto(url_of("note_add", case))
    field = page.locator("#id_text")
    Session.objects.all().delete()
    field.press_sequentially("Skrivet utan session.")
    said = page.get_by_text("Du är utloggad. Det du skrivit sparas när du loggat in igen.")
    expect(said).to_be_visible(timeout=15_000)
    assert violations(page) == []
    assert not Draft.objects.exists()

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Logga in i en ny flik").click()
    sign_in_on(opened.value, kim)
    opened.value.wait_for_url("**/")
    page.bring_to_front()
    expect(page.get_by_text("Utkast sparat")).to_be_visible(timeout=15_000)
    assert Draft.objects.get().fields["text"] == ["Skrivet utan session."]
    # The page is from before the sign-in, and is sent all the same.
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_text("Anteckningen är sparad.")).to_be_visible()
    assert Note.objects.get().text == "Skrivet utan session."


def test_a_note_sent_without_a_session_and_without_scripts(chromium, site: Site, kim, case):
    context = chromium.new_context(base_url=site.address, java_script_enabled=False, locale="sv-SE")
    page = context.new_page()
    page.goto(url_of("note_add", case))
    sign_in_on(page, kim)
    page.locator("#id_text").fill("Skrivet utan skript.")
    Session.objects.all().delete()
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_text("finns det du skrev kvar").last).to_be_visible()
    sign_in_on(page, kim)
    assert urlsplit(page.url).path == url_of("note_add", case)
    expect(page.get_by_text("Du har ett utkast från")).to_be_visible()
    page.get_by_role("button", name="Spara", exact=True).click()
    assert Note.objects.get().text == "Skrivet utan skript."
    context.close()


@pytest.mark.parametrize("width", [1280, 390] if IS_WHOLE else [390])
def test_a_draft_and_a_conflict_are_accessible_and_fit(sign_in: SignIn, kim, case, width):
    page = sign_in(kim, width)  # not changed afterwards: it would cut off the fading in of the page
    page.goto(url_of("participant_details", case))
    person = case.participant
    person.refresh_from_db()
    person.address = "Sturegatan 14 B, 4 tr, c/o Wåhlin-Ström-af-Ekenstam-på-Hallonbergen"
    person.touch(a_user(name="Åsa Öberg"))
    person.save()
    page.locator("#id_address").fill("Esplanaden 1")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("heading", name="Ditt och det som är sparat")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("Låt det sparade gälla: Adress").check()
    page.get_by_role("button", name="Spara det som står här").click()
    page.wait_for_url(f"**{url_of('participant', case)}")
    before = person.address
    person.refresh_from_db()
    assert (person.address, person.version) == (before, 2)

    page.goto(url_of("note_add", case))
    page.locator("#id_text").fill("Ett utkast.")
    expect(page.get_by_text("Utkast sparat")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Du har ett utkast från")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Släng utkastet").click()
    expect(page.get_by_text("Du har ett utkast från")).to_have_count(0)
    assert not Draft.objects.exists()


def faults(page: Page) -> list[str]:
    """What axe-core finds, and whether one has to scroll sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return violations(page) + ([f"{page.url} is wider than the window"] if wide else [])
