"""Before what a sign-in is made of is changed, the user shows once more who they are.

An open browser may be somebody else's by now. Whoever has a password here gives it, and the second factor if
there is one; others do it at the city's sign-in (`city_sign_in.py`).
"""

import json
from functools import wraps
from time import time
from typing import Any, ParamSpec, cast

from allauth.mfa.webauthn.internal import auth as passkeys
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from . import sign_in_actions as actions
from .access import SignedInRequest, View
from .factors import has_factor, has_passkey
from .identity import name_of_city
from .second_step import CONFIRMED, SecondStepForm, remember_confirmed

P = ParamSpec("P")


class ConfirmForm(SecondStepForm):
    """The password that the user has, and the second factor of whoever has one."""

    current = forms.CharField(
        label="Ditt lösenord",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current", "code", "credential")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_factor(self.user):
            del self.fields["code"], self.fields["credential"]

    def clean_current(self) -> str:
        """Wrong ones are counted as they are at the sign-in."""
        current: str = self.cleaned_data["current"]
        now = timezone.now()
        actions.check_may_try(self.user.username, now=now)
        if not self.user.check_password(current):
            actions.count_miss(self.user.username, now=now)
            raise ValidationError("Det är inte lösenordet du har nu.")
        return current

    def clean(self) -> dict[str, Any]:
        """Nothing, when all is right; a code is not spent beside a wrong password."""
        return super().clean() if "code" in self.fields else {}


def confirmed(view: View[P]) -> View[P]:
    """For whoever has lately shown who they are; others are asked to, and come back."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if time() - request.session.get(CONFIRMED, 0) > settings.CONFIRMED_SECONDS:
            return redirect(f"{reverse('confirm')}?{urlencode({'next': request.path})}")
        return view(request, *args, **kwargs)

    return cast("View[P]", guarded)


def by_password(view: View[P]) -> View[P]:
    """For those who sign in with a password here; for others the city's sign-in has the second step."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.has_usable_password():
            raise Http404
        return view(request, *args, **kwargs)

    return cast("View[P]", guarded)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def confirm(request: SignedInRequest) -> HttpResponse:
    """Ask who it is, and lead on to what was asked for."""
    user, page = request.user, own_page(request, request.GET.get("next", ""), "account")
    if not user.has_usable_password():
        way = f"{reverse('city_confirm')}?{urlencode({'next': page})}"
        return render(request, "users/confirm.html", {"city": name_of_city(), "way": way})
    form = ConfirmForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        remember_confirmed(request)
        return redirect(page)
    question = json.dumps(passkeys.begin_authentication(user)) if has_passkey(user) else ""
    context = {"form": form, "question": question}
    return render(request, "users/confirm.html", context, status=form.status)


def own_page(request: HttpRequest, address: str, otherwise: str) -> str:
    """The address when it is one of ours, and otherwise the page of that name."""
    is_ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else resolve_url(otherwise)
