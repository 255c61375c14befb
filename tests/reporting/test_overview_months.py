"""The latest twelve months: each counted on its own days."""

from datetime import date

import pytest

from reporting.overview.months import Course, courses, first_month
from reporting.overview.so_far import so_far
from tests.builders import a_level, a_referral, an_enrolment

from .builders import a_board_goal, an_indicator
from .counted import voided

pytestmark = pytest.mark.django_db

TODAY = date(2024, 2, 29)


def by_month(course: Course) -> dict[str, tuple[str, ...]]:
    return dict(course.rows)


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2024, 2, 29), date(2023, 3, 1)),
        (date(2024, 12, 31), date(2024, 1, 1)),
        (date(2025, 1, 1), date(2024, 2, 1)),
    ],
)
def test_twelve_months_end_with_this_one(today, first):
    assert first_month(today) == first


def test_flows_belong_to_the_month_of_their_day():
    an_enrolment(date(2023, 11, 30), date(2023, 12, 1))
    an_enrolment(date(2023, 12, 31), date(2024, 1, 31))
    an_enrolment(date(2024, 2, 29))
    an_enrolment(date(2024, 3, 1))  # tomorrow
    flows = courses(TODAY)[0]
    found = by_month(flows)
    assert len(found) == 12
    assert found["nov 2023"] == ("1", "0", "1")
    assert found["dec 2023"] == ("1", "1", "1")
    # Ended on the month's last day, so no longer there when it was over.
    assert found["jan 2024"] == ("0", "1", "0")
    assert found["feb 2024"] == ("1", "0", "1")


def test_levels_are_those_in_force_when_the_month_ended():
    case = an_enrolment(date(2023, 12, 1), level="AM3")
    a_level(case, "AM2", date(2024, 2, 1))
    an_enrolment(date(2024, 1, 31), level=None)
    found = by_month(courses(TODAY)[1])
    assert found["dec 2023"] == ("0", "0", "1", "0")
    assert found["jan 2024"] == ("0", "0", "1", "1")
    assert found["feb 2024"] == ("0", "1", "0", "1")


def test_waiting_is_the_median_of_what_was_answered_and_begun_in_the_month():
    for submitted, started in ((1, 11), (1, 15), (1, 31)):
        case = an_enrolment(date(2024, 1, started))
        a_referral(date(2024, 1, submitted), enrolment=case)
    found = by_month(courses(TODAY)[2])
    assert found["jan 2024"] == ("14,0", "14,0")
    assert found["feb 2024"] == ("–", "–")


def test_a_registration_by_mistake_counts_nowhere():
    an_enrolment(date(2024, 2, 1), **voided())
    flows, levels, _ = courses(TODAY)
    assert by_month(flows)["feb 2024"] == ("0", "0", "0")
    assert by_month(levels)["feb 2024"] == ("0", "0", "0", "0")


def test_the_year_so_far_is_compared_with_the_same_days_of_last_year():
    an_enrolment(date(2024, 2, 29))
    an_enrolment(date(2023, 2, 28), date(2023, 2, 28))
    an_enrolment(date(2023, 3, 1), date(2023, 3, 1))
    an_indicator(a_board_goal(2024), 3, label="Nya", figure="enrolments_started")
    found = so_far(TODAY)
    started = next(one for one in found.key_figures if one.label == "Nya inskrivningar")
    assert (started.now.text, started.before.text) == ("1", "1")
    ((indicator, before),) = found.goals[0].indicators
    assert (indicator.outcome.text, before.text, indicator.degree.code) == ("1", "1", "underway")


def test_without_goals_there_is_nothing_to_judge():
    found = so_far(TODAY)
    assert (found.chain, found.goals) == (None, ())
