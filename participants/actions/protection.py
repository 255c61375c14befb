"""Protected identity: what it is, and who may know of the person."""

from collections.abc import Collection, Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from participants.models import ConsultantChange, Enrolment, NamedReader, Participant, Protection
from sundbyberg_am.access import Permission
from sundbyberg_am.conflicts import check_seen
from sundbyberg_am.models import User

NOT_NAMED = "Deltagaren har skyddad identitet. Välj någon av de behöriga läsarna."


@transaction.atomic
def protect(
    participant: Participant,
    *,
    protection: str,
    readers: Collection[User],
    seen_version: int | None = None,
    today: date,
    by: User,
) -> Participant:
    """Set or lift the protection of somebody's identity, and name those who may know of the person.

    Those who have an open case of the person, or are to get it, are always among them, and a manager, so
    that no case is left with nobody. With protected registration the address is removed.

    Raises ValidationError, and Conflict when somebody has changed the person since `seen_version` was
    read.
    """
    participant = Participant.objects.select_for_update().get(pk=participant.pk)
    check_seen(
        participant,
        seen_version,
        "Någon annan har ändrat uppgifterna medan du skrev, så det här sparades inte. Läs om sidan.",
        {},
    )
    named = set(readers) if protection else set()
    if protection:
        _check_enough(participant, named, today)
    participant.protection = protection
    if protection == Protection.PROTECTED_REGISTRATION:
        participant.address = ""
    participant.touch(by)
    participant.full_clean()
    participant.save()
    participant.named_readers.exclude(user__in=named).delete()
    there = set(participant.named_readers.values_list("user_id", flat=True))
    NamedReader.objects.bulk_create(
        NamedReader(participant=participant, user=user, created_by=by)
        for user in sorted(named, key=lambda one: one.pk)
        if user.pk not in there
    )
    return participant


def not_named(participant: Participant, users: Iterable[User]) -> set[User]:
    """Those of the users who may not know of the participant."""
    if not participant.protection:
        return set()
    named = set(participant.named_readers.values_list("user_id", flat=True))
    return {user for user in users if user.pk not in named}


def _check_enough(participant: Participant, named: set[User], today: date) -> None:
    # Locked as by whoever gives a case away, so that nobody is given it meanwhile.
    cases = list(Enrolment.objects.select_for_update().open().filter(participant=participant))
    planned = ConsultantChange.objects.of_enrolments(cases).select_related("consultant")
    staff = {user for case in cases for user in (case.consultant, case.deputy) if user}
    staff |= {change.consultant for change in planned if change.valid_from > today}
    if left_out := sorted(user.name for user in staff - named):
        raise ValidationError(
            {"readers": f"{', '.join(left_out)} har ärendet och behöver vara med."}
        )
    if not any(user.is_active and user.may(Permission.HAND_OVER_FOR_OTHERS) for user in named):
        raise ValidationError(
            {"readers": "Välj minst en chef, så att ärendet aldrig blir utan någon."}
        )
