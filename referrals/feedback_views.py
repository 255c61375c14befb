"""What the sender's team does with a case that has come of its referral: reads feedback, asks the team."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.forms import ActionForm

from . import feedback_actions as actions
from .access import Act, open_referral_page
from .forms import TeamQuestionForm
from .pages import posted, question_page


@require_POST
@requires(Permission.SEND_REFERRALS)
def feedback_acknowledge(request: SignedInRequest, public_id: UUID, number: int) -> HttpResponse:
    """Say that the team has read the feedback."""
    referral = open_referral_page(request, public_id)
    form = ActionForm(request.POST)
    if form.is_valid():
        read = form.apply(actions.acknowledge, referral, number=number, by=request.user)
        if read is not None:
            messages.success(request, "Återkopplingen är markerad som läst.")
    for sentence in form.non_field_errors():
        messages.warning(request, str(sentence))
    return redirect("referral", public_id)


@require_http_methods(["GET", "POST"])
@requires(Permission.SEND_REFERRALS)
def team_ask(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask that the case be taken up in the Kompetensteam."""
    referral = open_referral_page(request, public_id)
    form = TeamQuestionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        asked = form.apply(actions.ask_team, referral, today=timezone.localdate(), by=request.user)
        if asked is not None:
            messages.success(request, "Konsulenten har fått din fråga till Kompetensteamet.")
            return redirect("referral", public_id)
    return question_page(
        request,
        referral,
        Act.ASK_TEAM,
        form,
        title="Ta upp i Kompetensteamet",
        submit_label="Skicka till konsulenten",
        lead="Teamet tar upp ärenden som har pågått i tio månader eller mer.",
    )
