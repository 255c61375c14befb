"""Degrees of fulfilment, at their boundaries."""

from decimal import Decimal

import pytest

from reporting.goals.degrees import Degree, Direction, as_shown, degree_of, degree_so_far

LEAST, MOST = Direction.AT_LEAST, Direction.AT_MOST


@pytest.mark.parametrize(
    ("value", "target", "direction", "degree"),
    [
        ("50", "50", LEAST, Degree.MET),
        ("51", "50", LEAST, Degree.MET),
        ("49.9", "50", LEAST, Degree.PARTLY),
        ("45", "50", LEAST, Degree.PARTLY),  # a tenth of the target short
        ("44.9", "50", LEAST, Degree.NOT_MET),
        ("0", "0", LEAST, Degree.MET),
        ("20", "20", MOST, Degree.MET),
        ("19", "20", MOST, Degree.MET),
        ("20.1", "20", MOST, Degree.PARTLY),
        ("22", "20", MOST, Degree.PARTLY),
        ("22.1", "20", MOST, Degree.NOT_MET),
        ("1", "0", MOST, Degree.NOT_MET),
    ],
)
def test_a_value_meets_its_target_so_far(value, target, direction, degree):
    assert degree_of(Decimal(value), Decimal(target), direction) is degree


@pytest.mark.parametrize("of", [degree_of, degree_so_far])
def test_without_a_value_or_a_target_nothing_can_be_said(of):
    assert of(None, Decimal(50), LEAST) is Degree.UNKNOWN
    assert of(Decimal(50), None, LEAST) is Degree.UNKNOWN


@pytest.mark.parametrize(
    ("value", "direction", "degree"),
    [
        (99, LEAST, Degree.UNDERWAY),
        (100, LEAST, Degree.MET),
        (100, MOST, Degree.UNDERWAY),
        (101, MOST, Degree.PARTLY),
        (111, MOST, Degree.NOT_MET),
    ],
)
def test_a_number_that_grows_is_judged_when_it_has_reached_or_passed_the_target(
    value, direction, degree
):
    assert degree_so_far(Decimal(value), Decimal(100), direction) is degree


def test_what_is_compared_is_rounded_half_up_as_it_is_shown():
    assert as_shown(44.5, 0) == Decimal(45)
    assert as_shown(16.25, 1) == Decimal("16.3")


def test_each_degree_differs_in_sign_and_word():
    assert len({degree.sign for degree in Degree}) == len(Degree)
    assert len({degree.word for degree in Degree}) == len(Degree)
    assert [Degree.of_code(degree.code) for degree in Degree] == list(Degree)
    assert Degree.MET.text == "✓ Uppfyllt"
