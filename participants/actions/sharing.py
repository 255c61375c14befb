"""Changes to what may be shared about a participant, and the record of what has been."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from participants.models import Consent, Disclosure, Enrolment
from sundbyberg_am.models import User

from .locking import lock

NOT_YET = "Den dagen har inte varit än. Välj i dag eller tidigare."


@transaction.atomic
def give_consent(
    enrolment: Enrolment,
    *,
    purpose: str,
    about: str,
    to: str,
    given_on: date,
    until_on: date | None,
    by: User,
) -> Consent:
    """Register what the participant lets be shared. Raises ValidationError."""
    consent = Consent(
        enrolment=lock(enrolment),
        purpose=purpose,
        about=about,
        to=to,
        given_on=given_on,
        until_on=until_on,
        created_by=by,
    )
    consent.full_clean()
    consent.save()
    return consent


@transaction.atomic
def withdraw_consent(consent: Consent, *, withdrawn_on: date, today: date, by: User) -> Consent:
    """Register that the participant has changed their mind, from the day on. Raises ValidationError."""
    lock(consent.enrolment)
    consent = Consent.objects.get(pk=consent.pk)
    if consent.withdrawn_on:
        raise ValidationError(f"Samtycket är redan återkallat, den {consent.withdrawn_on}.")
    if withdrawn_on > today:
        raise ValidationError({"withdrawn_on": NOT_YET})
    consent.withdrawn_on, consent.withdrawn_by = withdrawn_on, by
    consent.full_clean()
    consent.save()
    return consent


@transaction.atomic
def record_disclosure(
    enrolment: Enrolment,
    *,
    disclosed_on: date,
    about: str,
    to: str,
    purpose: str,
    ground: str,
    consent: Consent | None,
    law: str,
    today: date,
    by: User,
) -> Disclosure:
    """Register that something was shared. Raises ValidationError, also when nothing let it be."""
    if disclosed_on > today:
        raise ValidationError({"disclosed_on": NOT_YET})
    disclosure = Disclosure(
        enrolment=lock(enrolment),
        disclosed_on=disclosed_on,
        about=about,
        to=to,
        purpose=purpose,
        ground=ground,
        consent=consent,
        law=law,
        created_by=by,
    )
    disclosure.full_clean()
    disclosure.save()
    return disclosure
