"""Pages of the goal chain: a year's goals and how they are measured, kept by the manager."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.forms import ActionForm

from . import actions
from .degrees import RULE
from .forms import (
    BoardGoalForm,
    IndicatorForm,
    NewBoardGoalForm,
    NewIndicatorForm,
    initial_of,
)
from .models import BoardGoal, Indicator, is_open, without_indicator, without_target
from .showing import goal_shown

GOAL_FIELDS = ("text", "responsible")


@require_GET
@requires(Permission.READ_OVERVIEW)
def board_goals(request: SignedInRequest, year: int | None = None) -> HttpResponse:
    """A year's goals with what measures them, and what is missing."""
    today = timezone.localdate()
    year = today.year if year is None else year
    goals = list(BoardGoal.objects.of_year(year))
    known = BoardGoal.objects.years()
    context = {
        "year": year,
        "goals": [goal_shown(goal) for goal in goals],
        "years": sorted({*known, year, today.year, today.year + 1}, reverse=True),
        "can_copy": not goals and year - 1 in known,
        "may_change": request.user.may(Permission.KEEP_GOALS) and is_open(year, today),
        "is_closed": not is_open(year, today),
        "without_indicator": without_indicator(goals),
        "without_target": without_target(goals),
        "rule": RULE,
    }
    return render(request, "reporting/goals/list.html", context)


@require_POST
@requires(Permission.KEEP_GOALS)
def board_goals_copy(request: SignedInRequest, year: int) -> HttpResponse:
    """Begin a year with the goals of the year before."""
    try:
        copies = actions.copy_goals(year, today=timezone.localdate(), by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(
            request, f"Målen från {year - 1} är kopierade: {len(copies)}. Se över målvärdena."
        )
    return redirect("board_goals_of", year)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_GOALS)
def board_goal_add(request: SignedInRequest, year: int) -> HttpResponse:
    """A new goal of the year."""
    form = NewBoardGoalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        goal = form.apply(actions.add_board_goal, year, today=_today(), by=request.user)
        if goal is not None:
            messages.success(request, f"Mål {goal.number} är tillagt.")
            return redirect("board_goals_of", year)
    return _form(request, form, f"Nytt nämndmål {year}", year, submit_label="Lägg till")


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_GOALS)
def board_goal_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """A goal in other words, or with somebody else who answers for it."""
    goal = get_object_or_404(BoardGoal.objects.select_related("changed_by"), pk=pk)
    form = BoardGoalForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(goal, name) for name in GOAL_FIELDS}
        | {"seen_version": goal.version},
    )
    if request.method == "POST" and form.is_valid():
        changed = form.apply(actions.change_board_goal, goal, today=_today(), by=request.user)
        if changed is not None:
            messages.success(request, f"Mål {changed.number} är ändrat.")
            return redirect("board_goals_of", goal.year)
    return _form(request, form, f"Ändra mål {goal.number} {goal.year}", goal.year, row=goal)


@require_POST
@requires(Permission.KEEP_GOALS)
def board_goal_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take away a goal that nothing measures."""
    goal = get_object_or_404(BoardGoal, pk=pk)
    try:
        actions.remove_board_goal(goal, today=_today(), by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"Mål {goal.number} är borttaget.")
    return redirect("board_goals_of", goal.year)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_GOALS)
def indicator_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Something that measures a goal."""
    goal = get_object_or_404(BoardGoal, pk=pk)
    form = NewIndicatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        indicator = form.apply(actions.add_indicator, goal, today=_today(), by=request.user)
        if indicator is not None:
            messages.success(request, f"”{indicator.label}” mäter nu mål {goal.number}.")
            return redirect("board_goals_of", goal.year)
    return _form(request, form, "Ny indikator", goal.year, submit_label="Lägg till", lead=goal.text)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_GOALS)
def indicator_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another target, another measure, an outcome counted by hand or a comment."""
    indicator = _indicator(pk)
    goal = indicator.goal
    form = IndicatorForm(
        request.POST if request.method == "POST" else None, initial=initial_of(indicator)
    )
    if request.method == "POST" and form.is_valid():
        changed = form.apply(actions.change_indicator, indicator, today=_today(), by=request.user)
        if changed is not None:
            messages.success(request, f"”{changed.label}” är ändrad.")
            return redirect("board_goals_of", goal.year)
    return _form(
        request, form, f"Ändra indikator {goal.year}", goal.year, lead=goal.text, row=indicator
    )


@require_POST
@requires(Permission.KEEP_GOALS)
def indicator_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Measure a goal no longer by this."""
    indicator = _indicator(pk)
    try:
        actions.remove_indicator(indicator, today=_today(), by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"”{indicator.label}” är borttagen.")
    return redirect("board_goals_of", indicator.goal.year)


def _indicator(pk: int) -> Indicator:
    return get_object_or_404(Indicator.objects.select_related("goal", "changed_by"), pk=pk)


def _today() -> date:
    return timezone.localdate()


def _form(
    request: SignedInRequest,
    form: ActionForm,
    title: str,
    year: int,
    *,
    submit_label: str = "Spara",
    lead: str = "",
    row: BoardGoal | Indicator | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "submit_label": submit_label,
        "back_url": reverse("board_goals_of", args=[year]),
        "back_label": f"Mål {year}",
        "row": row,
    }
    return render(request, "lists/form.html", context, status=form.status)
