"""The enrolment read again under a lock, as every action on a case begins."""

from django.core.exceptions import ValidationError

from participants.models import Enrolment


def lock(enrolment: Enrolment) -> Enrolment:
    """The enrolment as it stands now, locked. Raises ValidationError when registered by mistake."""
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.voided_at:
        raise ValidationError(
            "Inskrivningen är markerad som felregistrerad, så den går inte att ändra."
        )
    return enrolment


def lock_open(enrolment: Enrolment) -> Enrolment:
    """The enrolment, locked. Raises ValidationError also when it has ended."""
    enrolment = lock(enrolment)
    if not enrolment.is_open:
        raise ValidationError(
            "Inskrivningen är avslutad, så det går inte att ändra i den. Har den avslutats för "
            "tidigt kan du öppna den igen från deltagarens sida."
        )
    return enrolment
