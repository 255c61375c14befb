"""Pages of the city's sign-in: the way there, the way back, and the list of what gives which role."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from time import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import identity_actions as actions
from . import oidc, saml
from .access import Permission, SignedInRequest, requires
from .confirming import by_password, confirmed, own_page
from .forms import ActionForm, ActionModelForm
from .identity import Identity, ProviderIsAway, Refused, is_known_as, name_of_city
from .middleware import WANTED
from .models import RoleClaim, User
from .second_step import remember_confirmed

log = logging.getLogger(__name__)

LINKING = "city_link"  # in the session: who the city says that the user is, and since when


@require_GET
@login_not_required
def city_start(request: HttpRequest) -> HttpResponse:
    """Leave for the city's sign-in. A link and no form: the policy lets a form lead nowhere but here."""
    return _leave(request, next=request.GET.get("next", ""))


@require_GET
@by_password
def city_link(request: SignedInRequest) -> HttpResponse:
    """Leave for the city's sign-in, to be known by it once the user has shown here who they are."""
    return _leave(request, link=request.user.pk)


@require_GET
def city_confirm(request: SignedInRequest) -> HttpResponse:
    """Leave for the city's sign-in, to show there who they are: it is to ask anew."""
    kept = {"confirm": request.user.pk, "left": int(time()), "next": request.GET.get("next", "")}
    return _leave(request, anew=True, **kept)


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


def _leave(request: HttpRequest, *, anew: bool = False, **kept: Any) -> HttpResponse:
    way = saml if settings.SAML_ISSUER else oidc
    try:
        return way.lead_there(request, anew=anew, **kept)
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
        if request.user.pk != kept["link"]:
            return _refused(request, Refused("somebody else is signed in now"))
        request.session[LINKING] = {"who": asdict(who), "at": int(time())}
        return redirect("city_link_confirm")
    if "confirm" in kept:
        return _confirmed(request, who, kept)
    user = actions.admit(who)
    if user is None:
        context = {"values": who.values[:20], "name": name_of_city()}
        return render(request, "registration/no_access.html", context, status=403)
    _let_in(request, user)
    return redirect(own_page(request, kept.get("next", ""), settings.LOGIN_REDIRECT_URL))


def _let_in(request: HttpRequest, user: User) -> None:
    login(request, user)
    request.session.pop(WANTED, None)  # a second factor is asked for by the city


@require_http_methods(["GET", "POST"])
@by_password
@confirmed
def city_link_confirm(request: SignedInRequest) -> HttpResponse:
    """Link the account, once back from there: a form may lead nowhere but here, so it is not asked before."""
    kept = request.session.get(LINKING)
    if not kept or time() - kept["at"] > settings.CONFIRMED_SECONDS:
        messages.info(request, "Det gick lite för lång tid. Koppla kontot igen.")
        return redirect("account")
    who = Identity(**{**kept["who"], "values": tuple(kept["who"]["values"])})
    form = ActionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.apply(actions.link, request.user, who, by=request.user)
        if user is not None:
            del request.session[LINKING]
            _let_in(request, user)  # new rights have ended the session that they came with
            messages.success(request, f"Du kan nu logga in med {name_of_city()}.")
            return redirect("account")
    context = {
        "form": form,
        "title": f"Koppla kontot till {name_of_city()}",
        "submit_label": "Koppla kontot",
        "lead": f"Där heter du {who.name}. Den som loggar in så kommer in på ditt konto här.",
    }
    return render(request, "users/password.html", context, status=form.status)


def _confirmed(request: HttpRequest, who: Identity, kept: dict[str, Any]) -> HttpResponse:
    """Back from having been asked anew: by the same user, as the same, and not before they left."""
    user = request.user
    is_theirs = isinstance(user, User) and user.pk == kept["confirm"] and is_known_as(user, who)
    if not is_theirs:
        return _refused(request, Refused("somebody else has shown who they are"))
    if who.at is not None and who.at < kept["left"] - settings.OIDC_CLOCK_SKEW:
        return _refused(request, Refused("nobody was asked anew"))
    remember_confirmed(request)
    return redirect(own_page(request, kept["next"], "account"))


def _refused(request: HttpRequest, why: Refused) -> HttpResponse:
    """One page for all that can go wrong: what it was is for whoever keeps the server to read."""
    log.warning("Sign-in by the city refused: %s", why)
    is_away = isinstance(why, ProviderIsAway)
    context = {"name": name_of_city(), "is_away": is_away}
    return render(request, "registration/refused.html", context, status=503 if is_away else 400)


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
