"""The case figures of a tertial, beside the same figures from the same rows by other means.

DuckDB and pandas read Parquet files of the rows, and pandas is also measured with all of them in memory from
the start; PostgreSQL is asked in one plain statement. All give the same figures, or nothing is measured. What
participants need and what they answered in the survey are counted by ours only. Beside them: a frozen report
that is read, and a few cases after a long history.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from django.db import connection
from django.utils import timezone
from pyarrow import bool_, csv, date32, int64, parquet, string, timestamp

from reporting import counting
from reporting.content import build_content, fingerprint
from reporting.models import ReportRun, RunState
from reporting.periods import Period
from reporting.reading import read

from . import figures_in_pandas, figures_in_sql, history
from .figures_in_pandas import Values
from .measuring import in_turn, medians
from .place import Place
from .plans import read_whole

ROUNDS = 7
PERIOD = Period.parse("2026-T1")

# What the figures are counted from: the columns of each table.
ROWS = {
    "participants_participant": "id personnummer birth_date sex education",
    "participants_enrolment": "id participant_id started_on ended_on initiator exit_reason_id exit_confirmed "
    "voided_at",
    "participants_exitreason": "id code counts_as kas_class",
    "participants_levelchange": "id enrolment_id level valid_from",
    "participants_plan": "enrolment_id adopted_on",
    "participants_intervention": "enrolment_id kind offer_id provider started_on planned_end_on ended_on "
    "outcome",
    "participants_offer": "id provider audience",
    "participants_assessment": "id enrolment_id assessed_on",
    "participants_domainsteps": "assessment_id domain consultant_step",
    "referrals_referral": "enrolment_id personnummer level initiator status submitted_on decided_on "
    "withdrawn_on",
}


def measure(place: Place) -> Iterator[tuple[str, float, str]]:
    """For each way: its median in seconds, and of what it is how much."""
    if place.size != "1k" and (tables := read_whole(_ours)):
        raise AssertionError(f"To count reads all of {', '.join(sorted(tables))}")
    yield from _other_ways(place)
    yield from _frozen()
    yield from _after_a_history(place)


def _other_ways(place: Place) -> list[tuple[str, float, str]]:
    files = _export(place)
    store = duckdb.connect()
    store.execute("SET threads = 2")
    for table, file in files.items():
        store.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{file}')")
    frames = _frames(files)
    statement = figures_in_sql.statement(PERIOD)
    ways: dict[str, Callable[[], Values]] = {
        "ours": _ours,
        "DuckDB on Parquet": lambda: _values(store.execute(statement).fetchall()),
        "plain SQL": lambda: _plain(statement),
        "pandas on Parquet": lambda: figures_in_pandas.figures(_frames(files), PERIOD),
        "pandas, all in memory": lambda: figures_in_pandas.figures(frames, PERIOD),
    }
    found = {name: way() for name, way in ways.items()}
    for name, values in found.items():
        _compare(found["ours"], values, name)
    return _beside("ours", ways)


def _frozen() -> list[tuple[str, float, str]]:
    """A report that is kept, beside counting all that it says."""
    today = timezone.localdate()
    content = build_content(PERIOD, counted_on=today)
    run = ReportRun.objects.create(
        period_code=PERIOD.code,
        state=RunState.READY,
        content=content,
        fingerprint=fingerprint(content),
        ordered_at=timezone.now(),
        finished_at=timezone.now(),
    )
    ways = {
        "a report, counted": lambda: build_content(PERIOD, counted_on=today),
        "a report, frozen": lambda: read(ReportRun.objects.get(pk=run.pk).content or {}),
    }
    try:
        return _beside("a report, counted", ways)
    finally:
        run.delete()


def _after_a_history(place: Place) -> list[tuple[str, float, str]]:
    """A thousand cases of a period after as long a history as the database has, beside them alone."""
    history.make(place.superuser_url, PERIOD)
    alone, long = (_within(schema) for schema in (history.ALONE, history.LONG))
    _compare(alone(), long(), "a thousand cases after a history")
    return _beside(
        "a thousand cases", {"a thousand cases": alone, "a thousand after a history": long}
    )


def _within(schema: str) -> Callable[[], Values]:
    def ours() -> Values:
        with history.within(schema):
            return _ours()

    return ours


def _beside(one: str, ways: Mapping[str, Callable[[], object]]) -> list[tuple[str, float, str]]:
    seconds = medians(in_turn(ways, ROUNDS))
    return [(name, seconds[name], f"{seconds[name] / seconds[one]:7.3f} × {one}") for name in ways]


def _ours() -> Values:
    return {
        (value.figure, *(next(iter(value.by.items())) if value.by else ("", "")), value.sex): float(
            value.value
        )
        for value in counting.count(PERIOD)
        if value.value and not value.figure.startswith(("needs", "satisfaction"))
    }


def _plain(statement: str) -> Values:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return _values(cursor.fetchall())


def _values(rows: list[tuple[str, str, str, str, float | None]]) -> Values:
    return {(figure, key, member, sex): value for figure, key, member, sex, value in rows if value}


def _compare(ours: Values, others: Values, name: str) -> None:
    wrong = [
        (cell, ours.get(cell), others.get(cell))
        for cell in ours.keys() | others.keys()
        if not math.isclose(ours.get(cell, 0), others.get(cell, 0), rel_tol=1e-9)
    ]
    if wrong:
        raise AssertionError(f"{name} gives {len(wrong)} other figures, as {sorted(wrong)[:5]}")


def _export(place: Place) -> dict[str, Path]:
    """Parquet files of the rows."""
    folder = place.data / "parquet"
    folder.mkdir(exist_ok=True)
    files = {}
    with psycopg.connect(place.superuser_url) as source:
        for table, columns in ROWS.items():
            names = columns.split()
            files[table] = folder / f"{table}.parquet"
            written = folder / f"{table}.csv"
            copy = f"COPY (SELECT {', '.join(names)} FROM {table}) TO STDOUT (FORMAT csv, HEADER)"
            with written.open("wb") as file, source.cursor().copy(copy) as rows:
                for some in rows:
                    file.write(some)
            parquet.write_table(_read(written, names), files[table])
            written.unlink()
    return files


def _read(file: Path, names: list[str]) -> Any:
    kinds = {name: string() for name in names}
    kinds |= {name: int64() for name in names if name.endswith("id") or name == "consultant_step"}
    kinds |= {name: date32() for name in names if name.endswith(("_on", "_date", "_from"))}
    kinds |= {name: bool_() for name in names if name == "exit_confirmed"}
    options = csv.ConvertOptions(
        column_types=kinds,
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["t"],
        false_values=["f"],
    )
    return csv.read_csv(file, convert_options=options)


def _frames(files: Mapping[str, Path]) -> dict[str, Any]:
    return {table: _frame(file) for table, file in files.items()}


def _frame(file: Path) -> Any:
    """The rows of a file in memory, with days as pandas counts with them."""
    table = parquet.read_table(file)
    for at, column in enumerate(table.schema):
        if column.type == date32():
            table = table.set_column(at, column.name, table[column.name].cast(timestamp("s")))
    return table.to_pandas()
