"""What no browser sends: odd parameters, headers, paths and bodies give a 4xx or the page, never a 5xx."""

import unicodedata
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.urls import reverse

from participants.models import Note
from referrals.models import Referral, SystemCall
from sundbyberg_am.access import Role
from tests.addresses import ADDRESSES, methods_of, url_of
from tests.referrals.builders import ANSWERS, Cast
from tests.referrals.systems import Caller, a_body

from .strings import BIG_LIST, DAYS, NAUGHTY, NUMBERS, STRINGS, SWEDISH

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("addresses")]

# Every name that a page reads from its address.
PARAMETERS = [
    *("fore", "efter", "visa", "fran", "till", "mall", "mal", "andra", "version", "konsulent"),
    *("uppgift", "q", "lage", "vilka", "sida", "next"),
]
BYTES = [b"\xff\xfe", b"%C3%28".replace(b"%", b""), b"\xed\xa0\x80", b"\x00", b"a" * 5_000]
VALUES = [
    *(one.encode() for one in (*NUMBERS, *DAYS, *SWEDISH[:25], *BIG_LIST[::9]) if len(one) < 3_000),
    *BYTES,
]
LARGE = 10_000_000


@pytest.fixture
def ask(pages) -> Any:
    """`ask(role, method, …)` is the status, which is never 5xx."""

    def asked(role: Role, method: str, *args: Any, **kwargs: Any) -> int:
        answer = getattr(pages.clients[role], method)(*args, **kwargs)
        assert answer.status_code < 500, (f"{args!r:.300}", kwargs, answer.exc_info)
        return int(answer.status_code)

    return asked


def test_any_parameter_may_be_anything(pages, ask):
    values = cycle(VALUES)
    for name, address in ADDRESSES.items():
        if "get" in methods_of(name):
            query = "&".join(f"{one}={quote_from_bytes(next(values))}" for one in PARAMETERS)
            ask(sorted(address.roles)[0], "get", f"{url_of(name, pages.things)}?{query}")


@pytest.mark.parametrize("value", [*BYTES, *(one.encode() for one in NUMBERS[-9:])])
def test_any_part_of_an_address_may_be_anything(ask, value):
    part = quote_from_bytes(value[:300], safe="")
    for before in ("deltagare/", "anvisningar/", "rapporter/", "listor/utbud/", "mal/", ""):
        assert ask(Role.MANAGER, "get", f"/{before}{part}/") == 404


def test_any_header_may_be_anything(ask):
    names = (
        "Accept-Language",
        "HX-Request",
        "HX-Current-URL",
        "Referer",
        "X-Unattended",
        "X-Draft",
    )
    for value in ("\xff" * 30, "a" * 9_000, "%00", "'; --", "1" * 400):
        for name in (*names, "X-Forwarded-For", "If-Modified-Since", "If-None-Match", "Cookie"):
            ask(Role.MANAGER, "get", "/rapporter/", headers={name: value})


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"text=%FF%FE&kind=%ED%A0%80&\xff=\xfe"),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 1_500)),
        ("application/x-www-form-urlencoded", b"text=" + b"a" * LARGE),
        ("application/x-www-form-urlencoded; charset=utf-7", b"text=+AOU-"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"text=1"),
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n"),
        ("multipart/form-data; boundary=" + "x" * 300, b"--x--"),
        ("multipart/form-data; boundary=\xe5", b"--x--"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="text"; filename="cv.pdf"\r\n'
            b"Content-Type: application/pdf\r\n\r\nMZ\x90\x00\r\n--x--\r\n",
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="text"\r\n'
            b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n",
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + b"a" * LARGE,
        ),
        ("application/json", b'{"text": "\xff"}'),
        ("text/plain", b"\x00" * 1_000),
        ("", b"text=1"),
        ("image/png", b"\x89PNG\r\n"),
    ],
    ids=lambda one: one[-20:] if isinstance(one, str) else len(one),
)
def test_a_form_may_be_sent_as_anything(pages, ask, kind, body):
    url = reverse("note_add", args=[pages.things["case"]])
    before = Note.objects.count()
    assert ask(Role.CONSULTANT, "generic", "POST", url, body, kind) in (200, 400, 413, 422)
    assert Note.objects.count() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"null",
        b"1e999",
        b'"\\ud800"',
        b"[" * 100_000,
        b"{" + b" " * LARGE,
    ],
    ids=["empty", "bytes", "open", "list", "null", "huge", "half a letter", "deep", "large"],
)
def test_the_api_may_be_sent_anything(body):
    answer = Caller(Cast().sender, name="Udda").send(body)
    assert 400 <= answer.status_code < 500


def test_every_field_of_the_api_may_be_anything():
    caller = Caller(Cast().sender, name="Udda")
    values: Iterator[Any] = cycle(
        [*SWEDISH, *BIG_LIST[::5], *NUMBERS, *DAYS, "\ud800", 10**400, None, [], {}, True]
    )
    for number, field in enumerate([*a_body(), "birth_date", "email", "level_reason", "phone"] * 4):
        answer = caller.send(a_body(**{field: next(values)}), key=f"n{number}")
        assert answer.status_code in (201, 400, 422), (field, answer.content)


def test_a_text_that_the_api_takes_is_stored_as_it_was_sent(monkeypatch):
    monkeypatch.setattr(SystemCall, "ALLOWED", 10**6)
    caller, taken, start = Caller(Cast().sender, name="Udda"), set(), 0
    texts = ("first_name", "last_name", "phone", "email", "interpreter_language", "level_reason")
    for field in (*texts, "no_personnummer_reason", *ANSWERS):
        for turn in range(max(min(NAUGHTY, len(STRINGS)), 5)):
            text = STRINGS[(start + turn) % len(STRINGS)]
            sent = {"answers": {**ANSWERS, field: text}} if field in ANSWERS else {field: text}
            answer = caller.send(a_body(**sent), key=f"{field} {turn}")
            assert answer.status_code in (201, 422), (field, text, answer.content)
            if answer.status_code == 201:
                referral = Referral.objects.get(public_id=answer.json()["id"])
                stored = referral.answers[field] if field in ANSWERS else getattr(referral, field)
                assert stored == unicodedata.normalize("NFC", text).strip(), field
                taken.add(field)
        start += 5
    assert taken >= {"first_name", "last_name", "interpreter_language", "level_reason"}
