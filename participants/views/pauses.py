"""Pauses of a case."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from participants import actions
from participants.access import open_case
from participants.forms import PauseEndForm, PauseForm
from sundbyberg_am.access import Permission, SignedInRequest, requires

from .form_page import form_page, to_case


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def pause_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Register a pause."""
    enrolment = open_case(request, public_id)
    form = PauseForm(request.POST or None, initial={"started_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        pause = form.apply(actions.start_pause, enrolment, by=request.user)
        if pause is not None:
            messages.success(request, f"Pausen är sparad. Den börjar {pause.started_on}.")
            return to_case(enrolment)
    return form_page(
        request,
        enrolment,
        form,
        title="Pausa ärendet",
        submit_label="Spara",
        lead="Personen är fortfarande inskriven. Ingen påminns om kontakt, plan eller skattning så länge.",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def pause_end(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Say when a pause ends."""
    today = timezone.localdate()
    enrolment = open_case(request, public_id)
    pause = get_object_or_404(enrolment.pauses, pk=pk)
    form = PauseEndForm(request.POST or None, initial={"ended_on": pause.ended_on or today})
    if request.method == "POST" and form.is_valid():
        ended = form.apply(actions.end_pause, pause, today=today, by=request.user)
        if ended is not None:
            messages.success(request, f"Pausens sista dag är {ended.ended_on}.")
            return to_case(enrolment)
    return form_page(
        request,
        enrolment,
        form,
        title="Avsluta pausen",
        submit_label="Spara",
        lead=f"{pause.get_kind_display()}, sedan {pause.started_on}.",
    )
