"""What changes the kernel's rows: users, when they are away, the record of what they have been shown."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from .access import GROUND_OF_ROLE, Ground, Permission, SignedInRequest
from .acting import page_of
from .models import Absence, AccessRecord, Unit, User


class NotOnRecord(Exception):
    """The showing could not be put on record, so nothing may be shown: answered with 503."""


def record_access(
    request: SignedInRequest, subjects: Iterable[UUID], ground: Ground | None = None
) -> None:
    """Put on record that these people are shown to the user on this page; of nobody, no record.

    `subjects` are the public ids of participants and of referrals. One showing is one record. `ground` is
    given where something nearer than the user's role is known. Raises NotOnRecord.
    """
    shown = list(subjects)
    if shown:
        ground = ground or GROUND_OF_ROLE[request.user.role]
        try:
            AccessRecord.objects.create(
                user=request.user, page=page_of(request), subjects=shown, ground=ground
            )
        except DatabaseError as error:
            raise NotOnRecord from error


@transaction.atomic
def add_user(
    *, username: str, name: str, email: str, role: str, unit: Unit, password: str, now: datetime
) -> User:
    """Give somebody a sign-in, with a password to come in with and change. Raises ValidationError."""
    user = User(username=username, name=name, email=email, role=role, unit=unit)
    user.take_password(password, until=now + settings.FIRST_PASSWORD_LASTS)
    user.full_clean()
    user.save()
    return user


@transaction.atomic
def change_user(
    user: User, *, name: str, email: str, role: str, unit: Unit, is_active: bool, by: User
) -> User:
    """Change who a user is to the program; a new role, unit or a closed account ends every session.

    Raises ValidationError, also when administrators would lock themselves out.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user == by and (not is_active or role != user.role):
        raise ValidationError(
            "Du kan inte ändra din egen roll eller stänga ditt eget konto. Be en kollega göra det."
        )
    if (user.role, user.unit, user.is_active) != (role, unit, is_active):
        user.sign_outs += 1  # what is open in a browser was opened with other rights
    user.name, user.email, user.role, user.unit, user.is_active = name, email, role, unit, is_active
    user.waits_for_role = False
    user.full_clean()
    user.save()
    return user


@transaction.atomic
def register_absence(
    user: User, *, from_on: date, until_on: date, today: date, by: User
) -> Absence:
    """Register that somebody is away; it may have begun already. Raises ValidationError."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user != by and (
        not by.may(Permission.REGISTER_ABSENCES) or user.unit_id != by.unit_id or not user.is_active
    ):
        raise ValidationError({"user": "Du kan bara registrera frånvaro för dig själv."})
    if until_on < today:
        raise ValidationError({"until_on": "Den dagen har redan varit. Välj i dag eller senare."})
    absence = Absence(user=user, from_on=from_on, until_on=until_on, created_by=by)
    absence.full_clean()
    absence.save()
    return absence


@transaction.atomic
def end_absence(absence: Absence, *, today: date, by: User) -> Absence | None:
    """Back at work today: yesterday was the last day away. One that began no earlier is taken away.

    Raises ValidationError; gives None for one that was taken away.
    """
    absence = Absence.objects.select_for_update().get(pk=absence.pk)
    if absence.user != by and not by.may(Permission.REGISTER_ABSENCES):
        raise ValidationError("Du kan bara avsluta din egen frånvaro.")
    if absence.until_on < today:
        raise ValidationError("Frånvaron är redan slut.")
    if absence.from_on >= today:
        absence.delete()
        return None
    absence.until_on = today - timedelta(days=1)
    absence.full_clean()
    absence.save()
    return absence
