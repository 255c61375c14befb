"""What changes the systems that send referrals, and counts what they ask."""

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sundbyberg_am.access import Permission
from sundbyberg_am.models import Unit, User

from .models import SendingSystem, SystemCall
from .models.systems import token_hash


@transaction.atomic
def add_system(*, name: str, unit: Unit, by: User) -> str:
    """Let a system in for a team, and give its token: the only time that it can be read.

    Raises ValidationError.
    """
    _check_administrator(by)
    token = secrets.token_urlsafe(32)
    system = SendingSystem(name=name, unit=unit, fingerprint=token_hash(token), created_by=by)
    system.full_clean()
    system.save()
    return token


@transaction.atomic
def end_system(system: SendingSystem, *, by: User) -> SendingSystem:
    """Let the system in no more, from its next request on. Raises ValidationError."""
    _check_administrator(by)
    system = SendingSystem.objects.select_for_update().get(pk=system.pk)
    if system.ended_at:
        raise ValidationError("Systemet är redan avstängt.")
    system.ended_at, system.ended_by = timezone.now(), by
    system.full_clean()
    system.save()
    return system


@transaction.atomic
def count_call(system: SendingSystem, *, now: datetime) -> int:
    """Count a request of the system: 0 when it may be answered, else how many seconds to wait.

    Those that are refused are not counted. Counted one at a time, by a lock on the system: run outside any
    other transaction, so that it is held no longer than the counting and every process sees the outcome.
    """
    SendingSystem.objects.select_for_update(no_key=True).get(pk=system.pk)
    SystemCall.objects.old(now).delete()
    wait = SystemCall.objects.wait(str(system.public_id), now)
    if not wait:
        SystemCall.objects.create(sender=str(system.public_id), at=now)
    return wait


def _check_administrator(by: User) -> None:
    if not by.may(Permission.MANAGE_USERS):
        raise ValidationError("Det här kan bara systemförvaltaren göra.")
