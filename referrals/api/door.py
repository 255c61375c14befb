"""The door of the API: which system asks, how often, in whose name; and how a refusal is said."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja import errors as ninja
from ninja.parser import Parser
from ninja.security import HttpBearer

from referrals.checks import OF_DRAFT, told_of
from referrals.models import SendingSystem
from referrals.system_actions import count_call
from sundbyberg_am.access import Permission, SignedInRequest
from sundbyberg_am.actions import NotOnRecord, record_access
from sundbyberg_am.logs import user_id
from sundbyberg_am.middleware import NOT_NOW
from sundbyberg_am.models import USERNAME, User
from sundbyberg_am.submitting import KEY_IS_USED

LARGEST = 200_000  # bytes in a request: more than every question answered at its longest
JSON = "application/json"

NO_TOKEN = "Anropet behöver en giltig nyckel: Authorization: Bearer …"  # noqa: S105
NOT_BY_HTTPS = "Anropet är inte krypterat. Använd https, och byt nyckel: den kan ha blivit läst."
NOT_A_SENDER = (
    "Acting-User ska vara användarnamnet för en socialsekreterare i systemets team, "
    "som inte är avstängd."
)
NOT_JSON = "Det som skickades går inte att läsa som JSON."
NOT_SAID_TO_BE_JSON = f"Skicka anvisningen som {JSON}."
TOO_LARGE = "Det som skickades är för stort."
TOO_OFTEN = "Systemet frågar för ofta. Vänta så många sekunder som står i Retry-After."
NOT_THERE = "Det finns ingen sådan anvisning."
KEY_OF_ANOTHER = "Idempotency-Key är redan använd för en anvisning med ett annat innehåll."
AT_ONCE = "Något annat sparades samtidigt, så det här sparades inte. Försök igen."
WRONG_KIND = "Värdet är inte av det slag som står i beskrivningen."
_KINDS = {
    "missing": "Fältet saknas.",
    "extra_forbidden": "Fältet finns inte i beskrivningen.",
}


class Refused(Exception):
    """Answered with a status and a sentence; perhaps with how long to wait."""

    def __init__(self, status: int, sentence: str, *, wait: int = 0) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.wait = status, sentence, wait


class TextParser(Parser):
    """Reads JSON whose texts can be written down. What raises here is answered as what cannot be read."""

    def parse_body(self, request: HttpRequest) -> Any:
        """What was sent. Half a character (a lone surrogate) can be said in JSON and stored nowhere."""
        body = super().parse_body(request)
        json.dumps(body, ensure_ascii=False).encode()
        return body


class SystemRequest(SignedInRequest):
    """A request as an operation gets it: the token has let a system in. Only a name for the type checker."""

    auth: SendingSystem


class SystemToken(HttpBearer):
    """Lets in the system whose token comes with the request, unless it asks too often."""

    def authenticate(self, request: HttpRequest, token: str) -> SendingSystem | None:
        """The system; None, as for no token at all, when it is nobody's or has been ended.

        Led on to https instead, a system that was set up wrongly would go on sending its token to all.
        """
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            raise Refused(403, NOT_BY_HTTPS)
        system = SendingSystem.objects.with_token(token)
        if system is None:
            return None
        if wait := count_call(system, now=timezone.now()):
            raise Refused(429, TOO_OFTEN, wait=wait)
        if request.method == "POST":
            _check_body(request)
        return system


def _check_body(request: HttpRequest) -> None:
    """What is sent is said to be JSON, and can be read at once. Raises Refused."""
    if request.content_type != JSON:
        raise Refused(415, NOT_SAID_TO_BE_JSON)
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length[:18]) > LARGEST:
        raise Refused(413, TOO_LARGE)


def act_for(request: SystemRequest, username: str) -> User:
    """Let the request be by whom the system acts for: who may do the same on the pages. Raises Refused."""
    user = None
    if re.fullmatch(USERNAME, username):
        user = User.objects.of_unit(request.auth.unit).filter(username=username).first()
    if user is None or not user.may(Permission.SEND_REFERRALS):
        raise Refused(403, NOT_A_SENDER)
    request.user = user
    user_id.set(str(user.pk))
    return user


def answer_refusals(api: NinjaAPI) -> None:
    """Let the API answer whatever is refused with its status, the field and a sentence."""

    def answer(
        request: HttpRequest, status: int, *errors: tuple[str | None, str], **headers: str
    ) -> HttpResponse:
        content = {"errors": [{"field": field, "message": text} for field, text in errors]}
        response = api.create_response(request, content, status=status)
        for name, value in headers.items():
            response[name.replace("_", "-")] = value
        return response

    @api.exception_handler(ninja.AuthenticationError)
    def no_token(request: HttpRequest, error: ninja.AuthenticationError) -> HttpResponse:
        return answer(request, 401, (None, NO_TOKEN), WWW_Authenticate="Bearer")

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        headers = {"Retry_After": str(error.wait)} if error.wait else {}
        return answer(request, error.status, (None, error.sentence), **headers)

    @api.exception_handler(Http404)
    def not_there(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(request, 404, (None, NOT_THERE))

    @api.exception_handler(ninja.HttpError)
    def not_read(request: HttpRequest, error: ninja.HttpError) -> HttpResponse:
        return answer(request, 400, (None, NOT_JSON))

    @api.exception_handler(ninja.ValidationError)
    def not_as_described(request: HttpRequest, error: ninja.ValidationError) -> HttpResponse:
        return answer(request, 422, *dict.fromkeys(map(_of_description, error.errors)))

    @api.exception_handler(NotOnRecord)
    def not_on_record(request: HttpRequest, error: NotOnRecord) -> HttpResponse:
        return answer(request, 503, (None, NOT_NOW))

    @api.exception_handler(ValidationError)
    def not_by_the_rules(request: SystemRequest, error: ValidationError) -> HttpResponse:
        if getattr(error, "code", None) == KEY_IS_USED:
            return answer(request, 409, ("Idempotency-Key", KEY_OF_ANOTHER))
        try:
            record_access(request, told_of(error.update_error_dict({}).get(NON_FIELD_ERRORS, [])))
        except NotOnRecord as unrecorded:
            return not_on_record(request, unrecorded)
        return answer(request, 422, *_by_field(error))

    @api.exception_handler(IntegrityError)
    def at_once(request: HttpRequest, error: IntegrityError) -> HttpResponse:
        return answer(request, 409, (None, AT_ONCE))


def _of_description(error: dict[str, Any]) -> tuple[str | None, str]:
    """Where the request is not of the kind that is described: the field, or the header."""
    place = error["loc"][2:] if error["loc"][0] == "body" else error["loc"][1:]
    # Below an answer stands only which of the kinds that it might be was tried.
    field = ".".join(str(part) for part in place[:2])
    return field or None, _KINDS.get(error["type"], WRONG_KIND)


def _by_field(refusal: ValidationError) -> Iterator[tuple[str | None, str]]:
    """Each sentence with its field; not what the pages say of the draft, which a system has not got."""
    for name, errors in refusal.update_error_dict({}).items():
        for error in errors:
            if error.code != OF_DRAFT:
                yield (None if name == NON_FIELD_ERRORS else name), error.messages[0]
