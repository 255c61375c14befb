"""Sign-in by the city's own (Entra ID, Keycloak …) with OpenID Connect: what two machines say to each other.

allauth leads the browser there and back (state, PKCE) and fetches the answer. What is in the answer is
believed here, and more strictly than allauth would: the signature, issuer, receiver, times and nonce of the
ID token must all hold, and nothing beside it is asked. What comes of it is in `identity_actions.py`.
"""

from collections.abc import Mapping
from functools import cached_property
from secrets import token_urlsafe
from time import time
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from requests import RequestException

from .identity import Identity, ProviderIsAway, Refused

# Signed with a key of which only the provider has the secret half.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]


def _values(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """What stands under the claim that the settings name; a dot in the name leads into it."""
    found: Any = claims.get(settings.OIDC_CLAIM)
    if found is None:
        found = claims
        for step in settings.OIDC_CLAIM.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    listed = found if isinstance(found, list) else [found]
    return tuple(one for one in listed if isinstance(one, str) and "\0" not in one)


class _Conversation(OpenIDConnectOAuth2Adapter):
    """allauth's, with an address of ours to come back to and a provider that is who it should be."""

    def get_provider(self) -> "CityProvider":
        return provider_of(self.request)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("city_return"))

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself."""
        config: dict[str, Any] = super().openid_config
        if config.get("issuer") != settings.OIDC_ISSUER:
            raise Refused("the issuer is another")
        return config


class CityProvider(OpenIDConnectProvider):
    """The one that the settings name. Its issuer stands with every identity that comes from it."""

    oauth2_adapter_class = _Conversation
    pkce_enabled_default = True


def provider_of(request: HttpRequest) -> CityProvider:
    """The provider of the settings; there is no such page when they name none."""
    if not settings.OIDC_ISSUER:
        raise Http404
    app = SocialApp(
        provider=CityProvider.id,
        provider_id=settings.OIDC_ISSUER,
        name=settings.OIDC_NAME,
        client_id=settings.OIDC_CLIENT_ID,
        secret=settings.OIDC_CLIENT_SECRET,
        settings={"server_url": settings.OIDC_ISSUER.rstrip("/")},
    )
    return CityProvider(request, app=app)


def lead_there(request: HttpRequest, *, anew: bool = False, **kept: Any) -> HttpResponse:
    """Send the browser to the provider, which is to ask `anew`; `kept` is there when it comes back.

    Raises Refused.
    """
    nonce = token_urlsafe(32)
    try:
        answer: HttpResponse = provider_of(request).redirect(
            request,
            AuthProcess.LOGIN,
            auth_params={"nonce": nonce, **_wanted(anew=anew)},
            scope=settings.OIDC_SCOPES,
            nonce=nonce,
            **kept,
        )
    except (RequestException, KeyError) as error:
        raise ProviderIsAway("no answer from the provider") from error
    return answer


def _wanted(*, anew: bool) -> dict[str, str]:
    """How somebody is to sign in there."""
    asked = {"acr_values": " ".join(settings.OIDC_ACR)} if settings.OIDC_ACR else {}
    if anew:
        return asked | {"prompt": "login", "max_age": "0"}
    return asked | ({"max_age": str(settings.OIDC_MAX_AGE)} if settings.OIDC_MAX_AGE else {})


def came_back(request: HttpRequest) -> tuple[Identity, dict[str, Any]]:
    """Who the provider says has come back, and what was kept since they left. Raises Refused.

    What was kept is forgotten first, so that the same answer brings nobody in twice.
    """
    provider = provider_of(request)
    asked = request.GET
    state = statekit.unstash_state(
        request, state_id=asked.get("state", ""), provider_id=provider.sub_id
    )
    if state is None:
        raise Refused("nobody left for this answer, or it has been used")
    if asked.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:
        raise Refused("the answer is from another issuer")
    if not asked.get("code"):
        raise Refused("the provider let nobody in")
    conversation = provider.get_oauth2_adapter(request)
    try:
        client = conversation.get_client(request, provider.app)
        answer = client.get_access_token(
            asked["code"], pkce_code_verifier=state["pkce_code_verifier"]
        )
        claims = _believed(conversation, str(answer["id_token"]), state["nonce"])
    except OAuth2Error as error:
        raise Refused("the provider did not take the code") from error
    except jwt.PyJWTError as error:
        raise Refused(f"the ID token does not hold: {type(error).__name__}") from error
    except (RequestException, KeyError, ValueError) as error:
        raise ProviderIsAway("no answer from the provider") from error
    return Identity.of(claims, _values(claims)), state


def _believed(conversation: _Conversation, id_token: str, nonce: str) -> dict[str, Any]:
    """The claims of an ID token that holds. Raises PyJWTError or Refused."""
    with get_adapter().get_requests_session() as session:
        published = session.get(conversation.openid_config["jwks_uri"])
        published.raise_for_status()
    keys = jwt.PyJWKSet.from_dict(published.json()).keys
    named = jwt.get_unverified_header(id_token).get("kid")
    fitting = [key for key in keys if key.key_id == named] if named else keys
    if len(fitting) != 1:
        raise Refused("the ID token is signed with an unknown key")
    claims: dict[str, Any] = jwt.decode(
        id_token,
        fitting[0],
        algorithms=_ALGORITHMS,
        audience=settings.OIDC_CLIENT_ID,
        issuer=settings.OIDC_ISSUER,
        leeway=settings.OIDC_CLOCK_SKEW,
        options={"require": _REQUIRED},
    )
    if claims.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID:
        raise Refused("the ID token is for another program")
    if not constant_time_compare(str(claims["nonce"]), nonce):
        raise Refused("the ID token answers another question")
    if settings.OIDC_ACR and claims.get("acr") not in settings.OIDC_ACR:
        raise Refused("the sign-in there was not as strong as OIDC_ACR says, or it does not tell")
    if settings.OIDC_MAX_AGE:
        at, oldest = claims.get("auth_time"), time() - settings.OIDC_MAX_AGE
        if not isinstance(at, int | float) or at < oldest - settings.OIDC_CLOCK_SKEW:
            raise Refused("the sign-in there was longer ago than OIDC_MAX_AGE, or it does not tell")
    return claims
