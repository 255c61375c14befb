"""What a worker does for the kernel."""

from django.utils import timezone

from . import drafts
from .celery import app


@app.task  # type: ignore[untyped-decorator]
def remove_old_drafts() -> None:
    """Remove the drafts that nobody came back to."""
    drafts.remove_old_drafts(timezone.now())
