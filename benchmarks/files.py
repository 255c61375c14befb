"""Large files: lists as Excel beside XlsxWriter alone, an import beside the database's own COPY.

As many rows as the size says, in a unit of their own. A list is downloaded from a real web server, whose
memory is read when it has; XlsxWriter writes the same cells in a process that does nothing else.
"""

import io
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from django.utils.timezone import localdate
from openpyxl import load_workbook

from referrals.importing.cases import import_cases
from reporting.actions import build
from reporting.models import ReportRun
from sundbyberg_am import embedded
from sundbyberg_am.access import Role
from sundbyberg_am.models import Unit, User

from .cases import TABLES, UNIT, a_file, as_before
from .measuring import in_turn, medians
from .place import SIZES, Place, Server, children

Line = tuple[str, float, str]

ROUNDS = {"1k": (2, 7), "100k": (1, 3), "1m": (0, 1)}  # those that do not count, and those that do
YEAR, DAYS = date(2012, 1, 1), 366
# What somebody would write who had the cells at hand: a row at a time, each cell by its kind.
BARE = """
import pickle, sys, time
import xlsxwriter
with open(sys.argv[1], "rb") as file:
    rows = pickle.load(file)
began = time.perf_counter()
book = xlsxwriter.Workbook(sys.argv[1] + ".xlsx", {"constant_memory": True})
day = book.add_format({"num_format": "yyyy-mm-dd"})
sheet = book.add_worksheet()
for number, cells in enumerate(rows):
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            sheet.write_string(number, column, cell)
        elif isinstance(cell, (int, float)):
            sheet.write_number(number, column, cell)
        elif cell is not None:
            sheet.write_datetime(number, column, cell, day)
book.close()
print(time.perf_counter() - began)
"""


def measure(place: Place) -> Iterator[Line]:
    """What each takes in seconds, and how much that is of what it is beside."""
    with TemporaryDirectory() as folder, as_before(place) as before:
        room = Path(folder)
        people = SIZES[place.size]
        cases = a_file(room, people, since=YEAR, days=DAYS)
        yield _import(place, cases, people, before.again)
        _read(cases)
        yield from _lists(place, room, people)


def _read(cases: Path) -> None:
    import_cases(cases, None, today=localdate(), dry_run=False)


def _import(place: Place, cases: Path, people: int, again: Callable[[], object]) -> Line:
    """The program's import beside COPY of the rows that come of it, with all that the tables ask."""
    newest = {table: place.ask(f"SELECT coalesce(max(id), 0) FROM {table}") for table in TABLES}
    _read(cases)
    with psycopg.connect(place.superuser_url) as connection:
        copied = []
        for table, last in newest.items():
            columns = ", ".join(
                f'"{name}"'
                for (name,) in connection.execute(
                    "SELECT column_name FROM information_schema.columns"
                    " WHERE table_schema = 'public' AND table_name = %s"
                    " AND is_generated = 'NEVER' ORDER BY ordinal_position",
                    [table],
                )
            )
            rows = f"COPY (SELECT {columns} FROM {table} WHERE id > {last} ORDER BY id) TO STDOUT"
            with connection.cursor().copy(rows) as copy:
                copied.append((f"COPY {table} ({columns}) FROM STDIN", b"".join(copy)))
    again()

    def copy_in() -> None:
        with psycopg.connect(embedded.urls(place.data)[0]) as connection:
            for statement, text in copied:
                with connection.cursor().copy(statement) as copy:
                    copy.write(text)

    warm_up, rounds = ROUNDS[place.size]
    took = medians(
        in_turn(
            {"import": partial(_read, cases), "copy": copy_in},
            rounds,
            warm_up=warm_up,
            after=again,
        )
    )
    times = took["import"] / took["copy"]
    return f"{people} rows are imported", took["import"], f"{times:.2f} × COPY of what they become"


def _lists(place: Place, room: Path, people: int) -> Iterator[Line]:
    manager = _a_manager(place)
    run = ReportRun.objects.create(period_code=str(YEAR.year), ordered_by=manager)
    build(run.pk)
    addresses = {
        "the list as Excel": "/deltagare/excel/?vilka=alla&lage=alla",
        "rows behind a figure as Excel": f"/rapporter/{run.public_id}/siffra/participants/excel/",
    }
    for name, address in addresses.items():
        with place.served() as server:
            server.sign_in(manager.username)
            file = server.download(address)
            sheet = load_workbook(io.BytesIO(file), read_only=True).worksheets[0]
            cells = room / "cells"
            cells.write_bytes(pickle.dumps(list(sheet.iter_rows(values_only=True))))
            yield _beside_bare(place, server, name, address, cells, people)


def _beside_bare(
    place: Place, server: Server, name: str, address: str, cells: Path, people: int
) -> Line:
    bare: list[float] = []
    for worker in children(server.pid):
        forget_peak(worker)

    def write() -> None:
        written = subprocess.run(
            [sys.executable, "-c", BARE, str(cells)], stdout=subprocess.PIPE, text=True, check=True
        )
        bare.append(float(written.stdout))

    warm_up, rounds = ROUNDS[place.size]
    took = medians(
        in_turn({"ours": partial(server.download, address), "bare": write}, rounds, warm_up=warm_up)
    )
    times = took["ours"] / sorted(bare[warm_up:])[rounds // 2]
    peak = max(map(peak_memory, children(server.pid)))
    return f"{name}, {people} rows", took["ours"], f"{times:.2f} × bare; {peak:.0f} MB at most"


def _a_manager(place: Place) -> User:
    """Somebody who may see the unit that the rows are of."""
    unit = Unit.objects.get(name=UNIT)
    manager, _ = User.objects.get_or_create(
        username="reads-large-files",
        defaults={"name": "Läser stora filer", "role": Role.MANAGER, "unit": unit},
    )
    manager.password = User.objects.get(username="user1").password
    manager.save()
    return manager


def forget_peak(pid: int) -> None:
    """Let the most that a process has had be what it has now: signing in takes much memory by intent."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_memory(pid: int) -> float:
    """The most that a process has had in memory so far, in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
