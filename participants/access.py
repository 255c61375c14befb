"""The only door to a participant."""

from uuid import UUID

from django.http import Http404
from django.utils import timezone

from sundbyberg_am.access import SignedInRequest
from sundbyberg_am.actions import record_access

from .models import Enrolment


def open_case(request: SignedInRequest, public_id: UUID) -> Enrolment:
    """The newest enrolment of a participant that the user may see, with the participant.

    The showing is on record before it leaves. A participant outside the user's scope and one who does
    not exist raise the same Http404.
    """
    enrolment = find_case(request, public_id)
    record_access(request, [enrolment.participant.public_id])
    return enrolment


def find_case(request: SignedInRequest, public_id: UUID) -> Enrolment:
    """The same door for what shows nothing of the case: a draft on its way in leaves no record."""
    enrolment = Enrolment.objects.visible_to(request.user).newest_of(
        public_id, timezone.localdate()
    )
    if enrolment is None:
        raise Http404
    return enrolment
