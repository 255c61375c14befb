"""From fates to rows: what has happened by a day, stored many at a time by the rules of the actions."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import models

from participants.bulk import a_person, store
from participants.models import (
    AgreedPoint,
    Assessment,
    DomainSteps,
    Enrolment,
    ExitReason,
    Goal,
    Intervention,
    LevelChange,
    Meeting,
    Note,
    Participant,
    Plan,
    Step,
)
from referrals.deadlines import answer_due
from referrals.mapping import Answers, Question, proposed_level, questions
from referrals.models import EventKind, MappingForm, Referral, ReferralEvent, Status
from sundbyberg_am.models import User
from sundbyberg_am.personnummer import Personnummer

from .catalogue import what_and_where
from .fates import AssessmentFate, InterventionFate, Person, PlanFate, Stay, Way, at_work_before
from .meetings import meetings_of, rows_of
from .moments import a_moment, date_back
from .office import Office
from .texts import (
    ANSWERS,
    LEVEL_REASONS,
    MORE,
    OTHER_LEVEL,
    QUESTIONS,
    RETURNS,
    WISHES,
    WITHDRAWALS,
)


def answers_of(way: Way, form: Iterable[Question]) -> Answers:
    """An answered mapping that mostly speaks for the level sent."""
    rng = Random(f"answers {way.key}")
    answers: Answers = {}
    for question in form:
        fitting = [o for o in question.options if not o.level or o.level <= way.level]
        if question.kind == "text":
            text = rng.choice(WISHES if question.required else MORE)
            if text:
                answers[question.key] = text
        elif question.kind == "several":
            chosen = rng.sample(fitting, min(len(fitting), rng.choice((0, 1, 1, 2))))
            if chosen:
                answers[question.key] = [option.value for option in chosen]
        else:
            # Most answers of somebody far from work speak for much support.
            far = [option for option in fitting if option.level == way.level]
            choice = rng.choice(far if far and rng.random() < 0.3 else fitting or question.options)
            answers[question.key] = choice.value
    return answers


def level_reason(proposed: str, level: str) -> str:
    """Why the level sent is not the proposed one; empty when it is."""
    return "" if proposed == level else OTHER_LEVEL


def said(way: Way, kind: EventKind) -> str:
    """What is written when the referral is asked about, answered, returned or withdrawn."""
    texts = {
        EventKind.COMPLETION_ASKED: QUESTIONS,
        EventKind.COMPLETED: ANSWERS,
        EventKind.RETURNED: RETURNS,
        EventKind.WITHDRAWN: WITHDRAWALS,
    }.get(kind, ("",))
    return texts[Random(f"said {way.key}").randrange(len(texts))]


def events_of(way: Way, day: date) -> list[tuple[EventKind, date]]:
    """What has happened to the referral by the day, in order."""
    happened = [
        (EventKind.SUBMITTED, way.submitted_on),
        (EventKind.OPENED, way.opened_on),
        (EventKind.COMPLETION_ASKED, way.asked_on),
        (EventKind.COMPLETED, way.completed_on),
        (EventKind(way.outcome), way.closed_on),
    ]
    return [(kind, on) for kind, on in happened if on and on <= day]


class Rows:
    """Rows to be stored, gathered case by case in the order of time."""

    def __init__(self, office: Office, today: date) -> None:
        self.office, self.today = office, today
        self.reasons = {reason.code: reason for reason in ExitReason.objects.all()}
        self.forms = list(MappingForm.objects.newest_first())
        self.people: dict[str, Participant] = {}
        self.enrolments: list[Enrolment] = []
        self.level_changes: list[LevelChange] = []
        self.plans: list[Plan] = []
        self.goals: list[Goal] = []
        self.steps: list[Step] = []
        self.interventions: list[Intervention] = []
        self.notes: list[Note] = []
        self.meetings: list[Meeting] = []
        self.points: list[AgreedPoint] = []
        self.assessments: list[Assessment] = []
        self.domain_steps: list[DomainSteps] = []
        self.referrals: list[Referral] = []
        self.events: list[ReferralEvent] = []
        self.event_moments: list[datetime] = []

    def add(self, way: Way) -> Enrolment | None:
        """Gather a referral that is answered or withdrawn, and the case that came of it."""
        enrolment = self._enrolment(way, way.stay) if way.stay else None
        self._referral(way, enrolment)
        if enrolment and way.stay:
            self._contents(enrolment, way.stay, way.key)
            self._meetings(enrolment, way)
        return enrolment

    def store(self) -> None:
        """Store what is gathered, and date it to when it happened."""
        people = list(self.people.values())
        store(
            people,
            self.enrolments,
            self.level_changes,
            self.plans,
            self.goals,
            self.steps,
            self.interventions,
            self.notes,
            self.meetings,
            self.points,
            self.assessments,
            self.domain_steps,
            self.referrals,
            self.events,
        )
        self._date_back(self.enrolments, [row.started_on for row in self.enrolments])
        self._date_back(self.level_changes, [row.valid_from for row in self.level_changes])
        self._date_back(self.interventions, [row.started_on for row in self.interventions])
        self._date_back(self.assessments, [row.assessed_on for row in self.assessments])
        self._date_back(
            self.plans, [row.adopted_on or row.enrolment.started_on for row in self.plans]
        )
        self._date_back(self.referrals, [row.submitted_on or self.today for row in self.referrals])
        first: dict[int, date] = {}
        for row in self.enrolments:
            first.setdefault(row.participant.pk, row.started_on)
        self._date_back(people, [first[person.pk] for person in people])
        date_back(self.events, "at", self.event_moments)

    def _date_back(self, rows: Sequence[models.Model], days: Sequence[date]) -> None:
        # Nothing that is stored today was stored later than today, as for one who starts next week.
        moments = [
            a_moment(min(day, self.today), f"{type(row).__name__} {place}")
            for place, (row, day) in enumerate(zip(rows, days, strict=True))
        ]
        date_back(rows, "created_at", moments)

    def _participant(self, person: Person) -> Participant:
        known = self.people.get(person.key)
        if known is None:
            known = self.people[person.key] = a_participant(person, self.office.coordinator)
        return known

    def _enrolment(self, way: Way, stay: Stay) -> Enrolment:
        exit_facts: dict[str, Any] = {}
        consultant = self.office.consultant_on(stay, min(self.today, stay.ended_on))
        if stay.has_ended_by(self.today):
            is_told = stay.confirmed_on and stay.confirmed_on <= self.today
            exit_facts = {
                "ended_on": stay.ended_on,
                "exit_reason": self.reasons[stay.reason],
                "exit_confirmed": stay.confirmed if is_told else None,
                "exit_destination": stay.destination,
                "exited_at": a_moment(stay.ended_on, f"exit {way.key}"),
                "exited_by": consultant,
            }
        enrolment = Enrolment(
            participant=self._participant(way.person),
            unit=self.office.unit,
            started_on=stay.started_on,
            initiator=way.initiator,
            consultant=consultant,
            deputy=self.office.consultant(stay.deputy),
            created_by=self.office.coordinator,
            **exit_facts,
        )
        self.enrolments.append(enrolment)
        return enrolment

    def _referral(self, way: Way, enrolment: Enrolment | None) -> None:
        sender = None if way.sender is None else self.office.senders[way.sender]
        decided = way.outcome in (Status.ACCEPTED, Status.RETURNED)
        person = way.person
        answers: Answers = {}
        proposed = ""
        form = next((one for one in self.forms if one.valid_from <= way.drafted_on), None)
        if sender and form:
            answers = answers_of(way, questions(form.content))
            proposed = str(proposed_level(form.content, answers)[0])
        referral = Referral(
            initiator=way.initiator,
            from_unit=sender.unit if sender else None,
            sender=sender,
            to_unit=self.office.unit,
            personnummer=person.digits,
            no_personnummer_reason=person.no_number_reason,
            birth_date=person.birth_date,
            first_name=person.first_name,
            last_name=person.last_name,
            phone=person.phone,
            email=person.email,
            interpreter_language=person.language,
            form=form if sender else None,
            answers=answers,
            proposed_level=proposed,
            level=way.level,
            level_reason=level_reason(proposed, way.level) if sender else "",
            status=way.outcome,
            submitted_on=way.submitted_on,
            answer_due_on=answer_due(way.submitted_on),
            document_on=None if sender else at_work_before(way.submitted_on - timedelta(days=4)),
            registered_by=None if sender else self.office.coordinator,
            opened_at=a_moment(way.opened_on, f"{EventKind.OPENED} {way.key}"),
            opened_by=self.office.coordinator,
            decided_on=way.closed_on if decided else None,
            decided_by=self.office.coordinator if decided else None,
            return_reason=said(way, EventKind.RETURNED) if way.outcome == Status.RETURNED else "",
            withdrawn_on=None if decided else way.closed_on,
            enrolment=enrolment,
        )
        self.referrals.append(referral)
        by_sender = (EventKind.SUBMITTED, EventKind.COMPLETED, EventKind.WITHDRAWN)
        for kind, day in events_of(way, self.today):
            by = sender if kind in by_sender and sender else self.office.coordinator
            self.events.append(
                ReferralEvent(referral=referral, kind=kind, text=said(way, kind), by=by)
            )
            self.event_moments.append(a_moment(day, f"{kind} {way.key}"))

    def _contents(self, enrolment: Enrolment, stay: Stay, key: str) -> None:
        office = self.office
        before = ""
        for day, level in stay.levels:
            # The first level is that of the referral, and stands from the start.
            if day <= max(self.today, stay.started_on):
                self.level_changes.append(
                    LevelChange(
                        enrolment=enrolment,
                        level=level,
                        valid_from=day,
                        reason=LEVEL_REASONS.get((before, level), ""),
                        created_by=office.consultant_on(stay, day),
                    )
                )
            before = level
        for number, plan in enumerate(stay.plans, start=1):
            if plan.drafted_on <= self.today:
                by = office.consultant_on(stay, plan.adopted_on)
                self._plan(enrolment, plan, number, min(self.today, stay.ended_on), by)
        for intervention in stay.interventions:
            if intervention.started_on <= self.today:
                by = office.consultant_on(stay, intervention.started_on)
                self._intervention(enrolment, intervention, by)
        for assessment in stay.assessments:
            if assessment.assessed_on <= self.today:
                by = office.consultant_on(stay, assessment.assessed_on)
                self._assessment(enrolment, assessment, by)
        for place, note in enumerate(stay.notes):
            if note.happened_on <= self.today:
                self.notes.append(
                    Note(
                        enrolment=enrolment,
                        kind=note.kind,
                        happened_on=note.happened_on,
                        text=note.text,
                        created_at=a_moment(note.happened_on, f"note {key} {place}"),
                        created_by=office.consultant_on(stay, note.happened_on),
                    )
                )

    def _meetings(self, enrolment: Enrolment, way: Way) -> None:
        sender = None if way.sender is None else self.office.senders[way.sender]
        for place, fate in enumerate(meetings_of(way)):
            if fate.is_there_on(self.today):
                key = f"meeting {way.key} {place}"
                meeting, points = rows_of(fate, enrolment, sender, self.today, key)
                self.meetings.append(meeting)
                self.points += points

    def _plan(self, enrolment: Enrolment, fate: PlanFate, number: int, day: date, by: User) -> None:
        is_adopted = fate.adopted_on <= self.today
        plan = Plan(enrolment=enrolment, number=number, created_by=by)
        if is_adopted:
            plan.adopted_on, plan.adopted_by = fate.adopted_on, by
            plan.follow_up_on = fate.follow_up_on
            plan.participant_agrees = not fate.disagreement
            plan.disagreement = fate.disagreement
        self.plans.append(plan)
        for goal_fate in fate.goals:
            goal = Goal(plan=plan, text=goal_fate.text)
            self.goals.append(goal)
            for step in goal_fate.steps:
                state = step.state_on(min(day, fate.replaced_on))
                self.steps.append(
                    Step(
                        goal=goal,
                        text=step.text,
                        kind=step.kind,
                        responsible=step.responsible,
                        due_on=step.due_on,
                        state=state,
                    )
                )

    def _assessment(self, enrolment: Enrolment, fate: AssessmentFate, by: User) -> None:
        assessment = Assessment(
            enrolment=enrolment,
            assessed_on=fate.assessed_on,
            occasion=fate.occasion,
            created_by=by,
        )
        self.assessments.append(assessment)
        self.domain_steps += [
            DomainSteps(
                assessment=assessment,
                domain=domain,
                participant_step=fate.participant_steps.get(domain),
                consultant_step=step,
            )
            for domain, step in fate.consultant_steps.items()
        ]

    def _intervention(self, enrolment: Enrolment, fate: InterventionFate, by: User) -> None:
        has_ended = fate.ended_on <= self.today
        self.interventions.append(
            Intervention(
                enrolment=enrolment,
                **what_and_where(self.office.catalogue, fate),
                need=fate.need,
                hours_per_week=fate.hours,
                started_on=fate.started_on,
                planned_end_on=fate.planned_end_on,
                ended_on=fate.ended_on if has_ended else None,
                outcome=fate.outcome if has_ended else "",
                created_by=by,
            )
        )


def a_participant(person: Person, by: User) -> Participant:
    """The person as a participant, not stored yet."""
    facts: dict[str, Any] = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": person.phone,
        "email": person.email,
        "address": person.address,
        "contact_preference": person.contact,
        "interpreter_language": person.language,
        "education": person.education,
        "created_by": by,
    }
    if person.digits:
        return a_person(Personnummer(person.digits), **facts)
    return Participant(
        no_personnummer_reason=person.no_number_reason, birth_date=person.birth_date, **facts
    )
