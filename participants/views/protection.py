"""Protected identity: who may know that the person is here."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from participants import actions
from participants.access import open_case
from participants.forms import NO_PROTECTION, ProtectionForm
from sundbyberg_am.access import Permission, SignedInRequest, requires

from .form_page import form_page, to_case


@require_http_methods(["GET", "POST"])
@requires(Permission.PROTECT_IDENTITIES)
def protection(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Set or lift the protection, and name the readers."""
    enrolment = open_case(request, public_id)
    person = enrolment.participant
    named = list(person.named_readers.values_list("user", flat=True))
    staff = [enrolment.consultant_id, enrolment.deputy_id, request.user.pk]
    form = ProtectionForm(
        request.POST or None,
        unit=enrolment.unit,
        initial={
            "protection": person.protection or NO_PROTECTION,
            "readers": named or [pk for pk in staff if pk],
            "seen_version": person.version,
        },
    )
    if request.method == "POST" and form.is_valid():
        saved = form.apply(actions.protect, person, today=timezone.localdate(), by=request.user)
        if saved is not None:
            messages.success(request, "Skyddet är sparat.")
            if actions.not_named(saved, [request.user]):
                return redirect("participant_list")
            return to_case(enrolment)
    return form_page(
        request,
        enrolment,
        form,
        title="Skyddad identitet",
        submit_label="Spara",
        lead="För alla andra än dem du väljer finns personen inte: inte i listor, sökning, utdrag eller "
        "antal. I rapporterna räknas personen med.",
    )
