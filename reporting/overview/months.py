"""What each of the latest twelve months was, counted as the figures are.

A month that is not over is counted up to today.
"""

# ruff: noqa: S608 -- nothing is put together here but the months

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connections

from participants.models import Level
from sundbyberg_am import replica
from sundbyberg_am.plots import Series, line_plot
from sundbyberg_am.templatetags.swedish import MONTHS, number

LONG = 12
LEVELS = (*Level.values, "unknown")
NO_LEVEL = "Saknas"

_MONTHS = """
    WITH months AS (
        SELECT day::date AS first,
            least((day + interval '1 month' - interval '1 day')::date, %(today)s::date) AS last
        FROM generate_series(%(first)s::date, %(today)s::date, interval '1 month') AS day
    )
"""

FLOWS = f"""
    {_MONTHS}
    SELECT months.first,
        count(*) FILTER (WHERE started_on BETWEEN months.first AND months.last) AS started,
        count(*) FILTER (WHERE ended_on BETWEEN months.first AND months.last) AS ended,
        count(*) FILTER (
            WHERE started_on <= months.last AND (ended_on IS NULL OR ended_on > months.last)
        ) AS ongoing
    FROM months
    LEFT JOIN participants_enrolment ON voided_at IS NULL
    GROUP BY 1
    ORDER BY 1
"""

LEVELS_ONGOING = f"""
    {_MONTHS}
    SELECT months.first, coalesce(in_force.level, 'unknown') AS level, count(enrolment.id) AS ongoing
    FROM months
    JOIN participants_enrolment enrolment ON enrolment.voided_at IS NULL
        AND enrolment.started_on <= months.last
        AND (enrolment.ended_on IS NULL OR enrolment.ended_on > months.last)
    LEFT JOIN LATERAL (
        SELECT change.level
        FROM participants_levelchange change
        WHERE change.enrolment_id = enrolment.id AND change.valid_from <= months.last
        ORDER BY change.valid_from DESC, change.id DESC
        LIMIT 1
    ) in_force ON true
    GROUP BY 1, 2
"""

WAITING = f"""
    {_MONTHS}
    SELECT months.first,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY referral.decided_on - referral.submitted_on)
            FILTER (WHERE referral.decided_on BETWEEN months.first AND months.last) AS answer,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY enrolment.started_on - referral.submitted_on)
            FILTER (WHERE enrolment.started_on BETWEEN months.first AND months.last) AS start
    FROM months
    LEFT JOIN referrals_referral referral ON referral.submitted_on <= months.last
    LEFT JOIN participants_enrolment enrolment
        ON enrolment.id = referral.enrolment_id AND enrolment.voided_at IS NULL
    GROUP BY 1
    ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Course:
    """Something over the months: as a plot, and as a table with the same values."""

    title: str
    plot: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]  # month, and the values under the headings


def courses(today: date) -> list[Course]:
    """The flows, the levels and the waiting, in three statements."""
    first = first_month(today)
    flows, waiting = _rows(FLOWS, first, today), _rows(WAITING, first, today)
    of_level = {
        (row["first"], row["level"]): row["ongoing"] for row in _rows(LEVELS_ONGOING, first, today)
    }
    months = [row["first"] for row in flows]
    return [
        _course(
            "In och ut",
            months,
            [
                Series("Nya inskrivningar", [row["started"] for row in flows]),
                Series("Avslut", [row["ended"] for row in flows]),
                Series("Pågående vid slutet", [row["ongoing"] for row in flows]),
            ],
            # Those who are there are many more than those who come and go: drawn by level below.
            drawn=2,
        ),
        _course(
            "Pågående per nivå, vid månadens slut",
            months,
            [
                Series(
                    NO_LEVEL if level == "unknown" else level,
                    [of_level.get((month, level), 0) for month in months],
                )
                for level in LEVELS
            ],
        ),
        _course(
            "Väntan i dagar, median",
            months,
            [
                Series("Anvisning till svar", [row["answer"] for row in waiting]),
                Series("Anvisning till start", [row["start"] for row in waiting]),
            ],
            decimals=1,
        ),
    ]


def first_month(today: date) -> date:
    """The first day of the earliest of the latest twelve months, this one among them."""
    months = today.year * 12 + today.month - LONG
    return date(months // 12, months % 12 + 1, 1)


def _course(
    title: str, months: list[date], series: list[Series], *, decimals: int = 0, drawn: int = 4
) -> Course:
    """The first `drawn` of the series as lines, and all of them in the table."""
    names = [MONTHS[month.month - 1][:3] for month in months]
    label = (
        f"{title}, {_long(months[0])} till {_long(months[-1])}. Värdena står i tabellen bredvid."
    )
    return Course(
        title=title,
        plot=line_plot(names, series[:drawn], label=label),
        headings=tuple(one.label for one in series),
        rows=tuple(
            (
                f"{names[at]} {month.year}",
                tuple(number(one.values[at], decimals) for one in series),
            )
            for at, month in enumerate(months)
        ),
    )


def _long(month: date) -> str:
    return f"{MONTHS[month.month - 1]} {month.year}"


def _rows(statement: str, first: date, today: date) -> list[Mapping[str, Any]]:
    with connections[replica.alias()].cursor() as cursor:
        cursor.execute(statement, {"first": first, "today": today})
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, values, strict=True)) for values in cursor.fetchall()]
