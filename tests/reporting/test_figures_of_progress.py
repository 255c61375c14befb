"""Figures of progress, each on a small population counted by hand."""

from datetime import date

import pytest

from tests.builders import a_level, a_participant, an_assessment, an_enrolment

from .counted import DAY, EACH_PERIOD, NEW_YEAR, Counted, voided

pytestmark = pytest.mark.django_db

DIRECTIONS = ("improved", "unchanged", "worsened")


def of_each_direction(counted: Counted, sex: str = "all") -> list[tuple[int | None, int | None]]:
    return [counted.share("progress_share", sex, direction=one) for one in DIRECTIONS]


@EACH_PERIOD
def test_progress_is_from_the_first_to_the_latest_assessment_by_the_last_day(code, last):
    up = an_enrolment(date(2023, 1, 1), level="AM1")
    an_assessment(up, date(2023, 1, 1), {"health": 2, "housing": 3})
    an_assessment(up, NEW_YEAR, {"health": 1, "housing": 1})  # in between, so it does not count
    an_assessment(up, last, {"health": 3, "housing": 3})
    an_assessment(up, last + DAY, {"health": 1, "housing": 1})  # after the period

    same = an_enrolment(date(2023, 1, 1), woman=False)
    an_assessment(same, NEW_YEAR, {"health": 1, "housing": 4})
    an_assessment(same, last, {"health": 3, "housing": 2})  # two up and two down: clear, no sum

    down = an_enrolment(date(2023, 1, 1))
    an_assessment(down, NEW_YEAR, {"health": 3})
    an_assessment(down, last, {"health": 2})

    once = an_enrolment(date(2023, 1, 1))
    an_assessment(once, NEW_YEAR, {"health": 3})
    an_assessment(once, last + DAY, {"health": 5})
    an_enrolment(date(2023, 1, 1))

    counted = Counted(code)
    assert counted.share("progress_share") == (1, 3)
    assert of_each_direction(counted) == [(1, 3), (1, 3), (1, 3)]
    assert of_each_direction(counted, "women") == [(1, 2), (0, 2), (1, 2)]
    assert of_each_direction(counted, "unknown") == [(0, 0), (0, 0), (0, 0)]
    assert counted.share("progress_share", level="AM1") == (1, 1)
    assert counted.share("progress_share", level="AM2") == (0, 2)
    assert counted.share("clear_progress_share") == (1, 3)
    assert counted.share("clear_progress_share", "men", level="AM2") == (1, 1)


def test_only_domains_that_the_consultant_assessed_both_times_count():
    case = an_enrolment(NEW_YEAR)
    an_assessment(case, NEW_YEAR, {"health": 1, "housing": 4}, {"economy": 1, "family": 5})
    an_assessment(case, NEW_YEAR + DAY, {"health": 2, "network": 5}, {"economy": 5, "family": 1})
    own_view_only = an_enrolment(NEW_YEAR)
    an_assessment(own_view_only, NEW_YEAR, {}, {"health": 1})
    an_assessment(own_view_only, NEW_YEAR + DAY, {"health": 2}, {"health": 5})
    nothing_in_common = an_enrolment(NEW_YEAR)
    an_assessment(nothing_in_common, NEW_YEAR, {"health": 1})
    an_assessment(nothing_in_common, NEW_YEAR + DAY, {"housing": 5})
    counted = Counted("2024")
    # In the last one nothing can be compared: a sum of nothing is nought.
    assert of_each_direction(counted) == [(1, 2), (1, 2), (0, 2)]
    assert counted.share("clear_progress_share") == (0, 2)


@pytest.mark.parametrize(
    ("after", "direction", "clear"),
    [
        ({"health": 4, "housing": 4}, "improved", 0),
        ({"health": 5, "housing": 3}, "improved", 1),
        ({"health": 5, "housing": 1}, "unchanged", 1),
        ({"health": 5, "housing": 1, "economy": 2}, "unchanged", 1),
        ({"health": 3, "housing": 2}, "worsened", 0),
        ({"health": 5}, "improved", 1),
    ],
)
def test_the_direction_is_the_sign_of_the_sum_and_clear_is_two_steps_in_one(
    after, direction, clear
):
    case = an_enrolment(NEW_YEAR)
    an_assessment(case, NEW_YEAR, {"health": 3, "housing": 3})
    an_assessment(case, NEW_YEAR + DAY, after)
    counted = Counted("2024")
    assert of_each_direction(counted) == [(int(one == direction), 1) for one in DIRECTIONS]
    assert counted.share("clear_progress_share") == (clear, 1)


def test_the_persons_latest_enrolment_of_the_period_counts_with_its_level():
    person = a_participant()
    before = an_enrolment(date(2023, 1, 1), date(2024, 2, 1), participant=person)
    an_assessment(before, date(2023, 1, 1), {"health": 1})
    an_assessment(before, date(2024, 2, 1), {"health": 5})
    now = an_enrolment(date(2024, 3, 1), participant=person, level="AM3")
    a_level(now, "AM1", date(2024, 12, 31))
    an_assessment(now, date(2024, 3, 1), {"health": 3})
    an_assessment(now, date(2024, 9, 1), {"health": 2})
    mistake = an_enrolment(NEW_YEAR, **voided())
    an_assessment(mistake, NEW_YEAR, {"health": 1})
    an_assessment(mistake, NEW_YEAR + DAY, {"health": 5})
    gone = an_enrolment(date(2023, 1, 1), date(2023, 12, 31))
    an_assessment(gone, date(2023, 1, 1), {"health": 1})
    an_assessment(gone, date(2023, 12, 31), {"health": 5})
    counted = Counted("2024")
    assert of_each_direction(counted) == [(0, 1), (0, 1), (1, 1)]
    assert counted.share("progress_share", level="AM1") == (0, 1)
    assert counted("progress_share", level="AM3") is None
    assert counted("progress_share", "men") is None
    assert Counted("2024-T1").share("progress_share") == (0, 0)
