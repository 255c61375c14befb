"""Pages of the kernel: users and the access log."""

import sys
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template import loader
from django.urls import reverse
from django.utils import timezone
from django.views import csrf, defaults
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from . import actions
from .access import Permission, SignedInRequest, requires
from .drafts import keep_sent
from .factor_actions import remove_factors
from .factors import factors_of
from .form_keys import FIELD, FormKey
from .forms import ActionForm, ActionModelForm
from .identity import is_known_to_city
from .logs import request_id
from .middleware import not_now
from .models import AccessRecord, User
from .sign_in_actions import give_first_password

LOG_PAGE = 100


class UserForm(ActionModelForm):
    """Who somebody is to the program."""

    class Meta:
        model = User
        fields = ("name", "email", "role", "unit", "is_active")
        help_texts = {"is_active": "Den som slutar stängs av, men allt hen har gjort finns kvar."}


def _first_password() -> forms.CharField:
    return forms.CharField(
        label="Första lösenord",
        strip=False,  # as the sign-in reads it
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Minst 12 tecken. Lämna det till personen själv, som byter det första gången. "
        "Det gäller i en vecka.",
    )


class NewUserForm(ActionModelForm):
    """A new sign-in."""

    password = _first_password()

    class Meta:
        model = User
        fields = ("username", "name", "email", "role", "unit")
        help_texts = {"username": "Små bokstäver a–z, siffror, punkt och streck."}


class FirstPasswordForm(ActionForm):
    """Another password to come in with."""

    password = _first_password()


@require_GET
@requires(Permission.MANAGE_USERS)
def user_list(request: SignedInRequest) -> HttpResponse:
    """Everyone who has or has had a sign-in."""
    return render(request, "users/list.html", {"users": User.objects.for_list()})


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def user_add(request: SignedInRequest) -> HttpResponse:
    """Give somebody a sign-in."""
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.apply(actions.add_user, now=timezone.now())
        if user is not None:
            messages.success(request, f"{user.name} kan nu logga in som {user.username}.")
            return redirect("user_list")
    return _user_page(request, "Ny användare", "Lägg till", form)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def user_change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Change a user's role, unit or name, or close the sign-in."""
    user = get_object_or_404(User, public_id=public_id)
    form = UserForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        changed = form.apply(actions.change_user, user, by=request.user)
        if changed is not None:
            messages.success(request, f"{changed.name} är ändrad.")
            return redirect("user_list")
    is_known = is_known_to_city(user)
    more = {
        "has_factors": factors_of(user).exists(),
        "is_known": is_known,
        "has_password": user.has_usable_password() and not is_known and user != request.user,
    }
    return _user_page(request, user.name, "Spara", form, **more)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@requires(Permission.MANAGE_USERS)
def user_password(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A password to come in with for a user who has lost the own one."""
    user = get_object_or_404(User, public_id=public_id)
    form = FirstPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.apply(give_first_password, user, now=timezone.now(), by=request.user)
        if given is not None:
            messages.success(request, f"{user.name} kan nu logga in med det nya lösenordet.")
            return redirect("user_list")
    context = {
        "form": form,
        "title": f"Nytt första lösenord för {user.name}",
        "lead": "Gör det bara när du är säker på vem som ber om det. Personen loggas ut överallt och väljer "
        "ett eget lösenord när hen loggar in. Det andra steget är kvar.",
        "submit_label": "Spara",
        "back_url": reverse("user_change", args=[public_id]),
        "back_label": user.name,
        "row": None,
    }
    return render(request, "lists/form.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def user_factors_remove(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take away the second factors of a user who has lost them."""
    user = get_object_or_404(User, public_id=public_id)
    form = ActionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.apply(remove_factors, user, by=request.user)
        messages.success(
            request, f"{user.name} loggar nu in utan andra steg och lägger till ett nytt."
        )
        return redirect("user_list")
    context = {
        "form": form,
        "title": f"Ta bort andra steget för {user.name}?",
        "lead": "Gör det bara när du är säker på vem som ber om det. Personen loggas ut överallt, "
        "och kommer in med bara lösenordet tills hen har lagt till en ny app eller passnyckel.",
        "submit_label": "Ta bort",
        "back_url": reverse("user_change", args=[public_id]),
        "back_label": user.name,
        "row": None,
    }
    return render(request, "lists/form.html", context, status=form.status)


@require_GET
@requires(Permission.REVIEW_LOG)
def access_log(request: SignedInRequest) -> HttpResponse:
    """Who has been shown whom, newest first."""
    records = list(AccessRecord.objects.page_before(request.GET.get("fore", ""), LOG_PAGE + 1))
    older = f"?fore={records[LOG_PAGE - 1].pk}" if len(records) > LOG_PAGE else ""
    return render(request, "log/list.html", {"records": records[:LOG_PAGE], "older": older})


@require_GET
def shortcuts(request: SignedInRequest) -> HttpResponse:
    """What the keyboard does: a page, and what app.js shows in a dialogue on any other."""
    is_part = "HX-Request" in request.headers
    return render(request, "_shortcuts_dialog.html" if is_part else "shortcuts.html")


def page_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answers a form from a page that was opened before the user signed in anew; what it held is kept.

    The key of the form is as good a proof that it came from our page as the token that no longer holds.
    """
    page = keep_sent(request)
    key = FormKey.read(request.POST.get(FIELD, ""))
    is_theirs = key is not None and key.user == request.user.pk
    if not page or (request.user.is_authenticated and not is_theirs):
        return csrf.csrf_failure(request, reason)
    messages.info(
        request,
        "Sidan hade varit öppen för länge, så det du skickade är inte sparat än. "
        "Det finns kvar: läs igenom det och spara igen.",
    )
    return redirect(page)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a request that cannot be understood.

    Django also says so when the database goes away while the session is saved, after all else went well.
    """
    error: BaseException | None = exception
    while error:
        if answer := not_now(request, error):
            return answer
        error = error.__cause__ or error.__context__
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of an error: nothing of what was asked for, and the number that its log lines have.

    The database may also be gone before a view is reached, as when the session is read.
    """
    if answer := not_now(request, sys.exception()):
        return answer
    page = loader.render_to_string("500.html", {"number": request_id.get()})
    return HttpResponse(page, status=500)


def _user_page(
    request: SignedInRequest, title: str, submit_label: str, form: ActionForm, **more: bool
) -> HttpResponse:
    context = {"title": title, "submit_label": submit_label, "form": form, **more}
    return render(request, "users/form.html", context, status=form.status)
