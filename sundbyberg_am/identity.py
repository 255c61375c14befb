"""Somebody as the city's sign-in knows them, by whichever way they came: OpenID Connect or SAML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from .models import User

_LONGEST_SUBJECT: int = SocialAccount._meta.get_field("uid").max_length


class Refused(Exception):
    """What came back is not believed. Says why in words of ours, with nothing of anybody in them."""


class ProviderIsAway(Refused):
    """There is no answer, or none that can be read."""


@dataclass(frozen=True)
class Identity:
    """Somebody as the provider knows them: issuer and subject say who, the values what they may."""

    issuer: str
    subject: str
    name: str
    email: str
    username: str
    values: tuple[str, ...]
    # When they last showed there who they are, in seconds; None where the provider does not say.
    at: int | None = None

    @classmethod
    def of(cls, claims: Mapping[str, Any], values: tuple[str, ...]) -> "Identity":
        """What is said of somebody, by the names of OpenID Connect. Raises Refused for no fit subject."""
        if not 0 < len(claims["sub"]) <= _LONGEST_SUBJECT:
            raise Refused("the subject is too long to be kept, or empty")
        known_as = str(claims.get("preferred_username") or claims.get("upn") or "")
        username = re.sub(r"[^a-z0-9._-]", "", known_as.partition("@")[0].lower())
        parts = (str(claims.get(part) or "") for part in ("given_name", "family_name"))
        name = str(claims.get("name") or "").strip() or " ".join(parts).strip()
        email, at = str(claims.get("email") or ""), claims.get("auth_time")
        try:
            validate_email(email)
        except ValidationError:
            email = ""
        return cls(
            issuer=claims["iss"],
            subject=claims["sub"],
            name=(name or username or "Namn saknas").replace("\0", "")[:100],
            email=email[:254],
            username=username[:40] or "anvandare",
            values=values,
            at=int(at) if isinstance(at, int | float) else None,
        )


def name_of_city() -> str:
    """What the city's sign-in is called; empty when there is none."""
    if settings.OIDC_ISSUER:
        return str(settings.OIDC_NAME)
    return str(settings.SAML_NAME) if settings.SAML_ISSUER else ""


def is_known_as(user: User, who: Identity) -> bool:
    """Whether that is who the user is at the city's sign-in."""
    mine = SocialAccount.objects.filter(user=user, provider=who.issuer, uid=who.subject)
    return bool(mine.exists())


def is_known_to_city(user: User) -> bool:
    """Whether the user comes in by the city's sign-in."""
    return bool(SocialAccount.objects.filter(user=user).exists())
