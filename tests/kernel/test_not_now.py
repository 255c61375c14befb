"""What cannot be done just now is said so with 503, and what was typed can be sent again without a script."""

import errno
import re

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction
from django.test import RequestFactory
from django.utils import timezone
from psycopg.errors import DiskFull

from sundbyberg_am import room
from sundbyberg_am.actions import NotOnRecord
from sundbyberg_am.middleware import DISK_IS_FULL, NO_DATABASE, NOT_NOW, TOO_SLOW, not_now
from sundbyberg_am.room import NO_ROOM
from sundbyberg_am.sessions import SEEN
from sundbyberg_am.views import server_error
from sundbyberg_am.wsgi import _limit
from tests.builders import a_user, an_enrolment

TYPED = {"text": 'Ett "långt" samtal <b>\nom arbete', "form_key": "k", "kind": "call"}


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NotOnRecord(), NOT_NOW),
        (OperationalError("gone"), NO_DATABASE),
        (InterfaceError("closed"), NO_DATABASE),
    ],
)
def test_what_was_typed_stands_on_the_page_and_is_sent_again(error, sentence):
    request = RequestFactory().post("/deltagare/x/?visa=allt", TYPED)
    answer = not_now(request, error)
    assert answer
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    html = answer.content.decode()
    assert sentence in html
    assert 'action="/deltagare/x/?visa=allt"' in html
    values = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))
    assert values == {
        **TYPED,
        "text": "Ett &quot;långt&quot; samtal &lt;b&gt;\nom arbete",
    }
    assert "samtal &lt;b&gt;<br>om arbete" in html


def test_a_password_is_never_shown_again():
    request = RequestFactory().post("/logga-in/", {"username": "a", "password": "två ord"})
    html = not_now(request, OperationalError()).content.decode()
    assert "två ord" not in html
    assert "<form" not in html


def test_a_page_that_is_asked_for_is_asked_for_again():
    html = not_now(RequestFactory().get("/rapporter/?a=1&b"), OperationalError()).content.decode()
    assert 'href="/rapporter/?a=1&amp;b"' in html


def test_a_form_that_broke_off_says_so_too():
    request = RequestFactory().post("/", b"--x", content_type="multipart/form-data; boundary=x")
    assert not_now(request, OperationalError()).status_code == 503


def test_an_error_of_ours_is_none_of_this():
    assert not_now(RequestFactory().get("/"), ValueError()) is None


def test_the_database_gone_before_a_view_is_reached_is_said_in_the_same_way():
    request = RequestFactory().get("/")
    try:
        raise OperationalError
    except OperationalError:
        assert server_error(request).status_code == 503
    assert server_error(request).status_code == 500


@pytest.mark.django_db
def test_the_database_gone_while_the_session_is_saved_is_said_in_the_same_way(as_user):
    client = as_user(a_user())
    session = client.session
    session[SEEN] -= 100  # long enough ago to be saved anew
    session.save()

    def gone(execute, sql, *args):
        if sql.startswith('UPDATE "django_session"'):
            raise OperationalError("gone")
        return execute(sql, *args)

    with connection.execute_wrapper(gone):
        answer = client.get("/kortkommandon/")
    assert answer.status_code == 503
    assert NO_DATABASE in answer.content.decode()


def test_a_full_disk_is_said_whatever_it_stopped():
    try:
        raise NotOnRecord from OperationalError()
    except NotOnRecord as error:
        assert error.__cause__
        error.__cause__.__cause__ = DiskFull()
        answer = not_now(RequestFactory().get("/"), error)
    assert DISK_IS_FULL in answer.content.decode()
    assert not_now(RequestFactory().get("/"), OSError(errno.ENOSPC, "full")).status_code == 503
    assert not_now(RequestFactory().get("/"), OSError(errno.EACCES, "closed")) is None


@pytest.mark.django_db
def test_with_little_room_a_form_is_refused_and_a_page_is_read(as_user, monkeypatch, settings):
    settings.EMBEDDED_DATABASE = True
    monkeypatch.setattr(room, "KEPT_FREE", 2**62)  # more than any disk has
    user = a_user()
    case = f"/deltagare/{an_enrolment(consultant=user).participant.public_id}/"
    client = as_user(user)
    note = {"kind": "call", "happened_on": timezone.localdate(), "text": "Ett samtal"}
    answer = client.post(f"{case}anteckningar/ny/", note)
    assert answer.status_code == 422
    assert NO_ROOM in answer.content.decode()
    assert "Ett samtal" in answer.content.decode()
    assert client.get(case).status_code == 200


@pytest.mark.django_db
def test_a_statement_of_a_page_that_takes_too_long_is_broken_off():
    with connection.cursor() as cursor:
        _limit(connection)
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("20s",)
        cursor.execute("SET LOCAL statement_timeout = 20")
        with pytest.raises(OperationalError) as slow, transaction.atomic():
            cursor.execute("SELECT pg_sleep(1)")
        cursor.execute("SET LOCAL statement_timeout = 0")
    assert TOO_SLOW in not_now(RequestFactory().get("/"), slow.value).content.decode()
