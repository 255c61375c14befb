"""Ten times as much as is usual, with names as long as they get."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from participants.models import Enrolment, ListedWord, Note, Step
from reporting.models import ReportRun
from sundbyberg_am.access import Role
from sundbyberg_am.models import UnitKind
from tests.builders import (
    a_meeting,
    a_participant,
    a_referral,
    a_unit,
    a_user,
    an_enrolment,
    an_offer,
)
from tests.participants.builders import a_handover, a_pause, a_review, an_absence, an_opening
from tests.participants.reading import START, TODAY, much_of_everything
from tests.referrals.builders import a_number
from tests.referrals.systems import a_token
from tests.reporting.builders import a_board_goal, an_indicator

LONG = "Wolfeschlegelsteinhausen"
TEXT = f"{LONG} vill bli arbetsmarknadskonsulent på ett äldreboende i Sundbyberg. " * 6
TIMES = 10


def ten_times(things: dict[str, Any]) -> None:
    """Ten or more of everything that is listed somewhere, beside the one of each."""
    users = things["users"]
    case = Enrolment.objects.get(participant__public_id=things["case"])
    kim, eva = users[Role.CONSULTANT], users[Role.MANAGER]
    _work_in(case, kim)
    for number in range(TIMES):
        name = f"{LONG[: number * 2 + 1]} {LONG}"
        colleague = a_user(name=f"{name} {number}", email=f"{LONG.lower()}.{number}@example.com")
        an_absence(colleague)
        a_handover(colleague)
        for consultant in (kim, colleague, kim, None):
            person = a_participant(first_name=LONG, last_name=f"af {name}")
            one = an_enrolment(
                TODAY - timedelta(days=330), participant=person, consultant=consultant
            )
            a_referral(TODAY, first_name=LONG, last_name=f"af {name}", personnummer=a_number())
        a_review(one, question=TEXT)
        a_meeting(one, TODAY - timedelta(days=2))
        an_opening(case, colleague, reason=TEXT[:200])
        an_offer(f"{name}s verkstad", provider=name, description=TEXT[:200])
        ListedWord.objects.create(text=f"{LONG.lower()}{chr(97 + number)}", reason=TEXT[:200])
        _goals_and_reports(number, eva)
        a_token(a_unit(f"{name}, ekonomiskt bistånd", UnitKind.SOCIAL_ASSISTANCE), name=name)
    a_handover(kim)


def _work_in(case: Enrolment, kim: Any) -> None:
    person = case.participant
    person.first_name, person.last_name = LONG, f"af {LONG}-{LONG}"
    person.email, person.address = f"{LONG.lower()}.{LONG.lower()}@example.com", TEXT[:120]
    person.save()
    case.started_on, case.consultant = START, kim
    case.save()
    much_of_everything(case, TIMES + 2, kim)
    Step.objects.filter(goal__plan__enrolment=case).update(text=TEXT[:180])
    Note.objects.filter(enrolment=case).update(text=TEXT)
    for number in range(TIMES):
        day = case.started_on + timedelta(days=number)
        a_meeting(case, day, outcome="held", place=TEXT[:100])
        a_meeting(case, TODAY + timedelta(days=number + 1))
        a_pause(case, day, day)


def _goals_and_reports(number: int, eva: Any) -> None:
    goal = a_board_goal(text=f"{number} {TEXT[:180]}")
    for target in (None, 10 * number):
        an_indicator(goal, target, label=TEXT[:110])
    run = ReportRun.objects.get(approved_at__isnull=False, period_code="2022")
    now = timezone.now()
    ReportRun.objects.create(
        period_code=f"{2015 + number % 7}",
        state=run.state,
        ordered_by=eva,
        content=run.content,
        fingerprint=run.fingerprint,
        finished_at=now,
    )
