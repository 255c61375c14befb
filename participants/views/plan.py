"""The action plan: a draft that is written in place, the plan in force, and the versions before it.

Each change is sent to an address of its own. With htmx the answer is the plan anew, put in its place;
without, the browser is led back to the page.
"""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from participants import actions
from participants.access import open_case
from participants.forms import AdoptForm, GoalForm, RemoveForm, StepForm, StepStateForm
from participants.models import Enrolment, Goal, Plan, Step
from participants.plan_forms import FOLLOW_UP_AFTER, GoalChangeForm, MoveForm, StepChangeForm
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.drafts import was_shown
from sundbyberg_am.forms import ActionForm

from .form_page import form_page, in_place, offer_case_drafts, to_case

NEW_GOAL = "id_text"  # where the next goal is typed


@require_GET
@requires(Permission.READ_CASES)
def plan(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The plan: the draft with its forms, the one in force, and older versions."""
    return _plan_page(request, open_case(request, public_id))


@require_POST
@requires(Permission.WORK_ON_CASES)
def plan_start(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Begin the next version."""
    enrolment = open_case(request, public_id)
    form = ActionForm(request.POST)
    if form.is_valid() and form.apply(actions.start_plan, enrolment, by=request.user) is not None:
        return _done(request, enrolment, "Utkastet är skapat. Lägg till mål och steg.", NEW_GOAL)
    return _plan_page(request, enrolment, refused=form)


@require_POST
@requires(Permission.WORK_ON_CASES)
def goal_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Add a goal to the draft."""
    enrolment = open_case(request, public_id)
    draft = _newest_plan(enrolment)
    form = GoalForm(request.POST)
    if form.is_valid():
        goal = form.apply(actions.add_goal, draft, by=request.user)
        if goal is not None:
            said = "Målet är tillagt. Lägg till minst ett steg."
            return _done(request, enrolment, said, _new_step(goal), opened=goal)
    return _plan_page(request, enrolment, goal_form=form)


@require_POST
@requires(Permission.WORK_ON_CASES)
def goal_change(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Put a goal of the draft in other words."""
    enrolment = open_case(request, public_id)
    goal = _goal(request, enrolment, pk)
    form = GoalChangeForm(request.POST, prefix="andra")
    if form.is_valid() and form.apply(actions.change_goal, goal, by=request.user) is not None:
        return _done(request, enrolment, "Målet är ändrat.", f"mal-{pk}-andra", opened=goal)
    return _plan_page(request, enrolment, change_form=form, changing=f"mal-{pk}")


@require_POST
@requires(Permission.WORK_ON_CASES)
def goal_move(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Let a goal of the draft change places with the one before or after it."""
    enrolment = open_case(request, public_id)
    goal = get_object_or_404(Goal.objects.in_draft_of(enrolment), pk=pk)
    form = MoveForm(request.POST)
    if form.is_valid() and form.apply(actions.move_goal, goal, by=request.user) is not None:
        focus = f"mal-{pk}-{form.cleaned_data['direction']}"
        return _done(request, enrolment, "Målet är flyttat.", focus, opened=goal)
    return _plan_page(request, enrolment, refused=form)


@require_POST
@requires(Permission.WORK_ON_CASES)
def goal_remove(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Take a goal out of the draft."""
    enrolment = open_case(request, public_id)
    goal = get_object_or_404(Goal.objects.in_draft_of(enrolment), pk=pk)
    form = RemoveForm(request.POST)
    if form.is_valid() and form.apply(actions.remove_goal, goal, by=request.user) is not None:
        return _done(request, enrolment, "Målet är borttaget.", NEW_GOAL)
    return _plan_page(request, enrolment, refused=form)


@require_POST
@requires(Permission.WORK_ON_CASES)
def step_add(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Add a step to a goal of the draft."""
    enrolment = open_case(request, public_id)
    goal = _goal(request, enrolment, pk)
    form = _step_form(goal, request)
    if form.is_valid() and form.apply(actions.add_step, goal, by=request.user) is not None:
        return _done(request, enrolment, "Steget är tillagt.", _new_step(goal), opened=goal)
    return _plan_page(request, enrolment, step_form=form, opened=goal.pk)


@require_POST
@requires(Permission.WORK_ON_CASES)
def step_change(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Change what a step of the draft says."""
    enrolment = open_case(request, public_id)
    step = get_object_or_404(Step.objects.of_enrolment(enrolment), pk=pk)
    form = StepChangeForm(request.POST, prefix="andra")
    if form.is_valid() and form.apply(actions.change_step, step, by=request.user) is not None:
        return _done(request, enrolment, "Steget är ändrat.", f"steg-{pk}-andra", opened=step.goal)
    return _plan_page(request, enrolment, change_form=form, changing=f"steg-{pk}")


@require_POST
@requires(Permission.WORK_ON_CASES)
def step_move(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Let a step of the draft change places with the one before or after it."""
    enrolment = open_case(request, public_id)
    step = get_object_or_404(Step.objects.in_draft_of(enrolment), pk=pk)
    form = MoveForm(request.POST)
    if form.is_valid() and form.apply(actions.move_step, step, by=request.user) is not None:
        focus = f"steg-{pk}-{form.cleaned_data['direction']}"
        return _done(request, enrolment, "Steget är flyttat.", focus, opened=step.goal)
    return _plan_page(request, enrolment, refused=form)


@require_POST
@requires(Permission.WORK_ON_CASES)
def step_remove(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Take a step out of the draft."""
    enrolment = open_case(request, public_id)
    step = get_object_or_404(Step.objects.in_draft_of(enrolment), pk=pk)
    form = RemoveForm(request.POST)
    if form.is_valid():
        goal = form.apply(actions.remove_step, step, by=request.user)
        if goal is not None:
            return _done(request, enrolment, "Steget är borttaget.", _new_step(goal), opened=goal)
    return _plan_page(request, enrolment, refused=form)


@require_POST
@requires(Permission.WORK_ON_CASES)
def step_state(request: SignedInRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Say how far a step has come, from the case page."""
    enrolment = open_case(request, public_id)
    step = get_object_or_404(Step.objects.of_enrolment(enrolment), pk=pk)
    form = StepStateForm(request.POST)
    if form.is_valid():
        changed = form.apply(actions.set_step_state, step, by=request.user)
        if changed is not None:
            messages.success(request, f"Steget är ändrat till ”{changed.get_state_display()}”.")
            return to_case(enrolment, f"steg-{step.pk}")
    if form.conflict:
        return form_page(
            request, enrolment, form, title="Ändra steg", submit_label="Spara", lead=step.text
        )
    return _plan_page(request, enrolment, refused=form)


@require_POST
@requires(Permission.WORK_ON_CASES)
def plan_adopt(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Adopt the draft."""
    today = timezone.localdate()
    enrolment = open_case(request, public_id)
    draft = _newest_plan(enrolment)
    form = AdoptForm(request.POST)
    if form.is_valid():
        adopted = form.apply(actions.adopt_plan, draft, today=today, by=request.user)
        if adopted is not None:
            return _done(request, enrolment, "Planen är fastställd.", "galler")
    return _plan_page(request, enrolment, adopt_form=form)


def _plan_page(
    request: SignedInRequest,
    enrolment: Enrolment,
    *,
    goal_form: GoalForm | None = None,
    step_form: StepForm | None = None,
    adopt_form: AdoptForm | None = None,
    change_form: ActionForm | None = None,
    refused: ActionForm | None = None,
    opened: int | None = None,
    changing: str = "",
    said: str = "",
    focus: str = "",
) -> HttpResponse:
    """The page, with the form that was refused in its place.

    `opened` is the goal that gets a step, `changing` the goal or step that is being changed (`mal-1`,
    `steg-1`), `focus` the id of what is typed in or pressed next.
    """
    today = timezone.localdate()
    versions = list(enrolment.plans.for_page())
    draft = next((one for one in versions if not one.adopted_on), None)
    draft = draft if enrolment.is_open else None
    adopted = [one for one in versions if one.adopted_on]
    bound = goal_form or step_form or adopt_form or change_form or refused
    if opened is None and request.GET.get("mal", "").isdecimal():
        opened = int(request.GET["mal"][:18])
    goals = list(draft.goals.all()) if draft else []
    if not changing and request.method == "GET":
        changing = request.GET.get("andra", "")
        focus = "id_andra-text" if changing else focus
    goals_with_forms = [
        (goal, step_form if step_form and goal.pk == opened else _step_form(goal)) for goal in goals
    ]
    goal_form = goal_form or GoalForm()
    seen = {
        "adopted_on": today,
        "follow_up_on": today + FOLLOW_UP_AFTER,
        "seen_version": draft.version if draft else None,
    }
    adopt_form = adopt_form or AdoptForm(initial=seen)
    change_form = change_form or _change_form(goals, changing)
    may_work = request.user.may(Permission.WORK_ON_CASES)
    if draft and may_work:
        forms: dict[str, ActionForm] = {"goal_add": goal_form, "plan_adopt": adopt_form}
        forms |= {f"step_add {goal.pk}": form for goal, form in goals_with_forms}
        if change_form:
            what, _, number = changing.partition("-")
            forms[f"{'goal' if what == 'mal' else 'step'}_change {number}"] = change_form
        offer_case_drafts(request, enrolment, forms, page=_plan_url(enrolment))
        if change_form and change_form.key:
            here = f"{_plan_url(enrolment)}?andra={changing}"
            change_form.key = replace(change_form.key, page=here)
        # What is adopted is the plan that stands above the form now, also when the form is a draft.
        adopt_form.initial["seen_version"] = draft.version
    context = {
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "draft": draft,
        "goals": goals_with_forms,
        "opened": opened,
        "changing": changing,
        "change_form": change_form,
        "in_force": adopted[0] if adopted else None,
        "older": adopted[1:],
        "comparable": len(versions) > 1,
        "goal_form": goal_form,
        "adopt_form": adopt_form,
        "bound": bound,
        "said": said,
        "focus": focus,
        "may_work": may_work,
        "today": today,
    }
    page = "_plan_page.html" if in_place(request) else "plan.html"
    return render(request, f"participants/{page}", context, status=bound.status if bound else 200)


def _newest_plan(enrolment: Enrolment) -> Plan:
    # Also one that somebody has adopted meanwhile: the action says so, and what was typed is kept.
    newest = enrolment.plans.newest()
    if newest is None:
        raise Http404
    return newest


def _goal(request: SignedInRequest, enrolment: Enrolment, pk: int) -> Goal:
    try:
        return Goal.objects.of_enrolment(enrolment).get(pk=pk)
    except Goal.DoesNotExist:
        # Somebody has removed it while this user was writing; the action says so.
        if was_shown(request, enrolment.participant.public_id):
            return Goal(pk=pk, plan=_newest_plan(enrolment))
        raise Http404 from None


def _step_form(goal: Goal, request: SignedInRequest | None = None) -> StepForm:
    # The same form stands under every goal, so that its fields need names of their own.
    return StepForm(request.POST if request else None, prefix=f"mal{goal.pk}")


def _new_step(goal: Goal) -> str:
    """Where the goal's next step is typed."""
    return f"id_mal{goal.pk}-text"


def _change_form(goals: list[Goal], changing: str) -> ActionForm | None:
    """The form in the place of the goal or step that is being changed."""
    for goal in goals:
        if changing == f"mal-{goal.pk}":
            seen = {"seen_version": goal.version}
            return GoalChangeForm(instance=goal, prefix="andra", initial=seen)
        for step in goal.steps.all():
            if changing == f"steg-{step.pk}":
                seen = {"seen_version": step.version}
                return StepChangeForm(instance=step, prefix="andra", initial=seen)
    return None


def _done(
    request: SignedInRequest,
    enrolment: Enrolment,
    said: str,
    focus: str,
    *,
    opened: Goal | None = None,
) -> HttpResponse:
    """What was done is said, and the focus is where the next thing is typed."""
    if in_place(request):
        goal = opened.pk if opened else None
        return _plan_page(request, enrolment, said=said, focus=focus, opened=goal)
    messages.success(request, said)
    response = redirect(_plan_url(enrolment))
    if opened:
        response["Location"] += f"?mal={opened.pk}#mal-{opened.pk}"
    elif focus == NEW_GOAL:
        response["Location"] += f"#{NEW_GOAL}"
    return response


def _plan_url(enrolment: Enrolment) -> str:
    return reverse("plan", args=[enrolment.participant.public_id])
