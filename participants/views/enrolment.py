"""What is done to the enrolment: consultant, level, exit."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from participants import actions
from participants.access import open_case
from participants.forms import (
    AssignForm,
    ConfirmForm,
    ExitForm,
    LevelForm,
    ReopenForm,
    VoidForm,
)
from participants.models import Enrolment
from sundbyberg_am.access import Permission, SignedInRequest, requires

from .form_page import form_page, to_case


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def assign(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Give the case to another consultant or deputy."""
    enrolment = open_case(request, public_id)
    form = AssignForm(
        request.POST or None,
        unit=enrolment.unit,
        initial={
            "consultant": enrolment.consultant,
            "deputy": enrolment.deputy,
            "seen_version": enrolment.version,
        },
    )
    if request.method == "POST" and form.is_valid():
        changed = form.apply(actions.assign, enrolment, today=timezone.localdate(), by=request.user)
        if changed is not None:
            messages.success(request, f"{changed.consultant} har nu ärendet.")
            return to_case(enrolment)
    return form_page(
        request, enrolment, form, title="Konsulent och ersättare", submit_label="Spara"
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def level_change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Set another level from a day on."""
    today = timezone.localdate()
    enrolment = open_case(request, public_id)
    now = enrolment.level_changes.in_force_on(today)
    last = enrolment.level_changes.last_registered()
    form = LevelForm(
        request.POST or None,
        initial={"valid_from": today, "seen_version": last.pk if last else 0},
    )
    if request.method == "POST" and form.is_valid():
        changed = form.apply(actions.change_level, enrolment, today=today, by=request.user)
        if changed is not None:
            messages.success(request, f"Nivån är {changed.level} från {changed.valid_from}.")
            return to_case(enrolment)
    lead = f"Nu gäller {now.get_level_display()}." if now else "Ingen nivå är satt än."
    return form_page(request, enrolment, form, title="Ändra nivå", submit_label="Spara", lead=lead)


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def exit_enrolment(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """End the enrolment with a reason."""
    today = timezone.localdate()
    enrolment = open_case(request, public_id)
    form = ExitForm(request.POST or None, today=today, initial={"ended_on": today})
    if request.method == "POST" and form.is_valid():
        ended = form.apply(actions.exit_enrolment, enrolment, today=today, by=request.user)
        if ended is not None:
            messages.success(request, f"Inskrivningen är avslutad {ended.ended_on}.")
            return to_case(enrolment)
    return form_page(
        request,
        enrolment,
        form,
        title="Avsluta inskrivningen",
        submit_label="Avsluta",
        lead="Insatser och pauser avslutas samma dag, och möten efter den ställs in. "
        "Du kan öppna inskrivningen igen inom 30 dagar.",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def exit_confirm(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Say whether the work or the studies came about, also of an exit before the newest enrolment."""
    enrolment = open_case(request, public_id)
    if enrolment.is_open:
        everywhere = Enrolment.objects.visible_to(request.user).of_same_person(enrolment)
        enrolment = everywhere.exit_unconfirmed().first() or enrolment
    form = ConfirmForm(request.POST or None, initial={"seen_version": enrolment.version})
    if request.method == "POST" and form.is_valid():
        saved = form.apply(
            actions.confirm_exit, enrolment, today=timezone.localdate(), by=request.user
        )
        if saved is not None:
            messages.success(request, "Svaret är sparat.")
            return to_case(enrolment)
    reason = f"{enrolment.exit_reason}, {enrolment.ended_on}. " if enrolment.exit_reason else ""
    return form_page(
        request,
        enrolment,
        form,
        title="Bekräfta avslutet",
        submit_label="Spara",
        lead=f"{reason}Arbete är bekräftat efter minst en månads anställning i följd på den ordinarie "
        "arbetsmarknaden. Studier är bekräftade om de ger rätt till studiemedel.",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def reopen(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take the exit back."""
    enrolment = open_case(request, public_id)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        today = timezone.localdate()
        opened = form.apply(actions.reopen_enrolment, enrolment, today=today, by=request.user)
        if opened is not None:
            messages.success(request, "Inskrivningen är öppen igen.")
            return to_case(enrolment)
    return form_page(
        request,
        enrolment,
        form,
        title="Öppna inskrivningen igen",
        submit_label="Öppna igen",
        lead="Inskrivningen fortsätter, och avslutet står kvar bland händelserna. Insatser och pauser som "
        "avslutades är fortfarande avslutade, och möten som ställdes in är inställda: lägg till dem på nytt "
        "om de ska bli av.",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def void(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Mark the enrolment as registered by mistake."""
    enrolment = open_case(request, public_id)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        voided = form.apply(actions.void_enrolment, enrolment, by=request.user)
        if voided is not None:
            messages.success(request, f"Inskrivningen {voided} är markerad som felregistrerad.")
            return redirect("participant_list")
    return form_page(
        request,
        enrolment,
        form,
        title="Felregistrerad inskrivning",
        submit_label="Markera som felregistrerad",
        lead=f"Gäller {enrolment}, inskriven {enrolment.started_on}. Den räknas då inte i någon rapport "
        "och syns inte längre. Det går inte att ångra. Har personen slutat? Avsluta i stället.",
    )
