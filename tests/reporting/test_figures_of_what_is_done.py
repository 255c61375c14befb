"""Figures of referrals, interventions and KAS, each on a small population counted by hand."""

from datetime import date
from typing import Any

import pytest
from django.db import connections

from referrals.models import Status
from reporting.counting import count, one_snapshot
from reporting.figures import CATALOGUE, SEXES
from reporting.periods import Period
from tests.builders import (
    a_level,
    a_participant,
    a_referral,
    a_user,
    an_enrolment,
    an_intervention,
)

from .counted import DAY, EACH_PERIOD, NEW_YEAR, Counted, voided

pytestmark = pytest.mark.django_db


# referrals


@EACH_PERIOD
def test_referrals_are_those_submitted_in_the_period_with_the_answer_of_its_last_day(code, last):
    by = a_user()
    returned: dict[str, Any] = {
        "status": Status.RETURNED,
        "decided_by": by,
        "return_reason": "Behöver vård först",
    }
    a_referral(NEW_YEAR, level="", initiator="self")
    a_referral(last, decided_on=last, **returned)
    a_referral(last, decided_on=last + DAY, **returned)
    a_referral(last, status=Status.WITHDRAWN, withdrawn_on=last)
    a_referral(last, status=Status.WITHDRAWN, withdrawn_on=last + DAY)
    a_referral(NEW_YEAR, enrolment=an_enrolment(last))
    a_referral(NEW_YEAR, enrolment=an_enrolment(last + DAY, woman=False))
    a_referral(NEW_YEAR - DAY)
    a_referral(last + DAY)
    a_referral(None, status=Status.DRAFT)
    counted = Counted(code)
    assert counted("referrals") == 7
    outcomes = ("accepted", "returned", "withdrawn", "pending")
    assert [counted("referrals", outcome=outcome) for outcome in outcomes] == [1, 1, 1, 4]
    assert [counted("referrals", level=level) for level in ("AM2", "unknown")] == [6, 1]
    assert counted("referrals", initiator="self") == 1
    assert [counted("referrals", sex.code) for sex in SEXES] == [7, 6, 1, 0]


def test_a_person_referred_twice_counts_twice_and_one_without_number_is_of_unknown_sex():
    by = a_user()
    for day in (1, 2):
        a_referral(
            date(2024, 2, day),
            personnummer=None,
            no_personnummer_reason="Väntar på nummer",
            status=Status.RETURNED,
            decided_on=date(2024, 2, 3),
            decided_by=by,
            return_reason="Behöver vård först",
        )
    counted = Counted("2024")
    assert counted("referrals", "unknown") == 2
    assert counted("referral_to_decision_days_median", "unknown") == 1.5


@EACH_PERIOD
def test_days_to_decision_are_of_referrals_decided_in_the_period(code, last):
    returned: dict[str, Any] = {
        "status": Status.RETURNED,
        "decided_by": a_user(),
        "return_reason": "Behöver vård först",
    }
    a_referral(NEW_YEAR - 4 * DAY, decided_on=NEW_YEAR, **returned)
    a_referral(last - 7 * DAY, enrolment=an_enrolment(last, woman=False))
    a_referral(last - 90 * DAY, decided_on=last + DAY, **returned)
    a_referral(NEW_YEAR - 90 * DAY, decided_on=NEW_YEAR - DAY, **returned)
    a_referral(last - 50 * DAY, status=Status.WITHDRAWN, withdrawn_on=last)
    counted = Counted(code)
    medians = [counted("referral_to_decision_days_median", sex.code) for sex in SEXES]
    assert medians == [5.5, 4, 7, None]


@EACH_PERIOD
def test_days_to_start_are_of_enrolments_started_that_came_from_a_referral(code, last):
    first = an_enrolment(NEW_YEAR, level="AM1")
    a_level(first, "AM3", NEW_YEAR + DAY)
    a_referral(NEW_YEAR - 3 * DAY, enrolment=first)
    a_referral(last - 8 * DAY, enrolment=an_enrolment(last, level=None))
    a_referral(NEW_YEAR - 99 * DAY, enrolment=an_enrolment(NEW_YEAR - DAY))
    a_referral(last, enrolment=an_enrolment(last + DAY))
    an_enrolment(NEW_YEAR)
    counted = Counted(code)
    assert counted("referral_to_start_days_median") == 5.5
    levels = ("AM1", "AM2", "AM3", "unknown")
    medians = [counted("referral_to_start_days_median", level=level) for level in levels]
    assert medians == [3, None, None, 8]


# interventions


@EACH_PERIOD
def test_interventions_count_participants_once_a_kind(code, last):
    enrolment = an_enrolment(date(2023, 1, 1))
    an_intervention(enrolment, date(2023, 5, 1), NEW_YEAR, kind="guidance")
    an_intervention(enrolment, date(2023, 6, 1), kind="job_search")  # goes on
    an_intervention(enrolment, date(2024, 2, 1), date(2024, 2, 2), kind="job_search")
    other = an_enrolment(date(2023, 1, 1), woman=False)
    an_intervention(other, last, kind="guidance")
    late = an_enrolment(date(2023, 1, 1))
    an_intervention(late, last + DAY)
    an_intervention(late, date(2023, 3, 1), NEW_YEAR - DAY)
    leaving = an_enrolment(date(2023, 1, 1), NEW_YEAR)
    an_intervention(leaving, date(2023, 2, 1), NEW_YEAR, kind="matching")
    over = an_enrolment(date(2023, 1, 1), date(2023, 12, 1))
    an_intervention(over, date(2023, 2, 1), date(2024, 2, 1))  # no participant of the period
    by_mistake = an_enrolment(date(2023, 1, 1))
    an_intervention(by_mistake, NEW_YEAR)
    type(by_mistake).objects.filter(pk=by_mistake.pk).update(**voided())
    counted = Counted(code)
    assert [counted("interventions", sex.code) for sex in SEXES] == [3, 2, 1, 0]
    kinds = ("guidance", "job_search", "matching", "other")
    assert [counted("interventions", kind=kind) for kind in kinds] == [2, 1, 1, 0]
    assert counted("interventions", audience="individual") == 3
    assert counted("interventions", audience="general") == 1


@EACH_PERIOD
def test_intervention_weeks_are_of_those_ended_in_the_period(code, last):
    enrolment = an_enrolment(date(2023, 1, 1), born=date(1990, 2, 1))
    an_intervention(enrolment, NEW_YEAR - 7 * DAY, NEW_YEAR, kind="guidance")
    an_intervention(enrolment, last - 14 * DAY, last, kind="matching")
    an_intervention(enrolment, NEW_YEAR - 90 * DAY, NEW_YEAR - DAY, kind="matching")
    an_intervention(enrolment, NEW_YEAR, last + DAY, kind="matching")
    an_intervention(enrolment, NEW_YEAR, kind="other")
    counted = Counted(code)
    assert counted("intervention_weeks_mean") == 1.5
    kinds = ("guidance", "matching", "other")
    assert [counted("intervention_weeks_mean", kind=kind) for kind in kinds] == [1, 2, None]
    assert counted("intervention_weeks_mean", age="25-34") == 1.5


# KAS


@EACH_PERIOD
def test_kas_counts_each_person_by_the_last_exit_of_the_period(code, last):
    person = a_participant()
    an_enrolment(
        NEW_YEAR - DAY, NEW_YEAR, participant=person, reason="studies", exit_confirmed=True
    )
    an_enrolment(date(2024, 2, 1), last, participant=person, reason="goal_back_to_referrer")
    an_enrolment(NEW_YEAR, last + DAY, reason="moved")
    an_enrolment(date(2023, 1, 1), NEW_YEAR - DAY, reason="moved")
    counted = Counted(code)
    assert counted("kas_exits") == 1
    assert counted("kas_exits", kas_class="D") == 1
    assert counted.share("kas_work_or_studies_share") == (0, 1)


@pytest.mark.parametrize(
    ("reason", "confirmed", "kas_class"),
    [
        ("work_unsubsidised", True, "A"),
        ("work_subsidised", None, "unconfirmed"),
        ("work_subsidised", False, "E"),
        ("studies", True, "B"),
        ("studies", None, "unconfirmed"),
        ("studies", False, "E"),
        ("goal_other_actor", None, "C"),
        ("other_benefit", None, "C"),
        ("goal_back_to_referrer", None, "D"),
        ("municipal_employment", None, "E"),
        ("moved", None, "E"),
        ("deceased", None, "E"),
        ("ended_by_participant", None, "E"),
        ("ended_by_unit", None, "E"),
        ("other", None, "E"),
        ("unknown", None, "unknown"),
    ],
)
def test_the_kas_class_follows_from_the_reason_and_its_confirmation(reason, confirmed, kas_class):
    an_enrolment(NEW_YEAR, date(2024, 3, 1), reason=reason, exit_confirmed=confirmed)
    an_enrolment(NEW_YEAR, date(2024, 3, 1), reason="moved", woman=False)
    counted = Counted("2024")
    assert counted("kas_exits", "women", kas_class=kas_class) == 1
    assert counted("kas_exits") == 2
    in_a_or_b = kas_class in ("A", "B")
    assert counted.share("kas_work_or_studies_share") == (int(in_a_or_b), 2)
    assert counted("kas_work_or_studies_share", "women") == int(in_a_or_b)


# one moment


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_all_that_is_counted_together_is_counted_at_one_moment():
    an_enrolment(NEW_YEAR)
    other = connections.create_connection("default")
    try:
        with one_snapshot():
            before = Counted("2024")("participants")
            with other.cursor() as cursor:
                cursor.execute("UPDATE participants_enrolment SET started_on = '2025-01-01'")
            during = Counted("2024")("participants")
    finally:
        other.close()
    assert (before, during, Counted("2024")("participants")) == (1, 1, 0)


# nothing to count


def test_with_nothing_to_count_every_member_is_there_with_zero_or_no_value():
    values = count(Period.parse("2024"))
    assert {value.figure for value in values} == {figure.code for figure in CATALOGUE}
    for figure in CATALOGUE:
        own = [value for value in values if value.figure == figure.code]
        empty = 0 if figure.measure == "count" else None
        assert {value.value for value in own} == {empty}
        shares = figure.unit == "share"
        assert {(v.numerator, v.denominator) for v in own} == {(0, 0) if shares else (None, None)}
    levels = [v.by["level"] for v in values if v.figure == "participants" and "level" in v.by]
    assert levels[::4] == ["AM1", "AM2", "AM3", "unknown"]
