"""A participant's request that something be corrected, and the decision."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from participants.models import Correction, Enrolment
from sundbyberg_am.models import User

from .locking import lock
from .sharing import NOT_YET


@transaction.atomic
def ask_for_correction(
    enrolment: Enrolment, *, received_on: date, about: str, wanted: str, today: date, by: User
) -> Correction:
    """Register what the participant says is wrong. Raises ValidationError."""
    if received_on > today:
        raise ValidationError({"received_on": NOT_YET})
    correction = Correction(
        enrolment=lock(enrolment),
        received_on=received_on,
        about=about,
        wanted=wanted,
        created_by=by,
    )
    correction.full_clean()
    correction.save()
    return correction


@transaction.atomic
def decide_correction(
    correction: Correction, *, outcome: str, reason: str, today: date, by: User
) -> Correction:
    """Decide, once. Raises ValidationError, also when it is refused without a reason."""
    lock(correction.enrolment)
    correction = Correction.objects.get(pk=correction.pk)
    if correction.outcome:
        raise ValidationError(f"Rättelsen är redan beslutad, den {correction.decided_on}.")
    correction.outcome, correction.reason = outcome, reason
    correction.decided_on, correction.decided_by = today, by
    correction.full_clean()
    correction.save()
    return correction
