"""Pages of the reports. They hold figures, never persons, so no showing is put on record."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.models import Removal
from sundbyberg_am.replica import from_replica

from . import actions, late
from .access import open_run
from .content import values_now
from .exporters import BY_ADDRESS, FORMS
from .forms import OrderForm
from .models import ReportFile, ReportRun
from .periods import Period
from .reading import read

PUBLIC = "offentlig"


@require_http_methods(["GET", "POST"])
@requires(Permission.READ_REPORTS)
@from_replica
def report_list(request: SignedInRequest) -> HttpResponse:
    """Every report that the user may read, and where a manager orders one."""
    may_order = request.user.may(Permission.ORDER_REPORTS)
    if request.method == "POST" and not may_order:
        raise PermissionDenied
    today = timezone.localdate()
    form = OrderForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        run = form.apply(actions.order_report, today=today, by=request.user)
        if run is not None:
            return redirect("report", run.public_id)
    runs = ReportRun.objects.visible_to(request.user).for_list()
    context = {"runs": runs, "form": form, "may_order": may_order}
    return render(request, "reporting/list.html", context, status=form.status)


@require_GET
@requires(Permission.READ_REPORTS)
def report(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One report; while it is being built, how far that has come.

    `?visa=3` shows the figures of its third section by level, age and so on.
    """
    run = open_run(request, public_id)
    context: dict[str, Any] = {"run": run, "steps": len(actions.STEPS)}
    if run.is_unfinished:
        context["seconds"] = run.seconds_waited(timezone.now())
        page = (
            "reporting/_progress.html"
            if "HX-Request" in request.headers
            else "reporting/building.html"
        )
        return render(request, page, context)
    in_place, asked = "HX-Request" in request.headers, request.GET.get("visa", "")
    if in_place and not asked:
        # The page that asked how far it has come is to show the report instead.
        return HttpResponse(headers={"HX-Refresh": "true"})
    context |= {"may_order": request.user.may(Permission.ORDER_REPORTS), "forms": FORMS}
    if run.content is None:
        return render(request, "reporting/failed.html", context)
    found = read(run.content)
    opened = found.place_of_section(asked)
    if in_place and opened:
        context |= {"section": found.sections[opened - 1], "number": opened, "opened": opened}
        return render(request, "reporting/_breakdown.html", context)
    return render(request, "reporting/report.html", {**context, "report": found, "opened": opened})


@require_GET
@requires(Permission.READ_REPORTS)
@from_replica
def report_late(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What was registered after the report was counted, and what it would change; nothing is changed.

    `?version=offentlig` compares the two as they would be published, with small numbers hidden.
    """
    run = open_run(request, public_id)
    if run.content is None or run.discarded_at:
        raise Http404
    public = request.GET.get("version") == PUBLIC
    now = late.with_values(run.content, values_now(Period.parse(run.period_code)))
    versions = (run.content, now)
    found = late.changes(*map(actions.public_content, versions) if public else versions)
    context = {
        "run": run,
        "public": public,
        "wholes": [change for change in found if change.is_whole],
        "changes": found,
        "removed_since": Removal.objects.of_people_since(run.ordered_at).exists(),
    }
    page = "reporting/_late.html" if "HX-Request" in request.headers else "reporting/late.html"
    return render(request, page, context)


@require_GET
@requires(Permission.READ_REPORTS)
@from_replica
def report_download(
    request: SignedInRequest, public_id: UUID, kind: str, *, public: bool = False
) -> HttpResponse:
    """The report as a file, kept since it was built: internal, or public with small numbers hidden."""
    run, form = open_run(request, public_id), BY_ADDRESS.get(kind)
    if run.content is None or form is None:
        raise Http404
    try:
        file = run.file(form.ending, public=public)
    except ReportFile.DoesNotExist:
        raise Http404 from None
    version = "-offentlig" if public else ""
    name = f"rapport-{run.period_code}{version}.{form.ending}"
    return HttpResponse(
        file,
        content_type=form.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_POST
@requires(Permission.ORDER_REPORTS)
def report_approve(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Say that a report holds."""
    return _act(request, public_id, actions.approve, "Rapporten är fastställd.")


@require_POST
@requires(Permission.ORDER_REPORTS)
def report_discard(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Say that a report shall not be used."""
    return _act(request, public_id, actions.discard, "Rapporten är kasserad.")


@require_POST
@requires(Permission.ORDER_REPORTS)
def report_retry(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Build a failed report again."""
    return _act(request, public_id, actions.retry, "Rapporten byggs igen.")


def _act(
    request: SignedInRequest,
    public_id: UUID,
    action: Callable[..., ReportRun],
    done: str,
) -> HttpResponse:
    run = open_run(request, public_id)
    try:
        action(run, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, done)
    return redirect("report", run.public_id)
