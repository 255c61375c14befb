"""Who comes in by the city's sign-in, and with which rights: read anew from its claims each time.

An identity is issuer and subject, never an e-mail address or a name, which can come to be somebody else's.
"""

from itertools import count

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from .identity import Identity
from .models import RoleClaim, Unit, User


@transaction.atomic
def admit(who: Identity) -> User | None:
    """The user that the identity is, made at the first sign-in, with the role that its values give now.

    None when they give none, which ends what is open, or when an administrator has closed the account.
    """
    claim = RoleClaim.objects.first_of(who.values)
    account = _account(who)
    if account is None:
        return _new_user(who, claim) if claim else None
    user = User.objects.select_for_update().get(pk=account.user_id)
    if not user.is_active and not user.waits_for_role:
        return None
    return _with_rights(user, who, claim)


@transaction.atomic
def link(user: User, who: Identity, *, by: User) -> User:
    """Let the user come in by the city's sign-in from now on, with the rights that it gives.

    Raises ValidationError.
    """
    claim = RoleClaim.objects.first_of(who.values)
    account = _account(who)
    user = User.objects.select_for_update().get(pk=user.pk)
    if account or SocialAccount.objects.filter(user=user).exists():
        raise ValidationError(
            "Kontot är redan kopplat. Fråga systemförvaltaren om det inte stämmer."
        )
    if claim is None:
        raise ValidationError(
            "Kommunens inloggning ger dig ingen behörighet än, så kontot är inte kopplat. "
            "Fråga systemförvaltaren."
        )
    SocialAccount.objects.create(user=user, provider=who.issuer, uid=who.subject)
    _with_rights(user, who, claim)
    return user


@transaction.atomic
def add_role_claim(*, value: str, role: str, unit: Unit, place: int, by: User) -> RoleClaim:
    """Let a value give a role from the next sign-in on. Raises ValidationError."""
    claim = RoleClaim(value=value, role=role, unit=unit, place=place)
    claim.full_clean()
    claim.save()
    return claim


@transaction.atomic
def change_role_claim(
    claim: RoleClaim, *, value: str, role: str, unit: Unit, place: int, by: User
) -> RoleClaim:
    """Let a value give another role from the next sign-in on. Raises ValidationError."""
    claim = RoleClaim.objects.select_for_update().get(pk=claim.pk)
    claim.value, claim.role, claim.unit, claim.place = value, role, unit, place
    claim.full_clean()
    claim.save()
    return claim


@transaction.atomic
def remove_role_claim(claim: RoleClaim, *, by: User) -> RoleClaim:
    """Let a value give nothing from the next sign-in on."""
    claim.delete()
    return claim


def _account(who: Identity) -> SocialAccount | None:
    """Whose the identity is. Those who come with the same wait here for each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{who.issuer} {who.subject}"]
        )
    return SocialAccount.objects.filter(provider=who.issuer, uid=who.subject).first()


def _new_user(who: Identity, claim: RoleClaim) -> User:
    like = User.objects.filter(username__startswith=who.username)
    taken = set(like.values_list("username", flat=True))
    numbered = (f"{who.username}-{number}" for number in count(2))
    username = who.username
    while username in taken:
        username = next(numbered)
    user = User(username=username, name=who.name, email=who.email, role=claim.role, unit=claim.unit)
    user.set_unusable_password()
    user.full_clean()
    user.save()
    SocialAccount.objects.create(user=user, provider=who.issuer, uid=who.subject)
    return user


def _with_rights(user: User, who: Identity, claim: RoleClaim | None) -> User | None:
    """The user as the claims say now; other rights than before end every session there is."""
    before = (user.role, user.unit_id, user.is_active)
    user.is_active, user.waits_for_role = claim is not None, claim is None
    if claim:
        user.role, user.unit = claim.role, claim.unit
        user.name, user.email = who.name, who.email
    if (user.role, user.unit_id, user.is_active) != before:
        user.sign_outs += 1
    user.full_clean()
    user.save()
    return user if claim else None
