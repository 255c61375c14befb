"""A replica of the database, from which lists and reports are read while it keeps up.

It is always a little behind. What a user has changed is never missing in what that user is shown: the session
knows how far the database's log had come, and until the replica has come as far the database itself is asked.
So it is when the replica is away, or behind by more than some seconds, or has not heard yet that somebody may
no longer see a person: a protected identity is so at once. Nothing but reading is done there: the access log,
like all that is written, is in the database before the answer leaves.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS, Error, OperationalError, connections
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from .access import SignedInRequest, View

P = ParamSpec("P")
T = TypeVar("T")

ALIAS = "replica"
BEHIND_AT_MOST = 10  # seconds, for what others have changed
WAIT_AT_MOST = 10  # seconds, for a report
HOW_FAR = "(pg_current_wal_lsn() - '0/0')::bigint"
THERE = (
    "(pg_last_wal_replay_lsn() - '0/0')::bigint,"
    " extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float"
)
NARROWED = "(SELECT count FROM sundbyberg_am_narrowing)"
WRITTEN = "written"  # in the session: how far the log had come after the user's latest change
# Who the user is and what is on record is read where it is written.
KERNEL = frozenset({"sundbyberg_am", "auth", "contenttypes", "account", "socialaccount", "mfa"})
_alias: ContextVar[str] = ContextVar("alias", default=DEFAULT_DB_ALIAS)


class ReplicaAway(Exception):
    """The replica broke off what it was asked."""


class Router:
    """Where Django reads and writes rows."""

    def db_for_read(self, model: type[Model], **hints: object) -> str:
        """The replica within what is read from it."""
        return DEFAULT_DB_ALIAS if model._meta.app_label in KERNEL else alias()

    def db_for_write(self, model: type[Model], **hints: object) -> str:
        """Never the replica."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, *args: object, **hints: object) -> bool:
        """They are the same rows."""
        return True

    def allow_migrate(self, db: str, *args: object, **hints: object) -> bool:
        """The replica follows by itself."""
        return db == DEFAULT_DB_ALIAS


def alias() -> str:
    """Of the connection to read from just now, for a statement that is not put together by Django."""
    return _alias.get()


def from_replica(view: View[P]) -> View[P]:
    """A view that only reads: from the replica, when that has all that the user has changed."""

    @wraps(view)
    def reading(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        def make() -> HttpResponse:
            return view(request, *args, **kwargs)

        if not settings.DATABASE_REPLICA_URL or request.method != "GET":
            return make()
        written = request.session.get(WRITTEN, 0)
        return _read(make) if _keeps_up(written) else make()

    return cast("View[P]", reading)


def read_all(make: Callable[[], T]) -> T:
    """What `make` reads, from the replica once that has everything that is written until now."""
    if not settings.DATABASE_REPLICA_URL:
        return make()
    written, deadline = how_far(), time.monotonic() + WAIT_AT_MOST
    while not _keeps_up(written):
        if time.monotonic() > deadline:
            return make()
        time.sleep(0.1)
    return _read(make)


def written_is_known(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """After a request that may have changed something, the session knows how far the log had come."""
    if not settings.DATABASE_REPLICA_URL:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method not in ("GET", "HEAD", "OPTIONS") and request.user.is_authenticated:
            with suppress(Error):
                request.session[WRITTEN] = how_far()
        return response

    return middleware


def how_far() -> int:
    """How far the log of the database has come, in bytes."""
    (now,) = _ask(DEFAULT_DB_ALIAS, HOW_FAR)
    return int(now)


def behind() -> tuple[int, float]:
    """How many bytes and seconds the replica is behind. Raises Error when it is away, or is none."""
    return _behind(how_far(), *_ask(ALIAS, THERE))


def _behind(now: int, there: int | None, seconds: float | None) -> tuple[int, float]:
    if there is None:
        raise OperationalError("it follows nobody")
    return (now - there, seconds or 0.0) if there < now else (0, 0.0)


def _keeps_up(written: int) -> bool:
    """Whether it has what is written until there, and what anybody has written until some seconds ago.

    And whatever has made somebody see less, until now.
    """
    try:
        now, narrowed = _ask(DEFAULT_DB_ALIAS, f"{HOW_FAR}, {NARROWED}")
        *there, narrowed_there = _ask(ALIAS, f"{THERE}, {NARROWED}")
        missing, seconds = _behind(now, *there)
    except Error:
        return False
    is_near = now - missing >= written and seconds <= BEHIND_AT_MOST
    return is_near and bool(narrowed_there == narrowed)


def _read(make: Callable[[], T]) -> T:
    def ask(execute: Callable[..., Any], *args: Any) -> Any:
        try:
            return execute(*args)
        except Error as error:
            raise ReplicaAway from error

    token = _alias.set(ALIAS)
    try:
        with connections[ALIAS].execute_wrapper(ask):
            return make()
    except ReplicaAway:
        _alias.set(DEFAULT_DB_ALIAS)
        return make()
    finally:
        _alias.reset(token)


def _ask(alias: str, what: str) -> Any:
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT {what}")
        return cursor.fetchone()
