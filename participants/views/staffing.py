"""Who is at work, how many cases each one has, and handing cases over."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from participants import actions
from participants.forms_staffing import AbsenceForm, HandoverForm
from participants.models import Enrolment, Handover
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.actions import end_absence, record_access, register_absence
from sundbyberg_am.forms import ActionForm
from sundbyberg_am.models import Absence, User
from sundbyberg_am.templatetags.swedish import plural

HANDOVERS = 10


@require_GET
@requires(Permission.READ_CASES)
def staffing(request: SignedInRequest) -> HttpResponse:
    """The unit's consultants with their caseloads, who is away, and the latest handovers."""
    today, user = timezone.localdate(), request.user
    sizes = Enrolment.objects.visible_to(user).open().sizes_by_consultant(today)
    for_others = user.may(Permission.HAND_OVER_FOR_OTHERS)
    everybody = User.objects.consultants_ever_of(user.unit).with_away_until(today)
    absences = list(Absence.objects.of_unit_from(user.unit_id, today))
    mine = set(Absence.objects.to_end_by(user).values_list("pk", flat=True)) if absences else set()
    context = {
        "consultants": [
            (one, sizes.get(one.pk, 0), for_others or one == user)
            for one in everybody
            if one.is_active or sizes.get(one.pk)
        ],
        "absences": [(one, one.pk in mine) for one in absences],
        "handovers": Handover.objects.visible_to(user).newest(HANDOVERS, user),
        "today": today,
    }
    return render(request, "participants/staffing.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTER_OWN_ABSENCE)
def absence_add(request: SignedInRequest) -> HttpResponse:
    """Register when one is away, or for a manager when anybody in the unit is."""
    today = timezone.localdate()
    form = AbsenceForm(request.POST or None, by=request.user, initial={"from_on": today})
    if request.method == "POST" and form.is_valid():
        absence = form.apply(register_absence, today=today, by=request.user)
        if absence is not None:
            messages.success(
                request,
                f"{absence.user.name} är borta {absence.from_on} till {absence.until_on}.",
            )
            return redirect("staffing")
    context = {
        "form": form,
        "title": "Registrera frånvaro",
        "lead": "Första och sista dagen räknas. Under tiden ser ersättaren ärendena på sin startsida.",
        "submit_label": "Spara",
    }
    return render(request, "participants/staffing_form.html", context, status=form.status)


@require_POST
@requires(Permission.REGISTER_OWN_ABSENCE)
def absence_end(request: SignedInRequest, number: int) -> HttpResponse:
    """Back at work today."""
    absence = get_object_or_404(Absence.objects.of_unit(request.user.unit_id), pk=number)
    if absence.user != request.user and not request.user.may(Permission.REGISTER_ABSENCES):
        raise PermissionDenied
    form = ActionForm(request.POST)
    name = absence.user.name
    if form.is_valid():
        form.apply(end_absence, absence, today=timezone.localdate(), by=request.user)
        if form.errors:
            messages.error(request, " ".join(map(str, form.non_field_errors())))
        else:
            messages.success(request, f"Frånvaron är avslutad för {name}.")
    return redirect("staffing")


@require_http_methods(["GET", "POST"])
@requires(Permission.HAND_OVER_CASES)
def hand_over(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Hand a consultant's cases over: the own ones, or for a manager anybody's in the unit."""
    today, user = timezone.localdate(), request.user
    consultant = get_object_or_404(User.objects.consultants_ever_of(user.unit), public_id=public_id)
    if consultant != user and not user.may(Permission.HAND_OVER_FOR_OTHERS):
        raise PermissionDenied
    cases = Enrolment.objects.visible_to(user).open().kept_by(consultant, today)
    rows = list(cases.for_handover(today))
    form = HandoverForm(
        request.POST or None,
        consultant=consultant,
        rows=rows,
        today=today,
        by=user,
        initial={"valid_from": today},
    )
    if request.method == "POST" and form.is_valid():
        handover = form.apply(actions.hand_over, consultant, today=today, by=user)
        if handover is not None:
            size = plural(handover.changes.count(), "ärende,ärenden")
            messages.success(request, f"{size} lämnas över från och med {handover.valid_from}.")
            return redirect("handover", handover.public_id)
    record_access(request, [row.public_id for row in rows])
    context = {"form": form, "consultant": consultant, "size": len(rows)}
    return render(request, "participants/hand_over.html", context, status=form.status)


@require_GET
@requires(Permission.READ_CASES)
def handover(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What goes where in a handover."""
    return _handover_page(request, _open_handover(request, public_id))


@require_POST
@requires(Permission.READ_CASES)
def handover_seen(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take the handover off the own start page."""
    actions.mark_handover_seen(_open_handover(request, public_id), by=request.user)
    return redirect("start")


@require_POST
@requires(Permission.HAND_OVER_CASES)
def handover_take_back(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take back what has not begun."""
    found = _open_handover(request, public_id)
    form = ActionForm(request.POST)
    if form.is_valid():
        form.apply(actions.take_back_handover, found, today=timezone.localdate(), by=request.user)
        if not form.errors:
            messages.success(request, "Överlämningen är tillbakatagen. Inget ärende flyttas.")
            return redirect("staffing")
    return _handover_page(request, found, form)


def _open_handover(request: SignedInRequest, public_id: UUID) -> Handover:
    return get_object_or_404(
        Handover.objects.visible_to(request.user).for_page(), public_id=public_id
    )


def _handover_page(
    request: SignedInRequest, found: Handover, form: ActionForm | None = None
) -> HttpResponse:
    today, user = timezone.localdate(), request.user
    rows = list(found.changes.for_handover_page(user))
    record_access(request, dict.fromkeys(row.public_id for row in rows))
    is_theirs = found.consultant == user or user.may(Permission.HAND_OVER_FOR_OTHERS)
    context = {
        "handover": found,
        "rows": rows,
        "form": form,
        "is_unseen": found.notices.unseen_of(user).exists(),
        "may_take_back": is_theirs and not found.has_begun_by(today),
        "has_begun": found.has_begun_by(today),
    }
    status = form.status if form else 200
    return render(request, "participants/handover.html", context, status=status)
