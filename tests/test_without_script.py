"""Every form as a browser without scripts sends it: what its fields hold, with its own token, by its button.

Each address that takes what is sent is reached so from some page: what is sent is taken, or comes back with
what is wrong listed.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve

from sundbyberg_am.access import Role

from .addresses import ADDRESSES, methods_of, one_of_each, url_of
from .browser.test_every_page import PAGES
from .signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("addresses")]

# What a script sends while one types; without scripts the text is sent when it is saved.
BY_SCRIPT = {"draft", "referral_draft", "referral_add_draft", "referral_register_draft"}
# In states that these pages are not in: a report that is no draft, a plan without steps, a year with goals,
# somebody whose time has come.
# The story in browser/test_the_whole_way.py goes through the commonest of them without scripts.
ELSEWHERE = {
    *("board_goals_copy", "report_approve", "report_discard", "report_retry"),
    *("goal_change", "plan_start", "step_change", "step_state", "hand_over", "handover_seen"),
    *("mapping_draft_start", "mapping_take_back", "feedback_acknowledge", "referral_complete"),
    "removal",
}


@dataclass
class Form:
    """Where it is sent, how, and what is sent."""

    action: str
    method: str
    sent: dict[str, list[str]] = field(default_factory=dict)
    has_button: bool = False

    def add(self, given: dict[str, str], value: str) -> None:
        if given.get("name"):
            self.sent.setdefault(given["name"], []).append(value)


class Forms(HTMLParser):
    """The forms in the main part of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.form: Form | None = None
        self.select: dict[str, str] = {}
        self.options: list[tuple[str, bool]] = []
        self.text: str | None = None
        self.elsewhere: list[dict[str, str]] = []  # buttons that send the form to another place
        self.is_main = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.is_main = True
        elif tag == "form" and self.is_main:
            self.form = Form(given.get("action", ""), given.get("method", "get"))
        if self.form is None:
            return
        if tag == "input" and given.get("type") not in ("radio", "checkbox"):
            self.form.add(given, given.get("value", ""))
        elif tag == "input" and "checked" in given:
            self.form.add(given, given.get("value", "on"))
        elif tag == "select":
            self.select, self.options = given, []
        elif tag == "option":
            self.options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self.select, self.text = given, ""
        elif tag == "button" and given.get("formaction"):
            self.elsewhere.append(given)
        elif tag == "button" and not self.form.has_button:
            self.form.has_button = True
            self.form.add(given, given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.is_main = False
        if self.form is None:
            return
        if tag == "select":
            chosen = [value for value, is_chosen in self.options if is_chosen]
            if "multiple" not in self.select:
                chosen = chosen[-1:] or [value for value, _ in self.options[:1]]
            for value in chosen:
                self.form.add(self.select, value)
        elif tag == "textarea":
            self.form.add(self.select, self.text or "")
            self.text = None
        elif tag == "form":
            for button in self.elsewhere:
                sent = Form(button["formaction"], self.form.method, dict(self.form.sent))
                sent.add(button, button.get("value", ""))
                self.found.append(sent)
            self.found.append(self.form)
            self.form, self.elsewhere = None, []


def forms_in(html: str) -> list[Form]:
    forms = Forms()
    forms.feed(html)
    return [form for form in forms.found if form.method == "post"]


def test_every_form_is_sent_without_scripts():
    things = one_of_each()
    reached: set[str] = set()
    for role in Role:
        client = signed_in(things["users"][role], Client(enforce_csrf_checks=True))
        for name in (name for name in PAGES if role in ADDRESSES[name].roles):
            page = url_of(name, things)
            for form in forms_in(client.get(page).content.decode()):
                to = urlsplit(urljoin(page, form.action)).path
                where = str(resolve(to).url_name)
                if where in reached:
                    continue
                kept = deepcopy(client.cookies)
                with transaction.atomic():
                    answer = client.post(to, form.sent)
                    transaction.set_rollback(True)
                client.cookies = kept  # some forms sign out
                assert answer.status_code in (200, 302, 422), (page, to, answer.status_code)
                assert answer.status_code != 422 or b"data-error-summary" in answer.content, to
                reached.add(where)
    takes = {name for name in ADDRESSES if "post" in methods_of(name)} - {"logout"}
    assert takes - reached == BY_SCRIPT | ELSEWHERE
