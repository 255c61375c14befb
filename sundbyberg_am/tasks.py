"""What a worker does for the kernel."""

from django.utils import timezone

from . import drafts
from .celery import app
from .models import Heartbeat


@app.task  # type: ignore[untyped-decorator]
def remove_old_drafts() -> None:
    """Remove the drafts that nobody came back to."""
    drafts.remove_old_drafts(timezone.now())


@app.task  # type: ignore[untyped-decorator]
def beat_heart() -> None:
    """Write down that a worker is there; see health.py."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"at": timezone.now()})
