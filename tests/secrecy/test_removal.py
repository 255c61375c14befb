"""Removing a person: nothing of them is left, everything else is as it was, and the seals are whole."""

import logging
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.test.utils import isolate_apps
from django.utils import timezone

from participants.models import Enrolment, Participant, Step
from referrals.models import Referral, Status
from secrecy.actions import (
    carry_out,
    decide_removal,
    digest_of,
    remove_again,
    remove_by_the_rule,
    remove_person,
    removed_people,
    told,
)
from secrecy.due import list_of_year, people_of, standings
from secrecy.linked import about_people, leading
from secrecy.models import RemovalDecision, RemovalEntry
from sundbyberg_am.access import Role
from sundbyberg_am.acting import acting
from sundbyberg_am.models import AccessRecord, Change, Draft, Removal, User
from sundbyberg_am.seals import Broken, seal_next, verify
from tests.builders import a_participant, a_referral, a_unit, a_user, an_enrolment
from tests.kernel.test_history import KEPT, a_row_in_every_table
from tests.planting import WORD, plant

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.get_current_timezone())
TODAY = NOW.date()
NOT_KEPT, KEPT_FOR_RESEARCH = date(1985, 3, 14), date(1985, 3, 15)


def everything() -> dict[str, str]:
    """All that stands in the database, by table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")  # noqa: S608
            found[table] = cursor.fetchone()[0] or ""
    return found


def words(found: dict[str, str]) -> set[str]:
    return {word for text in found.values() for word in WORD.findall(text)}


def all_people() -> list[Any]:
    people = people_of(Participant.objects.values_list("pk", flat=True), [])
    known = {pk for one in people for pk in one.referrals}
    others = Referral.objects.exclude(pk__in=known).values_list("pk", flat=True)
    return [*people, *people_of([], others)]


def an_old_case(ended_on: date = date(2019, 5, 31), **fields: Any) -> Enrolment:
    return an_enrolment(date(2018, 3, 1), ended_on, **{"born": NOT_KEPT, **fields})


def listed(user: User, year: int = 2026) -> list[str]:
    return [one.number for one in list_of_year(year, user=user)[0]]


def decided(user: User, now: datetime = NOW) -> RemovalDecision:
    due, _ = list_of_year(now.year, user=user)
    seen = digest_of(subject for one in due for subject in one.subjects)
    return decide_removal(seen=seen, now=now, by=user)


@pytest.fixture
def manager() -> User:
    return a_user(Role.MANAGER)


# Everything goes, and nothing else


def test_of_a_removed_person_no_word_is_left_and_of_others_every_word():
    a_row_in_every_table()
    person = Enrolment.objects.earliest("pk").participant
    user = a_user()
    Draft.objects.create(
        user=user,
        form="note_add",
        subject=person.public_id,
        nonce="n",
        fields={"text": ["zq9999qz"]},
        saved_at=timezone.now(),
    )
    planted = plant()
    before = words(everything())
    theirs = {word for word, one in planted.items() if person.public_id in one.people}
    assert len(theirs) > 20
    assert theirs < before
    number = person.personnummer
    [whole] = people_of([person.pk], [])
    remove_person(whole, by=user, now=timezone.now())
    after = everything()
    assert words(after) == before - theirs - {"zq9999qz"}
    assert number
    assert [table for table, text in after.items() if number in text] == []
    log = AccessRecord._meta.db_table
    holds = [table for table, text in after.items() if str(person.public_id) in text]
    assert set(holds) <= {log}


def test_every_table_that_leads_to_a_person_is_emptied_with_the_last_and_the_seals_are_whole():
    a_row_in_every_table()
    while seal_next(at=timezone.now()):
        pass
    sealed = verify({})
    assert {model for model in KEPT if model._default_manager.exists()} == set(KEPT)
    for person in all_people():
        remove_person(person, by=None, now=timezone.now())
    assert [model for model in KEPT if model._default_manager.exists()] == []
    assert not Change.objects.exclude(participant=None, enrolment=None, referral=None).exists()
    while seal_next(at=timezone.now()):
        pass
    whole = verify({})
    assert whole.unsealed == 0
    assert whole.removed > 30
    assert whole.seals > sealed.seals


def test_every_model_that_leads_to_a_person_is_removed_with_the_person():
    assert set(about_people()) == set(KEPT)


@isolate_apps("participants")
def test_a_new_model_is_removed_without_being_listed():
    class Letter(models.Model):  # noqa: DJ008
        step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "participants"

    found = leading([*apps.get_models(include_auto_created=True), Letter])
    assert found.index(Letter) < found.index(Step)


def test_the_history_of_a_referral_that_was_thrown_away_goes_with_the_person():
    case = an_old_case()
    draft = a_referral(None, status=Status.DRAFT, personnummer=case.participant.personnummer)
    draft.last_name = "Zqkastad"
    draft.save()
    draft.delete()
    assert "Zqkastad" in everything()[Change._meta.db_table]
    [person] = people_of([case.participant_id], [])
    remove_person(person, by=None, now=NOW)
    assert "Zqkastad" not in str(everything())


# What tells it apart from tampering


@pytest.fixture
def removed() -> Removal:
    """Somebody who was removed, and everything has its seal."""
    case, _ = an_old_case(), an_old_case()
    seal_next(at=timezone.now() - timedelta(hours=5))
    [person] = people_of([case.participant_id], [])
    made = remove_person(person, by=a_user(), now=timezone.now())
    seal_next(at=timezone.now() - timedelta(hours=4))
    assert verify({}).removed
    return made


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (
            "DELETE FROM sundbyberg_am_change WHERE id = (SELECT max(id) FROM sundbyberg_am_change)",
            "saknas",
        ),
        ("DELETE FROM sundbyberg_am_removal", "saknas"),
        (
            "UPDATE sundbyberg_am_removal SET rows = jsonb_set(rows, '{changes}', '[[1, 1000000]]')",
            "inte systemets underskrift",
        ),
        ("UPDATE sundbyberg_am_removal SET at = at + interval '1 s'", "inte systemets underskrift"),
        ("UPDATE sundbyberg_am_removal SET people = '{}'", "inte systemets underskrift"),
        (
            "INSERT INTO sundbyberg_am_removal (at, people, rows, signature)"
            " SELECT at, '{}', '{\"changes\": [[1, 1000000]]}', signature FROM sundbyberg_am_removal",
            "inte systemets underskrift",
        ),
    ],
)
def test_whoever_removes_without_the_key_is_found_out(removed, harm, says):
    with connection.cursor() as cursor:
        cursor.execute(harm)
    with pytest.raises(Broken, match=says):
        verify({})


def test_a_row_that_comes_back_changed_is_found(removed):
    [[first, _], *_] = removed.rows["changes"]
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO sundbyberg_am_change (id, at, through, kind, "table", row)'
            " OVERRIDING SYSTEM VALUE VALUES (%s, now(), '', 'INSERT', 'x', 1)",
            [first],
        )
    with pytest.raises(Broken, match="är ändrad"):
        verify({})


def test_the_command_tells_how_many_rows_are_gone(removed, capsys):
    call_command("verify_log")
    assert "rader är borta genom gallring" in capsys.readouterr().out


# Who is on the list


def test_whose_last_entry_is_long_ago_is_on_the_list(manager):
    case = an_old_case(date(2019, 12, 31))
    assert listed(manager, 2025) == [case.case_number]
    assert listed(manager, 2024) == []
    [one] = list_of_year(2025, user=manager)[0]
    assert (one.last_entry, one.due_on) == (date(2019, 12, 31), date(2024, 12, 31))
    assert one.last_day == date(2025, 12, 31)


def test_who_is_kept_for_research_is_counted_and_not_listed(manager):
    an_old_case(born=KEPT_FOR_RESEARCH)
    an_old_case(
        born=None, participant=a_participant(personnummer="198503756985", born=KEPT_FOR_RESEARCH)
    )
    assert list_of_year(2026, user=manager) == ([], 2)


@pytest.mark.parametrize(
    "why", ["open", "another case", "waiting referral", "recent referral", "written", "note"]
)
def test_who_is_not_on_the_list(manager, why):
    case = an_old_case()
    person = case.participant
    assert listed(manager) == [case.case_number]
    if why == "open":
        an_enrolment(date(2026, 1, 12), participant=person)
    elif why == "another case":
        an_enrolment(
            date(2020, 12, 1), date(2021, 1, 1), participant=person, unit=a_unit("Jobbcenter")
        )
    elif why == "waiting referral":
        a_referral(date(2018, 1, 5), personnummer=person.personnummer)
    elif why == "recent referral":
        a_referral(
            date(2023, 1, 5),
            status=Status.WITHDRAWN,
            withdrawn_on=date(2023, 1, 9),
            personnummer=person.personnummer,
        )
    elif why == "note":
        case.notes.create(happened_on=date(2022, 4, 1), text="Ringde", created_by=manager)
    else:
        with acting(lambda: (manager.pk, "/sida/")):
            person.phone = "070-1"
            person.save()
    assert listed(manager) == []


def test_what_the_program_does_by_itself_is_no_entry(manager):
    case = an_old_case()
    with acting(lambda: (None, "import_cases")):
        case.participant.phone = "070-1"
        case.participant.save()
    assert listed(manager) == [case.case_number]


def test_the_day_of_an_entry_is_the_swedish_one(manager):
    """Half past eleven at night in Greenwich on New Year's Eve is the next year in Sundbyberg."""
    case = an_old_case()
    late = datetime.fromisoformat("2020-12-31T23:30:00+00:00")
    Enrolment.objects.filter(pk=case.pk).update(exited_at=late, exited_by=manager)
    [standing] = standings(people_of([case.participant_id], []))
    assert standing.last_entry == date(2021, 1, 1)
    assert listed(manager, 2026) == []
    assert listed(manager, 2027) == [case.case_number]


def test_others_units_and_protected_people_are_not_there(manager):
    an_old_case(unit=a_unit("Jobbcenter"))
    hidden = an_old_case()
    hidden.participant.protection = "confidential"
    hidden.participant.save()
    assert list_of_year(2026, user=manager) == ([], 0)
    hidden.participant.named_readers.create(user=manager, created_by=manager)
    assert listed(manager) == [hidden.case_number]


def test_somebody_who_was_never_taken_on_is_on_the_list(manager):
    one = a_referral(
        date(2018, 3, 1),
        status=Status.RETURNED,
        decided_on=date(2018, 3, 9),
        decided_by=manager,
        return_reason="Flyttat",
        personnummer=None,
        no_personnummer_reason="Nyanländ",
        birth_date=NOT_KEPT,
    )
    assert listed(manager) == [one.number_text]
    carry_out(decided(manager).pk, now=NOW)
    assert not Referral.objects.exists()


# Deciding, and carrying it out


def test_what_is_decided_is_carried_out_once(manager):
    cases = [an_old_case(), an_old_case()]
    decision = decided(manager)
    assert (decision.people, decision.finished_at) == (2, None)
    assert listed(manager) == []
    assert [carry_out(decision.pk, now=NOW).finished_at for _ in range(2)] == [NOW, NOW]
    assert not Participant.objects.filter(enrolments__in=cases).exists()
    assert Removal.objects.count() == 2
    assert {one.decided_by for one in Removal.objects.all()} == {manager}
    decision.refresh_from_db()
    assert (decision.removed, decision.kept) == (2, 0)


def test_of_whom_something_is_written_after_the_decision_stays(manager):
    case, other = an_old_case(), an_old_case()
    decision = decided(manager)
    with acting(lambda: (manager.pk, "/sida/")):
        case.participant.phone = "070-1"
        case.participant.save()
    carry_out(decision.pk, now=NOW)
    assert list(Enrolment.objects.all()) == [case]
    decision.refresh_from_db()
    assert (decision.removed, decision.kept, RemovalEntry.objects.count()) == (1, 1, 0)
    assert not Enrolment.objects.filter(pk=other.pk).exists()


def test_without_a_decision_nobody_is_removed(manager):
    case = an_old_case()
    remove_by_the_rule(today=TODAY, now=NOW)
    assert Enrolment.objects.filter(pk=case.pk).exists()
    assert not Removal.objects.exists()


def test_what_nobody_decides_about_goes_by_the_rule(manager):
    old = a_referral(None, status=Status.DRAFT)
    new = a_referral(None, status=Status.DRAFT)
    Referral.objects.filter(pk=old.pk).update(created_at=datetime(2019, 5, 1, tzinfo=NOW.tzinfo))
    kept, gone = (
        AccessRecord.objects.create(user=manager, page="/", subjects=[new.public_id])
        for _ in range(2)
    )
    AccessRecord.objects.filter(pk=gone.pk).update(at=datetime(2020, 12, 31, 23, tzinfo=NOW.tzinfo))
    AccessRecord.objects.filter(pk=kept.pk).update(at=datetime(2021, 1, 1, 1, tzinfo=NOW.tzinfo))
    seal_next(at=timezone.now())
    remove_by_the_rule(today=TODAY, now=NOW)
    assert list(Referral.objects.all()) == [new]
    assert list(AccessRecord.objects.all()) == [kept]
    assert verify({}).removed > 1
    made = Removal.objects.count()
    remove_by_the_rule(today=TODAY, now=NOW)
    assert Removal.objects.count() == made


# Coming back


def test_what_is_kept_outside_the_machine_is_written_in_the_log():
    assert told.isEnabledFor(logging.INFO)


def test_a_removed_person_does_not_come_back_with_a_backup(
    manager, caplog, tmp_path, django_capture_on_commit_callbacks
):
    case, other = an_old_case(), an_old_case()
    person = case.participant
    number, public_id = person.personnummer, person.public_id
    [whole] = people_of([person.pk], [])
    with (
        caplog.at_level("INFO", "secrecy.removal"),
        django_capture_on_commit_callbacks(execute=True),
    ):
        remove_person(whole, by=manager, now=NOW)
    lines = [record.getMessage() for record in caplog.records]
    assert number
    assert not [line for line in lines if number in line or str(public_id) in line]
    back = an_old_case(participant=a_participant(personnummer=number, public_id=public_id))
    kept = tmp_path / "worker.log"
    kept.write_text(
        "annat\n" + "".join(f"2026-03-02 INFO secrecy.removal {line}\n" for line in lines)
    )
    assert remove_again(removed_people(kept.read_text().splitlines()), now=NOW) == 1
    assert not Enrolment.objects.filter(pk=back.pk).exists()
    assert list(Enrolment.objects.all()) == [other]


def test_a_list_that_was_not_written_here_removes_nobody(tmp_path):
    kept = tmp_path / "worker.log"
    kept.write_text(f"gallrad {'0' * 64} {'0' * 64}\n")
    with pytest.raises(SystemExit, match="inte systemets underskrift"):
        call_command("remove_again", str(kept))
    with pytest.raises(SystemExit, match="kan inte läsas"):
        call_command("remove_again", "/finns/inte")
