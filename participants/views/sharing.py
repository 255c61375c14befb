"""Consents and disclosures of a case; corrections stand on the same page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from participants import actions
from participants.access import open_case
from participants.models import Consent, Correction, Disclosure, Enrolment
from participants.sharing_forms import ConsentForm, DisclosureForm, WithdrawalForm
from sundbyberg_am.access import Permission, SignedInRequest, requires

from .form_page import form_page


@require_GET
@requires(Permission.READ_CASES)
def sharing(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What may be shared about the participant, what has been, and what they say is wrong.

    Of every enrolment that the user may see: what waits does not end with the one that it was registered in.
    """
    enrolment = open_case(request, public_id)
    today = timezone.localdate()
    everywhere = Enrolment.objects.visible_to(request.user).of_same_person(enrolment)
    disclosures = list(Disclosure.objects.in_cases(everywhere).for_page())
    consents = Consent.objects.in_cases(everywhere).for_page()
    context = {
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "consents": [(one, one.holds_on(today)) for one in consents],
        "disclosures": disclosures,
        "told": sorted({one.to for one in disclosures}),
        "corrections": Correction.objects.in_cases(everywhere).for_page(),
        "today": today,
        "may_decide": request.user.may(Permission.DECIDE_CORRECTIONS),
        "may_work": request.user.may(Permission.WORK_ON_CASES),
    }
    return render(request, "participants/sharing.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def consent_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Register a consent."""
    enrolment = open_case(request, public_id)
    form = ConsentForm(request.POST or None, initial={"given_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        consent = form.apply(actions.give_consent, enrolment, by=request.user)
        if consent is not None:
            messages.success(request, "Samtycket är sparat.")
            return redirect("sharing", public_id)
    return form_page(request, enrolment, form, title="Nytt samtycke", submit_label="Spara")


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def consent_withdraw(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Register that a consent is withdrawn."""
    enrolment = open_case(request, public_id)
    everywhere = Enrolment.objects.visible_to(request.user).of_same_person(enrolment)
    consent = get_object_or_404(Consent.objects.in_cases(everywhere), pk=pk)
    today = timezone.localdate()
    form = WithdrawalForm(request.POST or None, initial={"withdrawn_on": today})
    if request.method == "POST" and form.is_valid():
        withdrawn = form.apply(actions.withdraw_consent, consent, today=today, by=request.user)
        if withdrawn is not None:
            messages.success(
                request, f"Samtycket gäller inte från och med {withdrawn.withdrawn_on}."
            )
            return redirect("sharing", public_id)
    return form_page(
        request,
        enrolment,
        form,
        title="Återkalla samtycket",
        submit_label="Spara",
        lead="Från den dagen får inget mer lämnas med stöd av samtycket.",
        quote=f"{consent.about}, till {consent.to}. Ändamål: {consent.purpose}",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def disclosure_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Register that something was shared."""
    enrolment = open_case(request, public_id)
    today = timezone.localdate()
    form = DisclosureForm(
        request.POST or None, enrolment=enrolment, initial={"disclosed_on": today}
    )
    if request.method == "POST" and form.is_valid():
        disclosure = form.apply(actions.record_disclosure, enrolment, today=today, by=request.user)
        if disclosure is not None:
            messages.success(request, "Utlämnandet är sparat.")
            return redirect("sharing", public_id)
    return form_page(request, enrolment, form, title="Nytt utlämnande", submit_label="Spara")
