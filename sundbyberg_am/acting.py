"""Who changes what, told to the database: its triggers write it beside every change (`records.Change`).

Said in front of each statement that writes, in the same round trip, and for that transaction alone: nothing
is left on a connection that the next request gets.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.http import HttpRequest
from psycopg.sql import Composable

# Gives the user's key, None for nobody, and through what: a page, a task or a command.
Who = Callable[[], tuple[int | None, str]]

_WRITES = ("INSERT", "UPDATE", "DELETE")
_acting: ContextVar[Who | None] = ContextVar("acting", default=None)


@contextmanager
def acting(who: Who) -> Iterator[None]:
    """Let the changes made within be by `who`, which is asked at each of them; the innermost counts."""

    def tell(
        execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if isinstance(sql, Composable):
            sql = sql.as_string()
        if _acting.get() is not who or not sql.startswith(_WRITES):
            return execute(sql, params, many, context)
        told = _telling(*who())
        if many:
            execute(told, None, False, context)
            return execute(sql, params, many, context)
        result = execute(f"{told}; {sql}", params, many, context)
        context["cursor"].nextset()  # past the answer to what was told
        return result

    token = _acting.set(who)
    try:
        with connection.execute_wrapper(tell):
            yield
    finally:
        _acting.reset(token)


def page_of(request: HttpRequest) -> str:
    """The address without its ids, which says in Swedish which page it is; empty for no page of ours."""
    match = request.resolver_match
    return "/" + re.sub(r"<[^>]+>", "…", match.route) if match else ""


def _telling(user: int | None, through: str) -> str:
    through = re.sub(r"[^\w/.…-]", "", through)  # it stands in the statement itself
    return f"SELECT set_config('sundbyberg_am.acting', '{user or ''} {through}', true)"
