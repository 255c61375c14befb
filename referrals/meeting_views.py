"""The sender's side of three-party meetings: asking for one, and answering whether one comes."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from participants.models import MeetingReply
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.drafts import form_name, offer_drafts
from sundbyberg_am.forms import ActionForm
from sundbyberg_am.templatetags.swedish import long_day

from . import meeting_actions as actions
from .access import Act, open_referral_page, refusal
from .meeting_forms import AskForm, ReplyForm
from .meetings import MeetingTold, meetings
from .models import Referral


@require_http_methods(["GET", "POST"])
@requires(Permission.SEND_REFERRALS)
def meeting_ask(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask the consultant for a three-party meeting."""
    referral = open_referral_page(request, public_id)
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked = form.apply(
            actions.ask_for_meeting, referral, today=timezone.localdate(), by=request.user
        )
        if asked is not None:
            messages.success(request, "Konsulenten har fått din fråga om ett möte.")
            return redirect("referral", public_id)
    return _page(
        request,
        referral,
        form,
        title="Be om trepartsmöte",
        submit_label="Skicka till konsulenten",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.SEND_REFERRALS)
def meeting_reply(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Answer whether one comes to a three-party meeting."""
    referral = open_referral_page(request, public_id)
    meeting = _told(referral, pk)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answered = form.apply(
            actions.answer_meeting,
            referral,
            meeting=pk,
            today=timezone.localdate(),
            by=request.user,
        )
        if answered is not None:
            comes = answered.reply == MeetingReply.COMING
            messages.success(
                request, f"Konsulenten ser nu att du {'kommer' if comes else 'inte kommer'}."
            )
            return redirect("referral", public_id)
    when = f"{long_day(meeting.day)} kl. {meeting.clock}, {meeting.where}." if meeting.day else ""
    return _page(
        request,
        referral,
        form,
        title="Svara på trepartsmötet",
        lead=when,
        submit_label="Svara",
    )


def _page(
    request: SignedInRequest,
    referral: Referral,
    form: ActionForm,
    *,
    title: str,
    submit_label: str,
    lead: str = "",
) -> HttpResponse:
    """A page with one short form; where there is no case to meet about, the way back and why."""
    if request.method == "GET" and (refused := refusal(Act.MEET, referral, request.user)):
        messages.warning(request, refused)
        return redirect("referral", referral.public_id)
    offer_drafts(
        request,
        {form_name(request): form},
        subject=referral.public_id,
        save_url=reverse("referral_draft", args=[referral.public_id]),
    )
    context = {
        "referral": referral,
        "form": form,
        "title": title,
        "submit_label": submit_label,
        "lead": lead,
    }
    return render(request, "referrals/question.html", context, status=form.status)


def _told(referral: Referral, pk: int) -> MeetingTold:
    """The meeting as the sender is told of it; Http404 for any other."""
    told = meetings(referral, timezone.localtime())
    for one in (*told.coming, *told.past) if told else ():
        if one.pk == pk:
            return one
    raise Http404
