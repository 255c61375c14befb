"""What is in the demonstration municipality on a day, by natural keys, to be compared."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from participants.models import (
    AgreedPoint,
    ConsultantChange,
    DomainSteps,
    Enrolment,
    Intervention,
    LevelChange,
    Meeting,
    Note,
    Participant,
    Pause,
    Plan,
    Step,
)
from referrals.models import FollowUp, Referral, ReferralEvent
from sundbyberg_am.demo import seed
from sundbyberg_am.models import Absence

CASE = ("enrolment__participant__personnummer", "enrolment__started_on")


@dataclass
class Photograph:
    """Rows as tuples that begin with the day from which they are there."""

    today: date
    tables: dict[str, set[tuple]] = field(default_factory=dict)
    lists: dict[str, int] = field(default_factory=dict)
    referrals: dict[str, int] = field(default_factory=dict)

    def up_to(self, day: date) -> dict[str, set[tuple]]:
        """What was there on the day already."""
        return {name: {row for row in rows if row[0] <= day} for name, rows in self.tables.items()}


def photograph(today: date) -> Photograph:
    """Seed, look, and take it all away again."""
    with transaction.atomic():
        seed(today)
        photo = look(today)
        transaction.set_rollback(True)
    return photo


def look(today: date) -> Photograph:
    """What there is, as it looks on the day."""
    return Photograph(today, _tables(), _work_lists(today), _referrals(today))


def _tables() -> dict[str, set[tuple]]:
    people = ("first_name", "last_name", "birth_date", "education", "phone", "address")
    referred = Referral.objects.exclude(enrolment=None)
    return {
        "begun": set(
            referred.values_list(
                "decided_on",
                "submitted_on",
                "enrolment__participant__personnummer",
                *(f"enrolment__participant__{name}" for name in people),
                "enrolment__started_on",
                "enrolment__initiator",
                "enrolment__consultant__username",
                "enrolment__deputy__username",
            )
        ),
        "ended": set(
            Enrolment.objects.exclude(ended_on=None).values_list(
                "ended_on",
                "participant__personnummer",
                "started_on",
                "exit_reason__code",
                "exit_destination",
                "exited_at",
            )
        ),
        "levels": set(LevelChange.objects.values_list("valid_from", *CASE, "level", "reason")),
        "mappings": set(
            FollowUp.objects.values_list(
                "answered_on", *CASE, "form__version", "answers__swedish", "created_by__username"
            )
        ),
        "plans": set(
            Plan.objects.exclude(adopted_on=None).values_list(
                "adopted_on", *CASE, "number", "follow_up_on", "participant_agrees", "disagreement"
            )
        ),
        "steps": set(
            Step.objects.exclude(goal__plan__adopted_on=None).values_list(
                "goal__plan__adopted_on",
                *(f"goal__plan__{name}" for name in CASE),
                "goal__plan__number",
                "goal__text",
                "text",
                "kind",
                "responsible",
                "due_on",
            )
        ),
        "interventions begun": set(
            Intervention.objects.values_list(
                "started_on",
                *CASE,
                "kind",
                "offer__name",
                "provider",
                "workplace",
                "need",
                "hours_per_week",
                "planned_end_on",
            )
        ),
        "interventions ended": set(
            Intervention.objects.exclude(ended_on=None).values_list(
                "ended_on", *CASE, "kind", "started_on", "outcome"
            )
        ),
        "notes": set(
            Note.objects.values_list(
                "happened_on", *CASE, "kind", "text", "created_at", "created_by__username"
            )
        ),
        "meetings booked": {
            (at.date(), at, *rest)
            for at, *rest in Meeting.objects.exclude(day=None).values_list(
                *("booked_at", *CASE, "day", "starts", "ends", "kind", "way", "place"),
                *("booked_by__username", "request", "requested_at", "requested_by__username"),
            )
        },
        "meetings decided": {
            (at.date(), at, *rest, tuple(attended))
            for at, attended, *rest in Meeting.objects.exclude(outcome="").values_list(
                *("decided_at", "attended", *CASE, "day", "outcome", "why"),
                *("decided_by__username", "reply", "replied_at", "replied_by__username"),
            )
        },
        "agreed": {
            (at.date(), *rest)
            for at, *rest in AgreedPoint.objects.values_list(
                *("meeting__decided_at", *(f"meeting__{name}" for name in CASE), "meeting__day"),
                *("text", "responsible", "due_on"),
            )
        },
        "assessments": set(
            DomainSteps.objects.values_list(
                "assessment__assessed_on",
                *(f"assessment__{name}" for name in CASE),
                "assessment__occasion",
                "domain",
                "participant_step",
                "consultant_step",
            )
        ),
        "pauses": set(Pause.objects.values_list("started_on", *CASE, "kind", "created_at")),
        "consultants": set(
            ConsultantChange.objects.values_list(
                "valid_from", *CASE, "consultant__username", "created_at", "created_by__username"
            )
        ),
        "absences": set(Absence.objects.values_list("from_on", "until_on", "user__username")),
        "referrals": {
            (*row, str(answers))
            for *row, answers in Referral.objects.exclude(submitted_on=None).values_list(
                "submitted_on",
                "personnummer",
                "first_name",
                "last_name",
                "sender__username",
                "from_unit__name",
                "initiator",
                "level",
                "level_reason",
                "proposed_level",
                "answer_due_on",
                "answers",
            )
        },
        "events": {
            (at.date(), at, *rest)
            for at, *rest in ReferralEvent.objects.values_list(
                "at", "referral__personnummer", "kind", "text", "by__username"
            )
        },
    }


def _work_lists(today: date) -> dict[str, int]:
    cases = Enrolment.objects.all()
    morning = timezone.make_aware(datetime.combine(today, time(8)))
    return {
        "ongoing": cases.ongoing_on(today).count(),
        "plan missing": cases.without_plan(today).count(),
        "follow-up due": cases.follow_up_due(today).count(),
        "no contact": cases.without_contact(today).count(),
        "progress due": cases.progress_due(today).count(),
        "planned end passed": cases.planned_end_passed(today).count(),
        "ten months": cases.enrolled_ten_months(today).count(),
        "exit unconfirmed": cases.exit_unconfirmed().count(),
        "meetings to come": Meeting.objects.coming(morning).count(),
        "meetings to register": Meeting.objects.to_register(morning).count(),
        "meetings to book": Meeting.objects.asked_for().count(),
        "three-party meetings": Meeting.objects.three_party().coming(morning).count(),
        "people": Participant.objects.count(),
    }


def _referrals(today: date) -> dict[str, int]:
    sent = Referral.objects.undecided()
    return {
        "undecided": sent.count(),
        "unopened": sent.filter(opened_at=None).count(),
        "waiting": Referral.objects.waiting_for_sender().count(),
        "completed": sent.filter(status="completed").count(),
        "overdue": Referral.objects.overdue(today).count(),
        "drafts": Referral.objects.drafts().count(),
        "returned": Referral.objects.filter(status="returned").count(),
        "withdrawn": Referral.objects.filter(status="withdrawn").count(),
    }
