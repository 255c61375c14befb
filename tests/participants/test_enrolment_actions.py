"""Enrolling, assigning, changing level, ending, confirming, reopening, voiding."""

from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from participants import actions
from participants.models import Enrolment, ExitReason, LevelChange
from sundbyberg_am.access import Role
from tests.builders import (
    a_level,
    a_participant,
    a_plan,
    a_unit,
    a_user,
    an_enrolment,
    an_intervention,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
START = date(2026, 1, 12)


def refused(field: str = "__all__"):
    """The block is refused, with a sentence at the field."""
    return pytest.raises(ValidationError, check=lambda refusal: field in _fields(refusal))


def _fields(refusal: ValidationError) -> set[str]:
    return set(refusal.message_dict) if hasattr(refusal, "error_dict") else {"__all__"}


def reason(code: str) -> ExitReason:
    return ExitReason.objects.get(code=code)


# enrol


def enrolled(**given: Any) -> Enrolment:
    participant = given.pop("participant", None) or a_participant()
    return actions.enrol(
        participant,
        **{
            "unit": a_unit(),
            "started_on": START,
            "initiator": "social_services",
            "level": "AM3",
            "consultant": None,
            "by": None,
            **given,
        },
    )


def test_enrol_begins_with_a_level_and_a_consultant():
    consultant, deputy = a_user(), a_user()
    enrolment = enrolled(consultant=consultant, deputy=deputy, by=consultant)
    enrolment.refresh_from_db()
    change = enrolment.level_changes.get()
    assert (change.level, change.valid_from, change.created_by) == ("AM3", START, consultant)
    assert (enrolment.consultant, enrolment.deputy) == (consultant, deputy)
    assert enrolment.is_open


def test_enrol_without_level_registers_none():
    assert not enrolled(level="").level_changes.exists()


def test_enrol_refuses_a_consultant_who_is_not_at_work_in_the_unit():
    gone = a_user(is_active=False)
    manager = a_user(Role.MANAGER)
    elsewhere = a_user(unit=a_unit("En annan enhet"))
    for nobody in (gone, manager, elsewhere):
        with refused("consultant"):
            enrolled(consultant=nobody)
        with refused("deputy"):
            enrolled(consultant=a_user(), deputy=nobody)


def test_enrol_refuses_the_consultant_as_deputy():
    one = a_user()
    with refused("deputy"):
        enrolled(consultant=one, deputy=one)


def test_enrol_refuses_somebody_enrolled_at_the_time():
    person = an_enrolment(START, date(2026, 3, 1)).participant
    with pytest.raises(ValidationError, match="redan inskriven under den tiden"):
        enrolled(participant=person, started_on=date(2026, 3, 1))
    assert enrolled(participant=person, started_on=date(2026, 3, 2)).is_open


def test_enrol_with_an_unknown_level_stores_nothing():
    with refused("level"):
        enrolled(level="AM4")
    assert not Enrolment.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_enrol_twice_at_once_makes_one_enrolment():
    person, unit = a_participant(), a_unit()
    start = Barrier(2)
    results: list[int | str] = []

    def one_of_two() -> None:
        start.wait()
        try:
            results.append(enrolled(participant=person, unit=unit).pk)
        except ValidationError as refusal:
            results.append(refusal.messages[0])
        connection.close()

    threads = [Thread(target=one_of_two) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Enrolment.objects.count() == 1
    assert "Personen är redan inskriven under den tiden." in results


# assign


def test_assign_gives_the_case_to_somebody_else():
    enrolment, consultant, deputy = an_enrolment(), a_user(), a_user()
    actions.assign(enrolment, consultant=consultant, deputy=deputy, today=TODAY, by=consultant)
    enrolment.refresh_from_db()
    assert (enrolment.consultant, enrolment.deputy) == (consultant, deputy)


def test_assign_refuses_somebody_elsewhere_and_an_ended_case():
    with refused("consultant"):
        actions.assign(
            an_enrolment(),
            consultant=a_user(unit=a_unit("Annan")),
            deputy=None,
            today=TODAY,
            by=None,
        )
    ended = an_enrolment(START, date(2026, 3, 1))
    with pytest.raises(ValidationError, match="Inskrivningen är avslutad"):
        actions.assign(ended, consultant=a_user(), deputy=None, today=TODAY, by=None)


# change_level


def level_changed(enrolment: Enrolment, **given: Any) -> LevelChange:
    return actions.change_level(
        enrolment,
        **{
            "level": "AM3",
            "valid_from": TODAY,
            "reason": "Behöver utredas mer.",
            "today": TODAY,
            "by": None,
            **given,
        },
    )


def test_change_level_keeps_the_history():
    enrolment = an_enrolment(level="AM2")
    level_changed(enrolment)
    assert [change.level for change in enrolment.level_changes.all()] == ["AM2", "AM3"]


def test_change_level_back_in_time_is_compared_with_that_day():
    enrolment = an_enrolment(level="AM2")
    level_changed(enrolment, valid_from=date(2026, 6, 1))
    level_changed(enrolment, level="AM1", valid_from=date(2026, 3, 1))
    with refused("level"):
        level_changed(enrolment, level="AM1", valid_from=date(2026, 4, 1))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"level": "AM2"}, "level"),
        ({"level": "AM4"}, "level"),
        ({"valid_from": TODAY + timedelta(days=1)}, "valid_from"),
        ({"valid_from": START - timedelta(days=1)}, "valid_from"),
    ],
)
def test_change_level_refuses(given, field):
    enrolment = an_enrolment(level="AM2")
    with refused(field):
        level_changed(enrolment, **given)
    assert enrolment.level_changes.count() == 1


def test_change_level_refuses_an_ended_and_a_voided_enrolment():
    ended = an_enrolment(START, date(2026, 3, 1))
    with pytest.raises(ValidationError, match="Inskrivningen är avslutad"):
        level_changed(ended, valid_from=date(2026, 2, 1))
    voided = actions.void_enrolment(an_enrolment(), void_reason="Fel person", by=a_user())
    with pytest.raises(ValidationError, match="felregistrerad"):
        level_changed(voided)


# exit_enrolment


def exited(enrolment: Enrolment, **given: Any) -> Enrolment:
    return actions.exit_enrolment(
        enrolment,
        **{
            "ended_on": TODAY,
            "exit_reason": reason("work_unsubsidised"),
            "exit_confirmed": None,
            "exit_destination": "Restaurang Kanalen",
            "today": TODAY,
            "by": None,
            **given,
        },
    )


def test_exit_ends_the_enrolment_and_what_is_open_in_it():
    enrolment, by = an_enrolment(), a_user()
    open_one = an_intervention(enrolment, START)
    ended_one = an_intervention(enrolment, START, date(2026, 2, 1), outcome="completed")
    draft = a_plan(enrolment)
    exited(enrolment, by=by)
    for row in (enrolment, open_one, ended_one, draft):
        row.refresh_from_db()
    assert (enrolment.ended_on, enrolment.exit_reason) == (TODAY, reason("work_unsubsidised"))
    assert (enrolment.exited_by, enrolment.exit_destination) == (by, "Restaurang Kanalen")
    assert enrolment.exited_at is not None
    assert enrolment.is_unconfirmed
    assert (open_one.ended_on, open_one.outcome) == (TODAY, "")
    assert (ended_one.ended_on, ended_one.outcome) == (date(2026, 2, 1), "completed")
    assert draft.adopted_on is None


def test_exit_on_the_first_day_is_a_day_enrolled():
    assert exited(an_enrolment(TODAY)).ended_on == TODAY


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ended_on": TODAY + timedelta(days=1)}, "ended_on"),
        ({"ended_on": START - timedelta(days=1)}, "ended_on"),
    ],
)
def test_exit_refuses_a_day_outside(given, field):
    enrolment = an_enrolment()
    with refused(field):
        exited(enrolment, **given)
    enrolment.refresh_from_db()
    assert enrolment.is_open


def test_exit_refuses_a_retired_reason():
    retired = reason("other")
    retired.retired_on = TODAY - timedelta(days=1)
    with refused("exit_reason"):
        exited(an_enrolment(), exit_reason=retired)
    retired.retired_on = TODAY
    assert exited(an_enrolment(), exit_reason=retired).ended_on


def test_exit_confirms_only_work_and_studies():
    with refused("exit_confirmed"):
        exited(an_enrolment(), exit_reason=reason("moved"), exit_confirmed=True)
    studies = exited(an_enrolment(), exit_reason=reason("studies"), exit_confirmed=False)
    assert studies.exit_confirmed is False


def test_exit_refuses_a_day_before_something_that_begins_later():
    day, later = date(2026, 5, 1), date(2026, 5, 2)
    with_intervention, with_level, with_plan = an_enrolment(), an_enrolment(), an_enrolment()
    an_intervention(with_intervention, later)
    a_level(with_level, "AM1", later)
    a_plan(with_plan, later)
    for enrolment in (with_intervention, with_level, with_plan):
        with refused("ended_on"):
            exited(enrolment, ended_on=day)
        assert exited(enrolment, ended_on=later).ended_on == later


def test_exit_does_not_wait_for_an_intervention_that_came_to_nothing():
    enrolment = an_enrolment()
    planned = an_intervention(enrolment, TODAY + timedelta(days=30))
    with refused("ended_on"):
        exited(enrolment)
    actions.end_intervention(planned, ended_on=TODAY, outcome="not_started", today=TODAY, by=None)
    assert exited(enrolment).ended_on == TODAY


def test_exit_refused_by_the_enrolment_leaves_its_interventions_open():
    enrolment = an_enrolment()
    intervention = an_intervention(enrolment, START)
    with refused("exit_destination"):
        exited(enrolment, exit_destination="x" * 201)
    intervention.refresh_from_db()
    assert intervention.ended_on is None


def test_exit_twice_is_refused():
    enrolment = exited(an_enrolment())
    with pytest.raises(ValidationError, match="Inskrivningen är avslutad"):
        exited(enrolment)


# confirm_exit


def test_confirm_exit_can_be_answered_and_put_right():
    enrolment = exited(an_enrolment())
    actions.confirm_exit(enrolment, exit_confirmed=False, today=TODAY, by=None)
    enrolment.refresh_from_db()
    assert enrolment.exit_confirmed is False
    assert not enrolment.is_unconfirmed
    actions.confirm_exit(enrolment, exit_confirmed=True, today=TODAY, by=None)
    enrolment.refresh_from_db()
    assert enrolment.exit_confirmed is True


def test_confirm_exit_refuses_an_open_enrolment_and_other_reasons():
    with pytest.raises(ValidationError, match="inte avslutad"):
        actions.confirm_exit(an_enrolment(), exit_confirmed=True, today=TODAY, by=None)
    moved = an_enrolment(START, TODAY, reason="moved")
    with pytest.raises(ValidationError, match="Bara avslut till arbete och studier"):
        actions.confirm_exit(moved, exit_confirmed=True, today=TODAY, by=None)


# reopen_enrolment


def test_reopen_takes_the_exit_back_within_thirty_days():
    enrolment = exited(an_enrolment(), exit_confirmed=True)
    actions.reopen_enrolment(enrolment, today=TODAY + timedelta(days=30), by=None)
    enrolment.refresh_from_db()
    assert enrolment.is_open
    assert (enrolment.exit_reason, enrolment.exit_confirmed) == (None, None)
    assert (enrolment.exit_destination, enrolment.exited_at) == ("", None)


def test_reopen_later_is_refused():
    enrolment = exited(an_enrolment())
    with pytest.raises(ValidationError, match="mer än 30 dagar"):
        actions.reopen_enrolment(enrolment, today=TODAY + timedelta(days=31), by=None)
    with pytest.raises(ValidationError, match="redan öppen"):
        actions.reopen_enrolment(an_enrolment(), today=TODAY, by=None)


def test_reopen_is_refused_when_the_person_is_enrolled_again():
    enrolment = an_enrolment(START, date(2026, 11, 1))
    an_enrolment(date(2026, 11, 10), participant=enrolment.participant)
    with pytest.raises(ValidationError, match="redan inskriven under den tiden"):
        actions.reopen_enrolment(enrolment, today=TODAY, by=None)
    enrolment.refresh_from_db()
    assert enrolment.ended_on == date(2026, 11, 1)


# void_enrolment


def test_void_makes_room_for_the_right_one():
    by, wrong = a_user(), an_enrolment()
    actions.void_enrolment(wrong, void_reason="Fel person", by=by)
    wrong.refresh_from_db()
    assert (wrong.voided_by, wrong.void_reason) == (by, "Fel person")
    assert not wrong.is_open
    assert enrolled(participant=wrong.participant).is_open


def test_void_asks_why_and_happens_once():
    enrolment = an_enrolment()
    with refused("void_reason"):
        actions.void_enrolment(enrolment, void_reason="", by=a_user())
    actions.void_enrolment(enrolment, void_reason="Fel person", by=a_user())
    with pytest.raises(ValidationError, match="felregistrerad"):
        actions.void_enrolment(enrolment, void_reason="Fel person", by=a_user())
