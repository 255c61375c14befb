"""Log lines that say what went wrong, when and in which request, and nothing of anybody.

What an exception says may hold what was typed, and what the database says of a refused row holds the row. So
a line tells the kind of the exception and where in the code it came from, and never its message.
"""

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from secrets import token_hex
from types import TracebackType
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")
# The number of whoever asks, once that is known: a line asks the database for nothing.
user_id: ContextVar[str] = ContextVar("user_id", default="-")


@contextmanager
def numbered_request() -> Iterator[str]:
    """Give a number to what is logged inside; the answer carries it, and so does the page of an error."""
    request, user = request_id.set(token_hex(6)), user_id.set("-")
    try:
        yield request_id.get()
    finally:
        request_id.reset(request)
        user_id.reset(user)


class QuietFormatter(logging.Formatter):
    """Lines with the numbers of the request and the user and without the messages of exceptions."""

    def format(self, record: logging.LogRecord) -> str:
        told = {"request": request_id.get(), "user": user_id.get()}
        record = logging.makeLogRecord({**record.__dict__, **told})
        record.exc_text = record.stack_info = None
        if isinstance(
            record.args, dict
        ):  # Celery's: the message, the arguments and the text of the error
            hidden = dict.fromkeys(("exc", "traceback", "args", "kwargs"), "…")
            record.args = {**record.args, **hidden}
        return super().format(record)

    def formatException(  # noqa: N802 – logging's own name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        error: BaseException | None = ei[1]
        parts = []
        while error:
            lines = traceback.format_list(traceback.extract_tb(error.__traceback__))
            parts.append("".join([*lines, f"{type(error).__module__}.{type(error).__qualname__}"]))
            error = error.__cause__ or error.__context__
        return "\n".join(reversed(parts))


class JsonFormatter(QuietFormatter):
    """The same, a line of JSON each, for whatever gathers the lines of many programs."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "request": request_id.get(),
            "user": user_id.get(),
            "logger": record.name,
            "message": super().format(record),
        }
        return json.dumps(said, ensure_ascii=False)


_LINE = {
    "()": f"{__name__}.QuietFormatter",
    "format": "%(asctime)s %(levelname)s %(request)s %(user)s %(name)s %(message)s",
    "datefmt": "%Y-%m-%dT%H:%M:%S%z",
}
_JSON = {"()": f"{__name__}.JsonFormatter", "format": "%(message)s"}


def logging_settings(*, as_json: bool = False) -> dict[str, Any]:
    """All that is logged goes to stderr, in lines of one kind."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": _JSON if as_json else _LINE},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        # Django's own sends errors, with the page that was asked for, by e-mail.
        "loggers": {
            "django": {"handlers": [], "level": "WARNING"},
            # What is kept outside the machine: proofs, and whom not to bring back with a backup.
            "sundbyberg_am.seals": {"level": "INFO"},
            "sundbyberg_am.events": {"level": "INFO"},
            "secrecy.removal": {"level": "INFO"},
        },
    }
