"""The year's figures for Kolada: what they are, what stops them, and the file to send."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.actions import record_access
from sundbyberg_am.replica import from_replica

from .access import open_run
from .behind import Place, behind
from .exporters.kas import render_csv, render_xlsx
from .figures import BY_CODE
from .kas import BY_HAND, checks, told
from .models import ReportRun
from .periods import Period
from .reading import read

_FILES = {
    "csv": (render_csv, "text/csv; charset=utf-8", "csv"),
    "excel": (
        render_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
    ),
}
# What stops the sending, by KAS class.
_GAPS = (("unknown", "Orsaken saknas"), ("unconfirmed", "Inte bekräftat"))


@require_GET
@requires(Permission.READ_REPORTS)
@from_replica
def kas(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Every indicator, the checks, and for those who may the cases to mend."""
    run, content = _open(request, public_id)
    found = checks(content, is_approved=run.approved_at is not None)
    gaps = []
    if request.user.may(Permission.OPEN_FIGURES):
        figure, period = BY_CODE["kas_exits"], Period.parse(run.period_code)
        for member, label in _GAPS:
            place = Place("kas_class", member)
            gaps += [(row, label) for row in behind(figure, place, period, user=request.user).rows]
        record_access(request, dict.fromkeys(row.subject for row, _ in gaps))
    context = {
        "run": run,
        "report": read(content),
        "checks": found,
        "may_send": all(check.is_met for check in found),
        "indicators": told(content),
        "by_hand": BY_HAND,
        "gaps": gaps,
    }
    return render(request, "reporting/kas.html", context)


@require_GET
@requires(Permission.READ_REPORTS)
@from_replica
def kas_download(request: SignedInRequest, public_id: UUID, kind: str) -> HttpResponse:
    """The file to send; refused while a check stops it."""
    run, content = _open(request, public_id)
    if kind not in _FILES:
        raise Http404
    if not all(check.is_met for check in checks(content, is_approved=bool(run.approved_at))):
        messages.error(request, "Filen går inte att hämta än. Se vad som återstår nedanför.")
        return redirect("kas", run.public_id)
    render_file, content_type, ending = _FILES[kind]
    return HttpResponse(
        render_file(content, settings.MUNICIPALITY),
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="kolada-{run.period_code}.{ending}"'
        },
    )


def _open(request: SignedInRequest, public_id: UUID) -> tuple[ReportRun, dict[str, Any]]:
    """The report of a whole year and what it says; another one is nothing for Kolada: Http404."""
    run = open_run(request, public_id)
    if run.content is None or not run.is_of_a_year:
        raise Http404
    return run, run.content
