"""Figures of needs, offers and the survey, each on a small population counted by hand."""

from datetime import date
from typing import Any

import pytest

from participants.models import SurveyAnswer
from participants.models.surveys import Statement
from referrals.models import MappingForm
from tests.builders import (
    a_participant,
    a_referral,
    a_unit,
    an_enrolment,
    an_intervention,
    an_offer,
)

from .counted import DAY, EACH_PERIOD, NEW_YEAR, Counted, voided
from .populations_of_supply import CONTENT

pytestmark = pytest.mark.django_db

# What answers to CONTENT say that somebody needs.
JOB = {"one": "a"}  # job_search, authorities
HEALTH = {"one": "c"}  # health
SWEDISH = {"several": ["a", "ab"]}  # swedish


@pytest.fixture
def form() -> MappingForm:
    return MappingForm.objects.create(
        version=90, title="Ful", valid_from=date(2020, 1, 1), content=CONTENT
    )


def needs(counted: Counted, *needs: str, sex: str = "all") -> list[tuple[Any, Any]]:
    """How many have each need, and how many of them nothing answers."""
    return [(counted("needs", sex, need=n), counted("needs_unmet", sex, need=n)) for n in needs]


@EACH_PERIOD
def test_a_need_is_met_by_what_answers_it_on_some_day_of_the_period(form, code, last):
    # Answered by its kind, on the last day: job search answers both of the needs.
    by_kind = an_enrolment(date(2023, 1, 1))
    a_referral(date(2022, 12, 1), enrolment=by_kind, form=form, answers=JOB)
    an_intervention(by_kind, last, kind="job_search")
    # Answered by the need that stands on it, though its kind does not, on the first day.
    by_word = an_enrolment(date(2023, 1, 1), woman=False)
    a_referral(date(2022, 12, 1), enrolment=by_word, form=form, answers=JOB)
    an_intervention(by_word, date(2023, 5, 1), NEW_YEAR, kind="guidance", need="authorities")
    # The day before and the day after the period, and what came to nothing, answer nothing.
    outside = an_enrolment(date(2023, 1, 1))
    a_referral(date(2022, 12, 1), enrolment=outside, form=form, answers=HEALTH)
    an_intervention(outside, date(2023, 5, 1), NEW_YEAR - DAY, kind="work_trial")
    an_intervention(outside, last + DAY, kind="work_trial")
    an_intervention(outside, last, kind="work_trial", outcome="not_started")
    # No needs, no mapping, and not there in the period.
    a_referral(date(2022, 12, 1), enrolment=an_enrolment(date(2023, 1, 1)), form=form, answers={})
    an_enrolment(date(2023, 1, 1))
    gone = an_enrolment(date(2023, 1, 1), NEW_YEAR - DAY)
    a_referral(date(2022, 12, 1), enrolment=gone, form=form, answers=HEALTH)

    counted = Counted(code)
    assert (counted("needs"), counted("needs", "men")) == (3, 1)
    assert (counted("needs_unmet"), counted("needs_unmet", "women")) == (2, 1)
    found = needs(counted, "job_search", "authorities", "health", "swedish")
    assert found == [(2, 1), (2, 0), (1, 1), (0, 0)]
    assert needs(counted, "job_search", "authorities", sex="men") == [(1, 1), (1, 0)]


def test_needs_are_those_of_the_mapping_sent_last_by_the_last_day(form):
    person = a_participant()
    for start, end, answers in (
        (date(2023, 1, 1), date(2023, 6, 1), HEALTH),
        (date(2024, 2, 1), date(2024, 3, 1), JOB),
        (date(2024, 9, 10), None, SWEDISH),
    ):
        case = an_enrolment(start, end, participant=person)
        a_referral(start - 20 * DAY, enrolment=case, form=form, answers=answers)
    mistake = an_enrolment(date(2024, 4, 1), date(2024, 4, 2), participant=person)
    a_referral(date(2024, 4, 1), enrolment=mistake, form=form, answers=HEALTH)
    type(mistake).objects.filter(pk=mistake.pk).update(**voided())
    # The last of them was sent on 21 August, so it counts at the end of that month.
    assert needs(Counted("2024-T1"), "job_search", "swedish", "health") == [(1, 1), (0, 0), (0, 0)]
    assert needs(Counted("2024-T2"), "job_search", "swedish", "health") == [(0, 0), (1, 1), (0, 0)]


@EACH_PERIOD
def test_what_is_arranged_by_offer_provider_audience_and_length(code, last):
    centre = an_offer("Jobbcenter", "job_search")
    course = an_offer("Kurs", "guidance", provider="Skolan", audience="general")
    anna = an_enrolment(date(2023, 1, 1))
    an_intervention(anna, NEW_YEAR - 5 * DAY, NEW_YEAR, kind="job_search", offer=centre)
    an_intervention(anna, date(2023, 11, 30), date(2024, 2, 29), kind="guidance", offer=course)
    an_intervention(anna, date(2023, 11, 30), date(2024, 3, 1), kind="guidance", offer=course)
    an_intervention(anna, NEW_YEAR, NEW_YEAR, kind="other", outcome="not_started")
    bo = an_enrolment(date(2023, 1, 1), woman=False)
    an_intervention(bo, last, kind="work_trial", provider="Kusinens bageri")
    an_intervention(bo, last, kind="summer_job", planned_end_on=date(2025, 6, 1))
    an_intervention(bo, last + DAY, kind="job_search", offer=centre)

    counted = Counted(code)
    figures = ("participants", "interventions", "interventions_short", "interventions_long")

    def row(sex: str = "all", **by: str) -> list[Any]:
        return [counted(f"offer_{figure}", sex, **by) for figure in figures]

    # Short: Anna's in the centre, her course to the day three months later, Bo's that has just begun.
    assert row() == [2, 5, 3, 2]
    assert row("women") == [1, 3, 2, 1]
    assert row(offer=f"offer-{centre.pk}") == [1, 1, 1, 0]
    assert row(offer=f"offer-{course.pk}") == [1, 2, 1, 1]
    assert row(offer="other") == [1, 1, 1, 0]
    assert row(offer="none") == [1, 1, 0, 1]
    assert row(provider="provider-Skolan") == [1, 2, 1, 1]
    assert row(provider="own") == [1, 1, 1, 0]
    # The course is general as it stands in the list, whatever its kind; a trial is individual by its kind.
    assert row(audience="general") == [2, 4, 2, 2]
    assert row(audience="individual") == [1, 1, 1, 0]


@EACH_PERIOD
def test_satisfaction_is_the_mean_of_all_marks_and_of_unknown_sex(code, last):
    def answered(month: date, *marks: int) -> None:
        SurveyAnswer.objects.create(
            unit=a_unit(), month=month, **dict(zip(Statement.values, marks, strict=True))
        )

    answered(date(2023, 12, 1), 1, 1, 1, 1, 1)
    answered(NEW_YEAR, 5, 5, 5, 5, 4)
    answered(last.replace(day=1), 1, 2, 3, 4, 5)
    answered((last + DAY).replace(day=1), 1, 1, 1, 1, 1)
    counted = Counted(code)
    assert counted("satisfaction_answers") == counted("satisfaction_answers", "unknown") == 2
    assert counted("satisfaction_mean") == counted("satisfaction_mean", "unknown") == 39 / 10
    assert counted("satisfaction_answers", "women") == 0
    assert counted("satisfaction_mean", "men") is None
