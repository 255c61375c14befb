"""What every request passes and every answer gets."""

import logging
from collections.abc import Callable
from time import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template import loader
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.log import log_response
from psycopg.errors import QueryCanceled

from .acting import acting, page_of
from .actions import NotOnRecord
from .drafts import keep_sent
from .form_keys import FIELD
from .logs import numbered_request, user_id
from .room import is_full_disk
from .sessions import BEGAN, SEEN

log = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]

NOT_NOW = (
    "Uppgifterna kan inte visas just nu, eftersom visningen inte gick att anteckna i åtkomstloggen. "
    "Vänta en stund och försök igen."
)
NO_DATABASE = "Databasen svarar inte just nu. Vänta en stund och försök igen."
DISK_IS_FULL = (
    "Serverns disk är full. Säg till den som sköter servern, och försök igen när det finns plats."
)
TOO_SLOW = "Det tog för lång tid. Vänta en stund och försök igen, eller välj mindre på en gång."
PASSWORDS = {"password", "current", "again"}  # the names of fields that are never shown again
# A request that nobody has made by hand says so: it does not keep a session open.
UNATTENDED = "X-Unattended"
# In the session of somebody who must have a second factor and has none; what may be done until then: add one,
# or come in by the city, which has a second step of its own.
WANTED = "factor_wanted"
WANTED_FIRST = frozenset(
    {
        *("account", "code_app_add", "passkey_add", "city_link", "city_return"),
        *("saml_return", "city_link_confirm", "confirm", "city_confirm"),
        *("session_end", "other_sessions_end", "sign_out_everywhere"),
        *("password_change", "session_time", "logout"),
    }
)
# What whoever has a password of an administrator's choice may do until it is changed.
OWN_PASSWORD_FIRST = frozenset({"password_change", "confirm", "session_time", "logout"})
SEEN_EVERY = 60  # seconds: a session is not written in each request


def hard_shell(get_response: Handler) -> Handler:
    """Every answer says how the browser must treat it, and the number that its log lines have."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with numbered_request() as number:
            response = get_response(request)
            if (
                response.status_code >= 400
            ):  # Django would do it outside, where the number is not known
                log_response(
                    *("%s: %s", response.reason_phrase, request.path),
                    response=response,
                    request=request,
                )
        response["X-Request-ID"] = number
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        if "Cache-Control" not in response:  # only static files are kept by a browser or a proxy
            add_never_cache_headers(response)
        return response

    return middleware


def known_changes(get_response: Handler) -> Handler:
    """What a request changes is by whoever it turns out to be from, through the page that it is to."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with acting(lambda: (request.user.pk, page_of(request))):
            return get_response(request)

    return middleware


class NothingUnrecorded:
    """Answers 503, without anybody's data, when the access log cannot be written or the database is away."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing is done to what goes well."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page that says so; None for any other error."""
        return not_now(request, error)


def not_now(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The page that says what cannot be done just now; None for an error that is our own fault.

    It asks the database for nothing. A form that was sent stands on it, to be sent again: since it saves
    once by its key, that does no harm should it have been saved after all.
    """
    if is_full_disk(error):
        sentence = DISK_IS_FULL
    elif isinstance(error, NotOnRecord):
        sentence = NOT_NOW
    elif isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled):
        sentence = TOO_SLOW
    elif isinstance(error, OperationalError | InterfaceError):
        sentence = NO_DATABASE
    else:
        return None
    log.error("Svarade 503", exc_info=error)
    sent, texts = _sent(request)
    address = request.get_full_path() if sent or request.method == "GET" else reverse("start")
    said = {"sentence": sentence, "address": address, "sent": sent, "texts": texts}
    page = loader.render_to_string("not_now.html", said)
    return HttpResponse(page, status=503, headers={"Retry-After": "60"})


def _sent(request: HttpRequest) -> tuple[list[tuple[str, str]], list[str]]:
    """The fields of a form that was sent, and the texts in it to show; nothing of one with a password."""
    try:
        sent = [(name, one) for name, values in request.POST.lists() for one in values]
    except (OSError, SuspiciousOperation):  # it was never read to its end
        return [], []
    names = {name for name, _ in sent}
    if request.method != "POST" or names & PASSWORDS:
        return [], []
    ours = (FIELD, "csrfmiddlewaretoken")
    return sent, [text for name, text in sent if name not in ours and (" " in text or "\n" in text)]


def seconds_left(request: HttpRequest) -> tuple[int, int]:
    """For how long the session lasts without a sign of life, and at most."""
    now, session = int(time()), request.session
    idle = session.get(SEEN, now) + settings.SESSION_IDLE_SECONDS - now
    whole = session.get(BEGAN, now) + settings.SESSION_COOKIE_AGE - now
    return min(idle, whole), whole


def sessions_end(get_response: Handler) -> Handler:
    """Sign out whoever has been away too long, or was signed in too long ago."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            user_id.set(str(request.user.pk))
            now = int(time())
            if seconds_left(request)[0] <= 0:
                logout(request)
                request.signed_out = True  # type: ignore[attr-defined]
            elif (
                UNATTENDED not in request.headers
                and now >= request.session.get(SEEN, 0) + SEEN_EVERY
            ):
                request.session[SEEN] = now
        return get_response(request)

    return middleware


class SignInFirst(LoginRequiredMiddleware):
    """Sends whoever has not signed in to do so; a form that was sent is kept on the way.

    Whoever must have an own password or a second factor before anything else is sent to where it is chosen.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """None for whoever may go on."""
        match = request.resolver_match
        if request.user.is_authenticated and match:
            if request.user.first_password_until and match.url_name not in OWN_PASSWORD_FIRST:
                return redirect("password_change")
            if WANTED in request.session and match.url_name not in WANTED_FIRST:
                return redirect("account")
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """The page to sign in on, which leads back; to a draft on its way, only that it was not saved."""
        if "X-Draft" in request.headers or UNATTENDED in request.headers:
            return HttpResponse("Du är utloggad.", status=401)
        if page := keep_sent(request):
            messages.info(
                request, "Du hade blivit utloggad. Logga in igen, så finns det du skrev kvar."
            )
            return redirect_to_login(page)
        if getattr(request, "signed_out", False):
            messages.info(request, "Du hade varit borta en stund och blev utloggad. Logga in igen.")
        if request.method not in ("GET", "HEAD"):
            return redirect_to_login(reverse("start"))  # an address that is only sent to is no page
        return super().handle_no_permission(request, view_func)
