"""What is missing in the cases, always as it stands now."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.actions import record_access
from sundbyberg_am.replica import from_replica

from . import quality
from .quality import BY_CODE, KINDS, Gap, Kind

PAGE = 50
EVERYBODY = "alla"


@require_GET
@requires(Permission.READ_CASES)
@from_replica
def missing_data(request: SignedInRequest) -> HttpResponse:
    """How many of each kind are missing per consultant, and the cases, each opening at the field.

    Whoever keeps cases sees the own ones first.
    """
    may_work = request.user.may(Permission.WORK_ON_CASES)
    every = quality.gaps(request.user, timezone.localdate())
    asked = request.GET.get("konsulent", str(request.user.public_id) if may_work else EVERYBODY)
    kind = BY_CODE.get(request.GET.get("uppgift", ""))
    consultant = "" if asked == EVERYBODY else asked
    found = quality.chosen(every, consultant, kind.code if kind else "")
    start = _after(found, request.GET.get("fran", ""))
    shown = found[start : start + PAGE]
    record_access(request, dict.fromkeys(gap.public_id for gap in shown))
    rows = quality.by_consultant(every)
    address = f"?konsulent={asked}&uppgift={kind.code if kind else ''}"
    context = {
        "kinds": KINDS,
        "kind": kind,
        "rows": rows,
        "totals": [sum(row.counts[at] for row in rows) for at in range(len(KINDS))],
        "asked": asked,
        "of_whom": next((row.consultant for row in rows if row.address == asked), None),
        "shown": [(gap, _places(gap, may_work=may_work)) for gap in shown],
        "count": len(found),
        "case_count": len(every),
        "first_url": address if start else "",
        "next_url": f"{address}&fran={shown[-1].pk}" if len(found) > start + PAGE else "",
    }
    return render(request, "reporting/missing_data.html", context)


def _after(found: list[Gap], key: str) -> int:
    """Where the page begins: after the case with this key, or at the first."""
    return next((at for at, gap in enumerate(found, start=1) if str(gap.pk) == key), 0)


def _places(gap: Gap, *, may_work: bool) -> list[tuple[Kind, str]]:
    """What is missing, and where it is filled in; who only reads is led to the case."""
    places = []
    for kind in gap.missing:
        page = kind.page if may_work else "participant"
        anchor = f"#{kind.field}" if kind.field and may_work else ""
        places.append((kind, reverse(page, args=[gap.public_id]) + anchor))
    return places
