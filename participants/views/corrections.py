"""What a participant says is wrong in the case, and what is decided about it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from participants import actions
from participants.access import open_case
from participants.correction_forms import CorrectionDecisionForm, CorrectionForm
from participants.models import Correction, Enrolment
from sundbyberg_am.access import Permission, SignedInRequest, requires

from .form_page import form_page


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def correction_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Register that the participant says that something is wrong."""
    enrolment = open_case(request, public_id)
    today = timezone.localdate()
    form = CorrectionForm(request.POST or None, initial={"received_on": today})
    if request.method == "POST" and form.is_valid():
        correction = form.apply(actions.ask_for_correction, enrolment, today=today, by=request.user)
        if correction is not None:
            messages.success(
                request,
                f"Begäran är sparad. Enhetschefen beslutar, senast {correction.answer_by}.",
            )
            return redirect("sharing", public_id)
    return form_page(
        request,
        enrolment,
        form,
        title="Begäran om rättelse",
        submit_label="Spara",
        lead="Personen säger att något som står om hen är fel. Hen ska ha svar inom en månad.",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.DECIDE_CORRECTIONS)
def correction_decide(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Decide whether what the participant says is wrong is corrected."""
    enrolment = open_case(request, public_id)
    everywhere = Enrolment.objects.visible_to(request.user).of_same_person(enrolment)
    correction = get_object_or_404(Correction.objects.in_cases(everywhere), pk=pk)
    form = CorrectionDecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        decided = form.apply(
            actions.decide_correction, correction, today=timezone.localdate(), by=request.user
        )
        if decided is not None:
            messages.success(request, "Beslutet är sparat. Berätta det för personen.")
            return redirect("sharing", public_id)
    return form_page(
        request,
        enrolment,
        form,
        title="Besluta om rättelse",
        submit_label="Besluta",
        lead=f"Begärd {correction.received_on}. Personen ska ha svar senast {correction.answer_by}. "
        "Det som ska rättas ändrar ni där det står; historiken visar vad som stod.",
        quote=f"Fel: {correction.about}\n\nRätt enligt personen: {correction.wanted}",
    )
