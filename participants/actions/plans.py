"""Changes to the action plan. A draft can be changed; an adopted version is kept as it was adopted."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from participants.models import Enrolment, Goal, Plan, Step
from sundbyberg_am.conflicts import Conflict, check_seen
from sundbyberg_am.models import User

from .locking import lock_open

# How far a goal or step goes when it is moved.
DIRECTIONS = {"upp": -1, "ner": 1}
CHANGED_MEANWHILE = (
    "Någon annan har ändrat det medan du skrev, så det här sparades inte. Jämför och välj."
)

T = TypeVar("T", Goal, Step)


@transaction.atomic
def start_plan(enrolment: Enrolment, *, by: User | None) -> Plan:
    """Begin the next version, from the goals of the plan in force and the steps that remain.

    Raises ValidationError, also when there is a draft already.
    """
    enrolment = lock_open(enrolment)
    versions = enrolment.plans
    newest = versions.last()
    plan = Plan(enrolment=enrolment, number=newest.number + 1 if newest else 1, created_by=by)
    plan.full_clean()
    plan.save()
    in_force = versions.in_force()
    for old in in_force.goals.all() if in_force else ():
        goal = Goal.objects.create(plan=plan, text=old.text, position=old.position)
        Step.objects.bulk_create(
            Step(
                goal=goal,
                text=step.text,
                kind=step.kind,
                responsible=step.responsible,
                due_on=step.due_on,
                state=step.state,
                position=step.position,
            )
            for step in old.steps.unfinished()
        )
    return plan


@transaction.atomic
def add_goal(plan: Plan, *, text: str, by: User | None) -> Goal:
    """Add a goal to the draft. Raises ValidationError, and Conflict when it has been adopted."""
    plan = _lock_draft(plan, ["text"])
    goal = Goal(plan=plan, text=text, position=_last(plan.goals.all()) + 1)
    goal.full_clean()
    goal.save()
    _count_up(plan, by=by)
    return goal


@transaction.atomic
def change_goal(goal: Goal, *, text: str, seen_version: int | None = None, by: User | None) -> Goal:
    """Put a goal of the draft in other words.

    Raises ValidationError, and Conflict when somebody has changed it since `seen_version`.
    """
    plan = _lock_draft(goal.plan, ["text"])
    goal = _again(goal, ["text"])
    check_seen(goal, seen_version, CHANGED_MEANWHILE, {"text": text})
    goal.text = text
    goal.full_clean()
    _count_up(plan, goal, by=by)
    return goal


@transaction.atomic
def move_goal(goal: Goal, *, direction: str, by: User | None) -> Goal:
    """Let a goal of the draft change places with the one before or after it. Raises ValidationError."""
    plan = _lock_draft(goal.plan)
    goal = _again(goal)
    _move(goal, list(plan.goals.all()), direction)
    return goal


@transaction.atomic
def remove_goal(goal: Goal, *, seen_version: int | None = None, by: User | None) -> Plan:
    """Take a goal, with its steps, out of the draft.

    Raises ValidationError, and Conflict when somebody has changed it or its steps since `seen_version`.
    """
    plan = _lock_draft(goal.plan)
    goal = _again(goal)
    check_seen(goal, seen_version, "Målet har ändrats av någon annan. Läs det igen först.", {})
    goal.delete()
    _count_up(plan, by=by)
    return plan


@transaction.atomic
def add_step(
    goal: Goal, *, text: str, kind: str, responsible: str, due_on: date | None, by: User | None
) -> Step:
    """Add a step to a goal of the draft. Raises ValidationError, and Conflict when it has been adopted."""
    fields = ("text", "kind", "responsible", "due_on")
    plan = _lock_draft(goal.plan, fields)
    goal = _again(goal, fields)
    step = Step(goal=goal, text=text, kind=kind, responsible=responsible, due_on=due_on)
    step.position = _last(goal.steps.all()) + 1
    step.full_clean()
    step.save()
    _count_up(plan, goal, by=by)
    return step


@transaction.atomic
def change_step(
    step: Step,
    *,
    text: str,
    kind: str,
    responsible: str,
    due_on: date | None,
    seen_version: int | None = None,
    by: User | None,
) -> Step:
    """Change what a step of the draft says.

    Raises ValidationError, and Conflict when somebody has changed it since `seen_version`.
    """
    given = {"text": text, "kind": kind, "responsible": responsible, "due_on": due_on}
    plan = _lock_draft(step.goal.plan, given)
    goal, step = step.goal, _again(step, given)
    check_seen(step, seen_version, CHANGED_MEANWHILE, given)
    step.text, step.kind, step.responsible, step.due_on = text, kind, responsible, due_on
    step.touch(by)
    step.full_clean()
    step.save()
    _count_up(plan, goal, by=by)
    return step


@transaction.atomic
def move_step(step: Step, *, direction: str, by: User | None) -> Step:
    """Let a step of the draft change places with the one before or after it. Raises ValidationError."""
    _lock_draft(step.goal.plan)
    step = _again(step)
    _move(step, list(step.goal.steps.all()), direction)
    return step


@transaction.atomic
def remove_step(step: Step, *, seen_version: int | None = None, by: User | None) -> Goal:
    """Take a step out of the draft.

    Raises ValidationError, and Conflict when somebody has changed it since `seen_version`.
    """
    plan = _lock_draft(step.goal.plan)
    step = _again(step)
    check_seen(step, seen_version, "Steget har ändrats av någon annan. Läs det igen först.", {})
    goal = step.goal
    step.delete()
    _count_up(plan, goal, by=by)
    return goal


@transaction.atomic
def set_step_state(
    step: Step, *, state: str, seen_version: int | None = None, by: User | None
) -> Step:
    """Say how far a step of the plan in force, or of the draft, has come.

    Raises ValidationError, and Conflict when somebody has said another thing since `seen_version`.
    """
    enrolment = lock_open(step.goal.plan.enrolment)
    plan = Plan.objects.get(pk=step.goal.plan_id)
    if plan.adopted_on and plan != enrolment.plans.in_force():
        raise ValidationError("Steget hör till en äldre plan. Ändra i den plan som gäller nu.")
    step = _again(step)
    check_seen(
        step,
        seen_version,
        "Någon annan har ändrat steget, så det här sparades inte. Jämför och välj.",
        {"state": state},
    )
    step.state = state
    step.touch(by)
    step.full_clean()
    step.save()
    if not plan.adopted_on:
        _count_up(plan, step.goal, by=by)
    return step


@transaction.atomic
def adopt_plan(
    plan: Plan,
    *,
    adopted_on: date,
    follow_up_on: date | None,
    participant_agrees: bool,
    disagreement: str,
    seen_version: int | None = None,
    today: date,
    by: User | None,
) -> Plan:
    """Adopt the draft: from then on it is the plan in force.

    Raises ValidationError, and Conflict when somebody has changed or adopted it since `seen_version`.
    """
    plan = _lock_draft(plan, ("participant_agrees", "disagreement", "adopted_on", "follow_up_on"))
    check_seen(
        plan,
        seen_version,
        "Planen har ändrats av någon annan sedan du läste den. Läs igenom den och fastställ sedan.",
        {},
    )
    if adopted_on > today:
        raise ValidationError({"adopted_on": "Planen kan inte fastställas i framtiden."})
    previous = plan.enrolment.plans.in_force()
    if previous and previous.adopted_on and adopted_on < previous.adopted_on:
        raise ValidationError(
            {"adopted_on": f"Planen kan inte fastställas före den förra, {previous.adopted_on}."}
        )
    if not Step.objects.of_plan(plan).exists():
        raise ValidationError("Planen behöver minst ett mål med minst ett steg.")
    if not participant_agrees and not disagreement:
        raise ValidationError({"disagreement": "Skriv varför deltagaren inte är med på planen."})
    plan.adopted_on, plan.adopted_by = adopted_on, by
    plan.follow_up_on = follow_up_on
    plan.participant_agrees = participant_agrees
    plan.disagreement = "" if participant_agrees else disagreement
    plan.touch(by)
    plan.full_clean()
    plan.save()
    return plan


def _lock_draft(plan: Plan, asked: Iterable[str] = ()) -> Plan:
    """The draft as it stands, with its enrolment locked.

    Raises Conflict when it is adopted, with what now stands in the fields that are `asked` for.
    """
    enrolment = lock_open(plan.enrolment)
    plan = Plan.objects.select_related("adopted_by").get(pk=plan.pk)
    if plan.adopted_on:
        raise Conflict(
            "Planen är fastställd. Börja på en ny version för att ändra den. Det du skrev finns kvar där.",
            saved={name: getattr(plan, name, None) for name in asked},
            by=plan.adopted_by,
            at=plan.changed_at,
        )
    plan.enrolment = enrolment
    return plan


def _last(rows: Iterable[Goal | Step]) -> int:
    return max((row.position for row in rows), default=0)


def _move(row: Goal | Step, rows: Sequence[Goal | Step], direction: str) -> None:
    """Give every row its place anew, with this one a place away; at the end of the way it stays."""
    order = list(rows)
    here = order.index(row)
    there = here + DIRECTIONS[direction]
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    for position, one in enumerate(order, start=1):
        one.position = position
        one.save(update_fields=["position"])


def _again(row: T, asked: Iterable[str] = ()) -> T:
    """The goal or step as it stands under the lock. Raises Conflict when somebody has removed it."""
    now = type(row)._default_manager.filter(pk=row.pk).first()
    if now is None:
        raise Conflict(
            "Någon annan har tagit bort det ur planen.",
            saved=dict.fromkeys(asked),
            by=None,
            at=None,
        )
    return now


def _count_up(*rows: Plan | Goal, by: User | None) -> None:
    """What stands under these has changed, so whoever saw them before has not seen all."""
    for row in rows:
        row.touch(by)
        row.save()
