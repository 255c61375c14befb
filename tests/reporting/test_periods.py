"""Periods: which days a report is about."""

from datetime import date

import pytest

from reporting.periods import Period


@pytest.mark.parametrize(
    ("code", "last_day", "label"),
    [
        ("2026-T1", date(2026, 4, 30), "Tertialrapport 1 2026"),
        ("2026-T2", date(2026, 8, 31), "Tertialrapport 2 2026"),
        ("2024", date(2024, 12, 31), "Verksamhetsberättelse 2024"),
    ],
)
def test_a_report_is_counted_from_the_first_of_january(code, last_day, label):
    period = Period.parse(code)
    assert (period.first_day, period.last_day) == (date(int(code[:4]), 1, 1), last_day)
    assert (period.code, period.label) == (code, label)


@pytest.mark.parametrize(
    "code", ["", "2026-T3", "2026-t1", "26", "1999", "2101", "2026 ", "2026-T1\n", "٢٠٢٦", "2026-"]
)
def test_any_other_code_is_refused_with_a_sentence(code):
    with pytest.raises(ValueError, match="Skriv perioden som 2026-T1, 2026-T2 eller 2026"):
        Period.parse(code)


def test_the_previous_period_is_the_same_one_a_year_earlier():
    assert Period.parse("2026-T2").previous == Period.parse("2025-T2")
    assert Period.parse("2000").previous.first_day == date(1999, 1, 1)


def test_the_tertials_of_a_year_are_its_three():
    days = [(t.label, t.first_day, t.last_day) for t in Period.parse("2024").tertials]
    assert days == [
        ("jan–apr 2024", date(2024, 1, 1), date(2024, 4, 30)),
        ("maj–aug 2024", date(2024, 5, 1), date(2024, 8, 31)),
        ("sep–dec 2024", date(2024, 9, 1), date(2024, 12, 31)),
    ]


def test_the_tertials_of_a_report_within_the_year_are_all_over_on_its_last_day():
    assert [t.label for t in Period.parse("2026-T1").tertials] == [
        "maj–aug 2025",
        "sep–dec 2025",
        "jan–apr 2026",
    ]
    assert [t.code for t in Period.parse("2026-T2").tertials] == [
        "2025-sep–dec",
        "2026-jan–apr",
        "2026-maj–aug",
    ]


@pytest.mark.parametrize(
    ("today", "code"),
    [
        (date(2026, 4, 30), "2025"),
        (date(2026, 5, 1), "2026-T1"),
        (date(2026, 8, 31), "2026-T1"),
        (date(2026, 9, 1), "2026-T2"),
        (date(2026, 12, 31), "2026-T2"),
        (date(2027, 1, 1), "2026"),
    ],
)
def test_the_latest_finished_period_ended_before_today(today, code):
    assert Period.latest_finished(today).code == code
