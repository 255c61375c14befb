"""Anything is typed in every field of every page: no error of ours, nothing unescaped, the same text back.

Each field is typed a little of everything, and so many strings of the lists as NAUGHTY says, in turn: with 1,
each string comes to some field, and with as many as there are (or more) every string to every field.
"""

import re
import unicodedata
from collections.abc import Iterator
from html import escape
from itertools import count, cycle
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from .pages import Control, PageForm, forms_of, send, without_numbers
from .strings import COMPOSED, NAUGHTY, STRINGS, odd_values

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("addresses")]

SIGN_IN = reverse("login")
ODD = 100  # how many times, at most, one thing in a form is what it cannot be
WRITES = re.compile(r'^(?:INSERT INTO|UPDATE) "(\w+)"')
# Not what was typed for good: what is kept of a form that was not saved, and who was signed in.
KEPT_ASIDE = {"sundbyberg_am_draft", "sundbyberg_am_submission", "django_session"}


class Typist:
    """Sends forms with anything in them, and notes what goes wrong; nothing stays of it."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.sent = 0
        self.saved: set[str] = set()  # the fields whose text was stored

    def send(self, client: Client, form: PageForm, **typed: str) -> bool:
        """Whether it was saved, when it is sent so; whatever is wrong is noted in `faults`."""
        sent = form.filled(**typed)
        self.sent += 1
        stored: list[str] = []

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            found = WRITES.match(sql)
            if found and found[1] not in KEPT_ASIDE:
                stored.extend(_texts(params))
            return execute(sql, params, many, context)

        with transaction.atomic(), connection.execute_wrapper(watch):
            answer = send(client, form, sent)
            transaction.set_rollback(True)
        where = f"{form.method} {without_numbers(form.url)} {typed!r:.300}"
        if answer.status_code >= 500:
            self.faults.append(f"{answer.status_code} {where}: {answer.exc_info}")
        elif answer.status_code == 302 and answer["Location"].startswith(SIGN_IN):
            self.faults.append(f"signed out {where}")
        elif answer.status_code == 302:
            self._was_saved(form, typed, stored, where)
        elif "html" in answer.get("Content-Type", ""):
            self._is_shown(form, typed, answer.content.decode(), where)
        return answer.status_code == 302

    def _was_saved(
        self, form: PageForm, typed: dict[str, str], stored: list[str], where: str
    ) -> None:
        """What is stored of a text is the text, composed, without the white space around it."""
        wanted = {
            name: _lines(unicodedata.normalize("NFC", text)).strip() for name, text in typed.items()
        }
        kept = {_lines(one).strip() for one in stored}
        for name in {control.name for control in form.texts()} & set(wanted):
            want = wanted[name]
            if want in kept - {""}:
                self.saved.add(f"{without_numbers(form.url)} {name}")
            elif any(_is_like(want, one) for one in kept - set(wanted.values())):
                self.faults.append(f"another text is stored: {where}")

    def _is_shown(self, form: PageForm, typed: dict[str, str], html: str, where: str) -> None:
        for text in typed.values():
            if "<" in text and len(text) > 3 and escape(text) != text and text in html:
                self.faults.append(f"unescaped: {where}")
        again = [one for one in forms_of(html, form.url) if set(typed) <= set(one.controls)]
        texts = {control.name for control in form.texts()} & set(typed)
        if form.method == "get" or not texts or not again:
            return
        for name in texts:
            back = {unicodedata.normalize("NFC", one.controls[name].value) for one in again}
            want = unicodedata.normalize("NFC", typed[name])
            if not {_lines(one).strip() for one in back} & {_lines(want).strip()}:
                self.faults.append(f"not shown again in {name}: {where}")


def _texts(params: Any) -> Iterator[str]:
    for one in params or ():
        if isinstance(one, str):
            yield one
        elif isinstance(one, list | tuple):
            yield from _texts(one)
        elif hasattr(one, "obj"):  # JSON
            yield from _leaves(one.obj)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _leaves(one)


def _is_like(want: str, stored: str) -> bool:
    """Whether it is the same but for what should not have been changed."""
    return len(_bare(want)) > 3 and _bare(want) == _bare(stored) and want != stored


def _bare(text: str) -> str:
    return re.sub(r"\W", "", unicodedata.normalize("NFKD", text)).casefold()


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_whatever_is_typed_is_stored_as_it_is_or_shown_again(pages):
    typist, start = Typist(), 0
    for client, form in pages.forms:
        names = [control.name for control in form.texts()]
        if names and not typist.send(client, form, **dict.fromkeys(names, COMPOSED)):
            for name in names[: len(names) > 1 and len(names)]:  # one of them may not take it
                typist.send(client, form, **{name: COMPOSED})
        for turn in range(min(NAUGHTY, len(STRINGS)) if names else 0):
            strings = (STRINGS[(start + turn + place) % len(STRINGS)] for place in count())
            typist.send(client, form, **dict(zip(names, strings, strict=False)))
        start += len(names)
    print(f"{typist.sent} forms sent, {len(typist.saved)} fields stored what was typed")  # noqa: T201
    assert not typist.faults, "\n".join(typist.faults)
    texts = {
        f"{without_numbers(form.url)} {one.name}" for _, form in pages.forms for one in form.texts()
    }
    assert len(typist.saved) > len(texts) * 2 / 3, "\n".join(sorted(texts - typist.saved))


def test_what_is_no_day_number_or_choice_is_refused_or_shown_again(pages):
    typist = Typist()
    turn = count()
    values = {kind: cycle(odd_values(kind)) for kind in ("date", "time", "number", "")}
    for client, form in pages.forms:
        odd = [
            control
            for control in form.controls.values()
            if not control.takes_text and control.name != "csrfmiddlewaretoken"
        ]
        for _ in range(min(NAUGHTY, ODD) if odd else 0):
            one = odd[next(turn) % len(odd)]  # the others are as they should be
            typist.send(client, form, **{one.name: next(values.get(one.kind, values[""]))})
        for start in range(min(NAUGHTY, len(STRINGS)) if odd else 0):  # and all of them at once
            strings = (STRINGS[(start + place) % len(STRINGS)] for place in count())
            names = (control.name for control in odd)
            typist.send(client, form, **dict(zip(names, strings, strict=False)))
    print(f"{typist.sent} forms sent")  # noqa: T201
    assert not typist.faults, "\n".join(typist.faults)


def test_the_forms_of_a_page_are_read():
    html = (
        '<form method="post" action="/a/" id="f"><input name="x" value="1&lt;">'
        '<select name="s"><option value="">Välj<option value="b" selected></select>'
        '<input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>'
        "<textarea name=t>\n&amp;\n</textarea></form><input form=f name=o type=date value=2026-11-28>"
    )
    [form] = forms_of(html, "/sida/")
    assert form.controls["t"] == Control("t", "textarea", "&\n")
    assert form.filled(x="å") == "x=%C3%A5&s=b&r=2&t=%26%0A&o=2026-11-28"
