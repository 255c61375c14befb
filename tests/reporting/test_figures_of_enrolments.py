"""Figures of people and enrolments, each on a small population counted by hand."""

from datetime import date, timedelta

import pytest

from participants.models import ExitReason
from reporting.counting import count
from reporting.figures import SEXES
from reporting.periods import Period
from tests.builders import (
    a_level,
    a_participant,
    a_plan,
    an_enrolment,
)

from .counted import DAY, EACH_PERIOD, NEW_YEAR, Counted, voided

pytestmark = pytest.mark.django_db


# participants


@EACH_PERIOD
def test_participants_are_those_with_one_enrolled_day_in_the_period(code, last):
    an_enrolment(date(2023, 6, 1), NEW_YEAR)
    an_enrolment(last)
    an_enrolment(date(2023, 1, 1), woman=False)
    an_enrolment(date(2023, 6, 1), NEW_YEAR - DAY)
    an_enrolment(last + DAY)
    an_enrolment(date(2024, 2, 1), **voided())
    counted = Counted(code)
    assert [counted("participants", sex.code) for sex in SEXES] == [3, 2, 1, 0]


def test_a_participant_with_two_enrolments_is_counted_once_by_the_latest_in_the_period():
    person = a_participant(education="secondary")
    an_enrolment(
        date(2024, 1, 1), date(2024, 3, 1), participant=person, level="AM1", initiator="self"
    )
    an_enrolment(
        date(2024, 4, 1), date(2024, 6, 1), participant=person, level="AM3", initiator="other"
    )
    an_enrolment(date(2025, 1, 1), participant=person, level="AM2")
    counted = Counted("2024")
    assert counted("participants") == 1
    assert [counted("participants", level=level) for level in ("AM1", "AM2", "AM3")] == [0, 0, 1]
    assert counted("participants", initiator="other") == 1
    assert counted("participants", education="secondary") == 1


@EACH_PERIOD
def test_the_level_is_the_one_in_force_on_the_last_day_or_at_the_exit(code, last):
    changed_on_last_day = an_enrolment(NEW_YEAR, level="AM1")
    a_level(changed_on_last_day, "AM2", last)
    changed_after = an_enrolment(NEW_YEAR, level="AM1")
    a_level(changed_after, "AM2", last + DAY)
    twice_a_day = an_enrolment(NEW_YEAR, level="AM1")
    a_level(twice_a_day, "AM2", last)
    a_level(twice_a_day, "AM3", last)
    ended = an_enrolment(NEW_YEAR, date(2024, 2, 29), level="AM1")
    a_level(ended, "AM3", date(2024, 2, 29))
    an_enrolment(NEW_YEAR, level=None)
    counted = Counted(code)
    levels = [counted("participants", level=level) for level in ("AM1", "AM2", "AM3", "unknown")]
    assert levels == [1, 1, 2, 1]
    assert counted("exits", level="AM3") == 1


@EACH_PERIOD
def test_the_age_is_whole_years_on_the_last_day(code, last):
    def born(age: int, turned: timedelta) -> None:
        an_enrolment(NEW_YEAR, born=last.replace(year=last.year - age) + turned)

    born(16, DAY)  # 15
    born(16, 0 * DAY)
    born(25, DAY)  # 24
    born(25, 0 * DAY)
    born(55, 0 * DAY)
    born(66, DAY)  # 65
    born(66, 0 * DAY)
    an_enrolment(NEW_YEAR, born=date(1988, 2, 29))  # 36
    nobody_knows = a_participant(born=date(1990, 1, 1))
    type(nobody_knows).objects.update_or_create(
        pk=nobody_knows.pk,
        defaults={
            "personnummer": None,
            "no_personnummer_reason": "Väntar på nummer",
            "birth_date": None,
        },
    )
    an_enrolment(NEW_YEAR, participant=nobody_knows)
    counted = Counted(code)
    ages = ("16-24", "25-34", "35-44", "45-54", "55-65", "other", "unknown")
    assert [counted("participants", age=age) for age in ages] == [2, 1, 1, 0, 2, 2, 1]
    assert counted("participants", "unknown", age="unknown") == 1


# enrolments that start


@EACH_PERIOD
def test_enrolments_started_count_both_boundary_days_by_their_first_level(code, last):
    moved_on = an_enrolment(NEW_YEAR, level="AM1")
    a_level(moved_on, "AM2", NEW_YEAR + DAY)
    an_enrolment(last, level=None)
    an_enrolment(NEW_YEAR - DAY)
    an_enrolment(last + DAY)
    person = a_participant()
    an_enrolment(date(2024, 1, 10), date(2024, 1, 20), participant=person)
    an_enrolment(date(2024, 1, 21), date(2024, 1, 30), participant=person)
    counted = Counted(code)
    assert counted("enrolments_started") == 4
    levels = [counted("enrolments_started", level=x) for x in ("AM1", "AM2", "AM3", "unknown")]
    assert levels == [1, 2, 0, 1]


@EACH_PERIOD
def test_plan_within_30_days_is_of_those_with_30_days_before_the_last_day(code, last):
    on_day_30 = an_enrolment(last - 30 * DAY)
    a_plan(on_day_30, last)
    a_plan(on_day_30, last + DAY)
    on_day_31 = an_enrolment(NEW_YEAR, level=None)
    a_plan(on_day_31, NEW_YEAR + 31 * DAY)
    a_plan(an_enrolment(NEW_YEAR))  # a draft
    a_plan(an_enrolment(last - 29 * DAY), last)  # had not had its 30 days
    a_plan(an_enrolment(NEW_YEAR - DAY), NEW_YEAR)
    counted = Counted(code)
    assert counted.share("plan_within_30_days_share") == (1, 3)
    assert counted.share("plan_within_30_days_share", level="AM2") == (1, 2)
    assert counted.share("plan_within_30_days_share", level="unknown") == (0, 1)
    assert counted.share("plan_within_30_days_share", level="AM1") == (0, 0)
    assert counted("plan_within_30_days_share", level="AM1") is None


def test_plan_within_30_days_takes_the_level_in_force_and_not_the_first_one():
    enrolment = an_enrolment(NEW_YEAR, level="AM1")
    a_level(enrolment, "AM3", date(2024, 4, 30))
    counted = Counted("2024-T1")
    assert counted.share("plan_within_30_days_share", level="AM3") == (0, 1)


@pytest.mark.parametrize(
    ("started_on", "ended_on", "again"),
    [
        (date(2024, 3, 15), date(2023, 3, 15), True),
        (date(2024, 3, 15), date(2023, 3, 14), False),
        (date(2024, 3, 15), date(2024, 3, 14), True),
        (date(2024, 2, 29), date(2023, 2, 28), True),
        (date(2024, 2, 29), date(2023, 2, 27), False),
    ],
)
def test_a_re_entry_comes_within_twelve_calendar_months_of_an_exit(started_on, ended_on, again):
    person = a_participant()
    an_enrolment(ended_on - 100 * DAY, ended_on, participant=person)
    an_enrolment(started_on, participant=person)
    an_enrolment(started_on)
    assert Counted("2024").share("re_entry_share") == (int(again), 2)


def test_an_exit_from_an_enrolment_by_mistake_makes_no_re_entry():
    person = a_participant()
    an_enrolment(date(2023, 10, 1), date(2023, 11, 1), participant=person, **voided())
    an_enrolment(date(2024, 2, 1), participant=person)
    assert Counted("2024").share("re_entry_share") == (0, 1)


# exits


@EACH_PERIOD
def test_exits_count_both_boundary_days(code, last):
    an_enrolment(date(2023, 12, 1), NEW_YEAR, reason="studies")
    an_enrolment(date(2023, 12, 1), last, reason="moved", level=None, woman=False)
    an_enrolment(date(2023, 12, 1), NEW_YEAR - DAY)
    an_enrolment(date(2023, 12, 1), last + DAY)
    an_enrolment(date(2023, 12, 1), date(2024, 2, 1), **voided())
    person = a_participant()
    an_enrolment(NEW_YEAR, date(2024, 1, 10), participant=person, reason="other")
    an_enrolment(date(2024, 1, 11), date(2024, 2, 29), participant=person)
    counted = Counted(code)
    assert counted("exits") == 4
    assert counted("exits", reason="moved") == 1
    assert counted("exits", "men") == 1
    assert counted("exits", level="unknown") == 1
    assert counted.share("exit_share") == (4, 4)
    assert counted.share("exit_share", reason="studies") == (1, 4)
    assert counted("exit_share", reason="studies") == 0.25
    assert counted.share("exit_share", "men", reason="studies") == (0, 1)
    assert counted.share("exit_share", "unknown", reason="studies") == (0, 0)
    assert counted("exit_share", "unknown", reason="studies") is None


def test_every_exit_reason_of_the_office_is_a_member_in_its_order():
    ExitReason.objects.create(
        code="own_business",
        label="Eget företag",
        counts_as="work",
        kas_class="A",
        position=2,
        retired_on=date(2023, 1, 1),
    )
    an_enrolment(NEW_YEAR, date(2024, 2, 1), reason="own_business")
    values = count(Period.parse("2024"))
    reasons = [v.by["reason"] for v in values if v.figure == "exits" and "reason" in v.by]
    assert reasons[::4] == list(ExitReason.objects.values_list("code", flat=True))
    counted = Counted("2024")
    assert counted("exits", reason="own_business") == 1
    assert counted.share("work_or_studies_share") == (1, 1)


def test_work_or_studies_share_is_by_what_the_reason_counts_as():
    for reason in ("work_unsubsidised", "work_subsidised", "studies", "goal_other_actor", "moved"):
        an_enrolment(NEW_YEAR, date(2024, 3, 1), reason=reason, exit_confirmed=None)
    an_enrolment(NEW_YEAR, date(2024, 3, 1), reason="studies", level="AM1")
    counted = Counted("2024-T1")
    assert counted.share("work_or_studies_share") == (4, 6)
    assert counted.share("work_or_studies_share", level="AM1") == (1, 1)
    assert counted("work_or_studies_share", level="AM3") is None


@EACH_PERIOD
def test_weeks_enrolled_are_days_from_start_to_exit_over_seven(code, last):
    for days in (0, 7, 15, 30):
        an_enrolment(date(2024, 3, 1) - days * DAY, date(2024, 3, 1))  # over the leap day
    an_enrolment(last - 365 * DAY, last + DAY)  # ends after the period
    counted = Counted(code)
    assert counted("weeks_enrolled_median") == 11 / 7
    assert counted("weeks_enrolled_mean") == 52 / 28
    assert counted("weeks_enrolled_median", "men") is None
    assert counted("weeks_enrolled_mean", level="AM1") is None
    assert counted("weeks_enrolled_median", reason="work_unsubsidised") == 11 / 7


def test_the_median_of_an_odd_number_is_the_middle_one_of_all_rows():
    for days, woman in ((7, True), (14, True), (70, False)):
        an_enrolment(NEW_YEAR, NEW_YEAR + days * DAY, woman=woman)
    counted = Counted("2024")
    assert [counted("weeks_enrolled_median", sex.code) for sex in SEXES] == [2, 1.5, 10, None]


# those who go on


@EACH_PERIOD
def test_ongoing_has_begun_by_the_last_day_and_ends_after_it(code, last):
    an_enrolment(last)
    an_enrolment(last - 14 * DAY, last + DAY, level=None)
    an_enrolment(last - 14 * DAY, last)
    an_enrolment(last + DAY)
    an_enrolment(date(2023, 1, 1), **voided())
    counted = Counted(code)
    assert counted("ongoing") == 2
    assert [counted("ongoing", level=level) for level in ("AM2", "unknown")] == [1, 1]
    assert counted("weeks_so_far_median") == 1
    assert counted("weeks_so_far_median", "men") is None


@pytest.mark.parametrize(
    ("code", "reached", "not_yet"),
    [
        ("2024-T1", date(2023, 6, 30), date(2023, 7, 1)),
        ("2024-T2", date(2023, 10, 31), date(2023, 11, 1)),
        ("2024", date(2024, 2, 29), date(2024, 3, 1)),
    ],
)
def test_ten_months_are_calendar_months(code, reached, not_yet):
    an_enrolment(reached)
    an_enrolment(not_yet)
    an_enrolment(reached, reached + 10 * DAY)
    counted = Counted(code)
    assert counted("ongoing_10_months") == 1
    assert counted("ongoing_10_months", level="AM2") == 1
