"""Pages of the city's sign-in: the way there, the way back, and the list of what gives which role."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import identity_actions as actions
from . import oidc, saml
from .access import Permission, SignedInRequest, requires
from .forms import ActionForm, ActionModelForm
from .identity import Identity, ProviderIsAway, Refused, name_of_city
from .middleware import WANTED
from .models import RoleClaim, User

log = logging.getLogger(__name__)


@require_GET
@login_not_required
def city_start(request: HttpRequest) -> HttpResponse:
    """Leave for the city's sign-in. A link and no form: the policy lets a form lead nowhere but here."""
    return _leave(request, next=request.GET.get("next", ""))


@require_GET
def city_link(request: SignedInRequest) -> HttpResponse:
    """Leave for the city's sign-in, to be known by it from then on."""
    return _leave(request, link=request.user.pk)


@require_GET
@login_not_required
def city_return(request: HttpRequest) -> HttpResponse:
    """Back from the city's sign-in: in, with the rights that it gives now, or told why not."""
    return _back(request, oidc.came_back)


@require_POST
@csrf_exempt  # from another site, so without cookies; it lets nobody in
@login_not_required
def saml_answer(request: HttpRequest) -> HttpResponse:
    """What the provider answers, by the browser's hand: laid aside until the browser is here by its own."""
    try:
        return saml.lay_aside(request)
    except Refused as why:
        return _refused(request, why)


@require_GET
@login_not_required
def saml_return(request: HttpRequest) -> HttpResponse:
    """As city_return, with the answer that was laid aside."""
    return _back(request, saml.came_back)


@require_GET
@login_not_required
def saml_description(request: HttpRequest) -> HttpResponse:
    """What the city's sign-in needs to know to send anybody here."""
    return HttpResponse(saml.description(request), content_type="application/samlmetadata+xml")


def _leave(request: HttpRequest, **kept: Any) -> HttpResponse:
    way = saml if settings.SAML_ISSUER else oidc
    try:
        return way.lead_there(request, **kept)
    except Refused as why:
        return _refused(request, why)


def _back(
    request: HttpRequest, came_back: Callable[[HttpRequest], tuple[Identity, dict[str, Any]]]
) -> HttpResponse:
    try:
        who, kept = came_back(request)
    except Refused as why:
        return _refused(request, why)
    if "link" in kept:
        return _linked(request, who, kept["link"])
    user = actions.admit(who)
    if user is None:
        context = {"values": who.values[:20], "name": name_of_city()}
        return render(request, "registration/no_access.html", context, status=403)
    _let_in(request, user)
    return redirect(_safe(request, kept.get("next", "")))


def _let_in(request: HttpRequest, user: User) -> None:
    login(request, user)
    request.session.pop(WANTED, None)  # a second factor is asked for by the city


def _linked(request: HttpRequest, who: Identity, left_as: int) -> HttpResponse:
    if request.user.pk != left_as:
        return _refused(request, Refused("somebody else is signed in now"))
    try:
        user = actions.link(request.user, who, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        _let_in(request, user)  # new rights have ended the session that they came with
        messages.success(request, f"Du kan nu logga in med {name_of_city()}.")
    return redirect("account")


def _refused(request: HttpRequest, why: Refused) -> HttpResponse:
    """One page for all that can go wrong: what it was is for whoever keeps the server to read."""
    log.warning("Sign-in by the city refused: %s", why)
    is_away = isinstance(why, ProviderIsAway)
    context = {"name": name_of_city(), "is_away": is_away}
    return render(request, "registration/refused.html", context, status=503 if is_away else 400)


def _safe(request: HttpRequest, address: str) -> str:
    """The address when it is one of ours, and the start page otherwise."""
    is_ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)


class RoleClaimForm(ActionModelForm):
    """What the city's sign-in says of somebody, and what that gives."""

    class Meta:
        model = RoleClaim
        fields = ("value", "role", "unit", "place")
        help_texts = {
            "value": "Precis som kommunens inloggning skickar det. I Entra ID är en grupp ett långt id.",
            "place": "Den som har flera värden får rollen med lägst tal.",
        }


@require_GET
@requires(Permission.MANAGE_USERS)
def role_claim_list(request: SignedInRequest) -> HttpResponse:
    """Which values of the city's sign-in give which role."""
    context = {"claims": RoleClaim.objects.for_list(), "is_on": bool(name_of_city())}
    return render(request, "users/role_claims.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def role_claim_add(request: SignedInRequest) -> HttpResponse:
    """Let a value give a role."""
    form = RoleClaimForm(request.POST or None, initial={"place": RoleClaim.objects.next_place()})
    if request.method == "POST" and form.is_valid():
        claim = form.apply(actions.add_role_claim, by=request.user)
        if claim is not None:
            messages.success(request, f"{claim.value} ger nu rollen {claim.get_role_display()}.")
            return redirect("role_claim_list")
    return _form_page(request, form, "Ny behörighet", "Lägg till")


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def role_claim_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a value give another role."""
    claim = get_object_or_404(RoleClaim, pk=pk)
    form = RoleClaimForm(request.POST or None, instance=claim)
    if request.method == "POST" and form.is_valid():
        changed = form.apply(actions.change_role_claim, claim, by=request.user)
        if changed is not None:
            messages.success(request, f"{changed.value} är ändrad.")
            return redirect("role_claim_list")
    return _form_page(request, form, claim.value, "Spara")


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def role_claim_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a value give nothing."""
    claim = get_object_or_404(RoleClaim, pk=pk)
    form = ActionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.apply(actions.remove_role_claim, claim, by=request.user)
        messages.success(request, f"{claim.value} ger ingen behörighet längre.")
        return redirect("role_claim_list")
    lead = (
        "De som har fått sin roll genom värdet kommer inte in nästa gång de loggar in. "
        "Ska någon ut genast? Stäng av användaren."
    )
    return _form_page(request, form, f"Ta bort {claim.value}?", "Ta bort", lead)


def _form_page(
    request: SignedInRequest, form: ActionForm, title: str, submit_label: str, lead: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "submit_label": submit_label,
        "lead": lead,
        "back_url": reverse("role_claim_list"),
        "back_label": "Behörigheter från inloggningen",
        "row": None,
    }
    return render(request, "lists/form.html", context, status=form.status)
