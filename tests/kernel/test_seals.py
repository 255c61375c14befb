"""What is on record is sealed; whoever changes it afterwards, as the owner of everything, is found out."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from sundbyberg_am import seals
from sundbyberg_am.models import AccessRecord, Change, Seal
from sundbyberg_am.seals import Broken, known_roots, seal_next, verify, written
from sundbyberg_am.tasks import seal_records
from tests.builders import a_participant, a_user

pytestmark = pytest.mark.django_db

ACCESS, CHANGE = "sundbyberg_am_accessrecord", "sundbyberg_am_change"
LOGS = {ACCESS: "åtkomstloggen", CHANGE: "historiken"}
COLUMNS = {
    ACCESS: ["at", "user_id", "page", "subjects"],
    CHANGE: ["at", "user_id", "through", "kind", '"table"', "row", "was", "became", "participant"],
}
ROUNDS = 25
START = timezone.now() - timedelta(hours=6)


def sql(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def something_happens(user, rng: Random) -> None:
    for _ in range(rng.randint(1, 6)):
        subjects = [uuid4() for _ in range(rng.randint(1, 3))]
        AccessRecord.objects.create(user=user, page="/deltagare/…/", subjects=subjects)
        person = a_participant(phone="070-1")
        person.phone = f"070-{rng.randint(100, 999)}"
        person.save()


@pytest.fixture
def sealed() -> list[Seal]:
    """Eight seals, of which the first six are older than any transaction, and then rows without any."""
    user, rng = a_user(), Random(7)
    made = []
    for n in range(8):
        something_happens(user, rng)
        seal = seal_next(at=START + timedelta(minutes=50 * n))
        assert seal is not None
        made.append(seal)
    something_happens(user, rng)
    return made


def broken(known: dict[int, str] | None = None) -> str:
    """What is said to be wrong first; empty when nothing is."""
    try:
        verify(known or {})
    except Broken as sentence:
        return str(sentence)
    return ""


def rolled_back(harm: Callable[[], str], known: dict[int, str] | None = None) -> tuple[str, str]:
    """What should be said after the harm, and what is; the harm is undone."""
    with transaction.atomic():
        expected = harm()
        found = broken(known)
        transaction.set_rollback(True)
    return expected, found


def keys(table: str, seal: Seal) -> list[int]:
    name = {ACCESS: "access", CHANGE: "changes"}[table]
    return [key for first, final in seal.rows[name] for key in range(first, final + 1)]


def a_row(rng: Random, sealed: list[Seal], table: str) -> int:
    return rng.choice([key for seal in sealed for key in keys(table, seal)])


# Whole


def test_what_nobody_has_touched_is_whole(sealed):
    whole = verify(known_roots(written(seal) for seal in sealed))
    assert whole.seals == 8
    assert whole.unsealed > 0
    assert whole.rows + whole.unsealed == AccessRecord.objects.count() + Change.objects.count()
    assert whole.last == written(sealed[-1])


def test_nothing_new_gives_no_seal(sealed):
    assert seal_next(at=timezone.now()) is not None
    assert seal_next(at=timezone.now()) is None
    assert verify({}).unsealed == 0


def test_many_rows_get_several_seals(monkeypatch):
    monkeypatch.setattr(seals, "BATCH", 5)
    user = a_user()
    for _ in range(12):
        AccessRecord.objects.create(user=user, page="/", subjects=[uuid4()])
    made = 0
    while seal_next(at=timezone.now()):
        made += 1
    assert made == 3
    assert verify({}).unsealed == 0


def test_a_row_whose_transaction_ends_late_gets_the_next_seal():
    user = a_user()
    first = AccessRecord.objects.create(user=user, page="/", subjects=[uuid4()])
    late = first.pk + 1
    AccessRecord.objects.create(pk=late + 1, user=user, page="/", subjects=[uuid4()])
    assert seal_next(at=START).rows["access"] == [[first.pk, first.pk], [late + 1, late + 1]]
    AccessRecord.objects.create(pk=late, user=user, page="/", subjects=[uuid4()])
    assert seal_next(at=START + timedelta(minutes=1)).rows["access"] == [[late, late]]
    assert broken() == ""


# Changed afterwards


def test_one_thing_changed_in_a_row_is_found_and_named(sealed):
    rng = Random(11)
    for n in range(ROUNDS):
        table = rng.choice(list(LOGS))
        key, column = a_row(rng, sealed, table), COLUMNS[table][n % len(COLUMNS[table])]

        def harm(table: str = table, key: int = key, column: str = column) -> str:
            value = {
                "at": "at + interval '1 microsecond'",
                "user_id": str(a_user().pk),
                "page": "overlay(page placing 'x' from 2 for 1)",
                "subjects": "array_append(subjects[2:], gen_random_uuid())",
                "through": "through || 'x'",
                "kind": "CASE kind WHEN 'INSERT' THEN 'DELETE' ELSE 'INSERT' END",
                '"table"': """overlay("table" placing 'x' from 3 for 1)""",
                "row": "row + 1",
                "was": """'{"phone": "070-2"}'""",
                "became": """'{"phone": "071-1"}'""",
                "participant": "participant + 1",
            }[column]
            where = f"WHERE id = {key}"
            if column == "participant":
                where += " AND participant IS NOT NULL"
            changed = sql(f"UPDATE {table} SET {column} = {value} {where} RETURNING 1")  # noqa: S608
            return f"Rad {key} i {LOGS[table]} är ändrad." if changed else ""

        expected, found = rolled_back(harm)
        assert found.startswith(expected), (n, table, column)
        assert bool(found) == bool(expected)
    assert broken() == ""


def test_a_row_taken_away_is_found_and_named(sealed):
    rng = Random(13)
    for _ in range(ROUNDS):
        table = rng.choice(list(LOGS))
        key = a_row(rng, sealed, table)

        def harm(table: str = table, key: int = key) -> str:
            sql(f"DELETE FROM {table} WHERE id = %s", key)  # noqa: S608
            return f"Rad {key} i {LOGS[table]} saknas."

        expected, found = rolled_back(harm)
        assert found.startswith(expected)


def test_two_rows_that_change_places_are_found_and_the_first_is_named(sealed):
    rng = Random(17)
    for _ in range(ROUNDS):
        table = rng.choice(list(LOGS))
        one = a_row(rng, sealed, table)
        other = rng.choice([k for seal in sealed for k in keys(table, seal) if k != one])

        def harm(table: str = table, one: int = one, other: int = other) -> str:
            for old, new in ((one, -1), (other, one), (-1, other)):
                sql(f"UPDATE {table} SET id = %s WHERE id = %s", new, old)  # noqa: S608
            return f"Rad {min(one, other)} i {LOGS[table]} är ändrad."

        expected, found = rolled_back(harm)
        # In one seal the access log comes before the history; of one log, the rows come in order.
        assert found.startswith(expected)


def test_an_end_that_is_cut_off_is_found_and_named(sealed):
    rng = Random(19)
    known = {seal.number: seal.root for seal in sealed}
    for _ in range(ROUNDS):
        kept = rng.randint(0, len(sealed) - 1)
        with_seals = rng.random() < 0.5

        def harm(kept: int = kept, with_seals: bool = with_seals) -> str:
            cut = sealed[kept]
            for table in LOGS:
                first = min(keys(table, cut))
                sql(f"DELETE FROM {table} WHERE id >= %s", first)  # noqa: S608
            if with_seals:
                sql("DELETE FROM sundbyberg_am_seal WHERE number >= %s", cut.number)
                return f"Försegling {cut.number} saknas."
            return f"Rad {min(keys(ACCESS, cut))} i åtkomstloggen saknas."

        expected, found = rolled_back(harm, known)
        assert found.startswith(expected)


def test_a_row_put_in_among_old_ones_is_found(sealed):
    def harm() -> str:
        AccessRecord.objects.create(pk=1_000_000_000, user=a_user(), page="/", subjects=[uuid4()])
        sql(f"UPDATE {ACCESS} SET id = 0 WHERE id = 1000000000")  # noqa: S608
        return "Rad 0 i åtkomstloggen har lagts till i efterhand"

    expected, found = rolled_back(harm)
    assert found.startswith(expected)


# The seals themselves


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        ("UPDATE sundbyberg_am_seal SET root = repeat('0', 64) WHERE number = 3", "3 är ändrad"),
        ("UPDATE sundbyberg_am_seal SET at = at + interval '1 s' WHERE number = 3", "3 är ändrad"),
        (
            "UPDATE sundbyberg_am_seal SET hashes = set_byte(hashes, 0, 255 - get_byte(hashes, 0))"
            " WHERE number = 3",
            "3 är ändrad",
        ),
        (
            """UPDATE sundbyberg_am_seal SET rows = '{"access": [], "changes": []}' WHERE number = 3""",
            "3 är",
        ),
        (
            "UPDATE sundbyberg_am_seal SET signature = repeat('0', 64) WHERE number = 3",
            "3 har inte",
        ),
        ("DELETE FROM sundbyberg_am_seal WHERE number = 3", "3 saknas"),
        ("DELETE FROM sundbyberg_am_seal WHERE number < 3", "1 saknas"),
    ],
)
def test_a_seal_that_is_changed_is_found_and_named(sealed, harm, says):
    sql(harm)
    assert broken().startswith(f"Försegling {says}")


def test_whoever_seals_anew_without_the_key_is_found_out(sealed, settings):
    """All rows changed, every hash worked out again: only the signature is not there."""
    with transaction.atomic():
        sql(f"UPDATE {ACCESS} SET page = '/annan/'")  # noqa: S608
        sql("DELETE FROM sundbyberg_am_seal")
        key, settings.SEAL_KEY = settings.SEAL_KEY, "en annan nyckel"
        assert seal_next(at=START)
        assert broken() == ""
        settings.SEAL_KEY = key
        assert broken() == "Försegling 1 har inte systemets underskrift."


def test_whoever_seals_anew_with_the_key_is_found_out_by_what_is_written_elsewhere(sealed):
    known = {seal.number: seal.root for seal in sealed}
    sql(f"UPDATE {ACCESS} SET page = '/annan/'")  # noqa: S608
    sql("DELETE FROM sundbyberg_am_seal")
    assert seal_next(at=START)
    assert broken() == ""
    assert broken(known) == "Försegling 1 är en annan än den som är nedskriven utanför systemet."


# The command


def test_command_says_that_all_is_whole(sealed, capsys):
    call_command("verify_log")
    said = capsys.readouterr().out
    assert "Allt är helt" in said
    assert "i 8 förseglingar" in said
    assert written(sealed[-1]) in said


def test_command_says_where_it_is_broken_and_fails(sealed, tmp_path):
    kept = tmp_path / "worker.log"
    kept.write_text(
        "annat\n" + "".join(f"2026-11-28 INFO sundbyberg_am.seals {written(s)}\n" for s in sealed)
    )
    call_command("verify_log", "--roots", str(kept))
    sql("DELETE FROM sundbyberg_am_seal WHERE number = 8")
    with pytest.raises(SystemExit, match=r"Försegling 8 saknas\."):
        call_command("verify_log", "--roots", str(kept))


def test_command_refuses_what_was_never_signed_here(sealed, tmp_path):
    kept = tmp_path / "worker.log"
    kept.write_text(f"försegling 9 {'0' * 64} {'0' * 64}\n")
    with pytest.raises(SystemExit, match="Försegling 9 i filen har inte systemets underskrift"):
        call_command("verify_log", "--roots", str(kept))


def test_command_wants_a_file_that_exists():
    with pytest.raises(SystemExit, match="kan inte läsas"):
        call_command("verify_log", "--roots", "/finns/inte")


def test_the_minute_task_seals_all_and_tells_it(caplog):
    AccessRecord.objects.create(user=a_user(), page="/", subjects=[uuid4()])
    with caplog.at_level("INFO", "sundbyberg_am.seals"):
        seal_records()
    assert [record.getMessage() for record in caplog.records] == [written(Seal.objects.get())]


def test_the_minute_task_seals_all_there_was_however_much_and_not_what_comes_meanwhile(monkeypatch):
    """Where somebody always works there is always more, and a worker has other things to do too."""
    user = a_user()

    def somebody_works() -> None:
        AccessRecord.objects.create(user=user, page="/", subjects=[uuid4()])

    def watch(execute: Any, sql: str, *given: Any) -> Any:
        answer = execute(sql, *given)
        if sql.startswith('INSERT INTO "sundbyberg_am_seal"') and Seal.objects.count() < 20:
            somebody_works()
        return answer

    monkeypatch.setattr(seals, "BATCH", 4)
    for _ in range(10):
        somebody_works()
    with connection.execute_wrapper(watch):
        seal_records()
    rows = [last - first + 1 for seal in Seal.objects.all() for first, last in seal.rows["access"]]
    assert (Seal.objects.count(), sum(rows)) == (4, 13)
    assert verify({}).unsealed == 1
