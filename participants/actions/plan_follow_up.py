"""Following up the plan in force: how far each step has come, what was said, and when next."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from participants.models import NoteKind, Plan, Step
from sundbyberg_am.models import User

from .locking import lock_open
from .plans import start_plan
from .work import add_note


@transaction.atomic
def follow_up_plan(
    plan: Plan,
    *,
    states: Mapping[int, str],
    happened_on: date,
    text: str,
    follow_up_on: date,
    new_version: bool,
    today: date,
    by: User,
) -> Plan:
    """Follow up the plan in force; gives the draft of the next version when one is begun.

    `states` are the steps that have come further, by their key. What was said becomes a note of the
    day. Raises ValidationError, also when there is a draft already.
    """
    enrolment = lock_open(plan.enrolment)
    if plan != enrolment.plans.in_force():
        raise ValidationError("En nyare plan gäller. Följ upp den i stället.")
    plan = Plan.objects.get(pk=plan.pk)
    plan.enrolment = enrolment
    if happened_on < (plan.adopted_on or enrolment.started_on):
        raise ValidationError({"happened_on": "Uppföljningen kan inte vara före planen."})
    if follow_up_on <= happened_on:
        raise ValidationError(
            {"follow_up_on": "Nästa uppföljning ska vara efter den här. Välj en senare dag."}
        )
    for step in Step.objects.of_plan(plan):
        if step.pk in states:
            step.state = states[step.pk]
            step.touch(by)
            step.full_clean()
            step.save()
    add_note(
        enrolment,
        kind=NoteKind.MEETING,
        happened_on=happened_on,
        text=f"Uppföljning av handlingsplanen, version {plan.number}.\n\n{text}",
        today=today,
        by=by,
    )
    plan.follow_up_on = follow_up_on
    plan.touch(by)
    plan.full_clean()
    plan.save()
    return start_plan(enrolment, by=by) if new_version else plan
