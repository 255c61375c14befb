"""The Kompetensteam: the unit's cases in it, and what is done with one."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from participants import actions
from participants.access import open_case
from participants.forms_staffing import RecommendForm, TeamFollowUpForm, TeamForm
from participants.models import Enrolment, TeamReview, TeamState
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.actions import record_access
from sundbyberg_am.replica import from_replica

from .form_page import form_page, to_case

SHOWN = (TeamState.COMING, TeamState.AWAITING, TeamState.FOLLOW_UP_DUE, TeamState.RECOMMENDED)


@require_GET
@requires(Permission.READ_CASES)
@from_replica
def team_list(request: SignedInRequest) -> HttpResponse:
    """Cases that have come to ten months, and those that the team has or has answered."""
    today = timezone.localdate()
    to_put = list(
        Enrolment.objects.visible_to(request.user).to_put_to_team(today).for_work_list(today)
    )
    reviews = list(TeamReview.objects.visible_to(request.user).unfinished().for_team_page())
    record_access(
        request,
        dict.fromkeys(
            [
                *(row.public_id for row in to_put),
                *(one.enrolment.participant.public_id for one in reviews),
            ]
        ),
    )
    context = {
        "to_put": to_put,
        "groups": [
            (state, [one for one in reviews if one.state_on(today) == state]) for state in SHOWN
        ],
        "may_work": request.user.may(Permission.WORK_ON_CASES),
    }
    return render(request, "participants/team.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def team_put(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Put the case to the team."""
    today = timezone.localdate()
    enrolment = open_case(request, public_id)
    form = TeamForm(request.POST or None, by=request.user, initial={"members": [request.user.pk]})
    if request.method == "POST" and form.is_valid():
        review = form.apply(actions.put_to_team, enrolment, today=today, by=request.user)
        if review is not None:
            messages.success(request, f"Ärendet tas upp i Kompetensteamet {review.meeting_on}.")
            return to_case(enrolment, "kompetensteam")
    return form_page(
        request,
        enrolment,
        form,
        title="Ta upp i Kompetensteam",
        submit_label="Spara",
        lead="Teamet tar upp ärenden som har pågått i tio månader eller mer.",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def team_recommend(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Write what the team recommends."""
    today = timezone.localdate()
    enrolment = open_case(request, public_id)
    review = get_object_or_404(enrolment.team_reviews, pk=pk)
    form = RecommendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        saved = form.apply(actions.recommend, review, today=today, by=request.user)
        if saved is not None:
            messages.success(
                request, f"Rekommendationen är sparad. Följs upp {saved.follow_up_on}."
            )
            return to_case(enrolment, "kompetensteam")
    return form_page(
        request,
        enrolment,
        form,
        title="Teamets rekommendation",
        submit_label="Spara",
        lead=f"Möte {review.meeting_on}.",
        quote=review.question,
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def team_follow_up(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Write how it went with the recommendation."""
    today = timezone.localdate()
    enrolment = open_case(request, public_id)
    review = get_object_or_404(enrolment.team_reviews, pk=pk)
    form = TeamFollowUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        saved = form.apply(actions.follow_up_recommendation, review, today=today, by=request.user)
        if saved is not None:
            messages.success(request, "Uppföljningen är sparad.")
            return to_case(enrolment, "kompetensteam")
    return form_page(
        request,
        enrolment,
        form,
        title="Följ upp rekommendationen",
        submit_label="Spara",
        lead=_recommended(review, today),
        quote=review.recommendation,
    )


def _recommended(review: TeamReview, today: date) -> str:
    if review.follow_up_on is None:
        return "Teamet har inte gett någon rekommendation än."
    when = "skulle följas upp" if review.follow_up_on <= today else "ska följas upp"
    return f"Rekommendationen {when} {review.follow_up_on}."
