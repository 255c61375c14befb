"""Goals and indicators: what is kept, what is refused, and that an older year stays as it was."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from reporting.goals import actions
from reporting.goals.models import BoardGoal, Indicator, without_indicator, without_target
from sundbyberg_am.access import Role
from sundbyberg_am.conflicts import Conflict
from tests.builders import a_user

from .builders import a_board_goal, an_indicator

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)


@pytest.fixture
def manager():
    return a_user(Role.MANAGER)


def given(**fields: Any) -> dict[str, Any]:
    return {
        "label": "",
        "figure": "work_or_studies_share",
        "dimension": "",
        "member": "",
        "sex": "all",
        "direction": "at_least",
        "target": Decimal(50),
        "hand_unit": "",
        "hand_outcome": None,
        "hand_until": None,
        "comment": "",
        **fields,
    }


def by_hand(**fields: Any) -> dict[str, Any]:
    return given(figure="", label="Nöjda deltagare", hand_unit="share", **fields)


def refused(call: Any, *args: Any, **kwargs: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refusal:
        call(*args, **kwargs)
    error = refusal.value
    return error.message_dict if hasattr(error, "error_dict") else {"": error.messages}


def test_goals_are_numbered_within_their_year(manager):
    who = {"responsible": "Enhetschefen", "today": TODAY, "by": manager}
    first = actions.add_board_goal(2026, text="Fler i arbete", **who)
    second = actions.add_board_goal(2026, text="Fler i studier", **who)
    next_year = actions.add_board_goal(2027, text="Fler i arbete", **who)
    assert (first.number, second.number, next_year.number) == (1, 2, 1)
    assert (first.changed_by, first.version) == (manager, 1)


def test_the_same_goal_twice_in_a_year_is_refused(manager):
    goal = a_board_goal(2026)
    assert refused(
        actions.add_board_goal, 2026, text=goal.text, responsible="", today=TODAY, by=manager
    ) == {"__all__": ["Målet finns redan det året."]}


@pytest.mark.parametrize(
    ("today", "is_open"), [(date(2027, 4, 30), True), (date(2027, 5, 1), False)]
)
def test_a_year_closes_when_its_annual_report_is_approved(manager, today, is_open):
    goal = a_board_goal(2026)
    indicator = an_indicator(goal)
    empty = a_board_goal(2026)
    at = {"today": today, "by": manager}
    calls: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
        (actions.add_board_goal, (2026,), {"text": "Nytt", "responsible": ""}),
        (
            actions.change_board_goal,
            (goal,),
            {"text": "Annat", "responsible": "", "seen_version": 1},
        ),
        (actions.add_indicator, (goal,), given()),
        (actions.change_indicator, (indicator,), given(seen_version=1)),
        (actions.remove_indicator, (indicator,), {}),
        (actions.remove_board_goal, (empty,), {}),
    ]
    closed = {"": ["Målen för 2026 gick att ändra till och med 2027-04-30 och står nu som de är."]}
    for call, args, kwargs in calls:
        if is_open:
            call(*args, **kwargs, **at)
        else:
            assert refused(call, *args, **kwargs, **at) == closed
    assert BoardGoal.objects.filter(text="Annat").exists() == is_open


def test_a_years_goals_are_copied_to_the_next_and_stay_as_they_were(manager):
    goal = a_board_goal(2025)
    an_indicator(goal, 45, comment="Bra år")
    an_indicator(
        goal,
        80,
        label="Nöjda",
        figure="",
        hand_unit="share",
        hand_outcome=Decimal(82),
        hand_until=date(2025, 12, 31),
    )
    (copy,) = actions.copy_goals(2026, today=TODAY, by=manager)
    first, second = copy.indicators.all()
    assert (copy.year, copy.text, copy.responsible) == (2026, goal.text, goal.responsible)
    assert (first.figure, first.target, first.comment) == ("work_or_studies_share", Decimal(45), "")
    assert (second.hand_unit, second.target, second.hand_outcome) == ("share", Decimal(80), None)
    actions.change_indicator(
        first, **given(target=Decimal(60)), seen_version=1, today=TODAY, by=manager
    )
    assert [one.target for one in goal.indicators.all()] == [45, 80]


def test_goals_are_copied_from_a_year_that_has_some_to_one_that_has_none(manager):
    assert refused(actions.copy_goals, 2026, today=TODAY, by=manager) == {
        "": ["Det finns inga mål för 2025 att kopiera."]
    }
    a_board_goal(2025)
    actions.copy_goals(2026, today=TODAY, by=manager)
    assert refused(actions.copy_goals, 2026, today=TODAY, by=manager) == {
        "": ["Det finns redan mål för 2026."]
    }
    assert BoardGoal.objects.count() == 2


def test_an_indicator_without_a_name_has_that_of_its_figure(manager):
    found = actions.add_indicator(
        a_board_goal(2026),
        **given(dimension="level", member="AM2", sex="women"),
        today=TODAY,
        by=manager,
    )
    assert found.label == "Avslut till arbete eller studier, AM2, kvinnor"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (given(figure="made_up"), ("figure", "Siffran finns inte. Välj en i listan.")),
        (
            given(dimension="reason", member="studies"),
            ("member", "Siffran delas inte in så. Den delas in efter: nivå, ålder."),
        ),
        (
            given(figure="re_entry_share", dimension="level", member="AM1"),
            ("member", "Siffran delas inte in så. Den delas in efter: inget."),
        ),
        (
            given(dimension="level", member="AM9"),
            ("member", "Gruppen finns inte. Välj en i listan."),
        ),
        (
            given(target=Decimal("45.5")),
            ("target", "Skriv målvärdet i hela tal. Siffran visas utan decimaler."),
        ),
        (
            given(hand_unit="share"),
            ("hand_unit", "Systemet räknar siffran. Lämna det som räknas för hand tomt."),
        ),
        (given(figure=""), ("label", "Skriv vad som räknas.")),
        (
            given(figure="", label="Nöjda"),
            ("hand_unit", "Välj vad som räknas, eller välj en siffra som systemet räknar."),
        ),
        (
            by_hand(sex="women"),
            ("figure", "Grupp och kön hör till en siffra. Välj siffran, eller ta bort dem."),
        ),
        (
            by_hand(hand_outcome=Decimal(4)),
            ("hand_until", "Ange både utfallet och vilken dag det gäller till."),
        ),
        (
            by_hand(hand_until=date(2026, 8, 31)),
            ("hand_outcome", "Ange både utfallet och vilken dag det gäller till."),
        ),
        (
            by_hand(hand_outcome=Decimal(4), hand_until=date(2025, 12, 31)),
            ("hand_until", "Målen gäller 2026. Ange en dag det året."),
        ),
    ],
)
def test_an_indicator_that_cannot_be_counted_is_refused(manager, fields, sentence):
    field, words = sentence
    goal = a_board_goal(2026)
    found = refused(actions.add_indicator, goal, **fields, today=TODAY, by=manager)
    assert found[field] == [words]
    assert not Indicator.objects.exists()


def test_a_median_may_have_a_target_with_a_decimal(manager):
    found = actions.add_indicator(
        a_board_goal(2026),
        **given(figure="weeks_enrolled_median", target=Decimal("16.5")),
        today=TODAY,
        by=manager,
    )
    assert found.target == Decimal("16.5")


def test_a_goal_that_is_measured_is_not_removed(manager):
    indicator = an_indicator()
    goal = indicator.goal
    assert refused(actions.remove_board_goal, goal, today=TODAY, by=manager) == {
        "": ["Målet har indikatorer. Ta bort dem först."]
    }
    actions.remove_indicator(indicator, today=TODAY, by=manager)
    actions.remove_board_goal(goal, today=TODAY, by=manager)
    assert not BoardGoal.objects.exists()
    assert refused(actions.remove_board_goal, goal, today=TODAY, by=manager) == {"": [actions.GONE]}


def test_two_who_change_the_same_indicator_are_told(manager):
    indicator = an_indicator()
    change = {"seen_version": 1, "today": TODAY, "by": manager}
    actions.change_indicator(indicator, **given(target=Decimal(60)), **change)
    with pytest.raises(Conflict):
        actions.change_indicator(indicator, **given(target=Decimal(70)), **change)
    assert Indicator.objects.get().target == 60


def test_what_is_missing_is_found():
    bare, measured = a_board_goal(2026), a_board_goal(2026)
    an_indicator(measured, 50)
    open_ended = an_indicator(measured, None)
    goals = list(BoardGoal.objects.of_year(2026))
    assert without_indicator(goals) == [bare]
    assert without_target(goals) == [open_ended]
