"""What the tests of the pages have in common: addresses, text and queries."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from participants.models import Enrolment, Goal, Note, Step
from tests.builders import (
    a_level,
    a_plan,
    an_assessment,
    an_enrolment,
    an_intervention,
)

TODAY = timezone.localdate()
START = TODAY - timedelta(days=100)


def to(name: str, case: Enrolment, *more: Any) -> str:
    return reverse(name, args=[case.participant.public_id, *more])


def text_of(response: Any) -> str:
    """What is read on the page, on one line."""
    main = response.content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def queries(client: Any, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def a_plan_of_steps(case: Enrolment, steps: int, adopted_on: date | None = START) -> None:
    plan = a_plan(case, adopted_on)
    goal = Goal.objects.create(plan=plan, text="Jag vill jobba i kök")
    Step.objects.bulk_create(Step(goal=goal, text=f"Steg {n}") for n in range(steps))


def much_of_everything(case: Enrolment, times: int, kim: Any) -> None:
    """A case with a long history, and a draft of a plan unless it has one."""
    for n in range(times):
        day = START + timedelta(days=n)
        an_intervention(case, day, day + timedelta(days=1) if n % 2 else None)
        an_assessment(case, day, {"health": 1 + n % 5, "housing": 3})
        a_level(case, ["AM1", "AM2", "AM3"][n % 3], day)
        Note.objects.create(enrolment=case, happened_on=day, text="Vi sågs.", created_by=kim)
        old = START - timedelta(days=3 * n + 5)
        an_enrolment(old, old + timedelta(days=1), participant=case.participant)
        a_plan_of_steps(case, times, day)
    if not case.plans.filter(adopted_on=None).exists():
        a_plan_of_steps(case, times, None)
