"""When a referral is to be answered, against days counted by hand in a calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.deadlines import answer_due, is_working_day

# submitted, answer due: ten working days later
BY_HAND = [
    ("2026-11-23", "2026-12-07"),  # nothing in between
    ("2026-11-21", "2026-12-04"),  # sent on a Saturday
    ("2026-05-06", "2026-05-21"),  # Ascension Day
    ("2029-06-01", "2029-06-18"),  # National Day on a Wednesday
    # Easter
    ("2026-03-27", "2026-04-14"),
    ("2027-03-19", "2027-04-06"),
    ("2028-04-07", "2028-04-25"),
    ("2029-03-23", "2029-04-10"),
    ("2030-04-12", "2030-04-30"),
    # Midsummer
    ("2026-06-12", "2026-06-29"),
    ("2027-06-18", "2027-07-05"),
    ("2028-06-16", "2028-07-03"),
    ("2029-06-15", "2029-07-02"),
    ("2030-06-14", "2030-07-01"),
    # Christmas and New Year
    ("2026-12-18", "2027-01-08"),
    ("2027-12-17", "2028-01-04"),
    ("2028-12-15", "2029-01-03"),
    ("2029-12-14", "2030-01-04"),
    ("2030-12-13", "2031-01-03"),
]


@pytest.mark.parametrize(("submitted", "due"), BY_HAND)
def test_answer_due_counted_by_hand(submitted, due):
    assert answer_due(date.fromisoformat(submitted)) == date.fromisoformat(due)


@pytest.mark.parametrize("eve", ["2026-06-19", "2026-12-24", "2026-12-31", "2029-12-31"])
def test_the_three_eves_are_no_working_days(eve):
    assert not is_working_day(date.fromisoformat(eve))


@pytest.mark.parametrize("day", ["2026-04-02", "2026-01-05", "2026-10-30"])
def test_other_days_before_a_holiday_are_working_days(day):
    assert is_working_day(date.fromisoformat(day))


@given(st.dates(date(2021, 1, 1), date(2040, 12, 31)))
def test_ten_working_days_lie_between(submitted):
    due = answer_due(submitted)
    days = [submitted + timedelta(days=n) for n in range(1, (due - submitted).days + 1)]
    assert sum(is_working_day(day) for day in days) == 10
    assert is_working_day(due)
