"""What changes between two assessments: pure, with examples and properties."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from participants.domains import NOT_ASSESSED, Domain
from participants.models.progress import months_later
from participants.progress import Direction, compare, progress_between

JANUARY, APRIL, JULY = date(2026, 1, 12), date(2026, 4, 12), date(2026, 7, 12)

steps = some.dictionaries(some.sampled_from(list(Domain)), some.none() | some.integers(1, 5))


def test_every_domain_has_a_question_and_five_anchors_of_its_own():
    anchors = [anchor for domain in Domain for anchor in domain.anchors]
    questions = [domain.question for domain in Domain]
    assert len(list(Domain)) == 12
    assert len(set(anchors)) == len(anchors) == 60
    assert len(set(questions)) == 12
    assert all(question.endswith("?") for question in questions)
    # A line on a telephone, and a whole sentence.
    assert all(10 < len(anchor) < 90 and anchor.endswith(".") for anchor in anchors)
    assert Domain.HOUSING.anchor(5) == "Har ett tryggt boende som fungerar."
    assert NOT_ASSESSED not in anchors


def test_a_change_has_its_direction_in_word_and_sign():
    before = {"health": 2, "housing": 4, "economy": 3, "network": 1}
    after = {"health": 4, "housing": 3, "economy": 3, "family": 5, "network": None}
    found = {str(change.domain): (change.text, change.tone) for change in compare(before, after)}
    assert found["health"] == ("Högre (+2)", "success")
    assert found["housing"] == ("Lägre (−1)", "warning")
    assert found["economy"] == ("Lika (0)", "neutral")
    for domain in ("family", "network", "language"):
        assert found[domain] == ("Går inte att jämföra", "neutral")
    assert list(found) == Domain.values


def test_not_assessed_is_not_low():
    assert progress_between({"health": 1}, {"health": None}) is None
    assert progress_between({"health": 1}, {"housing": 5}) is None
    both = progress_between({"health": 1, "housing": 1}, {"health": 1, "housing": None})
    assert both and (both.difference, both.direction) == (0, Direction.UNCHANGED)


@pytest.mark.parametrize(
    ("after", "summed", "direction", "is_clear"),
    [
        ({"health": 3, "housing": 3}, 0, "unchanged", False),
        ({"health": 4, "housing": 3}, 1, "improved", False),
        ({"health": 3, "housing": 2}, -1, "worsened", False),
        ({"health": 5, "housing": 1}, 0, "unchanged", True),  # clear in one domain, none in sum
        ({"health": 5, "housing": 3, "family": 1}, 2, "improved", True),
        ({"health": 4, "housing": 4}, 2, "improved", False),  # two steps, but in two domains
        ({"health": 1, "housing": 3}, -2, "worsened", False),
    ],
)
def test_progress_is_the_sum_and_clear_is_two_steps_in_one_domain(
    after, summed, direction, is_clear
):
    found = progress_between({"health": 3, "housing": 3}, after)
    assert found
    assert (found.difference, found.direction, found.is_clear) == (summed, direction, is_clear)


@given(before=steps, after=steps)
def test_there_and_back_again_sums_to_nothing(before, after):
    there, back = progress_between(before, after), progress_between(after, before)
    if there is None or back is None:
        assert there is back is None
        assert not {d for d in before if before[d]} & {d for d in after if after[d]}
        return
    assert there.difference == -back.difference
    assert (there.higher, there.same, there.lower) == (back.lower, back.same, back.higher)
    assert there.higher + there.same + there.lower == len(there.changes)
    assert (there.direction == "improved") == (back.direction == "worsened")


@given(before=steps, after=steps)
def test_each_domain_is_compared_alone(before, after):
    for change in compare(before, after):
        assert (change.before, change.after) == (
            before.get(change.domain),
            after.get(change.domain),
        )
        if change.difference is None:
            assert change.before is None or change.after is None
        else:
            assert change.after == (change.before or 0) + change.difference


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 1, 12), date(2026, 4, 12)),
        (date(2025, 11, 30), date(2026, 2, 28)),
        (date(2023, 11, 30), date(2024, 2, 29)),
        (date(2026, 1, 31), date(2026, 4, 30)),
        (date(2026, 12, 31), date(2027, 3, 31)),
    ],
)
def test_three_months_later_is_clipped_to_the_month(day, later):
    assert months_later(day, 3) == later
