"""Where the forms of a case save what is typed in them, while it is typed."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from participants.access import find_case
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.drafts import answer_draft


@require_POST
@requires(Permission.WORK_ON_CASES)
def draft(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Save a draft, or throw it away."""
    find_case(request, public_id)
    case_url = reverse("participant", args=[public_id])
    return answer_draft(request, subject=public_id, leave_to=case_url)
