"""The forecast for the year, reckoned by hand."""

import pytest

from reporting.figures import CATALOGUE
from reporting.forecast import Forecast, can_be_forecast, forecast_count, forecast_share

T1, YEAR = 120, 365


def test_a_count_is_what_is_so_far_and_the_mean_of_what_the_rest_added():
    # 40 so far; the rest added 90, 100 and 111: 130, 140 and 151, of which the mean is 140.33.
    found = forecast_count(40, {2025: 111, 2023: 90, 2024: 100}, gone=T1, days=YEAR)
    assert found == Forecast(140, 130, 151, (2023, 2024, 2025))


def test_half_a_person_is_rounded_up():
    assert forecast_count(10, {2024: 4, 2025: 5}, gone=T1, days=YEAR).value == 15


def test_a_count_with_one_earlier_year_is_drawn_out_by_days_without_an_interval():
    # 40 in 120 of 365 days: 121.67.
    assert forecast_count(40, {2025: 90}, gone=T1, days=YEAR) == Forecast(122, None, None, ())


def test_a_count_of_nothing_without_earlier_years_is_nothing():
    assert forecast_count(0, {}, gone=T1, days=YEAR) == Forecast(0, None, None, ())


def test_a_group_that_others_leave_may_shrink():
    # Persons by level: some go on to another level before the year is over.
    assert forecast_count(10, {2024: -2, 2025: 0}, gone=T1, days=YEAR) == Forecast(
        9, 8, 10, (2024, 2025)
    )


def test_a_share_is_forecast_by_its_numerator_and_its_denominator():
    # 10 of 40 so far; the rest gave 30 of 60 and 50 of 60. Mean: (10 + 40) / (40 + 60).
    found = forecast_share((10, 40), {2024: (30, 60), 2025: (50, 60)})
    assert found.value == pytest.approx(0.5)
    # 40 of 100 the one year, 60 of 100 the other.
    assert (found.low, found.high) == pytest.approx((0.4, 0.6))
    assert found.years == (2024, 2025)


def test_the_mean_of_a_share_is_of_its_parts_and_not_of_shares():
    # The shares would be 1/2 and 9/10, with the mean 0.7; the parts give 19 of 30.
    found = forecast_share((0, 0), {2024: (10, 20), 2025: (9, 10)})
    assert found.value == pytest.approx(19 / 30)


def test_a_share_with_one_earlier_year_stays_as_it_is():
    assert forecast_share((10, 40), {2025: (30, 60)}) == Forecast(0.25, None, None, ())


@pytest.mark.parametrize("added", [{}, {2024: (0, 0), 2025: (0, 0)}])
def test_a_share_of_nothing_has_no_forecast(added):
    assert forecast_share((0, 0), added).value is None


def test_a_year_that_would_give_a_share_of_nothing_is_in_no_interval():
    found = forecast_share((0, 0), {2024: (0, 0), 2025: (5, 10)})
    assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)


def test_medians_means_and_what_is_counted_on_a_day_are_never_forecast():
    foreseen = {figure.code for figure in CATALOGUE if can_be_forecast(figure)}
    assert not {code for code in foreseen if code.endswith(("_median", "_mean"))}
    assert not foreseen & {"ongoing", "ongoing_10_months", "weeks_so_far_median"}
    assert {"participants", "exits", "exit_share", "work_or_studies_share"} <= foreseen
