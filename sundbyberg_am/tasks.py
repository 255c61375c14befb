"""What a worker does for the kernel."""

import logging

from django.utils import timezone

from . import drafts, seals
from .celery import app
from .models import Heartbeat
from .sessions import SessionStore

# What it says is the proof that is kept outside the machine, wherever the log lines go.
seals_told = logging.getLogger("sundbyberg_am.seals")


@app.task  # type: ignore[untyped-decorator]
def remove_old_drafts() -> None:
    """Remove the drafts that nobody came back to, and the sessions that have ended with what they hold."""
    drafts.remove_old_drafts(timezone.now())
    SessionStore.clear_expired()


@app.task  # type: ignore[untyped-decorator]
def beat_heart() -> None:
    """Write down that a worker is there; see health.py."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"at": timezone.now()})


@app.task  # type: ignore[untyped-decorator]
def seal_records() -> None:
    """Seal what has been written in the access log and the history.

    What is written meanwhile has its seal in a minute: where somebody always works, there is always more.
    """
    while seal := seals.seal_next(at=timezone.now()):
        seals_told.info(seals.written(seal))
        if not seals.is_full(seal):
            return
