"""The HTML of every page, as every role that may: with things on it, with nothing, and sent back with errors.

The Nu Html Checker is asked where it and Java are at hand; what it is got by is

  npm install --no-save vnu-jar && python3 dev.py test tests/test_html.py

or another vnu.jar named by VNU_JAR. It is 30 MB and takes most of a minute, so it is no part of what the
tests install. What can be said without it is said of each page that `tests/browser/test_every_page.py` opens.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from sundbyberg_am.access import Role
from tests.addresses import ADDRESSES, one_of_each, url_of
from tests.browser.test_every_page import PAGES
from tests.builders import a_unit, a_user
from tests.markup import faults_in
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("addresses")]

ROOT = Path(__file__).resolve().parents[1]
NU = Path(os.environ.get("VNU_JAR") or ROOT / "node_modules/vnu-jar/build/dist/vnu.jar")


def every_page() -> Iterator[tuple[str, str]]:
    """What the page is, and its HTML."""
    things = one_of_each()
    for role in Role:
        names = [name for name in PAGES if role in ADDRESSES[name].roles]
        client = signed_in(things["users"][role])
        for name in names:
            yield f"{role}-{name}", html_of(client, url_of(name, things))
        for name in names:
            with transaction.atomic():
                answer = client.post(url_of(name, things))
                transaction.set_rollback(True)
            if answer.status_code == 422:
                yield f"{role}-{name}-errors", answer.content.decode()
        kind = a_user(role).unit.kind
        client = signed_in(a_user(role, unit=a_unit(f"Tom enhet {kind}", kind)))
        for name in names:
            if not (ADDRESSES[name].about or ADDRESSES[name].more):
                yield f"{role}-{name}-empty", html_of(client, url_of(name, {}))
        yield f"{role}-not-there", html_of(client, "/finns-inte/", status=404)
    for name, address in (
        ("login", "/logga-in/"),
        ("survey", "/enkat/"),
        ("thanks", "/enkat/tack/"),
    ):
        yield name, html_of(Client(), address)
        if name != "thanks":
            yield f"{name}-errors", Client().post(address).content.decode()


def html_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == status, address
    return answer.content.decode()


@pytest.mark.slow
def test_the_nu_checker_finds_no_error(tmp_path):
    if not NU.exists() or not shutil.which("java"):
        pytest.skip("NO NU CHECKER: npm install --no-save vnu-jar, and have Java.")
    for name, html in every_page():
        (tmp_path / f"{name}.html").write_text(html)
    done = subprocess.run(
        ["java", "-jar", NU, "--errors-only", "--skip-non-html", tmp_path],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr.replace(f"file:{tmp_path}/", "") == ""


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p><b>a</p>", "</p> closes ['b']"),
        ("<div><p>a</p>", "<div> is not closed"),
        ('<p id="a">a</p><p id="a">b</p>', "the id 'a' twice"),
        ('<label for="b">a</label>', "no id 'b'"),
        ('<a href="#top">a</a>', "no id 'top'"),
        ('<p class="a" class="b">a</p>', "<p> has class twice"),
        ('<a href="#" data-hx-get="/">a</a>', "<a> leads nowhere without a script"),
        ('<button type="button">a</button>', "<button> does nothing without a script"),
        ('<form action="/"><input name="a"></form>', "<form> has no button"),
        (
            '<form action="/" data-hx-post="/b"><button>a</button></form>',
            "<form> is sent elsewhere without a script",
        ),
        ('<div data-hx-get="/"><p>a</p></div>', "<div> has no link to what a script gets"),
        ('<p onclick="a()">a</p>', "<p> runs a script"),
    ],
)
def test_a_fault_is_found(html, fault):
    assert fault in faults_in(html)


def test_no_fault_is_made_up():
    page = (
        '<p id="a">a<br><img src="x"></p><svg><path d="M0" /></svg><a href="#a">a &amp; b</a>'
        '<p hidden><button type="button">a</button></p><form><button>a</button></form>'
        '<div data-hx-get="/"><p><a href="/">a</a></p></div>'
    )
    assert faults_in(page) == []


def test_a_page_is_sent_compressed(as_user):
    client = as_user(a_user())
    whole = client.get("/deltagare/")
    small = client.get("/deltagare/", headers={"Accept-Encoding": "gzip"})
    assert small["Content-Encoding"] == "gzip"
    assert len(small.content) < len(whole.content) / 2
