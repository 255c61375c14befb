"""Opening a case in an emergency, the case as it is then read, and those who see that it was done."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from participants import actions
from participants.access import open_emergency
from participants.models import EmergencyOpening
from participants.models.emergencies import SHORTEST_REASON
from participants.models.timeline import EventKind, timeline
from sundbyberg_am.access import Ground, Permission, SignedInRequest, requires
from sundbyberg_am.actions import record_access
from sundbyberg_am.forms import ActionForm

from .case import contact, facts

PAGE = 50
EVENTS = 20


class EmergencyForm(ActionForm):
    """Which case, and why."""

    number = forms.CharField(
        label="Personnummer eller ärendenummer",
        max_length=20,
        help_text="Hela numret: ÅÅÅÅMMDD-NNNN eller AM-00012.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label="Varför behöver du öppna ärendet?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Minst {SHORTEST_REASON} tecken. Enhetens chef och den som granskar loggen läser det.",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.OPEN_IN_EMERGENCY)
def emergency(request: SignedInRequest) -> HttpResponse:
    """Open a case that is not one's own to see; and for who answers for cases, those that were opened so."""
    now, user = timezone.now(), request.user
    form = EmergencyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        opening = form.apply(actions.open_in_emergency, now=now, by=user)
        if opening is not None:
            messages.warning(
                request, "Ärendet är öppet för dig i en timme. Enhetens chef har fått veta det."
            )
            return redirect("emergency_case", opening.subject)
        if form.has_error("number"):
            actions.count_emergency_miss(now=now, by=user)
    mine = list(EmergencyOpening.objects.opened_by(user, now))
    theirs = list(EmergencyOpening.objects.to_answer_for(user)[:PAGE])
    record_access(request, dict.fromkeys(one.subject for one in theirs))
    context = {"form": form, "mine": mine, "theirs": theirs}
    return render(request, "participants/emergency.html", context, status=form.status)


@require_GET
@requires(Permission.OPEN_IN_EMERGENCY)
def emergency_case(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What is needed in an emergency: who it is, how to reach them, and what has happened. Only to read."""
    today = timezone.localdate()
    opening = open_emergency(request, public_id)
    enrolment = opening.enrolment
    context = {
        "opening": opening,
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "contact": contact(enrolment.participant),
        "consultant": enrolment.consultant_on(today),
        "facts": facts(enrolment, today),
        "events": timeline([enrolment], kinds=list(EventKind), before=None, size=EVENTS),
    }
    return render(request, "participants/emergency_case.html", context)


@require_POST
@requires(Permission.ANSWER_FOR_CASES)
def emergency_read(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Say that one has read why a case was opened."""
    found = EmergencyOpening.objects.to_answer_for(request.user)
    actions.read_emergency(get_object_or_404(found, public_id=public_id), by=request.user)
    messages.success(request, "Nödöppningen är markerad som läst.")
    return redirect("emergency")


@require_GET
@requires(Permission.REVIEW_LOG)
def emergency_list(request: SignedInRequest) -> HttpResponse:
    """Every case that has been opened in an emergency: by whom, why, and whether its manager has read it."""
    found = list(EmergencyOpening.objects.page_before(request.GET.get("fore", ""), PAGE + 1))
    shown = found[:PAGE]
    record_access(request, dict.fromkeys(one.subject for one in shown), Ground.REVIEWER)
    older = f"?fore={shown[-1].pk}" if len(found) > PAGE else ""
    return render(request, "log/emergencies.html", {"openings": shown, "older": older})
