"""What changes somebody's second factors. Each change is in the history, and ends the other sessions."""

import logging
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal import auth as passkeys
from django.core.exceptions import ValidationError
from django.db import transaction

from .factors import (
    UNREADABLE,
    factors_of,
    has_app,
    has_factor,
    mark_step,
    passkey_answers,
    spend_code,
    step_of,
)
from .models import User
from .sign_in_actions import check_may_try, count_miss, forget_misses, sign_out_everywhere

events = logging.getLogger("sundbyberg_am.events")

WRONG_CODE = "Koden stämmer inte. Vänta på nästa kod i appen och skriv den."
WRONG_PASSKEY = "Passnyckeln gick inte att använda. Försök igen eller skriv en kod."
MOST_PASSKEYS = 10


@transaction.atomic
def pass_second_step(user: User, *, code: str, credential: Any, now: datetime) -> bool:
    """Whether the code or the passkey lets the user in. Wrong ones are counted with the wrong passwords.

    Raises ValidationError while too many have come.
    """
    check_may_try(user.username, now=now)
    is_right = passkey_answers(user, credential) if credential else spend_code(user, code, now=now)
    if is_right:
        forget_misses(user.username)
    else:
        count_miss(user.username, now=now)
        events.warning("Andra steget nekat för användare %s", user.pk)
    return is_right


@transaction.atomic
def add_app(user: User, *, secret: str, code: str, now: datetime, by: User) -> list[str]:
    """Let codes of an app be a second factor; the first factor brings spare codes, which are given.

    Raises ValidationError.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if has_app(user):
        raise ValidationError("Du har redan en app. Ta bort den först om du har bytt telefon.")
    step = step_of(secret, "".join(code.split()), now=now)
    if step is None:
        raise ValidationError({"code": WRONG_CODE})
    mark_step(TOTP.activate(user, secret).instance, step)
    return _with_spare_codes(user)


@transaction.atomic
def add_passkey(user: User, *, name: str, credential: Any, by: User) -> list[str]:
    """Let a passkey be a second factor; the first factor brings spare codes, which are given.

    Raises ValidationError.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if factors_of(user).filter(type=Authenticator.Type.WEBAUTHN).count() >= MOST_PASSKEYS:
        raise ValidationError(f"Du kan ha högst {MOST_PASSKEYS} passnycklar. Ta bort en först.")
    try:
        passkeys.parse_registration_response(credential)
        passkeys.complete_registration(credential)
    except UNREADABLE:
        raise ValidationError("Passnyckeln gick inte att lägga till. Försök igen.") from None
    passkeys.WebAuthn.add(user, name, credential)
    return _with_spare_codes(user)


@transaction.atomic
def renew_spare_codes(user: User, *, by: User) -> list[str]:
    """Other spare codes; those of before let nobody in. Raises ValidationError."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not has_factor(user):
        raise ValidationError("Lägg först till en app eller en passnyckel.")
    factors_of(user).filter(type=Authenticator.Type.RECOVERY_CODES).delete()
    return _with_spare_codes(user)


@transaction.atomic
def remove_factor(factor: Authenticator, *, by: User) -> User:
    """Take away one of the own factors; spare codes go with the last one. Raises ValidationError."""
    user = User.objects.select_for_update().get(pk=factor.user_id)
    if user != by:
        raise ValidationError("Du kan bara ta bort det som är ditt.")
    factors_of(user).filter(pk=factor.pk).delete()
    if not has_factor(user):
        factors_of(user).delete()
    return sign_out_everywhere(user, by=by)


@transaction.atomic
def remove_factors(user: User, *, by: User) -> User:
    """Take away all that a user has lost: by whoever keeps the users. Ends every session."""
    factors_of(user).delete()
    return sign_out_everywhere(user, by=by)


def _with_spare_codes(user: User) -> list[str]:
    """The spare codes when they are new; an empty list when the user has had them before."""
    sign_out_everywhere(user, by=user)
    if factors_of(user).filter(type=Authenticator.Type.RECOVERY_CODES).exists():
        return []
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes
