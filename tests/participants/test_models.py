"""Facts of one row, and the rules that the database states."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from participants.models import Enrolment, Participant, Plan
from participants.models.people import name_key
from tests.builders import a_participant, a_personnummer, a_plan, a_user, an_enrolment

pytestmark = pytest.mark.django_db

START = date(2026, 1, 12)


def test_weeks_are_days_by_seven_and_stop_at_the_exit():
    enrolment = Enrolment(started_on=START)
    assert enrolment.weeks_on(date(2026, 1, 22)) == Decimal(10) / 7
    enrolment.ended_on = date(2026, 1, 19)
    assert enrolment.weeks_on(date(2026, 12, 31)) == 1


def test_both_end_days_are_enrolled_days():
    enrolment = Enrolment(started_on=START, ended_on=date(2026, 1, 14))
    days = [date(2026, 1, day) for day in range(10, 17)]
    assert [day.day for day in days if enrolment.is_ongoing_on(day)] == [12, 13, 14]


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2026, 2, 28), 21),
        (date(2026, 3, 1), 22),
        (date(2028, 2, 28), 23),
        (date(2028, 2, 29), 24),
    ],
)
def test_age_of_somebody_born_on_a_leap_day(day, age):
    assert Participant(birth_date=date(2004, 2, 29)).age_on(day) == age


def test_age_is_unknown_without_a_birth_date():
    assert Participant().age_on(START) is None


def test_sex_follows_the_number_unless_registered_otherwise():
    def sex(**fields: Any) -> str:
        person = a_participant(**fields)
        person.refresh_from_db()
        return person.sex

    assert sex(woman=True) == "women"
    assert sex(woman=False) == "men"
    assert sex(woman=False, registered_sex="women") == "women"
    nobody = Participant.objects.create(
        no_personnummer_reason="Väntar", first_name="Test", last_name="Person"
    )
    nobody.refresh_from_db()
    assert nobody.sex == "unknown"


@pytest.mark.parametrize("name", ["Åsa Öberg", "ÉLISE Ñandú", "Wåhlin-Ström af Ekenstam", "Ægir"])
def test_name_key_is_the_same_in_python_and_in_the_database(name):
    person = a_participant(first_name="X", last_name=name)
    person.refresh_from_db()
    assert person.name_key == name_key(f"{name} X")


def test_names_sort_in_swedish_order():
    for name in ("Öberg", "Zetterlund", "Åkesson", "Ek", "Éklund", "Ängman"):
        a_participant(last_name=name)
    names = Participant.objects.order_by("name_key").values_list("last_name", flat=True)
    assert list(names) == ["Ek", "Éklund", "Zetterlund", "Åkesson", "Ängman", "Öberg"]


def test_nothing_personal_in_the_names_of_rows():
    person = a_participant(first_name="Amina", last_name="Nur")
    enrolment = an_enrolment(participant=person)
    for row in (person, enrolment, a_plan(enrolment)):
        assert "Nur" not in f"{row} {row!r}"
        assert str(person.personnummer) not in f"{row} {row!r}"


def test_a_birth_date_against_the_number_is_refused():
    with pytest.raises(ValidationError, match="stämmer inte med personnumret"):
        a_participant(personnummer=a_personnummer(date(1985, 3, 14)), born=date(1985, 3, 15))


def enrol_by_sql(person: Participant, started_on: date, ended_on: date | None) -> None:
    """A row that no action has looked at."""
    unit = an_enrolment().unit
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(
            "INSERT INTO participants_enrolment (participant_id, unit_id, started_on, ended_on,"
            " exit_reason_id, initiator, exit_destination, void_reason, created_at)"
            " VALUES (%s, %s, %s, %s, %s, 'self', '', '', now())",
            [person.pk, unit.pk, started_on, ended_on, 1 if ended_on else None],
        )


@pytest.mark.parametrize(
    ("started_on", "ended_on"),
    [
        (date(2024, 2, 29), None),
        (date(2024, 2, 1), date(2024, 2, 29)),
        (date(2024, 1, 1), None),
        (date(2024, 3, 1), date(2024, 3, 1)),
        (date(2024, 3, 31), date(2024, 4, 30)),
    ],
)
def test_the_database_refuses_two_enrolments_that_share_a_day(started_on, ended_on):
    person = an_enrolment(date(2024, 2, 29), date(2024, 3, 31)).participant
    with pytest.raises(IntegrityError, match="enrolment_no_overlap"):
        enrol_by_sql(person, started_on, ended_on)


def test_the_database_allows_the_day_before_and_the_day_after():
    person = an_enrolment(date(2024, 2, 29), date(2024, 3, 31)).participant
    enrol_by_sql(person, date(2024, 2, 1), date(2024, 2, 28))
    enrol_by_sql(person, date(2024, 4, 1), None)
    enrol_by_sql(a_participant(), date(2024, 3, 1), None)
    assert person.enrolments.count() == 3


def test_a_voided_enrolment_is_in_nobodys_way():
    wrong = an_enrolment(START)
    Enrolment.objects.filter(pk=wrong.pk).update(
        voided_at="2026-02-01T12:00Z", voided_by=a_user(), void_reason="Fel person"
    )
    enrol_by_sql(wrong.participant, START, None)
    assert wrong.participant.enrolments.count() == 2


@pytest.mark.parametrize(
    "half",
    [
        {"ended_on": date(2026, 2, 1)},
        {"exit_reason": 1},
        {"exit_confirmed": True},
        {"ended_on": date(2026, 1, 1), "exit_reason": 1},
        {"voided_at": "2026-02-01T12:00Z"},
        {"void_reason": "Fel person"},
    ],
)
def test_the_database_refuses_half_an_exit_and_half_a_void(half):
    enrolment = an_enrolment(START)
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.filter(pk=enrolment.pk).update(**half)


def test_the_database_keeps_one_draft_and_asks_why_the_participant_disagrees():
    enrolment = an_enrolment()
    a_plan(enrolment)
    with pytest.raises(IntegrityError, match="plan_one_draft"), transaction.atomic():
        Plan.objects.create(enrolment=enrolment, number=2)
    with pytest.raises(IntegrityError, match="disagreement"), transaction.atomic():
        Plan.objects.create(
            enrolment=enrolment, number=2, adopted_on=START, participant_agrees=False
        )
