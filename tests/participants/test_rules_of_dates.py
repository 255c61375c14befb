"""Each rule of dates, tried in its form: refused with a sentence of its own, and nothing is changed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from participants.models import Enrolment, ExitReason, Goal, Step
from tests.builders import a_participant, a_plan, a_unit, an_assessment, an_enrolment

from .reading import START, TODAY, text_of, to

pytestmark = pytest.mark.django_db

A_DAY = timedelta(days=1)


def as_it_is(case: Enrolment) -> Enrolment:
    return case


def with_a_draft(case: Enrolment) -> Enrolment:
    goal = Goal.objects.create(plan=a_plan(case), text="Jag vill jobba i kök")
    Step.objects.create(goal=goal, text="Skriva cv")
    return case


def ended(days_ago: int) -> Callable[[Enrolment], Enrolment]:
    def end(case: Enrolment) -> Enrolment:
        return an_enrolment(
            START, TODAY - days_ago * A_DAY, participant=a_participant(), consultant=case.consultant
        )

    return end


def ended_and_enrolled_elsewhere(case: Enrolment) -> Enrolment:
    before = ended(10)(case)
    an_enrolment(TODAY - 5 * A_DAY, participant=before.participant, unit=a_unit("Annan enhet"))
    return before


def assessed_today(case: Enrolment) -> Enrolment:
    an_assessment(case, TODAY)
    return case


RULES: dict[str, tuple[Callable[[Enrolment], Enrolment], str, dict[str, Any], str]] = {
    "exit before start": (
        as_it_is,
        "exit",
        {"ended_on": START - A_DAY},
        "Avslutet kan inte vara före inskrivningen.",
    ),
    "future exit": (
        as_it_is,
        "exit",
        {"ended_on": TODAY + A_DAY},
        "Avslutet kan inte ligga i framtiden.",
    ),
    "intervention before the enrolment": (
        as_it_is,
        "intervention_add",
        {"kind": "job_search", "started_on": START - A_DAY},
        "Insatsen ska börja medan personen är inskriven.",
    ),
    "plan before the enrolment": (
        with_a_draft,
        "plan_adopt",
        {
            "participant_agrees": "ja",
            "adopted_on": START - A_DAY,
            "follow_up_on": TODAY + 30 * A_DAY,
        },
        "Planen kan inte fastställas före inskrivningen.",
    ),
    "overlap": (
        ended_and_enrolled_elsewhere,
        "reopen",
        {},
        "Personen är redan inskriven under den tiden",
    ),
    "reopening after thirty days": (
        ended(31),
        "reopen",
        {},
        "Det är mer än 30 dagar sedan avslutet.",
    ),
    "progress twice on one day": (
        assessed_today,
        "assessment_add",
        {"assessed_on": TODAY, "occasion": "follow_up", "consultant_health": "3"},
        "Det finns redan en skattning den dagen",
    ),
}


def test_no_two_rules_share_a_sentence():
    assert len({sentence for *_, sentence in RULES.values()}) == len(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_rule_refuses_with_its_own_sentence(client, case, rule):
    make, name, sent, sentence = RULES[rule]
    about = make(case)
    if name == "exit":
        reason = ExitReason.objects.get(code="work_unsubsidised")
        sent = {"exit_reason": reason.pk, "exit_destination": "", **sent}
    before = Enrolment.objects.filter(pk=about.pk).values().get()
    answer = client.post(to(name, about), sent)
    assert answer.status_code == 422
    text = text_of(answer)
    assert sentence in text
    assert not [other for *_, other in RULES.values() if other != sentence and other in text]
    assert Enrolment.objects.filter(pk=about.pk).values().get() == before


@pytest.mark.parametrize("days", [30, 31])
def test_reopening_is_open_on_the_thirtieth_day(client, case, days):
    about = ended(days)(case)
    answer = client.post(to("reopen", about), {})
    assert answer.status_code == (302 if days == 30 else 422)
