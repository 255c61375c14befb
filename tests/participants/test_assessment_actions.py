"""Assessments: what they store, what they refuse, when they are due, and several at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from participants import actions
from participants.models import Assessment, DomainSteps, Enrolment, Occasion
from participants.models.progress import progress_due_on
from sundbyberg_am.conflicts import VERSION_CONFLICT
from tests.builders import a_user, an_assessment, an_enrolment

pytestmark = pytest.mark.django_db

START, END, TODAY = date(2026, 1, 12), date(2026, 6, 1), date(2026, 11, 2)
DAY = timedelta(days=1)


def assess(enrolment: Enrolment, day: date = START, **given) -> Assessment:
    return actions.add_assessment(
        enrolment,
        **{
            "assessed_on": day,
            "occasion": Occasion.START,
            "participant_steps": {},
            "consultant_steps": {"health": 2},
            "today": TODAY,
            "by": None,
            **given,
        },
    )


def correct(assessment: Assessment, **given) -> Assessment:
    return actions.correct_assessment(
        assessment,
        **{
            "seen_version": assessment.version,
            "assessed_on": assessment.assessed_on,
            "occasion": assessment.occasion,
            "participant_steps": {},
            "consultant_steps": {"health": 2},
            "today": TODAY,
            "by": a_user(),
            **given,
        },
    )


def steps_of(assessment: Assessment) -> dict[str, tuple[int | None, int | None]]:
    return {
        row.domain: (row.participant_step, row.consultant_step) for row in assessment.domains.all()
    }


# What is stored


def test_both_views_are_kept_apart_and_nothing_is_stored_of_what_neither_assessed():
    by = a_user()
    found = assess(
        an_enrolment(START),
        participant_steps={"health": 5, "housing": None, "family": None},
        consultant_steps={"health": None, "housing": 1, "network": None},
        by=by,
    )
    assert (found.created_by, found.version, found.corrected_at) == (by, 1, None)
    assert steps_of(found) == {"health": (5, None), "housing": (None, 1)}


@pytest.mark.parametrize("day", [START, END])
def test_both_ends_of_the_enrolment_are_days_of_it_also_after_the_exit(day):
    assert assess(an_enrolment(START, END), day).assessed_on == day


def test_a_participants_view_alone_is_an_assessment():
    found = assess(an_enrolment(START), participant_steps={"family": 3}, consultant_steps={})
    assert steps_of(found) == {"family": (3, None)}


def test_today_is_not_the_future():
    assert assess(an_enrolment(START), TODAY).assessed_on == TODAY


# What is refused


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        (
            {"assessed_on": START - DAY},
            "assessed_on",
            "Skattningen kan inte vara före inskrivningens första dag.",
        ),
        ({"assessed_on": END + DAY}, "assessed_on", "Skattningen kan inte vara efter avslutet."),
        (
            {"assessed_on": END, "today": END - DAY},
            "assessed_on",
            "Skattningen kan inte ligga i framtiden.",
        ),
        (
            {"consultant_steps": {"health": None}},
            "",
            "Ingenting är bedömt än. Välj ett steg i minst ett område.",
        ),
        (
            {"consultant_steps": {"health": 6}},
            "consultant_step",
            "Ett steg är 1, 2, 3, 4 eller 5. Välj annars ”Inte bedömd”.",
        ),
        (
            {"participant_steps": {"health": 0}},
            "participant_step",
            "Ett steg är 1, 2, 3, 4 eller 5. Välj annars ”Inte bedömd”.",
        ),
        ({"consultant_steps": {"luck": 3}}, "domain", ""),
        ({"occasion": "birthday"}, "occasion", ""),
    ],
)
def test_an_assessment_is_refused_and_nothing_of_it_is_stored(given, field, sentence):
    case = an_enrolment(START, END)
    row = an_assessment(case, START + DAY, {"housing": 1})
    for refused in (
        lambda: assess(case, **given),
        lambda: correct(row, **given),
    ):
        with pytest.raises(ValidationError) as refusal:
            refused()
        if field:
            assert list(refusal.value.message_dict) == [field]
        assert sentence in " ".join(refusal.value.messages)
    row.refresh_from_db()
    assert (Assessment.objects.count(), row.version) == (1, 1)
    assert steps_of(row) == {"housing": (None, 1)}


def test_twice_on_one_day_in_an_enrolment_is_refused():
    case = an_enrolment(START)
    assess(case)
    with pytest.raises(ValidationError) as refusal:
        assess(case, consultant_steps={"health": 5})
    assert refusal.value.message_dict == {
        "assessed_on": ["Det finns redan en skattning den dagen. Rätta den i stället."]
    }
    later = assess(case, START + DAY)
    with pytest.raises(ValidationError, match="Det finns redan en skattning den dagen"):
        correct(later, assessed_on=START)
    assess(an_enrolment(START))
    assert Assessment.objects.filter(assessed_on=START).count() == 2


def test_a_case_registered_by_mistake_is_not_assessed():
    case = an_enrolment(START)
    actions.void_enrolment(case, void_reason="Fel person", by=a_user())
    with pytest.raises(ValidationError, match="felregistrerad"):
        assess(case)


def test_an_exit_is_not_before_an_assessment():
    case = an_enrolment(START)
    row = an_assessment(case, END)
    reason = an_enrolment(START, END).exit_reason
    given: dict[str, Any] = {
        "exit_reason": reason,
        "exit_confirmed": None,
        "exit_destination": "",
        "by": None,
    }
    with pytest.raises(ValidationError, match="En skattning är gjord efter den dagen"):
        actions.exit_enrolment(case, ended_on=END - DAY, today=TODAY, **given)
    ended = actions.exit_enrolment(case, ended_on=row.assessed_on, today=TODAY, **given)
    assert ended.ended_on == END


# What is corrected


def test_a_correction_replaces_and_says_who_made_it():
    row = an_assessment(an_enrolment(START), START, {"health": 2, "housing": 4}, {"health": 1})
    by = a_user()
    found = correct(
        row,
        assessed_on=START + DAY,
        occasion=Occasion.FOLLOW_UP,
        participant_steps={"family": 2},
        consultant_steps={"health": 3},
        by=by,
    )
    assert (found.assessed_on, found.occasion) == (START + DAY, "follow_up")
    assert (found.version, found.corrected_by, found.corrected_at is None) == (2, by, False)
    assert steps_of(found) == {"health": (None, 3), "family": (2, None)}
    assert Assessment.objects.count() == 1


def test_a_correction_of_another_version_is_refused():
    row = an_assessment(an_enrolment(START), START)
    correct(row, consultant_steps={"health": 3})
    with pytest.raises(ValidationError) as refusal:
        correct(row, seen_version=1, consultant_steps={"health": 5})
    assert refusal.value.code == VERSION_CONFLICT
    assert "Någon annan har rättat skattningen" in refusal.value.messages[0]
    assert steps_of(row) == {"health": (None, 3)}


# What the database says by itself


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("domainsteps_from_one_to_five", {"consultant_step": 0}),
        ("domainsteps_from_one_to_five", {"consultant_step": 6}),
        ("domainsteps_from_one_to_five", {"consultant_step": 3, "participant_step": 6}),
        ("domainsteps_from_one_to_five", {"participant_step": 0}),
        ("domainsteps_assessed_by_somebody", {}),
        ("domainsteps_domain_is_known", {"domain": "luck", "consultant_step": 3}),
        ("domainsteps_once_an_assessment", {"domain": "health", "consultant_step": 3}),
    ],
)
def test_the_database_refuses_steps_that_are_none(name, fields):
    row = an_assessment(an_enrolment(START), START, {"health": 2})
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        DomainSteps.objects.create(assessment=row, **{"domain": "housing", **fields})


def test_the_database_refuses_two_on_one_day():
    case = an_enrolment(START)
    an_assessment(case, START)
    with pytest.raises(IntegrityError, match="assessment_once_a_day"), transaction.atomic():
        Assessment.objects.create(enrolment=case, assessed_on=START, occasion="start")


# When it is due


def due(day: date) -> list[tuple[Enrolment, date]]:
    found: Any = Enrolment.objects.progress_due(day)
    return [(one, one.matters_on) for one in found]


def test_the_first_is_due_from_the_first_day():
    case = an_enrolment(START)
    assert due(START - DAY) == []
    assert due(START) == due_of(case, START) == [(case, START)]


def due_of(case: Enrolment, day: date) -> list[tuple[Enrolment, date]]:
    """The same asked of the fact."""
    on = progress_due_on(case, list(case.assessments.all()))
    return [(case, on)] if on and on <= day else []


@pytest.mark.parametrize(
    ("latest", "next_on"),
    [
        (date(2026, 2, 12), date(2026, 5, 12)),
        (date(2026, 1, 31), date(2026, 4, 30)),
        (date(2025, 11, 30), date(2026, 2, 28)),
        (date(2023, 11, 30), date(2024, 2, 29)),
    ],
)
def test_the_next_is_due_three_calendar_months_after_the_latest(latest, next_on):
    case = an_enrolment(date(2023, 1, 2))
    an_assessment(case, latest - 9 * DAY)
    an_assessment(case, latest)
    assert due(next_on - DAY) == due_of(case, next_on - DAY) == []
    assert due(next_on) == due_of(case, next_on) == [(case, next_on)]


def test_the_last_is_due_at_the_exit_when_there_is_one_to_compare_with():
    case = an_enrolment(START, END)
    assert due(END) == due_of(case, END) == []
    an_assessment(case, START)
    assert due(END) == due_of(case, END) == [(case, END)]
    assert due(END + 30 * DAY) == [(case, END)]
    assert due(END + 31 * DAY) == []


@pytest.mark.parametrize(
    ("day", "occasion"), [(END, Occasion.FOLLOW_UP), (END - 9 * DAY, Occasion.EXIT)]
)
def test_an_assessment_at_the_exit_is_the_last(day, occasion):
    case = an_enrolment(START, END)
    an_assessment(case, START)
    an_assessment(case, day, occasion=occasion)
    assert due(END) == due_of(case, END) == []


def test_nobody_is_asked_to_assess_the_dead_or_a_mistake():
    dead = an_enrolment(START, END, reason="deceased")
    an_assessment(dead, START)
    mistake = an_enrolment(START)
    actions.void_enrolment(mistake, void_reason="Fel person", by=a_user())
    assert due(END) == due_of(dead, END) == []


# Several at once


def all_at_once(doings: list[Callable[[], object]]) -> list[str]:
    start = Barrier(len(doings))

    def one(do: Callable[[], object]) -> str:
        try:
            start.wait(timeout=30)
            do()
        except ValidationError as refusal:
            return refusal.messages[0]
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(doings)) as threads:
        return sorted(threads.map(one, doings))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_same_assessment_sent_many_times_at_once_is_one():
    case = an_enrolment(START)
    said = all_at_once([lambda: assess(case)] * 8)
    assert said[0] == ""
    assert set(said[1:]) == {"Det finns redan en skattning den dagen. Rätta den i stället."}
    assert (Assessment.objects.count(), DomainSteps.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_corrections_at_once_one_is_saved_and_the_others_are_told():
    row = an_assessment(an_enrolment(START), START)
    by = a_user()

    def one(step: int) -> Callable[[], object]:
        return lambda: correct(row, consultant_steps={"health": step}, by=by)

    said = all_at_once([one(step) for step in (1, 2, 3, 4, 5)])
    assert said[0] == ""
    assert all(sentence.startswith("Någon annan har rättat") for sentence in said[1:])
    row.refresh_from_db()
    assert (row.version, DomainSteps.objects.count()) == (2, 1)
