"""What every request passes and every answer gets."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from .acting import acting, page_of
from .drafts import keep_sent


def private_pages(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Pages of somebody signed in are never kept by a browser or a proxy."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        return response

    return middleware


def known_changes(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """What a request changes is by whoever it turns out to be from, through the page that it is to."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with acting(lambda: (request.user.pk, page_of(request))):
            return get_response(request)

    return middleware


class SignInFirst(LoginRequiredMiddleware):
    """Sends whoever has not signed in to do so; a form that was sent is kept on the way."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """The page to sign in on, which leads back; to a draft on its way, only that it was not saved."""
        if "X-Draft" in request.headers:
            return HttpResponse("Du är utloggad.", status=401)
        if page := keep_sent(request):
            messages.info(
                request, "Du hade blivit utloggad. Logga in igen, så finns det du skrev kvar."
            )
            return redirect_to_login(page)
        if request.method not in ("GET", "HEAD"):
            return redirect_to_login(reverse("start"))  # an address that is only sent to is no page
        return super().handle_no_permission(request, view_func)
