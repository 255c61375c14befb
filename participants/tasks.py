"""What a worker does for participants. The rows are the truth; a task only says that they are there."""

from django.utils import timezone

from sundbyberg_am.celery import app

from . import actions
from .models import EmergencyOpening


@app.task  # type: ignore[untyped-decorator]
def mail_of_emergency(opening_id: int) -> None:
    """Write to those who answer for a case that has been opened in an emergency."""
    actions.mail_of_emergency(opening_id, at=timezone.now())


@app.task  # type: ignore[untyped-decorator]
def mail_of_emergencies() -> None:
    """The same for every one not written of: its first ring, or the mail server, may have been lost."""
    for pk in EmergencyOpening.objects.to_mail().values_list("pk", flat=True):
        actions.mail_of_emergency(pk, at=timezone.now())
