"""The only door to a report."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from sundbyberg_am.access import SignedInRequest

from .models import ReportRun


def open_run(request: SignedInRequest, public_id: UUID) -> ReportRun:
    """The report; one outside the user's scope does not exist: Http404."""
    runs = ReportRun.objects.visible_to(request.user).with_names()
    return get_object_or_404(runs, public_id=public_id)
