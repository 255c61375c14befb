"""Sign-in by the city's own with SAML 2.0, where it speaks nothing newer: what two machines say.

The browser leaves with a question and comes back with a signed answer, as a form from another site. It has no
cookie of ours with it. So the answer is first only checked and laid aside for a minute, and the browser
sent on to a page of ours, where its session says which question it left with; only there is somebody let in.

python3-saml reads and checks the answer. What it lets pass when it is missing is demanded here: the receiver,
the question and the last moment, all within what is signed. It is imported where it is used, since a
demonstration has no need of it.
"""

import re
from typing import TYPE_CHECKING, Any

from allauth.socialaccount.internal import statekit
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from .identity import Identity, Refused
from .sessions import SessionStore

if TYPE_CHECKING:
    from onelogin.saml2.response import OneLogin_Saml2_Response
    from onelogin.saml2.settings import OneLogin_Saml2_Settings

LONGEST_ANSWER = 200_000  # characters
LAID_ASIDE = 60  # seconds
_SPACE = {"saml": "urn:oasis:names:tc:SAML:2.0:assertion"}
_PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
# Another one each time, so that nobody would be known again.
_TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
# Under which names Entra ID, AD FS, Shibboleth and Keycloak say what OpenID Connect has one name for.
_OF_MICROSOFT = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_NAMES = {
    "name": ("displayName", "urn:oid:2.16.840.1.113730.3.1.241", "name"),
    "given_name": ("givenName", "urn:oid:2.5.4.42", f"{_OF_MICROSOFT}givenname"),
    "family_name": ("sn", "urn:oid:2.5.4.4", f"{_OF_MICROSOFT}surname"),
    "email": ("mail", "email", "urn:oid:0.9.2342.19200300.100.1.3", f"{_OF_MICROSOFT}emailaddress"),
    "preferred_username": (
        "uid",
        "username",
        "urn:oid:0.9.2342.19200300.100.1.1",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
        f"{_OF_MICROSOFT}upn",
        f"{_OF_MICROSOFT}name",
    ),
}


def lead_there(request: HttpRequest, *, anew: bool = False, **kept: Any) -> HttpResponse:
    """Send the browser to the provider, which is to ask `anew`; `kept` is there when it comes back."""
    from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request

    question = OneLogin_Saml2_Authn_Request(_settings(request), force_authn=anew)
    statekit.stash_state(
        request, provider_id=settings.SAML_ISSUER, state_id=question.get_id(), state=kept
    )
    mark = "&" if "?" in settings.SAML_URL else "?"
    return redirect(
        f"{settings.SAML_URL}{mark}{urlencode({'SAMLRequest': question.get_request()})}"
    )


def lay_aside(request: HttpRequest) -> HttpResponse:
    """Keep an answer that holds, whoever it is to, and send the browser to where its cookies come along.

    Raises Refused.
    """
    answer = request.POST.get("SAMLResponse", "")
    _believed(request, answer)
    kept = SessionStore()
    kept["answer"] = answer
    kept.set_expiry(LAID_ASIDE)
    kept.create()
    return HttpResponse(
        status=303, headers={"Location": f"{reverse('saml_return')}?svar={kept.session_key}"}
    )


def came_back(request: HttpRequest) -> tuple[Identity, dict[str, Any]]:
    """Who the provider says has come back, and what was kept since they left. Raises Refused.

    The answer and what was kept are forgotten first, so that the same answer brings nobody in twice.
    """
    laid = SessionStore(request.GET.get("svar", ""))
    answer = str(laid.get("answer", ""))
    if answer:
        laid.flush()
    who, question = _believed(request, answer)
    kept = statekit.unstash_state(request, state_id=question, provider_id=settings.SAML_ISSUER)
    if kept is None:
        raise Refused("nobody left for this answer, or it has been used")
    return who, kept


def description(request: HttpRequest) -> bytes:
    """What the provider needs to know of this program, in XML."""
    metadata: str | bytes = _settings(request).get_sp_metadata()
    return metadata.encode() if isinstance(metadata, str) else metadata


def _address(request: HttpRequest, name: str) -> str:
    return request.build_absolute_uri(reverse(name))


def _settings(request: HttpRequest) -> "OneLogin_Saml2_Settings":
    if not settings.SAML_ISSUER:
        raise Http404
    from onelogin.saml2.settings import OneLogin_Saml2_Settings

    certificates = re.findall(
        "-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----",
        settings.SAML_CERTIFICATE,
        re.DOTALL,
    )
    return OneLogin_Saml2_Settings(
        {
            "strict": True,
            "sp": {
                "entityId": _address(request, "saml_description"),
                "assertionConsumerService": {"url": _address(request, "saml_answer")},
                "NameIDFormat": _PERSISTENT,
            },
            "idp": {
                "entityId": settings.SAML_ISSUER,
                "singleSignOnService": {"url": settings.SAML_URL},
                # More than one while the provider changes its key.
                "x509certMulti": {"signing": ["".join(one.split()) for one in certificates]},
            },
            "security": {
                "wantAssertionsSigned": True,
                "rejectDeprecatedAlgorithm": True,
                "requestedAuthnContext": settings.SAML_ACR or False,
                "failOnAuthnContextMismatch": bool(settings.SAML_ACR),
                "wantAttributeStatement": False,
                "allowRepeatAttributeName": True,
                "allowSingleLabelDomains": True,  # https://am is an address within the city
            },
        }
    )


def _believed(request: HttpRequest, answer: str) -> tuple[Identity, str]:
    """Who an answer that holds is about, and the question that it answers. Raises Refused.

    All that is read is within the one assertion there is, which is signed.
    """
    ours = _settings(request)
    from onelogin.saml2.response import OneLogin_Saml2_Response

    if not 0 < len(answer) <= LONGEST_ANSWER:
        raise Refused("there is no answer, or it has been used, or it is too long")
    here = _address(request, "saml_answer")
    asked = {
        "https": "on" if request.is_secure() else "off",
        "http_host": request.get_host(),
        "script_name": reverse("saml_answer"),
    }
    try:
        response = OneLogin_Saml2_Response(ours, answer)
        response.is_valid(asked, raise_exceptions=True)
        audiences = response.get_audiences()
        said = response.document.findall(
            "saml:Assertion/saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData",
            namespaces=_SPACE,
        )
        who = _identity(response)
    except Refused:
        raise
    except Exception as error:  # whatever XML can be made to do to whoever reads it
        # Its words have what stood in the answer in them, so only its kind is told.
        code = getattr(error, "code", None)
        raise Refused(f"the answer does not hold: {type(error).__name__} {code}") from error
    if ours.get_sp_data()["entityId"] not in audiences:
        raise Refused("the answer is for another program, or for any")
    if response.document.get("Destination", here) != here:
        raise Refused("the answer is to another address")
    if len(said) != 1 or said[0].get("Recipient") != here or not said[0].get("NotOnOrAfter"):
        raise Refused("the answer is to another address, or to any, or for ever")
    question = str(said[0].get("InResponseTo", ""))
    if not question:
        raise Refused("the answer is to no question of ours")
    return who, question


def _identity(response: "OneLogin_Saml2_Response") -> Identity:
    subject = response.get_nameid_data()
    if subject.get("Format") == _TRANSIENT:
        raise Refused("the subject is another each time")
    said: dict[str, list[str | None]] = response.get_attributes()

    def first(names: tuple[str, ...]) -> str:
        return next((text for name in names for text in said.get(name, ()) if text), "")

    claims: dict[str, Any] = {claim: first(names) for claim, names in _NAMES.items()}
    claims["auth_time"] = _asked_at(response)
    values = tuple(text for text in said.get(settings.SAML_CLAIM, ()) if text)
    return Identity.of(claims | {"iss": settings.SAML_ISSUER, "sub": subject["Value"]}, values)


def _asked_at(response: "OneLogin_Saml2_Response") -> int | None:
    """When the provider last asked who it is, in seconds."""
    from onelogin.saml2.utils import OneLogin_Saml2_Utils

    told = response.document.find(
        "saml:Assertion/saml:AuthnStatement",
        namespaces=_SPACE,
    )
    if told is None:
        return None
    return int(OneLogin_Saml2_Utils.parse_SAML_to_time(told.get("AuthnInstant")))
