"""The list of participants, which is also the search, and the same list as an Excel file."""

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from participants.forms import WITHOUT_LEVEL, ListFilters
from participants.list_file import render as render_list
from participants.models import Enrolment
from participants.models.work_lists import EnrolmentQuerySet
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.actions import record_access

PAGE = 50


@require_GET
@requires(Permission.READ_CASES)
def participant_list(request: SignedInRequest) -> HttpResponse:
    """Participants of the own unit: the own ongoing ones, or everybody that a search finds."""
    today = timezone.localdate()
    filters = _filters(request)
    chosen = filters.chosen()
    cases = _found(request, chosen, today)
    after = _uuid(request.GET.get("efter", ""))
    if after:
        cases = cases.after(after)

    rows = list(cases.for_list(today)[: PAGE + 1])
    shown = rows[:PAGE]
    record_access(request, [row.public_id for row in shown])
    first = request.GET.copy()
    first.pop("efter", None)
    following = first.copy()
    if shown:
        following["efter"] = str(shown[-1].public_id)
    context = {
        "filters": filters,
        "chosen": chosen,
        "rows": shown,
        "first_url": f"?{first.urlencode()}" if after else "",
        "next_url": f"?{following.urlencode()}" if len(rows) > PAGE else "",
        "export_query": first.urlencode(),
        "may_work": request.user.may(Permission.WORK_ON_CASES),
        "today": today,
    }
    return render(request, "participants/list.html", context)


@require_GET
@requires(Permission.READ_CASES)
def participant_export(request: SignedInRequest) -> HttpResponse:
    """The whole list with the filters in use, as an Excel file; everybody on it is put on record."""
    today = timezone.localdate()
    chosen = _filters(request).chosen()
    rows = list(_found(request, chosen, today).for_list(today))
    record_access(request, [row.public_id for row in rows])
    return HttpResponse(
        render_list(rows, today=today),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="deltagare-{today}.xlsx"'},
    )


def _filters(request: SignedInRequest) -> ListFilters:
    """What is asked for: the own ongoing cases, unless a search or the user's role says otherwise."""
    wide = "q" in request.GET or not request.user.may(Permission.WORK_ON_CASES)
    return ListFilters(
        {
            "vilka": "alla" if wide else "mina",
            "lage": "alla" if "q" in request.GET else "pagaende",
            **request.GET.dict(),
        }
    )


def _found(request: SignedInRequest, chosen: dict[str, str], today: date) -> EnrolmentQuerySet:
    """The cases that the filters leave, of those that the user may see."""
    cases = Enrolment.objects.visible_to(request.user).newest_of_each()
    if chosen["q"]:
        cases = cases.search(chosen["q"])
    if chosen["vilka"] == "mina":
        cases = cases.of_consultant(request.user, today)
    if chosen["lage"] == "pagaende":
        cases = cases.open()
    elif chosen["lage"] == "avslutade":
        cases = cases.ended()
    if chosen["niva"]:
        level = "" if chosen["niva"] == WITHOUT_LEVEL else chosen["niva"]
        cases = cases.of_level_on(level, today)
    return cases


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
