"""The second step of a sign-in with a password: a code from an app, a spare code, or a passkey."""

import json
from time import time
from typing import Any

from allauth.mfa.webauthn.internal import auth as passkeys
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from .factor_actions import WRONG_CODE, WRONG_PASSKEY, pass_second_step
from .factors import has_factor, has_passkey
from .forms import ActionForm
from .middleware import WANTED
from .models import User
from .sign_in_actions import TOO_MANY

HALF = (
    "half_signed_in"  # in the session: who has given the password, when, and where they were going
)


CONFIRMED = "confirmed"  # in the session: when the user last showed who they are, in seconds


def begin_second_step(request: HttpRequest, user: User, next_page: str) -> None:
    """Remember for a while that the password was right. Nobody is signed in by that."""
    request.session.cycle_key()
    request.session[HALF] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": int(time()),
        "next": next_page,
    }


def remember_confirmed(request: HttpRequest) -> None:
    """That the user has shown who they are, for a while, in a session with another key."""
    request.session.cycle_key()
    request.session[CONFIRMED] = int(time())


def let_in(request: HttpRequest, user: User) -> None:
    """Sign in whoever has shown all that is asked for: a first password is changed without asking again."""
    login(request, user)
    if user.first_password_until:
        remember_confirmed(request)


def demand_factor(request: HttpRequest, user: User) -> None:
    """Let nothing else come first for whoever must have a second factor and has none."""
    if settings.SECOND_FACTOR and not has_factor(user):
        request.session[WANTED] = True


def _halfway(request: HttpRequest) -> User | None:
    """Who has given the password, lately, and has had nothing changed since."""
    half = request.session.get(HALF)
    if not half or time() - half["at"] > settings.SECOND_FACTOR_SECONDS:
        return None
    user = User.objects.active().filter(pk=half["user"]).first()
    if user is None or not constant_time_compare(half["hash"], user.get_session_auth_hash()):
        return None
    return user


class Credential(forms.CharField):
    """What a passkey answered, put there by passkey.js; gives what the JSON says, None for nothing."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, max_length=20_000)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            # What is nothing in JSON is no less an answer, and refused with all other wrong ones.
            return (json.loads(text) or text) if text else None
        except ValueError:
            return text


class SecondStepForm(ActionForm):
    """A code, or what a passkey answered."""

    code = forms.CharField(
        label="Kod",
        max_length=20,
        help_text="De sex siffrorna i appen, eller en av dina reservkoder.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    credential = Credential()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["code"].required = not self.data.get("credential")

    def clean(self) -> dict[str, Any]:
        """Nothing, when it is right; each wrong one is counted."""
        if self.errors:
            return {}
        code, credential = self.cleaned_data["code"], self.cleaned_data["credential"]
        is_right = pass_second_step(self.user, code=code, credential=credential, now=timezone.now())
        if not is_right:
            raise ValidationError(WRONG_PASSKEY if credential else {"code": WRONG_CODE})
        return {}

    @property
    def status(self) -> int:
        """The HTTP status of a page with the form."""
        return 429 if self.has_error("__all__", TOO_MANY) else super().status


@require_http_methods(["GET", "POST"])
@login_not_required
@sensitive_post_parameters()
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor, and let in."""
    user = _halfway(request)
    if user is None:
        request.session.pop(HALF, None)
        messages.info(request, "Det gick lite för lång tid. Logga in igen.")
        return redirect("login")
    form = SecondStepForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        next_page = request.session.pop(HALF)["next"]
        let_in(request, user)
        return redirect(next_page)
    question = json.dumps(passkeys.begin_authentication(user)) if has_passkey(user) else ""
    context = {"form": form, "question": question}
    return render(request, "registration/code.html", context, status=form.status)
