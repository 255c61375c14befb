"""The goal chain and the forecasts of a report: what they say, and what the public version hides."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reporting.content import build_content, fingerprint
from reporting.counting import count
from reporting.goals.reading import BY_DAYS
from reporting.periods import Period
from reporting.reading import read
from reporting.suppression import suppress
from tests.builders import an_enrolment

from .builders import a_board_goal, an_indicator

pytestmark = pytest.mark.django_db

AFTER = date(2024, 5, 2)


def exits(year: int, month: int, number: int, reason: str = "moved", **fields: Any) -> None:
    for _ in range(number):
        an_enrolment(date(year, 1, 2), date(year, month, 15), reason=reason, **fields)


@pytest.fixture
def three_years() -> None:
    """Exits in spring and autumn: 16 and 18 in 2022, 15 and 21 in 2023, and 20 in the spring of 2024."""
    for year, spring, autumn in ((2022, 16, 18), (2023, 15, 21), (2024, 20, 0)):
        exits(year, 2, spring, "studies")
        exits(year, 10, autumn)


def content_of(code: str = "2024-T1", counted_on: date = AFTER) -> dict[str, Any]:
    return build_content(Period.parse(code), counted_on=counted_on)


def public(content: dict[str, Any]) -> dict[str, Any]:
    return suppress(content, below=5, base=10)


def forecast(content: dict[str, Any], figure: str, **by: str) -> dict[str, Any]:
    (found,) = [one for one in content["forecasts"] if (one["figure"], one["by"]) == (figure, by)]
    return found


def indicators(content: dict[str, Any]) -> list[Any]:
    chain = read(content).chain
    assert chain
    return [one for goal in chain.goals for one in goal.indicators]


def test_a_forecast_adds_what_the_rest_of_earlier_years_gave(three_years):
    found = forecast(content_of(), "exits")
    # 20 so far; the rests were 18 and 21: 38 and 41, and between them 39.5.
    assert (found["value"], found["low"], found["high"]) == (40, 38, 41)
    assert (found["years"], found["added"]) == ([2022, 2023], {"2022": 18, "2023": 21})
    share = forecast(content_of(), "work_or_studies_share")
    assert share["value"] == pytest.approx(20 / 39.5)
    assert (share["low"], share["high"]) == pytest.approx((20 / 41, 20 / 38))


def test_a_person_enrolled_all_the_year_is_not_added_again(three_years):
    found = forecast(content_of(), "participants")
    # Nobody was new after April in either year; 2024 has 20 so far.
    assert (found["value"], found["added"]) == (20, {"2022": 0, "2023": 0})


def test_with_one_earlier_year_the_count_is_drawn_out_by_days():
    exits(2023, 2, 5)
    exits(2024, 2, 12)
    found = content_of()
    # 12 in 121 of 366 days: 36.3.
    assert forecast(found, "exits")["value"] == 36
    outlook = read(found).outlook
    assert outlook
    assert outlook.method.startswith(BY_DAYS)
    assert {one.interval for one in outlook.forecasts} == {"–"}


@pytest.mark.parametrize(
    ("code", "counted_on"),
    [("2024", date(2025, 1, 2)), ("2024-T1", date(2024, 4, 30)), ("2024-T2", date(2024, 6, 1))],
)
def test_a_whole_year_and_a_part_that_is_not_over_have_no_forecast(three_years, code, counted_on):
    found = content_of(code, counted_on)
    assert found["forecasts"] == []
    assert read(found).outlook is None


def test_what_is_counted_on_a_day_and_medians_have_no_forecast(three_years):
    goal = a_board_goal(2024)
    an_indicator(goal, 10, label="Pågående", figure="ongoing")
    an_indicator(goal, 10, label="Veckor", figure="weeks_enrolled_median", direction="at_most")
    found = content_of()
    codes = {one["figure"] for one in found["forecasts"]}
    assert not codes & {"ongoing", "ongoing_10_months", "weeks_enrolled_median"}
    ongoing, weeks = indicators(found)
    assert (ongoing.forecast, weeks.forecast) == (None, None)
    # Nobody is enrolled today, and it is no number that grows. 44 days are 6.3 weeks.
    assert (ongoing.degree.code, weeks.degree.code) == ("not_met", "met")


def test_a_part_of_the_year_is_judged_by_its_forecast_and_the_year_by_its_outcome(three_years):
    an_indicator(a_board_goal(2024), 40, label="Avslut", figure="exits")
    (spring,) = indicators(content_of())
    assert (spring.outcome.text, spring.forecast_text, spring.degree.code) == ("20", "40", "met")
    (year,) = indicators(content_of("2024", date(2025, 1, 2)))
    assert (year.outcome.text, year.forecast_text, year.degree.code) == ("20", "–", "not_met")
    (underway,) = indicators(content_of("2024", date(2024, 11, 1)))
    assert underway.degree.code == "underway"


def test_an_indicator_of_a_group_is_the_value_of_that_group_and_sex(three_years):
    exits(2024, 3, 3, "studies", level="AM1", woman=False)
    goal = a_board_goal(2024)
    of = {"figure": "exits", "dimension": "level", "member": "AM1"}
    an_indicator(goal, 3, label="AM1, män", sex="men", **of)
    an_indicator(goal, 3, label="AM1, kvinnor", sex="women", **of)
    men, women = indicators(content_of())
    assert (men.outcome.text, women.outcome.text) == ("3", "0")


def test_an_outcome_by_hand_is_left_out_of_a_report_about_days_before_it():
    an_indicator(
        a_board_goal(2024),
        20,
        label="Träffar",
        figure="",
        hand_unit="persons",
        hand_outcome=Decimal(25),
        hand_until=date(2024, 8, 31),
    )
    for code, text, degree in (("2024-T1", "–", "unknown"), ("2024-T2", "25", "met")):
        (found,) = indicators(content_of(code, date(2024, 9, 2)))
        assert (found.outcome.text, found.degree.code) == (text, degree)


def test_only_the_years_own_goals_are_said_and_what_is_missing(three_years):
    a_board_goal(2023)
    bare = a_board_goal(2024, text="Mer samverkan")
    an_indicator(a_board_goal(2024), None, label="Avslut", figure="exits")
    chain = read(content_of()).chain
    assert chain
    assert chain.goals[0].title == f"1. {bare.text}"
    assert len(chain.goals) == 2
    assert chain.gaps == (
        "Målet ”1. Mer samverkan” har ingen indikator.",
        "Indikatorn ”Avslut” har inget målvärde.",
    )
    assert read(content_of("2022", date(2023, 1, 2))).chain is None


def test_what_the_content_says_stays_when_the_goal_is_changed(three_years):
    indicator = an_indicator(a_board_goal(2024), 20, label="Avslut", figure="exits")
    before = content_of()
    kept = fingerprint(before)
    indicator.target = Decimal(90)
    indicator.save()
    assert indicators(before)[0].degree.code == "met"
    assert fingerprint(before) == kept
    assert fingerprint(content_of()) != kept


def test_content_from_before_there_were_goals_is_still_read(three_years):
    old = {key: value for key, value in content_of().items() if key not in ("goals", "forecasts")}
    for content in (old, public(old)):
        report = read(content)
        assert (report.chain, report.outlook) == (None, None)


# The public version


def test_an_outcome_that_is_hidden_in_its_table_is_hidden_in_the_chain(three_years):
    exits(2024, 3, 3, level="AM1")
    goal = a_board_goal(2024)
    an_indicator(goal, 5, label="AM1", figure="exits", dimension="level", member="AM1")
    an_indicator(goal, 5, label="Anvisningar", figure="referrals")
    content = content_of()
    few, none = indicators(public(content))
    assert (few.outcome.text, few.forecast_text, few.degree.code) == ("<5", "dold", "hidden")
    assert (none.outcome.text, none.degree.code) == ("0", "not_met")
    assert [one.outcome.text for one in indicators(content)] == ["3", "0"]


def test_a_small_outcome_by_hand_is_hidden_and_a_share_is_not():
    goal = a_board_goal(2024)
    until = {"figure": "", "hand_outcome": Decimal(3), "hand_until": date(2024, 4, 30)}
    an_indicator(goal, 5, label="Personer", hand_unit="persons", **until)
    an_indicator(goal, 5, label="Procent", hand_unit="share", **until)
    persons, share = indicators(public(content_of()))
    assert (persons.outcome.text, persons.degree.code) == ("<5", "hidden")
    assert (share.outcome.text, share.degree.code) == ("3\u00a0%", "not_met")


def test_a_forecast_by_group_or_sex_is_not_published(three_years):
    goal = a_board_goal(2024)
    an_indicator(goal, 5, figure="exits", dimension="level", member="AM2")
    an_indicator(goal, 5, figure="exits", sex="women")
    said = public(content_of())["forecasts"]
    for one in said:
        assert "added" not in one
        if one["by"] or one["sex"] != "all":
            assert (one["value"], one["low"], one["high"], one["hidden"]) == (
                None,
                None,
                None,
                "dold",
            )
    assert forecast({"forecasts": [x for x in said if x["sex"] == "all"]}, "exits")["value"] == 40


def test_a_forecast_that_stands_on_a_small_number_is_not_published():
    for year, spring, autumn in ((2022, 10, 10), (2023, 10, 4), (2024, 10, 0)):
        exits(year, 2, spring)
        exits(year, 10, autumn)
    content = content_of()
    assert forecast(content, "exits")["value"] == 17
    assert forecast(public(content), "exits")["hidden"] == "dold"


@pytest.mark.parametrize(("code", "counts"), [("2024", 5), ("2024-T1", 10)])
def test_a_report_asks_as_often_whatever_is_in_the_database(three_years, code, counts):
    with CaptureQueriesContext(connection) as one_count:
        count(Period.parse("2024"))
    asked = set()
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            content_of(code, date(2025, 1, 2))
        asked.add(len(queries))
        goal = a_board_goal(2024)
        an_indicator(goal)
        an_indicator(goal)
    assert len(asked) <= 2  # the indicators are asked for when there are goals
    # Goals and indicators, the words of the dimensions, and the two ends of each transaction.
    assert max(asked) <= counts * len(one_count) + 8
