"""Pages of the own second factor: an app of codes, passkeys, spare codes. Each asks who it is."""

import json
from typing import Any

from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as passkeys
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from . import factor_actions as actions
from .access import SignedInRequest
from .confirming import by_password, confirmed
from .factors import factors_of, own_words, picture_of
from .forms import ActionForm
from .middleware import WANTED
from .second_step import Credential, demand_factor

SHOWN = "app_shown"  # in the session: what the app has been shown and has not answered to yet


class AppForm(ActionForm):
    """The first code of an app, which shows that it has read the secret."""

    code = forms.CharField(
        label="Koden som appen visar",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasskeyForm(ActionForm):
    """A passkey that the browser has made, and what the user calls it."""

    name = forms.CharField(
        label="Vad du vill kalla den",
        max_length=50,
        initial="Min passnyckel",
        help_text="Så att du känner igen den, till exempel ”Jobbtelefonen”.",
    )
    credential = Credential()


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@by_password
@confirmed
def code_app_add(request: SignedInRequest) -> HttpResponse:
    """Let an app on the telephone show codes to sign in with."""
    # The same until it has answered: the user may have to show who they are in between.
    secret: str = request.session.setdefault(SHOWN, generate_totp_secret())
    form = AppForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = form.apply(
            actions.add_app, request.user, secret=secret, now=timezone.now(), by=request.user
        )
        if codes is not None:
            del request.session[SHOWN]
            return _added(
                request, codes, "Appen är tillagd. Du skriver en kod nästa gång du loggar in."
            )
    width, path = picture_of(secret, request.user)
    typed = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {"form": form, "width": width, "path": path, "secret": typed}
    return render(request, "users/code_app.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@by_password
@confirmed
def passkey_add(request: SignedInRequest) -> HttpResponse:
    """Let a telephone, a computer or a key of its own be what one signs in with after the password."""
    form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = form.apply(actions.add_passkey, request.user, by=request.user)
        if codes is not None:
            return _added(request, codes, "Passnyckeln är tillagd.")
    question = json.dumps(passkeys.begin_registration(request.user, passwordless=False))
    context = {"form": form, "question": question}
    return render(request, "users/passkey.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@by_password
@confirmed
def spare_codes(request: SignedInRequest) -> HttpResponse:
    """Other spare codes than those of before."""
    form = ActionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = form.apply(actions.renew_spare_codes, request.user, by=request.user)
        if codes is not None:
            return _added(request, codes, "")
    lead = "Med en reservkod loggar du in när du inte har telefonen eller passnyckeln. De gamla slutar gälla."
    return _password_page(request, form, "Nya reservkoder", "Ta fram nya", lead)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@by_password
@confirmed
def factor_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take away one of the own factors."""
    factor = get_object_or_404(factors_of(request.user), pk=pk)
    what = own_words(factor)["name"]
    form = ActionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.apply(actions.remove_factor, factor, by=request.user)
        if user is not None:
            update_session_auth_hash(request, user)
            demand_factor(request, user)
            messages.success(
                request,
                f"{what} går inte längre att logga in med. Du är utloggad överallt utom här.",
            )
            return redirect("account")
    lead = "Den går sedan inte att logga in med. Du kan lägga till en ny när du vill."
    return _password_page(request, form, f"Ta bort: {what}", "Ta bort", lead)


def _added(request: SignedInRequest, codes: list[str], sentence: str) -> HttpResponse:
    """On with the session; new spare codes are shown in the answer, once."""
    request.user.refresh_from_db()
    update_session_auth_hash(request, request.user)
    request.session.pop(WANTED, None)
    if sentence:
        messages.success(request, sentence)
    if not codes:
        return redirect("account")
    return render(request, "users/spare_codes.html", {"codes": codes})


def _password_page(
    request: SignedInRequest, form: ActionForm, title: str, submit_label: str, lead: str
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "title": title,
        "submit_label": submit_label,
        "lead": lead,
    }
    return render(request, "users/password.html", context, status=form.status)
