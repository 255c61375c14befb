"""A copy of the embedded database in one file, and an installation made from it again.

The file also has the key that the seals of the access log are signed with, and what each table came to: so
whoever restores it is told whether everything is there.
"""

import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from . import embedded
from .roles import as_owner

DATABASE, KEY, CONTENTS = "database.dump", "secret_key", "contents.json"
Sums = dict[str, list[str]]  # by table: how many rows, and a sum over all that they say


class BackupError(Exception):
    """Why there is no copy, or no installation made from it, as one Swedish sentence."""


def back_up(path: Path) -> Sums:
    """Write the copy, of one moment, while the program is used; gives what is in it. Raises BackupError.

    It is written beside the path and renamed, so a file with the name is whole.
    """
    _check_embedded()
    if path.exists():
        raise BackupError(f"Filen {path} finns redan. Välj ett annat namn.")
    if not path.parent.is_dir():
        raise BackupError(f"Mappen {path.parent} finns inte.")
    with _room_in(path.parent) as room, as_owner(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
        sums = table_sums()
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={room / DATABASE}")
        (room / KEY).write_text(settings.SECRET_KEY)
        (room / CONTENTS).write_text(json.dumps(sums))
        whole = room / "whole"
        with tarfile.open(whole, "w") as archive:
            for name in (CONTENTS, KEY, DATABASE):
                archive.add(room / name, arcname=name)
        with whole.open("rb") as file:
            os.fsync(file.fileno())
        whole.chmod(0o600)
        os.link(whole, path)  # never over a file that has come meanwhile
    return sums


def restore(path: Path) -> Sums:
    """Make the database of DATA_DIR, which must be new, what the copy says. Raises BackupError."""
    _check_embedded()
    with _room_in(Path(settings.DATA_DIR)) as room:
        try:
            with tarfile.open(path) as archive:
                for name in (CONTENTS, KEY, DATABASE):
                    archive.extract(name, room, filter="data")
            expected: Sums = json.loads((room / CONTENTS).read_text())
        except (OSError, tarfile.TarError, KeyError, ValueError) as error:
            raise BackupError(f"Filen {path} är ingen hel säkerhetskopia.") from error
        with as_owner():
            if connection.introspection.table_names():
                raise BackupError(
                    f"Det finns redan en databas i {settings.DATA_DIR}. Sätt DATA_DIR till en ny mapp."
                )
            name = connection.settings_dict["NAME"]
            _run(
                "pg_restore",
                "--exit-on-error",
                "--single-transaction",
                f"--dbname={name}",
                room / DATABASE,
            )
            sums = table_sums()
        if sums != expected:
            wrong = sorted(one for one in {*sums, *expected} if sums.get(one) != expected.get(one))
            raise BackupError(
                f"Det som lästes tillbaka är inte det som kopierades: {', '.join(wrong)}."
            )
        (room / KEY).chmod(0o600)
        (room / KEY).replace(Path(settings.DATA_DIR) / KEY)
    return sums


def table_sums() -> Sums:
    """Of every table, how many rows it has, and a sum that any change to any of them changes."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            quoted = connection.ops.quote_name(table)
            cursor.execute(
                f"SELECT count(*)::text, sum(hashtextextended(t::text, 0)::numeric)::text FROM {quoted} t"  # noqa: S608
            )
            found[table] = list(cursor.fetchone())
    return found


def _check_embedded() -> None:
    if not settings.EMBEDDED_DATABASE:
        raise BackupError(
            "DATABASE_URL är satt, så databasen kopieras med serverns egna verktyg. Se docs/handbok."
        )


@contextmanager
def _room_in(folder: Path) -> Iterator[Path]:
    """A folder beside what is to be written, for nobody else, gone afterwards."""
    try:
        with tempfile.TemporaryDirectory(prefix=".kopia-", dir=folder) as room:
            yield Path(room)
    except OSError as error:
        raise BackupError(f"Det gick inte att skriva i {folder}: {error.strerror}.") from error


def _run(tool: str, *arguments: str | Path) -> None:
    """A program of PostgreSQL on the database that we are connected to."""
    known: dict[str, Any] = connection.settings_dict
    where = {"PGHOST": known["HOST"], "PGUSER": known["USER"], "PGDATABASE": known["NAME"]}
    done = subprocess.run(
        [embedded.tool(tool), "--no-password", *arguments],
        env={**os.environ, **where, "LC_ALL": "C.UTF-8"},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{tool} gav upp: {done.stderr.strip().splitlines()[-1]}")
