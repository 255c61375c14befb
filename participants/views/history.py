"""Who has changed what in a case."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from participants.access import open_case
from participants.history import entries
from participants.models import Enrolment
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.models import Change

PAGE = 50


@require_GET
@requires(Permission.READ_CASES)
def history(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Every change to the person and to the enrolments that the user may see, newest first."""
    enrolment = open_case(request, public_id)
    mine = Enrolment.objects.visible_to(request.user).all_of_same_person(enrolment).values("pk")
    changes = list(
        Change.objects.of_person(enrolment.participant_id, mine).page_before(
            request.GET.get("fore", ""), PAGE + 1
        )
    )
    context = {
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "entries": entries(changes[:PAGE]),
        "older": f"?fore={changes[PAGE - 1].pk}" if len(changes) > PAGE else "",
    }
    return render(request, "participants/history.html", context)
