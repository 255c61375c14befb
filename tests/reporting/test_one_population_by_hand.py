"""Every figure on one small population, counted by hand, at the boundaries of each period.

Who is there, with `first` and `last` the days at the two ends and LEAP a day between them:

    Anna    woman, born on a leap day 1992: AM1 for ten weeks to `first`, studies, confirmed; again
            from LEAP, AM2, open; first plan after 30 days; guidance in the first, job search in the second
    Bo      man, born 1950: 53 weeks to `last`, no level, work that nobody has confirmed
    Cilla   woman, birth date unknown, from `first`, no level, open; plan after 31 days
    David   man, from `last`, AM3, open; referred eight days before
    Eva     woman, nine weeks to LEAP, AM3, moved; guidance ended on LEAP
    Filip   man, for more than a year, ends the day after `last`, AM1
    Gun     woman, one week to `first`, AM1, back to the referrer; matching on that day

Nobody else counts: one ended the day before `first`, one starts the day after `last`, and one was
registered by mistake.
"""

from datetime import date
from typing import Any

import pytest

from participants.models import Participant
from referrals.models import Status
from reporting.figures import CATALOGUE, SEXES
from tests.builders import (
    a_participant,
    a_plan,
    a_referral,
    a_user,
    an_enrolment,
    an_intervention,
)

from .counted import DAY, ENDS, NEW_YEAR, Counted, voided

pytestmark = pytest.mark.django_db

LEAP = date(2024, 2, 29)
WEEK = 7 * DAY
LEVELS = ("AM1", "AM2", "AM3", "unknown")


@pytest.fixture(params=ENDS)
def counted(request, db) -> Counted:
    first, last = NEW_YEAR, ENDS[request.param]

    anna = a_participant(born=date(1992, 2, 29), education="secondary")
    before = an_enrolment(
        first - 10 * WEEK,
        first,
        participant=anna,
        level="AM1",
        reason="studies",
        exit_confirmed=True,
        initiator="self",
    )
    an_intervention(before, first - 3 * WEEK, first, kind="guidance")
    again = an_enrolment(LEAP, participant=anna, level="AM2", initiator="social_services")
    a_referral(LEAP - 2 * DAY, enrolment=again, level="AM1", initiator="social_services")
    a_plan(again, LEAP + 30 * DAY)
    an_intervention(again, LEAP, kind="job_search")

    bo = an_enrolment(last - 53 * WEEK, last, level=None, woman=False, born=date(1950, 5, 1))
    an_intervention(bo, last - 2 * WEEK, last, kind="matching")

    cilla = Participant.objects.create(
        personnummer=None,
        no_personnummer_reason="Väntar på nummer",
        registered_sex="women",
        first_name="Cilla",
        last_name="Test",
    )
    a_plan(an_enrolment(first, participant=cilla, level=None), first + 31 * DAY)

    david = an_enrolment(last, level="AM3", woman=False, born=date(1980, 1, 1))
    a_referral(last - 8 * DAY, enrolment=david, level="AM3", initiator="insurance_agency")

    eva = an_enrolment(LEAP - 9 * WEEK, LEAP, level="AM3", reason="moved", born=date(1980, 1, 1))
    an_intervention(eva, LEAP - WEEK, LEAP, kind="guidance")

    an_enrolment(date(2023, 1, 1), last + DAY, level="AM1", woman=False, born=date(1980, 1, 1))

    gun = an_enrolment(
        first - WEEK, first, level="AM1", reason="goal_back_to_referrer", born=date(1980, 1, 1)
    )
    an_intervention(gun, first, kind="matching")

    returned: dict[str, Any] = {
        "status": Status.RETURNED,
        "decided_by": a_user(),
        "return_reason": "Behöver vård först",
    }
    a_referral(LEAP, level="", initiator="unknown", decided_on=LEAP + 4 * DAY, **returned)

    gone = an_enrolment(first - 2 * WEEK, first - DAY, reason="studies")
    an_intervention(gone, first - 2 * WEEK, first - DAY)
    a_referral(first - DAY, enrolment=an_enrolment(last + DAY), level="AM3")
    by_mistake = an_enrolment(first, LEAP)
    an_intervention(by_mistake, first, LEAP)
    type(by_mistake).objects.filter(pk=by_mistake.pk).update(**voided())
    return Counted(request.param)


def by_sex(counted: Counted, figure: str) -> list[Any]:
    return [counted(figure, sex.code) for sex in SEXES]


def by_level(counted: Counted, figure: str) -> list[Any]:
    return [counted(figure, level=level) for level in LEVELS]


def shares(counted: Counted, figure: str) -> list[tuple[int | None, int | None]]:
    """All, and each level."""
    return [counted.share(figure), *(counted.share(figure, level=level) for level in LEVELS)]


def test_participants(counted):
    # Anna Bo Cilla David Eva Filip Gun
    assert by_sex(counted, "participants") == [7, 4, 3, 0]
    # Filip Gun | Anna, by her second | David Eva | Bo Cilla
    assert by_level(counted, "participants") == [2, 1, 2, 2]
    ages = ("16-24", "25-34", "35-44", "45-54", "55-65", "other", "unknown")
    # Anna is 32; David Eva Filip Gun are 44; Bo is 74
    assert [counted("participants", age=age) for age in ages] == [0, 1, 4, 0, 0, 1, 1]
    assert counted("participants", education="secondary") == 1
    assert counted("participants", education="unknown") == 6
    senders = ("social_services", "self", "unknown")
    assert [counted("participants", initiator=sender) for sender in senders] == [1, 0, 6]


def test_enrolments_started(counted):
    # Anna's second, Cilla, David
    assert by_sex(counted, "enrolments_started") == [3, 2, 1, 0]
    assert by_level(counted, "enrolments_started") == [0, 1, 1, 1]
    assert counted("enrolments_started", age="unknown") == 1


def test_exits(counted):
    # Anna's first, Bo, Eva, Gun
    assert by_sex(counted, "exits") == [4, 3, 1, 0]
    assert by_level(counted, "exits") == [2, 0, 1, 1]
    reasons = ("work_unsubsidised", "studies", "goal_back_to_referrer", "moved", "other", "unknown")
    assert [counted("exits", reason=reason) for reason in reasons] == [1, 1, 1, 1, 0, 0]
    assert counted("exits", age="35-44") == 2


def test_exit_share(counted):
    assert counted.share("exit_share") == (4, 4)
    assert counted.share("exit_share", reason="moved") == (1, 4)
    assert counted.share("exit_share", "women", reason="moved") == (1, 3)
    assert counted.share("exit_share", "men", reason="moved") == (0, 1)
    assert counted("exit_share", "unknown", reason="moved") is None


def test_work_or_studies_share(counted):
    assert shares(counted, "work_or_studies_share") == [(2, 4), (1, 2), (0, 0), (0, 1), (1, 1)]
    assert by_sex(counted, "work_or_studies_share") == [2 / 4, 1 / 3, 1, None]
    assert counted.share("work_or_studies_share", age="25-34") == (1, 1)


def test_weeks_enrolled_median(counted):
    # women 1, 9, 10; men 53: for all the mean of 9 and 10
    assert by_sex(counted, "weeks_enrolled_median") == [9.5, 9, 53, None]
    assert by_level(counted, "weeks_enrolled_median") == [5.5, None, 9, 53]
    assert counted("weeks_enrolled_median", reason="studies") == 10
    assert counted("weeks_enrolled_median", age="35-44") == 5


def test_weeks_enrolled_mean(counted):
    assert by_sex(counted, "weeks_enrolled_mean") == [73 / 4, 20 / 3, 53, None]
    assert by_level(counted, "weeks_enrolled_mean") == [5.5, None, 9, 53]
    assert counted("weeks_enrolled_mean", age="other") == 53


def test_ongoing(counted):
    # Anna's second, Cilla, David, Filip
    assert by_sex(counted, "ongoing") == [4, 2, 2, 0]
    assert by_level(counted, "ongoing") == [1, 1, 1, 1]
    assert counted("ongoing", age="35-44") == 2


# Days from each start to 30 April, 31 August and 31 December 2024.
FROM_LEAP = {"2024-T1": 61, "2024-T2": 184, "2024": 306}
FROM_FIRST = {"2024-T1": 120, "2024-T2": 243, "2024": 365}


def test_weeks_so_far_median(counted, request):
    code = request.node.callspec.params["counted"]
    leap, first = FROM_LEAP[code], FROM_FIRST[code]
    # David 0 days, Anna from LEAP, Cilla from the first, Filip from the year before
    assert counted("weeks_so_far_median") == pytest.approx((leap + first) / 2 / 7)
    assert counted("weeks_so_far_median", "women") == pytest.approx((leap + first) / 2 / 7)
    assert counted("weeks_so_far_median", level="AM3") == 0
    assert counted("weeks_so_far_median", level="unknown") == pytest.approx(first / 7)
    assert counted("weeks_so_far_median", "unknown") is None


def test_ongoing_10_months(counted, request):
    # Filip always; at the end of the year Anna since LEAP (29 December) and Cilla since New Year's Day
    whole_year = request.node.callspec.params["counted"] == "2024"
    assert by_level(counted, "ongoing_10_months") == ([1, 1, 0, 1] if whole_year else [1, 0, 0, 0])
    assert by_sex(counted, "ongoing_10_months") == ([3, 2, 1, 0] if whole_year else [1, 0, 1, 0])


def test_referrals(counted):
    # Anna's, David's and the one returned
    assert by_sex(counted, "referrals") == [3, 2, 1, 0]
    assert by_level(counted, "referrals") == [1, 0, 1, 1]
    senders = ("social_services", "insurance_agency", "self", "unknown")
    assert [counted("referrals", initiator=sender) for sender in senders] == [1, 1, 0, 1]
    outcomes = ("accepted", "returned", "withdrawn", "pending")
    assert [counted("referrals", outcome=outcome) for outcome in outcomes] == [2, 1, 0, 0]


def test_referral_to_decision_days_median(counted):
    # women 2 and 4; men 8
    assert by_sex(counted, "referral_to_decision_days_median") == [4, 3, 8, None]


def test_referral_to_start_days_median(counted):
    # Anna 2, David 8, by the first level of the enrolment and not the one sent
    assert by_sex(counted, "referral_to_start_days_median") == [5, 2, 8, None]
    assert by_level(counted, "referral_to_start_days_median") == [None, 2, 8, None]


def test_interventions(counted):
    # Anna twice, Bo, Eva, Gun
    assert by_sex(counted, "interventions") == [4, 3, 1, 0]
    kinds = ("guidance", "job_search", "matching", "other")
    assert [counted("interventions", kind=kind) for kind in kinds] == [2, 1, 2, 0]
    audiences = ("individual", "general")
    assert [counted("interventions", audience=audience) for audience in audiences] == [4, 1]


def test_intervention_weeks_mean(counted):
    # Anna's guidance 3 weeks, Eva's 1, Bo's matching 2
    assert by_sex(counted, "intervention_weeks_mean") == [2, 2, 2, None]
    kinds = ("guidance", "matching", "job_search")
    assert [counted("intervention_weeks_mean", kind=kind) for kind in kinds] == [2, 2, None]
    ages = ("25-34", "35-44", "other", "unknown")
    assert [counted("intervention_weeks_mean", age=age) for age in ages] == [3, 1, 2, None]


def test_plan_within_30_days_share(counted):
    # Anna in time, Cilla a day late; David came too near the last day
    assert shares(counted, "plan_within_30_days_share") == [(1, 2), (0, 0), (1, 1), (0, 0), (0, 1)]
    assert counted("plan_within_30_days_share", "men") is None


def test_re_entry_share(counted):
    # Anna, of Anna, Cilla and David
    assert [counted.share("re_entry_share", sex.code) for sex in SEXES] == [
        (1, 3),
        (1, 2),
        (0, 1),
        (0, 0),
    ]


def test_kas_exits(counted):
    # Anna B, Bo unconfirmed, Eva E, Gun D
    assert by_sex(counted, "kas_exits") == [4, 3, 1, 0]
    classes = ("A", "B", "C", "D", "E", "unconfirmed", "unknown")
    members = [counted("kas_exits", kas_class=kas_class) for kas_class in classes]
    assert members == [0, 1, 0, 1, 1, 1, 0]


def test_kas_exits_by_length(counted):
    # Anna ten weeks, Eva nine, Gun one; Bo 53 weeks
    lengths = ("up-to-6", "6-12", "12-24", "over-24")
    members = [counted("kas_exits_by_length", length=length) for length in lengths]
    assert members == [3, 0, 1, 0]


def test_kas_work_or_studies_share(counted):
    assert [counted.share("kas_work_or_studies_share", sex.code) for sex in SEXES] == [
        (1, 4),
        (1, 3),
        (0, 1),
        (0, 0),
    ]


def test_every_figure_of_cases_is_counted_here():
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    own = [figure.code for figure in CATALOGUE][:20]
    assert own[-1] == "kas_work_or_studies_share"
    assert set(own) <= tested
