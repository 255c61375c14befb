"""Cases in a file as an office hands them over, and the database as it was before they were imported."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random

import psycopg

from sundbyberg_am.personnummer import with_check_digit

from .place import Place

UNIT = "Enheten som lästes in"
# What a row of the file becomes, those that are pointed at first.
TABLES = (
    "participants_participant",
    "participants_enrolment",
    "participants_levelchange",
    "participants_plan",
    "referrals_referral",
)
_MORE = ("reporting_reportfile", "reporting_reportrun", "sundbyberg_am_accessrecord")
_HISTORY = "sundbyberg_am_change"
_LEVELS = ("AM1", *["AM2"] * 5, *["AM3"] * 5)
_REASONS = (
    "Flyttat från kommunen",
    "Arbete utan subvention",
    "Teoretiska studier",
    "Mål uppfyllt – vidare till annan aktör",
    "Mål uppfyllt – åter beställare",
)
_BIRTHDAYS = 8_000  # from 1940 on: nobody in the made-up database is as old


def a_file(folder: Path, people: int, *, since: date, days: int) -> Path:
    """A case of each, begun on one of the days, as unlike each other as those of a city."""
    random = Random(2024)  # noqa: S311
    rows = []
    for number in range(people):
        born = date(1940, 1, 1) + timedelta(days=number % _BIRTHDAYS)
        serial = 980 + number // _BIRTHDAYS
        started = since + timedelta(days=random.randrange(days))
        ended = started + timedelta(days=random.randrange(20, 500))
        is_over = ended < since + timedelta(days=days)
        rows.append(
            {
                "personnummer": f"{born:%Y}"[:2] + with_check_digit(f"{born:%y%m%d}{serial}"),
                "förnamn": "Test",
                "efternamn": f"Person {number}",
                "enhet": UNIT,
                "anvisad_av": "Socialtjänst",
                "anvisningsdatum": started - timedelta(days=random.randrange(30)),
                "nivå": random.choice(_LEVELS),
                "inskriven": started,
                "avslutad": ended if is_over else "",
                "avslutsorsak": random.choice(_REASONS) if is_over else "",
                "bekräftat": "",
                "utbildning": random.choice(("Grundskola", "Gymnasial", "Eftergymnasial")),
                "handlingsplan": started + timedelta(days=random.randrange(19)),
                "konsulent": "",
            }
        )
    file = folder / "cases.csv"
    with file.open("w", newline="") as text:
        writer = csv.DictWriter(text, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return file


class Before:
    """How far the tables had come, to put them back there; no trigger sees it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.newest = {
            table: place.ask(f"SELECT coalesce(max(id), 0) FROM {table}")
            for table in (*TABLES, *_MORE, _HISTORY)
        }

    def again(self) -> None:
        """Take away what has come since."""
        with psycopg.connect(self.place.superuser_url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            for table, newest in self.newest.items():
                connection.execute(f"DELETE FROM {table} WHERE id > {newest}")
            connection.execute(f"VACUUM ANALYZE {', '.join(self.newest)}")


@contextmanager
def as_before(place: Place) -> Iterator[Before]:
    """Afterwards the database is as it was."""
    before = Before(place)
    try:
        yield before
    finally:
        before.again()
