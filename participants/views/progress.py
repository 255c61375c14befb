"""Progress: how a case stands in the domains, two assessments compared, and the form of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods

from participants import actions
from participants.access import open_case
from participants.assessment_form import AssessmentForm, CorrectAssessmentForm
from participants.domains import FIRST_STEP, LAST_STEP, NOT_ASSESSED, Domain
from participants.models import Assessment, Enrolment, Occasion, Viewpoint
from participants.models.progress import progress_due_on
from participants.progress import Change, Progress, compare, progress_between
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.drafts import form_name
from sundbyberg_am.plots import Series, dot_plot

from .form_page import offer_case_drafts


@dataclass(frozen=True)
class Picture:
    """A view at one assessment, or at two: the plot, the same values as rows, and what they sum up to."""

    viewpoint: Viewpoint
    plot: SafeString
    changes: list[Change]
    progress: Progress | None


@dataclass(frozen=True)
class Panel:
    """Progress on the case page: the consultant's view of the first and the latest assessment."""

    before: Assessment | None
    after: Assessment | None
    picture: Picture | None
    due_on: date | None


@require_GET
@requires(Permission.READ_CASES)
def progress(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """How it stands in the domains, and how it has changed between any two assessments."""
    enrolment = open_case(request, public_id)
    assessments = list(enrolment.assessments.with_steps())
    before, after = _chosen(assessments, request.GET.get("fran"), request.GET.get("till"))
    context = {
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "assessments": assessments,
        "before": before,
        "after": after,
        "pictures": [_picture(view, before, after) for view in Viewpoint] if after else [],
        "due_on": progress_due_on(enrolment, assessments),
        "domains": list(Domain),
        "may_work": request.user.may(Permission.WORK_ON_CASES),
    }
    return render(request, "participants/progress.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def assessment_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Assess the domains, in both views."""
    today = timezone.localdate()
    enrolment = open_case(request, public_id)
    initial = {
        "assessed_on": min(today, enrolment.ended_on or today),
        "occasion": _occasion_of_next(enrolment),
    }
    form = AssessmentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = form.apply(actions.add_assessment, enrolment, today=today, by=request.user)
        if saved is not None:
            messages.success(request, "Skattningen är sparad.")
            return redirect("progress", public_id)
    return _assessment_page(request, enrolment, form, title="Ny skattning")


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def assessment_correct(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Put an assessment right."""
    enrolment = open_case(request, public_id)
    assessment = get_object_or_404(enrolment.assessments.with_steps(), pk=pk)
    form = CorrectAssessmentForm.of(assessment, request.POST or None)
    if request.method == "POST" and form.is_valid():
        today = timezone.localdate()
        saved = form.apply(actions.correct_assessment, assessment, today=today, by=request.user)
        if saved is not None:
            messages.success(request, "Skattningen är rättad.")
            return redirect("progress", public_id)
    return _assessment_page(request, enrolment, form, title="Rätta skattning")


def progress_panel(enrolment: Enrolment, assessments: Sequence[Assessment]) -> Panel:
    """What the case page shows of the assessments, which come newest first."""
    before, after = _chosen(assessments, None, None)
    return Panel(
        before=before,
        after=after,
        picture=_picture(Viewpoint.CONSULTANT, before, after) if after else None,
        due_on=progress_due_on(enrolment, assessments),
    )


def _assessment_page(
    request: SignedInRequest, enrolment: Enrolment, form: AssessmentForm, *, title: str
) -> HttpResponse:
    offer_case_drafts(request, enrolment, {form_name(request): form})
    context = {
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "form": form,
        "title": title,
    }
    return render(request, "participants/assessment.html", context, status=form.status)


def _occasion_of_next(enrolment: Enrolment) -> Occasion:
    if not enrolment.assessments.exists():
        return Occasion.START
    return Occasion.EXIT if enrolment.ended_on else Occasion.FOLLOW_UP


def _chosen(
    assessments: Sequence[Assessment], first: str | None, second: str | None
) -> tuple[Assessment | None, Assessment | None]:
    """Those of the two days, in order of time; the first and the latest when a day is none of theirs.

    The earlier is None when there is one only, or when both days are the same.
    """
    if not assessments:
        return None, None
    by_day = {str(one.assessed_on): one for one in assessments}
    chosen = (by_day.get(first or "", assessments[-1]), by_day.get(second or "", assessments[0]))
    before, after = sorted(chosen, key=lambda one: one.assessed_on)
    return (None, after) if before == after else (before, after)


def _picture(viewpoint: Viewpoint, before: Assessment | None, after: Assessment) -> Picture:
    shown = [one for one in (before, after) if one]
    steps = [one.steps_of(viewpoint) for one in shown]
    days = " och ".join(str(one.assessed_on) for one in shown)
    plot = dot_plot(
        [domain.label for domain in Domain],
        [
            Series(str(one.assessed_on), [taken.get(domain) for domain in Domain])
            for one, taken in zip(shown, steps, strict=True)
        ],
        first=FIRST_STEP,
        last=LAST_STEP,
        label=f"{viewpoint.label} {days}. Samma steg står i tabellen nedanför.",
        missing=NOT_ASSESSED.lower(),
    )
    return Picture(
        viewpoint=viewpoint,
        plot=plot,
        changes=compare(steps[0] if before else {}, steps[-1]),
        progress=progress_between(steps[0], steps[-1]) if before else None,
    )
