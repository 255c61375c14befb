"""Following up the plan in force: every step, what was said and the next date in one form."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from participants import actions
from participants.access import open_case
from participants.plan_forms import FollowUpForm
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.drafts import form_name

from .form_page import offer_case_drafts, to_case


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def plan_follow_up(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Follow up the plan in force, and keep it or begin the next version."""
    today = timezone.localdate()
    enrolment = open_case(request, public_id)
    plan = enrolment.plans.adopted().for_page().first()
    if plan is None:
        raise Http404
    form = FollowUpForm(request.POST or None, plan=plan, today=today)
    if request.method == "POST" and form.is_valid():
        followed = form.apply(actions.follow_up_plan, plan, today=today, by=request.user)
        if followed is not None and followed != plan:
            messages.success(request, "Uppföljningen är sparad. Här är den nya versionen.")
            return redirect("plan", public_id)
        if followed is not None:
            messages.success(
                request, f"Uppföljningen är sparad. Nästa gång: {followed.follow_up_on}."
            )
            return to_case(enrolment)
    offer_case_drafts(request, enrolment, {form_name(request): form})
    context = {
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "plan": plan,
        "form": form,
        "has_draft": enrolment.plans.drafts().exists(),
    }
    return render(request, "participants/plan_follow_up.html", context, status=form.status)
