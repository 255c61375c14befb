"""Signing in, and the page about the own sign-in: another password, and out of every browser."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import sign_in_actions as actions
from .access import SignedInRequest
from .confirming import by_password, confirmed
from .factors import factors_of, has_app, has_factor, own_words
from .forms import ActionForm
from .identity import name_of_city
from .middleware import WANTED, seconds_left
from .models import Session
from .second_step import begin_second_step, demand_factor, let_in


class SignInForm(AuthenticationForm):
    """A user name and its password; after too many wrong ones nobody is let in for a while."""

    def clean(self) -> dict[str, Any]:
        """Whoever signs in. A name that nobody has is answered as a wrong password is."""
        username, now = self.cleaned_data.get("username", ""), timezone.now()
        if not username or not self.cleaned_data.get("password"):
            return self.cleaned_data
        actions.check_may_try(username, now=now)
        try:
            cleaned = super().clean()
        except ValidationError:
            actions.count_miss(username, now=now)
            raise
        return cleaned

    def confirm_login_allowed(self, user: Any) -> None:
        """A password of an administrator's choice lets nobody in for long."""
        super().confirm_login_allowed(user)
        if user.first_password_until and user.first_password_until < timezone.now():
            raise ValidationError(
                "Ditt första lösenord gällde i en vecka och har gått ut. "
                "Be systemförvaltaren om ett nytt."
            )

    @property
    def status(self) -> int:
        """The HTTP status of a page with the form that was refused."""
        return 429 if self.has_error("__all__", actions.TOO_MANY) else 422


class SignIn(LoginView):
    """The page to sign in on."""

    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """With the city's sign-in beside the form, when there is one."""
        city = name_of_city()
        return super().get_context_data(city=city, **more)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """In, or on to the second step for whoever has one."""
        user = form.get_user()
        if has_factor(user):
            begin_second_step(self.request, user, self.get_success_url())
            return redirect("sign_in_code")
        actions.forget_misses(user.username)
        let_in(self.request, user)
        demand_factor(self.request, user)
        return redirect(self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again, with why."""
        response = super().form_invalid(form)
        response.status_code = form.status
        return response


class PasswordForm(ActionForm):
    """Another password."""

    password = forms.CharField(
        label="Nytt lösenord",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Minst 12 tecken. Några ord efter varandra är lättare att minnas än krångliga tecken.",
    )
    again = forms.CharField(
        label="Nytt lösenord en gång till",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """What the action wants: the new one."""
        password, again = (self.cleaned_data.get(name) for name in ("password", "again"))
        if password and again and password != again:
            self.add_error("again", "De två nya lösenorden är inte lika.")
        return {"password": password}


@require_GET
def account(request: SignedInRequest) -> HttpResponse:
    """Who one is to the program, and what one may do about the own sign-in."""
    user = request.user
    is_local = user.has_usable_password()
    facts = [
        ("Namn", user.name),
        ("Användarnamn", user.username),
        ("Roll", user.get_role_display()),
        ("Enhet eller team", user.unit.name),
        ("E-post", user.email),
    ]
    context = {
        "facts": facts,
        "is_local": is_local,
        "factors": [own_words(one) for one in factors_of(user)] if is_local else [],
        "has_app": is_local and has_app(user),
        "is_wanted": WANTED in request.session,
        "sessions": Session.objects.open_of(user, timezone.now()),
        "here": request.session.session_key,
        "city": name_of_city() if is_local else "",
    }
    return render(request, "users/account.html", context)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@by_password
@confirmed
def password_change(request: SignedInRequest) -> HttpResponse:
    """Change the own password; every other browser is signed out."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        changed = form.apply(actions.change_password, request.user, by=request.user)
        if changed is not None:
            update_session_auth_hash(request, changed)
            messages.success(request, "Lösenordet är bytt. Du är utloggad överallt utom här.")
            return redirect("account")
    lead = ""
    if request.user.first_password_until:
        lead = "Välj ett eget lösenord innan du börjar. Det du fick slutar gälla då."
    context = {"form": form, "title": "Byt lösenord", "submit_label": "Byt lösenord", "lead": lead}
    return render(request, "users/password.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@confirmed
def session_end(request: SignedInRequest, mark: str) -> HttpResponse:
    """Out of one other browser."""
    mine = Session.objects.open_of(request.user, timezone.now())
    chosen = next((one for one in mine if one.mark == mark), None)
    if chosen is None:
        messages.info(request, "Där är du redan utloggad.")
        return redirect("account")
    form = ActionForm(request.POST or None)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and form.apply(actions.end_session, chosen, by=request.user) is not None:
        messages.success(request, f"Du är utloggad i {chosen.browser}.")
        return redirect("account")
    return _end_page(request, form, f"Logga ut i {chosen.browser}?")


@require_http_methods(["GET", "POST"])
@confirmed
def other_sessions_end(request: SignedInRequest) -> HttpResponse:
    """Out of all browsers but this one."""
    form = ActionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.apply(actions.sign_out_everywhere, request.user, by=request.user)
        if user is not None:
            update_session_auth_hash(request, user)
            messages.success(request, "Du är utloggad överallt utom här.")
            return redirect("account")
    return _end_page(request, form, "Logga ut överallt utom här?")


def _end_page(request: SignedInRequest, form: ActionForm, title: str) -> HttpResponse:
    lead = (
        "Det som är skrivet där men inte sparat finns kvar som utkast. "
        "Känner du inte igen en inloggning? Byt lösenord och säg till systemförvaltaren."
    )
    context = {"form": form, "title": title, "submit_label": "Logga ut", "lead": lead}
    return render(request, "users/password.html", context, status=form.status)


@require_POST
def sign_out_everywhere(request: SignedInRequest) -> HttpResponse:
    """Out of this browser and all others."""
    actions.sign_out_everywhere(request.user, by=request.user)
    logout(request)
    messages.success(request, "Du är utloggad i alla webbläsare.")
    return redirect("login")


@require_GET
def session_time(request: SignedInRequest) -> HttpResponse:
    """How many seconds the session has left, and has at most. Asked by hand, it is also a sign of life."""
    left, whole = seconds_left(request)
    return JsonResponse({"left": left, "whole": whole})
