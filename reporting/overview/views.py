"""The page that shows how the year stands. Figures only; the caseloads for those who may see the cases."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from participants.models import Enrolment
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.models import User
from sundbyberg_am.replica import from_replica

from .. import counting
from .months import courses
from .so_far import so_far


@require_GET
@requires(Permission.READ_OVERVIEW)
@from_replica
def overview(request: SignedInRequest) -> HttpResponse:
    """This year so far against the targets and last year, and the latest twelve months."""
    user, today = request.user, timezone.localdate()
    caseloads = None
    if user.may(Permission.READ_CASES):
        sizes = Enrolment.objects.visible_to(user).open().sizes_by_consultant(today)
        consultants = User.objects.consultants_ever_of(user.unit)
        caseloads = [
            (one, sizes.get(one.pk, 0)) for one in consultants if one.is_active or sizes.get(one.pk)
        ]
    with counting.one_snapshot():
        context = {"so_far": so_far(today), "courses": courses(today)}
    context |= {"today": today, "caseloads": caseloads}
    return render(request, "reporting/overview.html", context)
