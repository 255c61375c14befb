"""The list of participants, which is also the search, and the same list as an Excel file.

What is searched for is a name or a personnummer, which no address may tell: it is sent, kept in the session
and stands in the address as a key.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_GET, require_http_methods

from participants.forms import WITHOUT_LEVEL, ListFilters
from participants.list_file import render as render_list
from participants.models import Enrolment
from participants.models.work_lists import EnrolmentQuerySet
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.actions import record_access
from sundbyberg_am.replica import from_replica
from sundbyberg_am.templatetags.swedish import plural

PAGE = 50
SEARCHES = "searches"  # in the session: what was searched for lately, by its key
SEARCHES_KEPT = 20


@require_http_methods(["GET", "POST"])
@requires(Permission.READ_CASES)
@from_replica
def participant_list(request: SignedInRequest) -> HttpResponse:
    """Participants of the own unit: the own ongoing ones, or everybody that a search finds."""
    if request.method == "POST":
        return redirect(f"{reverse('participant_list')}?{_without_text(request).urlencode()}")
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
        "lines": [(row, _time(row, today)) for row in shown],
        "first_url": f"?{first.urlencode()}" if after else "",
        "next_url": f"?{following.urlencode()}" if len(rows) > PAGE else "",
        "export_query": first.urlencode(),
        "may_work": request.user.may(Permission.WORK_ON_CASES),
    }
    return render(request, "participants/list.html", context)


@require_GET
@requires(Permission.READ_CASES)
@from_replica
def participant_export(request: SignedInRequest) -> HttpResponse:
    """The whole list with the filters in use, as an Excel file; everybody on it is put on record."""
    today = timezone.localdate()
    chosen = _filters(request).chosen()
    rows = _found(request, chosen, today).for_list(today).iterator()
    written: list[UUID] = []
    file = render_list(_noting(rows, written), today=today)
    record_access(request, written)  # before anybody is shown the file
    return HttpResponse(
        file,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="deltagare-{today}.xlsx"'},
    )


def _noting(rows: Iterable[Any], written: list[UUID]) -> Iterator[Any]:
    """The rows one by one, with a note of whom each is about."""
    for row in rows:
        written.append(row.public_id)
        yield row


def _without_text(request: SignedInRequest) -> QueryDict:
    """What was sent, with a key in the place of what is searched for."""
    asked = request.POST.copy()
    asked.pop("csrfmiddlewaretoken", None)
    key = asked["sok"] = get_random_string(12)
    kept = [*request.session.get(SEARCHES, {}).items(), (key, asked.pop("q", [""])[-1][:200])]
    request.session[SEARCHES] = dict(kept[-SEARCHES_KEPT:])
    return asked


def _filters(request: SignedInRequest) -> ListFilters:
    """What is asked for: the own ongoing cases, unless a search or the user's role says otherwise."""
    searches = request.session.get(SEARCHES, {})
    key = request.GET.get("sok", "")
    wide = key in searches or not request.user.may(Permission.WORK_ON_CASES)
    return ListFilters(
        {
            "vilka": "alla" if wide else "mina",
            "lage": "alla" if key in searches else "pagaende",
            **request.GET.dict(),
            "q": searches.get(key, ""),
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


def _time(row: Any, day: date) -> str:
    """How long the case has gone on, in words; a row of `for_list`."""
    if row.ended_on:
        return f"Avslutad {row.ended_on}"
    if row.started_on > day:
        return f"Börjar {row.started_on}"
    return plural(row.weeks, "vecka,veckor") if row.weeks else "Mindre än en vecka"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
