"""The second factor of those who sign in with a password here: codes from an app, passkeys, spare codes.

The rows and the arithmetic are allauth's; here is what must hold for every process at once (a code is used
once), that the database and its backups hold no secret in the clear, and how we are known to a passkey.
"""

import struct
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as passkeys
from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare
from qrcode.main import QRCode

from .models import User

NAME = "Arbetsmarknad"
# What the reading of an answer that no passkey has given may raise.
UNREADABLE = (
    *(ValidationError, InvalidSignature, ValueError, TypeError, LookupError, AttributeError),
    struct.error,
)
KINDS: dict[str, str] = {
    Authenticator.Type.TOTP: "App med engångskoder",
    Authenticator.Type.WEBAUTHN: "Passnyckel",
    Authenticator.Type.RECOVERY_CODES: "Reservkoder",
}


class Adapter(DefaultMFAAdapter):
    """How allauth keeps secrets, and what it calls us and the user."""

    def encrypt(self, text: str) -> str:
        """What stands in the database for a secret."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again. Raises InvalidToken when it was kept with another key."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """What an app of codes calls us."""
        return NAME

    def get_totp_label(self, user: Any) -> str:
        """What an app of codes calls the user: never the e-mail address."""
        return str(user.username)

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """What a passkey calls the user."""
        return {"id": user.public_id.bytes, "display_name": user.name, "name": user.username}

    def _get_site_name(self) -> str:
        return NAME


@cache
def _cipher() -> Fernet:
    key = sha256(b"sundbyberg_am.factors" + settings.FACTOR_KEY.encode()).digest()
    return Fernet(urlsafe_b64encode(key))


def factors_of(user: User) -> QuerySet[Authenticator]:
    """All that the user has, spare codes too, the oldest first."""
    return Authenticator.objects.filter(user=user).order_by("created_at", "pk")


def own_words(factor: Authenticator) -> dict[str, Any]:
    """What its owner calls a factor; `pk` is None for spare codes, which are not taken away by themselves."""
    name = factor.data.get("name")
    is_spare = factor.type == Authenticator.Type.RECOVERY_CODES
    kind = KINDS[factor.type]
    return {"pk": None if is_spare else factor.pk, "name": f"{kind}: {name}" if name else kind}


def has_factor(user: User) -> bool:
    """Whether the user is asked for more than the password."""
    return factors_of(user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def has_app(user: User) -> bool:
    """Whether the user has an app that shows codes; it is one at most."""
    return factors_of(user).filter(type=Authenticator.Type.TOTP).exists()


def has_passkey(user: User) -> bool:
    """Whether the user has a passkey."""
    return factors_of(user).filter(type=Authenticator.Type.WEBAUTHN).exists()


def spend_code(user: User, code: str, *, now: datetime) -> bool:
    """Whether the code is one of the user's app or a spare one; it is used up. Within a transaction."""
    code = "".join(code.split())
    kept = factors_of(user).exclude(type=Authenticator.Type.WEBAUTHN).select_for_update()
    return any(
        _spend_step(one, code, now)
        if one.type == Authenticator.Type.TOTP
        else RecoveryCodes(one).validate_code(code)
        for one in kept
    )


def _spend_step(factor: Authenticator, code: str, now: datetime) -> bool:
    step = step_of(decrypt(factor.data["secret"]), code, now=now)
    if step is None or (factor.last_used_at and step <= _step_at(factor.last_used_at)):
        return False
    mark_step(factor, step)
    return True


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """Which half minute the code is for: this one, the one before or the next. None for a wrong code.

    A clock may be half a minute wrong (RFC 6238 5.2).
    """
    current = _step_at(now)
    for step in (current, current - 1, current + 1):
        if constant_time_compare(format_hotp_value(hotp_value(secret, step)), code):
            return step
    return None


def mark_step(factor: Authenticator, step: int) -> None:
    """No code for this half minute, or for one before it, lets anybody in again (RFC 6238 5.2)."""
    factor.last_used_at = datetime.fromtimestamp(step * app_settings.TOTP_PERIOD, UTC)
    factor.save(update_fields=["last_used_at"])


def _step_at(moment: datetime) -> int:
    return int(moment.timestamp()) // app_settings.TOTP_PERIOD


def passkey_answers(user: User, credential: Any) -> bool:
    """Whether one of the user's passkeys has answered the question that the page asked, which is used up."""
    try:
        passkeys.parse_authentication_response(credential)
        factor = passkeys.complete_authentication(user, credential)
    except UNREADABLE:
        return False
    finally:
        passkeys.clear_state()
    factor.record_usage()
    return True


def picture_of(secret: str, user: User) -> tuple[int, str]:
    """What an app reads a secret from: how many squares wide, and the path of the dark ones."""
    code = QRCode(border=4)
    code.add_data(Adapter().build_totp_url(user, secret))
    squares = code.get_matrix()
    path = "".join(
        f"M{x},{y}h1v1h-1z"
        for y, row in enumerate(squares)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return len(squares), path
