"""Changes to who a participant is and how to reach them."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from participants.models import Participant
from sundbyberg_am.conflicts import check_seen
from sundbyberg_am.models import User
from sundbyberg_am.personnummer import Personnummer


@transaction.atomic
def register(
    *,
    personnummer: str | None,
    no_personnummer_reason: str,
    birth_date: date | None,
    first_name: str,
    last_name: str,
    phone: str,
    email: str,
    interpreter_language: str,
    by: User | None,
) -> Participant:
    """Find the participant with the personnummer, or make one; locked until the transaction ends.

    `personnummer` is twelve digits, or None with a reason; whoever has none is always a new
    participant. A birth date that the number tells goes before `birth_date`. For somebody known, the
    name is the one given now, and the contact details that are given replace those that stand.
    Raises ValidationError.
    """
    told = Personnummer(personnummer).birth_date if personnummer else None
    given: dict[str, Any] = {
        "first_name": first_name,
        "last_name": last_name,
        "phone": phone,
        "email": email,
        "interpreter_language": interpreter_language,
    }
    participant = _known(personnummer) if personnummer else None
    if participant is None:
        participant = Participant(
            personnummer=personnummer,
            no_personnummer_reason=no_personnummer_reason,
            birth_date=told or birth_date,
            created_by=by,
            **given,
        )
        participant.full_clean(validate_unique=False)
        try:
            with transaction.atomic():
                participant.save()
            return participant
        except IntegrityError:
            # Somebody else registered the same person at the same moment.
            participant = _known(personnummer) if personnummer else None
            if participant is None:
                raise
    if told is None and birth_date:
        given["birth_date"] = birth_date
    return _replace(participant, {name: value for name, value in given.items() if value}, by=by)


@transaction.atomic
def update_details(
    participant: Participant,
    *,
    seen_version: int,
    first_name: str,
    last_name: str,
    phone: str,
    email: str,
    address: str,
    contact_preference: str,
    interpreter_language: str,
    education: str,
    registered_sex: str,
    by: User,
) -> Participant:
    """Change the details, unless somebody has changed them since `seen_version` was read.

    Raises ValidationError, and Conflict for the latter.
    """
    participant = Participant.objects.select_for_update().get(pk=participant.pk)
    given = {
        "first_name": first_name,
        "last_name": last_name,
        "phone": phone,
        "email": email,
        "address": address,
        "contact_preference": contact_preference,
        "interpreter_language": interpreter_language,
        "education": education,
        "registered_sex": registered_sex,
    }
    check_seen(
        participant,
        seen_version,
        "Någon annan har ändrat uppgifterna medan du skrev, så det här sparades inte. Jämför och välj.",
        given,
    )
    return _replace(participant, given, by=by)


def _known(personnummer: str) -> Participant | None:
    return Participant.objects.select_for_update().filter(personnummer=personnummer).first()


def _replace(participant: Participant, values: dict[str, Any], *, by: User | None) -> Participant:
    """Set what differs, and count up the version if anything does."""
    changed = {name for name, value in values.items() if getattr(participant, name) != value}
    if changed:
        for name in changed:
            setattr(participant, name, values[name])
        participant.touch(by)
        participant.full_clean()
        participant.save()
    return participant
