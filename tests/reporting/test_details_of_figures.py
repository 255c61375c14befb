"""What a second counter would stumble on: sex, 29 February, mistakes, retired reasons, what never was."""

from datetime import date

import pytest

from participants.models import ExitReason
from referrals.models import Status
from tests.builders import (
    a_level,
    a_participant,
    a_personnummer,
    a_plan,
    a_referral,
    a_user,
    an_enrolment,
    an_intervention,
)

from .counted import DAY, EACH_PERIOD, NEW_YEAR, Counted, voided

pytestmark = pytest.mark.django_db

LEAP = date(2024, 2, 29)


def test_a_registered_sex_goes_before_the_number_everywhere():
    person = a_participant(woman=True, registered_sex="men")
    enrolment = an_enrolment(NEW_YEAR, LEAP, participant=person)
    an_intervention(enrolment, NEW_YEAR, LEAP)
    a_referral(NEW_YEAR, enrolment=enrolment)
    a_referral(
        LEAP,
        personnummer=person.personnummer,
        status=Status.RETURNED,
        decided_on=LEAP,
        decided_by=a_user(),
        return_reason="Behöver vård först",
    )
    counted = Counted("2024")
    for figure in ("participants", "exits", "interventions", "kas_exits"):
        assert (counted(figure, "women"), counted(figure, "men")) == (0, 1), figure
    assert (counted("referrals", "women"), counted("referrals", "men")) == (0, 2)
    assert counted("referral_to_decision_days_median", "men") == 0


def test_a_coordination_number_tells_the_sex_as_a_personnummer_does():
    # day 03 + 60; ninth digit odd
    born = a_personnummer(date(1990, 5, 3), woman=False)
    a_referral(NEW_YEAR, personnummer=born[:6] + "63" + born[8:])
    assert Counted("2024")("referrals", "men") == 1


@pytest.mark.parametrize(("code", "band"), [("2024", "16-24"), ("2025-T1", "25-34")])
def test_one_born_on_29_february_has_had_the_birthday_on_the_last_day(code, band):
    an_enrolment(date(2023, 6, 1), born=date(2000, 2, 29))
    assert Counted(code)("participants", age=band) == 1


def test_the_age_is_that_of_the_periods_last_day_also_for_one_who_left_before():
    an_enrolment(NEW_YEAR, LEAP, born=date(1999, 12, 31))
    assert Counted("2024-T1")("exits", age="16-24") == 1
    counted = Counted("2024")
    assert counted("exits", age="25-34") == 1
    assert counted("enrolments_started", age="25-34") == 1
    assert counted.share("work_or_studies_share", age="25-34") == (1, 1)


@pytest.mark.parametrize(
    ("ended_on", "started_on", "again"),
    [
        (date(2024, 2, 28), date(2025, 2, 28), True),
        (date(2024, 2, 27), date(2025, 2, 28), False),
        (LEAP, date(2025, 2, 28), True),
        (LEAP, date(2025, 3, 1), False),
        (date(2024, 3, 1), date(2025, 3, 1), True),
    ],
)
def test_a_re_entry_is_counted_in_calendar_months_from_the_start(ended_on, started_on, again):
    person = a_participant()
    an_enrolment(ended_on - 40 * DAY, ended_on, participant=person)
    an_enrolment(started_on, participant=person)
    assert Counted("2025").share("re_entry_share") == (int(again), 1)


@EACH_PERIOD
def test_a_re_entry_is_looked_for_at_both_ends_of_the_period(code, last):
    for start in (NEW_YEAR - DAY, NEW_YEAR, last, last + DAY):
        person = a_participant()
        an_enrolment(start - 30 * DAY, start - DAY, participant=person)
        an_enrolment(start, participant=person)
    # The re-entries on the two days at the ends, and the two first enrolments of those who left near `last`.
    assert Counted(code).share("re_entry_share") == (2, 4)


def test_the_second_of_two_enrolments_in_a_period_is_a_re_entry():
    person = a_participant()
    an_enrolment(NEW_YEAR, LEAP, participant=person, level="AM1")
    an_enrolment(LEAP + DAY, participant=person, level="AM3")
    counted = Counted("2024-T1")
    assert counted.share("re_entry_share") == (1, 2)
    assert counted("participants") == 1
    # Each enrolment by its own level, not by the person's latest.
    levels = ("AM1", "AM2", "AM3")
    assert [counted("exits", level=level) for level in levels] == [1, 0, 0]
    assert [counted("ongoing", level=level) for level in levels] == [0, 0, 1]
    assert [counted("enrolments_started", level=level) for level in levels] == [1, 0, 1]


def test_a_level_from_after_the_last_day_is_not_in_force():
    a_level(an_enrolment(NEW_YEAR, level=None), "AM2", date(2024, 5, 1))
    early, late = Counted("2024-T1"), Counted("2024-T2")
    assert (early("ongoing", level="unknown"), late("ongoing", level="AM2")) == (1, 1)
    # The first that was registered is the same whenever one asks.
    assert early("enrolments_started", level="AM2") == 1


@EACH_PERIOD
def test_an_answer_after_the_last_day_is_still_to_come(code, last):
    for status in (Status.COMPLETION_ASKED, Status.COMPLETED):
        a_referral(LEAP, status=status)
    accepted = an_enrolment(last + DAY)
    a_referral(LEAP, enrolment=accepted)
    a_referral(LEAP, status=Status.WITHDRAWN, withdrawn_on=last + DAY)
    counted = Counted(code)
    assert counted("referrals", outcome="pending") == 4
    assert counted("referrals", outcome="accepted") == 0
    assert counted("referral_to_decision_days_median") is None


def test_a_referral_stays_counted_when_its_enrolment_was_a_mistake():
    enrolment = an_enrolment(LEAP)
    a_referral(LEAP - DAY, enrolment=enrolment)
    type(enrolment).objects.filter(pk=enrolment.pk).update(**voided())
    counted = Counted("2024")
    assert counted("referrals", outcome="accepted") == 1
    assert counted("referral_to_decision_days_median") == 1
    assert counted("referral_to_start_days_median") is None
    assert counted("participants") == 0


def test_a_retired_reason_keeps_its_history():
    ExitReason.objects.filter(code="studies").update(retired_on=date(2024, 1, 31))
    an_enrolment(NEW_YEAR, LEAP, reason="studies", exit_confirmed=True)
    counted = Counted("2024")
    assert counted("exits", reason="studies") == 1
    assert counted.share("exit_share", reason="studies") == (1, 1)
    assert counted.share("work_or_studies_share") == (1, 1)
    assert counted("kas_exits", kas_class="B") == 1


def test_a_reason_of_the_office_has_the_class_that_the_office_gave_it():
    ExitReason.objects.create(
        code="parental", label="Föräldraledig", counts_as="other", kas_class="C", position=90
    )
    # Confirmation is asked for work and studies only; an answer to it changes no other class.
    an_enrolment(NEW_YEAR, LEAP, reason="parental", exit_confirmed=False)
    counted = Counted("2024")
    assert counted("kas_exits", kas_class="C") == 1
    assert counted.share("work_or_studies_share") == (0, 1)


def test_who_sent_the_person_may_be_unknown():
    an_enrolment(NEW_YEAR, initiator="unknown")
    a_referral(LEAP, initiator="unknown")
    counted = Counted("2024")
    assert counted("participants", initiator="unknown") == 1
    assert counted("referrals", initiator="unknown") == 1


def test_an_intervention_that_came_to_nothing_is_counted_nowhere():
    enrolment = an_enrolment(NEW_YEAR)
    an_intervention(enrolment, LEAP, LEAP, kind="guidance", outcome="not_started")
    counted = Counted("2024")
    assert counted("interventions") == 0
    assert counted("intervention_weeks_mean") is None
    an_intervention(enrolment, LEAP, LEAP + 7 * DAY, kind="guidance", outcome="interrupted")
    counted = Counted("2024")
    assert counted("interventions", kind="guidance") == 1
    assert counted("intervention_weeks_mean") == 1


def test_a_summer_job_is_a_kind_of_intervention_for_one_who_is_enrolled():
    an_intervention(an_enrolment(NEW_YEAR), date(2024, 6, 10), kind="summer_job")
    a_participant()  # nobody is a participant by being known
    counted = Counted("2024")
    assert counted("interventions", kind="summer_job") == 1
    assert counted("interventions", audience="general") == 1
    assert counted("participants") == 1


def test_interventions_of_both_enrolments_of_a_person_count_the_person_once():
    person = a_participant()
    first = an_enrolment(NEW_YEAR, LEAP, participant=person)
    second = an_enrolment(LEAP + DAY, participant=person)
    for enrolment, start in ((first, LEAP), (second, LEAP + DAY)):
        an_intervention(enrolment, start, start + 7 * DAY, kind="matching")
    counted = Counted("2024")
    assert (counted("interventions"), counted("interventions", kind="matching")) == (1, 1)
    # Lengths are of interventions, so both.
    assert counted("intervention_weeks_mean") == 1


def test_the_first_plan_counts_and_a_draft_before_it_does_not():
    enrolment = an_enrolment(LEAP)
    a_plan(enrolment, LEAP + 30 * DAY)
    a_plan(enrolment, LEAP + 200 * DAY)
    a_plan(enrolment)
    late = an_enrolment(LEAP)
    a_plan(late, LEAP + 31 * DAY)
    assert Counted("2024").share("plan_within_30_days_share") == (1, 2)


@EACH_PERIOD
def test_what_is_registered_by_mistake_counts_in_no_figure(code, last):
    enrolment = an_enrolment(NEW_YEAR, last, reason="studies", exit_confirmed=True)
    an_intervention(enrolment, NEW_YEAR, last)
    a_plan(enrolment, NEW_YEAR)
    type(enrolment).objects.filter(pk=enrolment.pk).update(**voided())
    assert {value.value for value in Counted(code).found.values()} == {0, None}
