"""The latest weeks of the demonstration municipality, made as people make them: through the actions."""

from datetime import date
from decimal import Decimal

from participants import actions as cases
from participants.models import Enrolment
from referrals import actions as referrals
from referrals.mapping import questions
from referrals.models import EventKind, Referral, Status
from sundbyberg_am.models import User

from .catalogue import what_and_where
from .fates import PlanFate, Stay, Way
from .meetings import act_meeting, meetings_of
from .moments import a_moment, date_back
from .office import Office
from .storing import answers_of, events_of, level_reason, said


def act(office: Office, way: Way, today: date) -> None:
    """Draft, send and answer the referral, as far as it has come by today, and work on the case."""
    referral = _drafted(office, way, today)
    if way.status_on(today) == Status.DRAFT:
        return
    sender, coordinator = office.senders[way.sender or 0], office.coordinator
    referral = referrals.submit(
        referral,
        level=way.level,
        level_reason=level_reason(referral.proposed_level, way.level),
        today=way.submitted_on,
        by=sender,
    )
    for kind, _ in events_of(way, today):
        text = said(way, kind)
        match kind:
            case EventKind.OPENED:
                referral = referrals.open_referral(referral, by=coordinator)
            case EventKind.COMPLETION_ASKED:
                referral = referrals.ask_completion(referral, question=text, by=coordinator)
            case EventKind.COMPLETED:
                referral = referrals.complete(referral, answer=text, by=sender)
            case EventKind.RETURNED:
                referral = referrals.return_referral(
                    referral, reason=text, today=way.closed_on, by=coordinator
                )
            case EventKind.WITHDRAWN:
                referral = referrals.withdraw(referral, reason=text, today=way.closed_on, by=sender)
            case EventKind.ACCEPTED:
                referral = _accepted(office, referral, way, today)
    _date_back(referral, way, today)


def _drafted(office: Office, way: Way, today: date) -> Referral:
    person, sender = way.person, office.senders[way.sender or 0]
    referral = referrals.draft_referral(
        to_unit=office.unit,
        personnummer=person.digits,
        no_personnummer_reason=person.no_number_reason,
        birth_date=person.birth_date,
        first_name=person.first_name,
        last_name=person.last_name,
        phone=person.phone,
        email=person.email,
        interpreter_language=person.language,
        today=way.drafted_on,
        by=sender,
    )
    date_back([referral], "created_at", [a_moment(way.drafted_on, f"draft {way.key}")])
    answers = answers_of(way, questions(referral.form.content)) if referral.form else {}
    if way.status_on(today) == Status.DRAFT:  # begun, and left until tomorrow
        answers = dict(list(answers.items())[: len(answers) // 2])
    return referrals.save_answers(referral, answers=answers, by=sender)


def _accepted(office: Office, referral: Referral, way: Way, today: date) -> Referral:
    stay = way.stay
    if stay is None:
        return referral
    consultant = office.consultant(stay.consultant)
    referral = referrals.accept(
        referral,
        started_on=stay.started_on,
        consultant=consultant,
        deputy=office.consultant(stay.deputy),
        today=way.closed_on,
        by=office.coordinator,
    )
    if referral.enrolment:
        _work(office, referral.enrolment, way, stay, consultant, today)
        sender = office.senders[way.sender or 0]
        for place, fate in enumerate(meetings_of(way)):
            if fate.is_there_on(today):
                key = f"meeting {way.key} {place}"
                act_meeting(fate, referral.enrolment, sender, consultant, today, key)
    return referral


def _work(
    office: Office, enrolment: Enrolment, way: Way, stay: Stay, consultant: User, today: date
) -> None:
    person, participant = way.person, enrolment.participant
    cases.update_details(
        participant,
        seen_version=participant.version,
        first_name=person.first_name,
        last_name=person.last_name,
        phone=person.phone,
        email=person.email,
        address=person.address,
        contact_preference=person.contact,
        interpreter_language=person.language,
        education=person.education,
        registered_sex=participant.registered_sex,
        by=consultant,
    )
    for plan in stay.plans:
        if plan.drafted_on <= today:
            _plan(enrolment, plan, consultant, today)
    for planned in stay.interventions:
        if planned.started_on <= today:
            intervention = cases.start_intervention(
                enrolment,
                **what_and_where(office.catalogue, planned),
                need=planned.need,
                hours_per_week=Decimal(planned.hours),
                started_on=planned.started_on,
                planned_end_on=planned.planned_end_on,
                by=consultant,
            )
            if planned.ended_on <= today:
                cases.end_intervention(
                    intervention,
                    ended_on=planned.ended_on,
                    outcome=planned.outcome,
                    today=today,
                    by=consultant,
                )
    for fate in stay.assessments:
        if fate.assessed_on <= today:
            assessment = cases.add_assessment(
                enrolment,
                assessed_on=fate.assessed_on,
                occasion=fate.occasion,
                participant_steps=fate.participant_steps,
                consultant_steps=fate.consultant_steps,
                today=fate.assessed_on,
                by=consultant,
            )
            moment = a_moment(fate.assessed_on, f"assessment {way.key}")
            date_back([assessment], "created_at", [moment])
    for place, written in enumerate(stay.notes):
        day = written.happened_on
        if day <= today:
            note = cases.add_note(
                enrolment,
                kind=written.kind,
                happened_on=day,
                text=written.text,
                today=day,
                by=consultant,
            )
            date_back([note], "created_at", [a_moment(day, f"note {way.key} {place}")])


def _plan(enrolment: Enrolment, fate: PlanFate, consultant: User, today: date) -> None:
    plan = cases.start_plan(enrolment, by=consultant)
    for goal_fate in fate.goals:
        goal = cases.add_goal(plan, text=goal_fate.text, by=consultant)
        for step_fate in goal_fate.steps:
            step = cases.add_step(
                goal,
                text=step_fate.text,
                kind=step_fate.kind,
                responsible=step_fate.responsible,
                due_on=step_fate.due_on,
                by=consultant,
            )
            cases.set_step_state(step, state=step_fate.state_on(today), by=consultant)
    if fate.adopted_on <= today:
        cases.adopt_plan(
            plan,
            adopted_on=fate.adopted_on,
            follow_up_on=fate.follow_up_on,
            participant_agrees=not fate.disagreement,
            disagreement=fate.disagreement,
            today=today,
            by=consultant,
        )


def _date_back(referral: Referral, way: Way, today: date) -> None:
    """Date what the actions did to the days of the fate."""
    events = list(referral.events.all())
    moments = [a_moment(day, f"{kind} {way.key}") for kind, day in events_of(way, today)]
    date_back(events, "at", moments)
    if referral.opened_at:
        opened_at = a_moment(way.opened_on, f"{EventKind.OPENED} {way.key}")
        date_back([referral], "opened_at", [opened_at])
