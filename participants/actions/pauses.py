"""Changes to pauses."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from participants.models import Enrolment, Pause
from sundbyberg_am.models import User

from .locking import lock_open


@transaction.atomic
def start_pause(
    enrolment: Enrolment, *, kind: str, started_on: date, ended_on: date | None, by: User | None
) -> Pause:
    """Register a pause; it may begin later, and end on a day or until further notice.

    Raises ValidationError, also when it shares a day with another one.
    """
    pause = Pause(
        enrolment=lock_open(enrolment),
        kind=kind,
        started_on=started_on,
        ended_on=ended_on,
        created_by=by,
    )
    pause.full_clean()
    pause.save()
    return pause


@transaction.atomic
def end_pause(pause: Pause, *, ended_on: date, today: date, by: User | None) -> Pause:
    """Set the last day of a pause that is not over. Raises ValidationError."""
    enrolment = lock_open(pause.enrolment)
    pause = Pause.objects.get(pk=pause.pk)
    pause.enrolment = enrolment
    if pause.is_over_on(today):
        raise ValidationError(f"Pausen är redan slut, den {pause.ended_on}.")
    if ended_on < pause.started_on:
        raise ValidationError({"ended_on": "Pausens sista dag kan inte vara före den första."})
    pause.ended_on, pause.ended_by = ended_on, by
    pause.full_clean()
    pause.save()
    return pause
