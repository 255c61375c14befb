"""The catalogue of offers, for whoever keeps the lists of the office."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from participants import actions
from participants.list_forms import NewOfferForm, OfferEndForm, OfferForm
from participants.list_page import list_form_page, tabs
from participants.models import Offer
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.templatetags.swedish import plural


@require_GET
@requires(Permission.KEEP_LISTS)
def offer_list(request: SignedInRequest) -> HttpResponse:
    """What can be arranged, how many places are taken today, and what has ended."""
    today = timezone.localdate()
    offers = Offer.objects.with_taken_on(today).in_order()
    context = {
        "tabs": tabs("offer_list"),
        "offers": [one for one in offers if not one.has_ended_by(today)],
        "ended": [one for one in offers if one.has_ended_by(today)],
        "today": today,
    }
    return render(request, "lists/offers.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def offer_add(request: SignedInRequest) -> HttpResponse:
    """Add an offer."""
    form = NewOfferForm(request.POST or None, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        offer = form.apply(actions.add_offer, by=request.user)
        if offer is not None:
            messages.success(request, f"{offer.name} finns nu i utbudet.")
            return redirect("offer_list")
    return list_form_page(
        request, form, title="Nytt erbjudande", submit_label="Lägg till", back="offer_list"
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def offer_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an offer."""
    offer = get_object_or_404(Offer, pk=pk)
    form = OfferForm(request.POST or None, instance=offer, initial={"seen_version": offer.version})
    if request.method == "POST" and form.is_valid():
        changed = form.apply(actions.change_offer, offer, by=request.user)
        if changed is not None:
            messages.success(request, f"{changed.name} är ändrat.")
            return redirect("offer_list")
    return list_form_page(
        request, form, title=offer.name, submit_label="Spara", back="offer_list", row=offer
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def offer_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give an offer its last day."""
    today = timezone.localdate()
    offer = get_object_or_404(Offer.objects.with_taken_on(today), pk=pk)
    form = OfferEndForm(
        request.POST or None, initial={"valid_to": today, "seen_version": offer.version}
    )
    if request.method == "POST" and form.is_valid():
        ended = form.apply(actions.end_offer, offer, by=request.user)
        if ended is not None:
            messages.success(request, f"{ended.name} gäller till {ended.valid_to}.")
            return redirect("offer_list")
    going_on = (
        f"{plural(offer.taken, 'insats,insatser')} pågår i dag och fortsätter till sitt eget slut. "
        if offer.taken
        else ""
    )
    return list_form_page(
        request,
        form,
        title=f"Avsluta {offer.name}",
        submit_label="Avsluta",
        back="offer_list",
        lead=f"{going_on}Erbjudandet finns kvar i historiken.",
        row=offer,
    )
