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


def count_call(system: SendingSystem, *, now: datetime) -> int:
    """Count a request of the system: 0 when it may be answered, else how many seconds to wait.

    Outside any transaction, so that each process sees at once what the others have counted: of requests that
    come together never more than allowed are let through. Those that are refused are not counted.
    """
    SystemCall.objects.old(now).delete()
    sender = str(system.public_id)
    call = SystemCall.objects.create(sender=sender, at=now)
    wait = SystemCall.objects.exclude(pk=call.pk).wait(sender, now)
    if wait:
        call.delete()
    return wait


def _check_administrator(by: User) -> None:
    if not by.may(Permission.MANAGE_USERS):
        raise ValidationError("Det här kan bara systemförvaltaren göra.")
