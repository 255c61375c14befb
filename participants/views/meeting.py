"""Meetings of a case: booked, moved, registered and called off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from participants import actions, case_questions
from participants.access import open_case
from participants.meeting_forms import PRESENT, BookForm, CancelForm, ChangeForm, RecordForm
from participants.models import Enrolment, Meeting, MeetingKind
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.drafts import form_name
from sundbyberg_am.forms import ActionForm
from sundbyberg_am.templatetags.swedish import long_day

from .form_page import form_page, offer_case_drafts, to_case
from .to_do import ToDo

ANCHOR = "moten"


@dataclass(frozen=True)
class OpenMeetings:
    """What the case page shows of meetings that nobody has registered yet."""

    asked_for: list[Meeting]
    to_register: list[Meeting]
    coming: list[Meeting]
    to_do: list[ToDo]


def open_meetings(enrolment: Enrolment, now: datetime) -> OpenMeetings:
    """The meetings to book, to register and to come, in one query; what to do about them."""
    undecided = case_questions.open_meetings(enrolment)
    asked_for = [one for one in undecided if one.is_request]
    begun = [one for one in undecided if one.has_begun_by(now)]
    public_id = enrolment.participant.public_id
    to_do = [
        ToDo(
            "Boka trepartsmöte",
            reverse("meeting_change", args=[public_id, one.pk]),
            one.request,
            f"Begärt {timezone.localdate(one.requested_at)}",
            "warning",
        )
        for one in asked_for
    ] + [
        ToDo(
            "Registrera mötet",
            reverse("meeting_record", args=[public_id, one.pk]),
            one.get_kind_display(),
            f"{one.day} {one.clock}",
            "warning",
        )
        for one in begun
    ]
    coming = [one for one in undecided if one not in asked_for and one not in begun]
    return OpenMeetings(asked_for, begun, coming, to_do)


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def meeting_book(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Book a meeting."""
    enrolment = open_case(request, public_id)
    form = BookForm(request.POST or None, initial={"kind": MeetingKind.PARTICIPANT})
    if request.method == "POST" and form.is_valid():
        today = timezone.localdate()
        booked = form.apply(actions.book_meeting, enrolment, today=today, by=request.user)
        if booked is not None:
            return _to_meetings(request, enrolment, f"Mötet är bokat {_when(booked)}.")
    return form_page(request, enrolment, form, title="Boka möte", submit_label="Boka")


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def meeting_change(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Move a meeting, or give a time to one that is asked for."""
    enrolment = open_case(request, public_id)
    meeting = get_object_or_404(enrolment.meetings, pk=pk)
    form = ChangeForm(
        request.POST or None, instance=meeting, initial={"seen_version": meeting.version}
    )
    if request.method == "POST" and form.is_valid():
        moved = _apply(form, actions.change_meeting, meeting, request)
        if moved is not None:
            return _to_meetings(request, enrolment, f"Mötet är bokat {_when(moved)}.")
    return form_page(
        request,
        enrolment,
        form,
        title="Boka trepartsmöte" if meeting.is_request else "Ändra mötet",
        submit_label="Boka" if meeting.is_request else "Spara",
        lead=f"Socialsekreteraren vill ta upp: {meeting.request}" if meeting.is_request else "",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def meeting_record(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Say how a meeting went and what was agreed, or put right what was said."""
    enrolment = open_case(request, public_id)
    meeting = get_object_or_404(enrolment.meetings, pk=pk)
    points = meeting.points.all()
    form = RecordForm(
        request.POST or None,
        points=points,
        initial={
            "seen_version": meeting.version,
            "outcome": meeting.outcome,
            "why": meeting.why,
            "attended": meeting.attended or PRESENT.get(MeetingKind(meeting.kind), []),
        },
    )
    if request.method == "POST" and form.is_valid():
        recorded = _apply(form, actions.record_meeting, meeting, request)
        if recorded is not None:
            said = f"Mötet är registrerat: {recorded.get_outcome_display().lower()}."
            return _to_meetings(request, enrolment, said)
    offer_case_drafts(request, enrolment, {form_name(request): form})
    context = {
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "meeting": meeting,
        "form": form,
        "when": _when(meeting),
    }
    return render(request, "participants/meeting_record.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def meeting_cancel(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Call a meeting off, or turn down one that is asked for."""
    enrolment = open_case(request, public_id)
    meeting = get_object_or_404(enrolment.meetings, pk=pk)
    form = CancelForm(request.POST or None, initial={"seen_version": meeting.version})
    if request.method == "POST" and form.is_valid():
        cancelled = _apply(form, actions.cancel_meeting, meeting, request)
        if cancelled is not None:
            return _to_meetings(request, enrolment, "Mötet är inställt.")
    if meeting.is_request:
        title, lead = "Säg nej till mötet", f"Socialsekreteraren vill ta upp: {meeting.request}"
    else:
        title, lead = "Ställ in mötet", f"{meeting.get_kind_display()} {_when(meeting)}."
    return form_page(
        request,
        enrolment,
        form,
        title=title,
        submit_label="Säg nej" if meeting.is_request else "Ställ in",
        lead=lead,
    )


def _apply(
    form: ActionForm,
    action: Callable[..., Meeting],
    meeting: Meeting,
    request: SignedInRequest,
) -> Meeting | None:
    return form.apply(action, meeting, today=timezone.localdate(), by=request.user)


def _to_meetings(request: SignedInRequest, enrolment: Enrolment, said: str) -> HttpResponse:
    messages.success(request, said)
    return to_case(enrolment, ANCHOR)


def _when(meeting: Meeting) -> str:
    return f"{long_day(meeting.day)} kl. {meeting.clock}"
