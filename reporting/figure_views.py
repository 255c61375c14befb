"""A figure of a report: how it is counted, what it is compared with, and who or what is behind it."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.actions import record_access
from sundbyberg_am.replica import from_replica

from .access import open_run
from .behind import Behind, Place, behind
from .exporters.behind import render as render_rows
from .figures import BY_CODE
from .models import ReportRun
from .periods import Period
from .reading import Cell, FigureRead, Labels, Line, Report, read

PAGE = 50


@dataclass(frozen=True, slots=True)
class _Opened:
    """What an address is about: a value in a report, and the words for it."""

    run: ReportRun
    report: Report
    figure: FigureRead
    line: Line
    cell: Cell
    place: Place
    labels: Labels


@require_GET
@requires(Permission.READ_REPORTS)
@from_replica
def figure(request: SignedInRequest, public_id: UUID, code: str) -> HttpResponse:
    """One value of a report, and for those who may, the rows that it is counted from."""
    opened = _open(request, public_id, code)
    context = {
        "run": opened.run,
        "report": opened.report,
        "figure": opened.figure,
        "line": opened.line,
        "cell": opened.cell,
        "place": opened.place,
        "dimension": opened.labels.dimension(opened.place.key),
    }
    if request.user.may(Permission.OPEN_FIGURES) and code in BY_CODE:
        found = _behind(request, opened)
        shown, is_more = found.page(_key(request.GET.get("fran", "")), PAGE)
        record_access(request, dict.fromkeys(row.subject for row in shown))
        counted_now = opened.labels.cell(opened.cell, found.value)
        asked = request.GET.copy()
        first = asked.pop("fran", None)
        context |= {
            "found": found,
            "shown": [(row, opened.labels.members(opened.figure, row)) for row in shown],
            "columns": opened.labels.columns(opened.figure),
            "now": counted_now,
            "is_same": counted_now == opened.cell,
            "first_url": f"?{asked.urlencode()}" if first else "",
            "next_url": "",
            "export_query": asked.urlencode(),
        }
        if is_more:
            asked["fran"] = str(shown[-1].row_id)
            context["next_url"] = f"?{asked.urlencode()}"
    return render(request, "reporting/figure.html", context)


@require_GET
@requires(Permission.OPEN_FIGURES)
@from_replica
def figure_rows(request: SignedInRequest, public_id: UUID, code: str) -> HttpResponse:
    """Every row behind a value as an Excel file; everybody in it is put on record."""
    opened = _open(request, public_id, code)
    if code not in BY_CODE:
        raise Http404
    found = _behind(request, opened)
    record_access(request, dict.fromkeys(row.subject for row in found.rows))
    name = f"{code}-{opened.run.period_code}"
    return HttpResponse(
        render_rows(
            opened.report,
            opened.figure,
            found,
            opened.labels,
            where=opened.labels.where(opened.place.key, opened.line, opened.cell),
        ),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )


def _open(request: SignedInRequest, public_id: UUID, code: str) -> _Opened:
    """The value that is asked for; one that the report does not have raises Http404."""
    run = open_run(request, public_id)
    if run.content is None:
        raise Http404
    report, labels = read(run.content), Labels(run.content["definitions"])
    asked = request.GET
    place = Place(asked.get("efter", ""), asked.get("grupp", ""), asked.get("kon", "") or "all")
    found = report.figure(code)
    line = found.place(place.key, place.member) if found else None
    if found is None or line is None or place.sex not in labels.sexes:
        raise Http404
    cell = line.cells[list(labels.sexes).index(place.sex)]
    return _Opened(run, report, found, line, cell, place, labels)


def _behind(request: SignedInRequest, opened: _Opened) -> Behind:
    period = Period.parse(opened.run.period_code)
    return behind(BY_CODE[opened.figure.code], opened.place, period, user=request.user)


def _key(text: str) -> int | None:
    return int(text[:18]) if text.isascii() and text.isdigit() else None
