"""Whatever breaks an action off, after any of its SQL statements, leaves the database as it was before.

The actions are called as the pages call them, by sending every form of every page; the others are in
half_done_cases.py. The ordinary round breaks off after the first statement that writes, one in the middle and
the last; HALF_DONE=1 after every statement.
"""

import importlib
import inspect
import os
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from types import CodeType, FrameType
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from participants.models import Goal
from tests.builders import a_plan, an_enrolment

from .half_done_cases import cases
from .pages import send

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("addresses")]

IS_LONG = bool(os.environ.get("HALF_DONE"))
WRITES = re.compile(r"^(INSERT|UPDATE|DELETE)")
Call = Callable[[], Any]
READS_ONLY = {"sundbyberg_am.sign_in_actions.check_may_try"}
BY_A_BROWSER = {"sundbyberg_am.factor_actions.add_passkey"}  # nobody else makes a passkey


class BrokenOffError(BaseException):
    """Not an Exception: nothing that handles those sees it, as nothing sees a kill."""


def actions() -> dict[str, Any]:
    """Every action by its full name: what is public and atomic in a module of actions."""
    found = {}
    for room in ("sundbyberg_am", "participants", "referrals", "reporting"):
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if "actions" in module.name:
                for name, one in vars(importlib.import_module(module.name)).items():
                    is_its = getattr(one, "__module__", "") == module.name
                    if is_its and hasattr(one, "__wrapped__") and not name.startswith("_"):
                        found[f"{module.name}.{name}"] = one
    return found


class Recorder:
    """Notes what actions are called with, while it watches."""

    def __init__(self) -> None:
        self.of_code: dict[CodeType, str] = {
            inspect.unwrap(one).__code__: name for name, one in actions().items()
        }
        self.calls: dict[str, list[Call]] = {name: [] for name in actions()}

    @contextmanager
    def watching(self) -> Iterator[None]:
        sys.setprofile(self._note)
        try:
            yield
        finally:
            sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code in self.of_code:
            name, code, given = self.of_code[frame.f_code], frame.f_code, frame.f_locals
            places = code.co_varnames[: code.co_argcount]
            named = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
            more = given.get("given", {}) if code.co_flags & inspect.CO_VARKEYWORDS else {}
            values = [given[one] for one in places], {**{one: given[one] for one in named}, **more}
            self.calls[name].append(a_call(actions()[name], *deepcopy(values)))


def a_call(action: Any, places: list[Any], named: dict[str, Any]) -> Call:
    """The call, each time with values of its own, since an action may change what it is given."""

    def call() -> Any:
        given, more = deepcopy((places, named))
        return action(*given, **more)

    return call


def every_row() -> dict[str, str]:
    """A fingerprint of every table of ours."""
    tables = [
        model._meta.db_table
        for room in ("sundbyberg_am", "participants", "referrals", "reporting")
        for model in apps.get_app_config(room).get_models(include_auto_created=True)
    ]
    each = (
        f"SELECT '{table}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{table}\" t"  # noqa: S608
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return dict(cursor.fetchall())


def statements(call: Call) -> int:
    """How many of the statements of the call to break off after; 0 when it refuses. Nothing stays of it."""
    done = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        done.append(sql)
        return execute(sql, params, many, context)

    with transaction.atomic():
        try:
            with connection.execute_wrapper(count):
                call()
        except Exception:
            done.clear()
        transaction.set_rollback(True)
    return sum(counts(sql) for sql in done)


def counts(sql: str) -> bool:
    return bool(WRITES.match(sql)) or (IS_LONG and "SAVEPOINT" not in sql)


def break_off(call: Call, after: int) -> None:
    """Call it until so many statements are done."""
    done = 0

    def stop(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal done
        result = execute(sql, params, many, context)
        done += counts(sql)
        if done == after and counts(sql):
            raise BrokenOffError
        return result

    with connection.execute_wrapper(stop), pytest.raises(BrokenOffError):
        call()


def is_whole(call: Call) -> bool:
    """Whether it leaves everything as it was, wherever it is broken off."""
    before = every_row()
    last = statements(call)
    for number in range(1, last + 1) if IS_LONG else [(last + 1) // 2]:
        with transaction.atomic():
            break_off(call, number)
            same = every_row() == before
            transaction.set_rollback(True)
        if not same:
            return False
    return True


def test_an_action_that_is_broken_off_has_done_nothing(pages):
    tried, half = READS_ONLY | BY_A_BROWSER, set()

    def try_it(name: str, call: Call) -> None:
        if name not in tried and statements(call):
            tried.add(name)
            if not is_whole(call):
                half.add(name)

    recorder = Recorder()
    for client, form in pages.forms:
        if form.method == "post":
            with transaction.atomic(), recorder.watching():
                send(client, form, form.filled())
                transaction.set_rollback(True)
    for name, calls in recorder.calls.items():
        for call in calls:
            try_it(name, call)
    for name, call in cases():
        try_it(name, call)
    assert half == set()
    assert set(actions()) - tried == set(), "actions without a case in half_done_cases.py"


def test_what_is_no_transaction_is_found_half_done():
    goal = Goal.objects.create(plan=a_plan(an_enrolment()), text="Hitta ett arbete")

    def change_twice() -> None:
        Goal.objects.filter(pk=goal.pk).update(text="Ett")
        Goal.objects.filter(pk=goal.pk).update(text="Två")

    assert statements(change_twice) >= 2
    assert not is_whole(change_twice)
