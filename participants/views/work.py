"""Notes and interventions of a case."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from participants import actions
from participants.access import open_case
from participants.forms import InterventionEndForm
from participants.models import NEED_ANSWERED_BY, Intervention, InterventionKind, NoteTemplate
from participants.work_forms import (
    CorrectionForm,
    InterventionChangeForm,
    InterventionForm,
    NoteForm,
)
from sundbyberg_am.access import Permission, SignedInRequest, requires

from .form_page import form_page, to_case


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def note_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Write down what happened."""
    today = timezone.localdate()
    enrolment = open_case(request, public_id)
    templates = NoteTemplate.objects.for_choice()
    begun = {one.kind: {"kind": one.kind, "text": one.text} for one in templates}
    form = NoteForm(
        request.POST or None,
        today=today,
        templates=templates,
        initial={"happened_on": today, **begun.get(request.GET.get("mall", ""), {})},
    )
    if request.method == "POST" and form.is_valid():
        saved = form.apply(actions.add_note, enrolment, today=today, by=request.user)
        if saved is not None:
            messages.success(request, "Anteckningen är sparad.")
            return to_case(enrolment)
    return form_page(request, enrolment, form, title="Ny anteckning", submit_label="Spara")


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def note_correct(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Put a note right; the old text stays readable."""
    enrolment = open_case(request, public_id)
    note = get_object_or_404(enrolment.notes, pk=pk)
    form = CorrectionForm(
        request.POST or None,
        today=timezone.localdate(),
        initial={"text": note.text, "seen_version": note.pk},
    )
    if request.method == "POST" and form.is_valid():
        saved = form.apply(actions.correct_note, note, by=request.user)
        if saved is not None:
            messages.success(request, "Anteckningen är rättad. Den gamla texten finns kvar.")
            return to_case(enrolment, "handelser")
    return form_page(
        request,
        enrolment,
        form,
        title="Rätta anteckning",
        submit_label="Spara",
        lead=f"{note.get_kind_display()} {note.happened_on}. Den gamla texten går fortfarande att läsa.",
        quote=note.text,
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def intervention_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Register something arranged for the person."""
    today = timezone.localdate()
    enrolment = open_case(request, public_id)
    form = InterventionForm(request.POST or None, today=today, initial={"started_on": today})
    if request.method == "POST" and form.is_valid():
        saved = form.apply(actions.start_intervention, enrolment, by=request.user)
        if saved is not None:
            messages.success(request, "Insatsen är sparad.")
            return to_case(enrolment, "insatser")
    return form_page(
        request, enrolment, form, title="Ny insats", submit_label="Spara", answers=_answers()
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def intervention_change(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Change an intervention that goes on."""
    enrolment = open_case(request, public_id)
    intervention = get_object_or_404(enrolment.interventions.for_page(), pk=pk)
    form = InterventionChangeForm(
        request.POST or None,
        instance=intervention,
        initial={"seen_version": intervention.version},
    )
    if request.method == "POST" and form.is_valid():
        changed = form.apply(actions.change_intervention, intervention, by=request.user)
        if changed is not None:
            messages.success(request, "Insatsen är ändrad.")
            return to_case(enrolment, "insatser")
    return form_page(
        request,
        enrolment,
        form,
        title="Ändra insats",
        submit_label="Spara",
        lead=_lead(intervention),
        answers=_answers(),
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def intervention_end(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Say how an intervention ended."""
    today = timezone.localdate()
    enrolment = open_case(request, public_id)
    intervention = get_object_or_404(enrolment.interventions.for_page(), pk=pk)
    # An end that stands already is replaced only by somebody who has been shown it beside the own.
    seen = None if intervention.ended_on else intervention.version
    form = InterventionEndForm(
        request.POST or None, initial={"ended_on": today, "seen_version": seen}
    )
    if request.method == "POST" and form.is_valid():
        ended = form.apply(actions.end_intervention, intervention, today=today, by=request.user)
        if ended is not None:
            messages.success(
                request, f"Insatsen är avslutad: {ended.get_outcome_display().lower()}."
            )
            return to_case(enrolment, "insatser")
    return form_page(
        request,
        enrolment,
        form,
        title="Avsluta insats",
        submit_label="Avsluta",
        lead=_lead(intervention),
    )


def _lead(intervention: Intervention) -> str:
    where = f", {intervention.where}" if intervention.where else ""
    return f"{intervention.get_kind_display()}{where}. Start {intervention.started_on}."


def _answers() -> list[tuple[str, str]]:
    """Each need and the kinds of intervention that answer it, in words."""
    return [
        (str(need.label), ", ".join(kind.label for kind in InterventionKind if kind in kinds))
        for need, kinds in NEED_ANSWERED_BY.items()
    ]
