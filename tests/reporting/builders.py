"""What tests of reports need beside the cases: goals and what measures them."""

import re
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reporting.content import build_content
from reporting.goals.models import BoardGoal, Indicator
from reporting.models import ReportRun, RunState
from reporting.periods import Period
from sundbyberg_am.models import User

_serial = count(1)


def a_board_goal(year: int = 2026, **fields: Any) -> BoardGoal:
    """A goal of the year, the next in order; every call another one."""
    number = BoardGoal.objects.last_number(year) + 1
    goal = BoardGoal(
        **{
            "year": year,
            "number": number,
            "text": f"Fler kommer i arbete {next(_serial)}",
            "responsible": "Enhetschefen",
            **fields,
        }
    )
    goal.full_clean()
    goal.save()
    return goal


def an_approved_report(by: User) -> ReportRun:
    """A report of a year without anything in it, as if it had been built, and approved."""
    now = timezone.now()
    return ReportRun.objects.create(
        period_code="2022",
        state=RunState.READY,
        ordered_by=by,
        content=build_content(Period.parse("2022"), counted_on=date(2023, 1, 2)),
        fingerprint="0" * 64,
        finished_at=now,
        approved_at=now,
        approved_by=by,
    )


def page_with_all_opened(client: Client, run: ReportRun) -> str:
    """The page of a report as it is when somebody has opened each section by level, age and so on."""
    address = reverse("report", args=[run.public_id])
    page = client.get(address).content.decode()
    for place in re.findall(r'data-hx-get="\?visa=(\d+)"', page):
        asked = client.get(f"{address}?visa={place}", headers={"HX-Request": "true"})
        opened = asked.content.decode()
        closed = re.search(
            rf'<div class="breakdown" id="efter-{place}".*?</div>', page, flags=re.DOTALL
        )
        assert closed
        page = page.replace(closed[0], opened)
    return page


def an_indicator(
    goal: BoardGoal | None = None, target: int | None = 50, **fields: Any
) -> Indicator:
    """An indicator of the share to work or studies; by hand when `figure` is empty and a unit given."""
    goal = goal or a_board_goal()
    indicator = Indicator(
        **{
            "goal": goal,
            "number": goal.indicators.count() + 1,
            "label": "Avslut till arbete eller studier",
            "figure": "work_or_studies_share",
            "target": None if target is None else Decimal(target),
            **fields,
        }
    )
    indicator.full_clean()
    indicator.save()
    return indicator
