"""The forms of a page as a browser reads them, and what is sent when they are filled in."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from sundbyberg_am.access import Role
from tests.addresses import ADDRESSES, methods_of, url_of
from tests.builders import a_personnummer

TEXTS = ("text", "textarea", "search", "tel", "email")
TODAY = timezone.localdate()
PROPER = {
    "date": str(TODAY),
    "time": "10:00",
    "number": "1",
    "month": f"{TODAY:%Y-%m}",
    "email": "a@exempel.se",
    "text": "Ett ord",
    "textarea": "Några ord, fler än tjugo tecken",
    "search": "ord",
    "tel": "08-706 80 00",
    "password": "fyra gula båtar 47",
}

# What only some fields take, by the ends of their names.
OF_NAME = {
    "personnummer": a_personnummer(date(1979, 5, 7)),
    "target": "50",
    "hand_unit": "",
    "hand_outcome": "",
    "hand_until": "",
    "offer": "",
    "ends": "11:00",
    "no_personnummer_reason": "",
    "birth_date": "",
    "meeting_day": str(TODAY + timedelta(days=7)),
    "follow_up_on": str(TODAY + timedelta(days=30)),
    "current": "lösenord-i-test",
    "username": "ny.person",
}


@dataclass
class Control:
    """What one name in a form can send: its kind, what it has from the start, what can be chosen."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)

    @property
    def takes_text(self) -> bool:
        return self.kind in TEXTS

    def proper(self) -> list[str]:
        """What it has, or else something that it may well take."""
        for name, value in OF_NAME.items():
            if self.name.endswith(name) and not self.value:
                return [value]
        if self.options:
            some = next((one for one in self.options if one), "")
            return [one for one in self.chosen if one] or [some]
        return [self.value or PROPER.get(self.kind, "")]


@dataclass
class PageForm:
    """Where it is sent, how, and its controls by name."""

    url: str
    method: str
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, **typed: str) -> str:
        """As its first button sends it: what is typed in some, and something proper in all others."""
        data = QueryDict(mutable=True)
        for name, value in self.buttons[:1]:
            if name:
                data[name] = value
        for name, control in self.controls.items():
            data.setlist(name, [typed[name]] if name in typed else control.proper())
        return data.urlencode()

    def texts(self) -> Iterator[Control]:
        return (control for control in self.controls.values() if control.takes_text)


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[PageForm] = []
        self.by_id: dict[str, PageForm] = {}
        self.apart: list[tuple[str, dict[str, str], Control]] = []
        self.inside: PageForm | None = None
        self.select: Control | None = None
        self.area: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            url = given.get("action") or self.url
            self.inside = PageForm(url, given.get("method", "get").lower())
            self.forms.append(self.inside)
            self.by_id[given.get("id", "")] = self.inside
        elif tag == "option" and self.select:
            value = given.get("value", "")
            self.select.options.append(value)
            if "selected" in given:
                self.select.chosen.append(value)
        elif tag in ("input", "select", "textarea", "button") and "disabled" not in given:
            self._control(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area:
            self.area.value += data

    def _control(self, tag: str, given: dict[str, str]) -> None:
        kind = tag if tag in ("select", "textarea") else given.get("type", "text")
        control = Control(given.get("name", ""), kind, given.get("value", ""))
        if tag == "select":
            self.select = control
        elif tag == "textarea":
            self.area = control
        if tag == "button" and kind != "button" and self.inside:
            self.inside.buttons.append((control.name, control.value))
        if not control.name or tag == "button":
            return
        if kind in ("radio", "checkbox"):
            value = given.get("value", "on")
            control.options.append(value)
            if "checked" in given:
                control.chosen.append(value)
        if owner := given.get("form"):
            self.apart.append((owner, given, control))
        elif self.inside:
            _put(self.inside, control)


def _put(form: PageForm, control: Control) -> None:
    there = form.controls.setdefault(control.name, control)
    if there is not control and there.kind == control.kind:
        there.options += control.options
        there.chosen += control.chosen


def forms_of(html: str, url: str) -> list[PageForm]:
    """Every form of the page, with the controls that stand outside of it and name it."""
    reader = _Reader(url)
    reader.feed(html)
    reader.close()
    for owner, _, control in reader.apart:
        if owner in reader.by_id:
            _put(reader.by_id[owner], control)
    for form in reader.forms:
        for control in form.controls.values():
            if (
                control.kind == "textarea"
            ):  # the first line break of it is never a part of what it holds
                control.value = control.value.removeprefix("\n")
    return reader.forms


def every_form(
    things: dict[str, Any], clients: dict[Role, Client]
) -> Iterator[tuple[Client, PageForm]]:
    """Each form of every page once, with somebody signed in who may send it; `things` as of `one_of_each`."""
    seen = set()
    for name, address in ADDRESSES.items():
        if "get" not in methods_of(name):
            continue
        for role in sorted(address.roles):
            url = url_of(name, things)
            page = clients[role].get(url)
            if "html" not in page.get("Content-Type", ""):
                continue
            for form in forms_of(page.content.decode(), url):
                kind = (without_numbers(form.url), form.method, *sorted(form.controls))
                if kind not in seen and form.url.startswith("/"):
                    seen.add(kind)
                    yield clients[role], form


def send(client: Client, form: PageForm, sent: str) -> Any:
    """The answer; whoever is signed in stays so, also by the form that signs out."""
    cookies = deepcopy(client.cookies)
    if form.method == "post":
        answer = client.post(form.url, sent, "application/x-www-form-urlencoded")
    else:
        answer = client.get(f"{form.url}?{sent}")
    client.cookies = cookies
    return answer


def without_numbers(url: str) -> str:
    """The address of whatever it is about."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "…", url)
