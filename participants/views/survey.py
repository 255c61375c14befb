"""The survey: the consultant's page that gives a code, and the open page where it is answered."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from participants import actions, case_questions
from participants.access import open_case
from participants.models import Enrolment
from participants.models.surveys import code_expires_on, survey_due_on
from participants.models.work_lists import EXIT_SURVEY_DAYS
from participants.survey_form import SurveyForm
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.forms import ActionForm
from sundbyberg_am.limits import address_of

from .to_do import ToDo


def survey_panel(enrolment: Enrolment, day: date, *, is_paused: bool) -> dict[str, Any]:
    """What the case page says of the survey, and the row of what to do when it is due."""
    handouts = case_questions.handouts(enrolment)
    due_on = survey_due_on(enrolment, handouts) if enrolment.voided_at is None else None
    if enrolment.ended_on and due_on and (day - due_on).days > EXIT_SURVEY_DAYS:
        due_on = None
    to_do = []
    if due_on and due_on <= day and not is_paused:
        to_do.append(
            ToDo(
                "Dela ut enkäten",
                reverse("survey_give", args=[enrolment.participant.public_id]),
                "Fem korta frågor. Svaret är anonymt.",
                f"Avslutad {enrolment.ended_on}" if enrolment.ended_on else f"Dags {due_on}",
            )
        )
    return {"handouts": handouts, "survey_due_on": due_on, "survey_to_do": to_do}


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def survey_give(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Make a code for the participant. It is shown in the answer, once: nothing that is kept tells it."""
    enrolment = open_case(request, public_id)
    today = timezone.localdate()
    form = ActionForm(request.POST if request.method == "POST" else None)
    context = {
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "handouts": list(enrolment.survey_handouts.for_page()),
        "form": form,
    }
    if request.method == "POST" and form.is_valid():
        code = form.apply(actions.give_survey, enrolment, today=today, by=request.user)
        if code is not None:
            context |= {"code": code, "expires_on": code_expires_on(today)}
            return render(request, "participants/survey_code.html", context)
    return render(request, "participants/survey_give.html", context, status=form.status)


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest) -> HttpResponse:
    """Answer the survey with a code. Open to all; nothing is kept of who answers."""
    now, address = timezone.now(), address_of(request)
    form = SurveyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = form.apply(actions.answer_survey, address=address, now=now)
        if answer is not None:
            return redirect("survey_thanks")
        if form.has_error("code"):
            actions.count_miss(address, now=now)
    return render(request, "survey/survey.html", {"form": form}, status=form.status)


@login_not_required
@require_GET
def survey_thanks(request: HttpRequest) -> HttpResponse:
    """Say that the answer has come."""
    return render(request, "survey/thanks.html")
