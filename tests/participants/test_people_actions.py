"""Finding, making and changing a participant."""

from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from participants import actions
from participants.models import Participant
from sundbyberg_am.conflicts import VERSION_CONFLICT
from tests.builders import a_participant, a_personnummer, a_user

pytestmark = pytest.mark.django_db

BORN = date(1985, 3, 14)


def registered(**given: Any) -> Participant:
    return actions.register(
        **{
            "personnummer": a_personnummer(BORN),
            "no_personnummer_reason": "",
            "birth_date": None,
            "first_name": "Amina",
            "last_name": "Nur",
            "phone": "",
            "email": "",
            "interpreter_language": "",
            "by": None,
            **given,
        }
    )


def test_register_makes_somebody_unknown_with_the_birth_date_of_the_number():
    by = a_user()
    person = registered(phone="070-174 06 05", birth_date=date(1900, 1, 1), by=by)
    person.refresh_from_db()
    assert (person.birth_date, person.phone, person.created_by) == (BORN, "070-174 06 05", by)
    assert person.sex == "women"


def test_register_finds_somebody_known_and_takes_what_is_given():
    known = registered(phone="070-174 06 05", email="amina@example.com")
    again = registered(last_name="Nur Ali", phone="070-174 06 06", interpreter_language="somaliska")
    again.refresh_from_db()
    assert again == known
    assert (again.name, again.phone) == ("Amina Nur Ali", "070-174 06 06")
    assert (again.email, again.interpreter_language) == ("amina@example.com", "somaliska")
    assert again.version == known.version + 1


def test_register_of_the_same_changes_nothing():
    assert registered().version == registered().version == 1


def test_register_keeps_the_birth_date_beside_a_coordination_number_that_does_not_tell_it():
    number = "198500609809"
    person = registered(personnummer=number, birth_date=BORN)
    assert person.birth_date == BORN
    assert registered(personnummer=number, birth_date=None).birth_date == BORN
    april = date(1985, 4, 1)
    assert registered(personnummer=number, birth_date=april).birth_date == april


def test_register_without_number_asks_why_and_makes_a_new_person_each_time():
    reason = "Har inte fått något än."
    first = registered(personnummer=None, no_personnummer_reason=reason, birth_date=BORN)
    second = registered(personnummer=None, no_personnummer_reason=reason, birth_date=BORN)
    assert first != second
    assert first.birth_date == BORN
    with pytest.raises(ValidationError, match="Skriv personnumret, eller varför det saknas"):
        registered(personnummer=None)


def test_register_refused_stores_nothing():
    with pytest.raises(ValidationError):
        registered(first_name="")
    assert not Participant.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_register_twice_at_once_makes_one_person():
    start = Barrier(2)
    found: list[int] = []

    def one_of_two() -> None:
        start.wait()
        found.append(registered().pk)
        connection.close()

    threads = [Thread(target=one_of_two) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert Participant.objects.count() == 1


def changed(person: Participant, **given: Any) -> Participant:
    return actions.update_details(
        person,
        **{
            "seen_version": person.version,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "phone": "",
            "email": "",
            "address": "",
            "contact_preference": "",
            "interpreter_language": "",
            "education": "secondary",
            "registered_sex": "",
            "by": a_user(),
            **given,
        },
    )


def test_update_details_changes_and_counts_up_the_version():
    person = changed(a_participant(), address="Sturegatan 1", registered_sex="men")
    person.refresh_from_db()
    assert (person.address, person.education, person.sex) == ("Sturegatan 1", "secondary", "men")
    assert person.version == 2


def test_update_details_of_an_older_version_is_refused():
    person = a_participant()
    changed(person, phone="070-174 06 05")
    with pytest.raises(ValidationError, match="Någon annan har ändrat") as refusal:
        changed(person, seen_version=1, phone="070-174 06 06")
    assert refusal.value.code == VERSION_CONFLICT
    person.refresh_from_db()
    assert person.phone == "070-174 06 05"


def test_update_details_with_a_faulty_address_is_refused_whole():
    person = a_participant()
    with pytest.raises(ValidationError) as refusal:
        changed(person, email="ingen adress", phone="070-174 06 05")
    assert set(refusal.value.message_dict) == {"email"}
    person.refresh_from_db()
    assert (person.phone, person.version) == ("", 1)
