"""The plan to read: two versions side by side, and a version as a PDF to take home."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from participants.access import open_case
from participants.models import Enrolment, Plan, Responsible, StepState
from participants.plan_comparison import compare
from participants.plan_document import GoalToReach, PlanDocument, StepToTake
from participants.plan_document import render as render_document
from participants.plan_forms import CompareForm
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.templatetags.swedish import long_day

WHO = {
    Responsible.PARTICIPANT: "Du",
    Responsible.CONSULTANT: "Din konsulent",
    Responsible.SOCIAL_SECRETARY: "Din socialsekreterare",
    Responsible.OTHER: "Någon annan",
}


@require_GET
@requires(Permission.READ_CASES)
def plan_compare(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Two versions of the plan beside each other: the newest two until others are chosen."""
    enrolment = open_case(request, public_id)
    versions = {one.number: one for one in enrolment.plans.for_page()}
    newest = [*versions, 0, 0]
    form = CompareForm(
        {"fran": newest[1], "till": newest[0], **request.GET.dict()}, versions=versions.values()
    )
    chosen = form.cleaned_data if form.is_valid() else {}
    before, after = versions.get(chosen.get("fran", 0)), versions.get(chosen.get("till", 0))
    context = {
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "form": form,
        "enough": len(versions) > 1,
        "before": before,
        "after": after,
        "goals": compare(before, after) if before and after and before != after else [],
    }
    return render(request, "participants/plan_compare.html", context)


@require_GET
@requires(Permission.READ_CASES)
def plan_pdf(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """An adopted version, for the participant to take home."""
    enrolment = open_case(request, public_id)
    plan = get_object_or_404(enrolment.plans.for_page(), pk=pk)
    if plan.adopted_on is None:
        raise Http404
    name = f"handlingsplan-{enrolment.case_number}-{plan.number}.pdf"
    return HttpResponse(
        render_document(_document(enrolment, plan)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def _document(enrolment: Enrolment, plan: Plan) -> PlanDocument:
    """What the document says. No personnummer: it is carried about in bags."""
    opening = [f"Planen gäller från den {long_day(plan.adopted_on)}."]
    if plan.participant_agrees:
        opening.append("Du är med på planen.")
    elif plan.participant_agrees is False:
        opening.append(f"Du är inte med på planen. Så här sa du: {plan.disagreement}")
    follow_up = "Vi har inte bestämt någon dag än."
    if plan.follow_up_on:
        follow_up = f"Vi går igenom planen tillsammans den {long_day(plan.follow_up_on)}."
    return PlanDocument(
        title="Din handlingsplan",
        name=enrolment.participant.name,
        case_number=enrolment.case_number,
        unit=enrolment.unit.name,
        opening=opening,
        goals=[
            GoalToReach(
                f"Mål {number}. {goal.text}",
                [
                    StepToTake(
                        step.text,
                        WHO[Responsible(step.responsible)],
                        long_day(step.due_on),
                        step.get_state_display(),
                    )
                    for step in goal.steps.all()
                    if step.state != StepState.CANCELLED
                ],
            )
            for number, goal in enumerate(plan.goals.all(), start=1)
        ],
        follow_up=follow_up,
        contact=_contact(enrolment),
    )


def _contact(enrolment: Enrolment) -> list[str]:
    """Whom the participant can ask, and where."""
    consultant, unit = enrolment.consultant, enrolment.unit.name
    if consultant is None:
        return [f"Hör av dig till {unit}."]
    said = [f"Din konsulent är {consultant.name} på {unit}."]
    if consultant.email:
        said.append(f"E-post: {consultant.email}")
    if enrolment.deputy:
        said.append(f"När {consultant.name} är borta hjälper {enrolment.deputy.name} dig.")
    return said
