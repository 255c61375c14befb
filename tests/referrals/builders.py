"""Referrals in every state, made by the actions as in life."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from participants.models import Level
from referrals import actions
from referrals.feedback import feedback
from referrals.models import FeedbackRecord, Referral, Status
from sundbyberg_am.access import Role
from sundbyberg_am.models import UnitKind, User
from tests.builders import a_personnummer, a_unit, a_user

_serial = count(1)

DAY = date(2026, 11, 23)
# Every required question, answered so that the form speaks for AM2.
ANSWERS: dict[str, Any] = {
    "own_words": "Jag vill arbeta i ett kök.",
    "belief": "4",
    "self_support": "no",
    "last_worked": "now",
    "education": "secondary",
    "direction": "yes",
    "job_search": "support",
    "employment_service": "works",
    "swedish": "4",
    "digital": "yes",
    "health": "no",
    "capacity": "full",
    "workplace": "job",
    "earlier": "no",
    "talks": "no",
}


class Cast:
    """Who is about when a referral is sent: both sides, and those who should stay outside."""

    def __init__(self) -> None:
        team = a_unit("Ekonomiskt bistånd", UnitKind.SOCIAL_ASSISTANCE)
        other_team = a_unit("Ekonomiskt bistånd unga", UnitKind.SOCIAL_ASSISTANCE)
        other_unit = a_unit("Jobbcenter")
        self.sender = a_user(Role.SOCIAL_SECRETARY, unit=team)
        self.colleague = a_user(Role.SOCIAL_SECRETARY, unit=team)
        self.stranger = a_user(Role.SOCIAL_SECRETARY, unit=other_team)
        self.coordinator = a_user(Role.COORDINATOR)
        self.other_coordinator = a_user(Role.COORDINATOR, unit=other_unit)
        self.manager = a_user(Role.MANAGER)
        self.consultant = a_user(Role.CONSULTANT)
        self.controller = a_user(Role.CONTROLLER)
        self.administrator = a_user(Role.ADMINISTRATOR)
        self.log_reviewer = a_user(Role.LOG_REVIEWER)

    def everyone(self) -> dict[str, User]:
        return {name: user for name, user in vars(self).items() if isinstance(user, User)}


def a_number() -> str:
    """Another personnummer for every call, of somebody between 20 and 60 in 2026."""
    number = next(_serial)
    return a_personnummer(date(1970, 1, 1) + timedelta(days=number), serial=number % 10)


def a_person(**fields: Any) -> dict[str, Any]:
    """What is said of a person when a referral is begun."""
    return {
        "to_unit": a_unit(),
        "personnummer": a_number(),
        "no_personnummer_reason": "",
        "birth_date": None,
        "first_name": "Amina",
        "last_name": "Yusuf",
        "phone": "070-123 45 67",
        "email": "amina@example.se",
        "interpreter_language": "",
        "today": DAY,
        **fields,
    }


def a_draft(by: User, *, answers: dict[str, Any] | None = None, **fields: Any) -> Referral:
    """A draft with a complete mapping, unless other answers are given."""
    draft = actions.draft_referral(**a_person(**fields), by=by)
    return actions.save_answers(draft, answers=ANSWERS if answers is None else answers, by=by)


def a_referral_in(status: str, cast: Cast, **fields: Any) -> Referral:
    """A referral from the cast's sender to its coordinator, brought to the status."""
    referral = a_draft(cast.sender, **fields)
    if status == Status.DRAFT:
        return referral
    referral = actions.submit(referral, level=Level.AM2, level_reason="", today=DAY, by=cast.sender)
    if status in (Status.COMPLETION_ASKED, Status.COMPLETED):
        referral = actions.ask_completion(
            referral, question="Vilka tider passar?", by=cast.coordinator
        )
    if status == Status.COMPLETED:
        return actions.complete(referral, answer="Förmiddagar.", by=cast.sender)
    if status == Status.ACCEPTED:
        return actions.accept(
            referral, started_on=DAY, consultant=cast.consultant, today=DAY, by=cast.coordinator
        )
    if status == Status.RETURNED:
        return actions.return_referral(
            referral, reason="Fel enhet.", today=DAY, by=cast.coordinator
        )
    if status == Status.WITHDRAWN:
        return actions.withdraw(referral, reason="Har fått arbete.", today=DAY, by=cast.sender)
    return referral


def a_feedback_record(referral: Referral, *, number: int = 1) -> FeedbackRecord:
    """A record of the accepted referral, as the case stands."""
    told = feedback(Referral.objects.for_page().get(pk=referral.pk), DAY)
    assert told
    return FeedbackRecord.objects.create(
        referral=referral,
        number=number,
        content=told.as_data(),
        sent_at=timezone.now(),
        checked_at=timezone.now(),
    )
