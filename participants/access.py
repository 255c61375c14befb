"""The only door to a participant."""

from uuid import UUID

from django.http import Http404
from django.utils import timezone

from sundbyberg_am.access import GROUND_OF_ROLE, Ground, SignedInRequest
from sundbyberg_am.actions import record_access
from sundbyberg_am.models import User

from . import case_questions
from .models import EmergencyOpening, Enrolment


def open_case(request: SignedInRequest, public_id: UUID) -> Enrolment:
    """The newest enrolment of a participant that the user may see, with the participant.

    The showing is on record before it leaves. A participant outside the user's scope and one who does
    not exist raise the same Http404.
    """
    enrolment = find_case(request, public_id)
    ground = ground_of(enrolment, request.user)
    record_access(request, [enrolment.participant.public_id], ground)
    return enrolment


def find_case(request: SignedInRequest, public_id: UUID) -> Enrolment:
    """The same door for what shows nothing of the case: a draft on its way in leaves no record."""
    user = request.user
    found = case_questions.newest_enrolment(
        user.pk, user.unit_id or 0, public_id, timezone.localdate(), role=user.role
    )
    if not found:
        raise Http404
    return found[0].with_consultant_now()


def open_emergency(request: SignedInRequest, public_id: UUID) -> EmergencyOpening:
    """The user's own opening of the participant's case in an emergency, with the case, while it lasts.

    The showing is on record before it leaves. One that has ended, another's, and one that does not exist
    raise the same Http404.
    """
    mine = EmergencyOpening.objects.opened_by(request.user, timezone.now())
    opening = mine.of_participant(public_id).first()
    if opening is None:
        raise Http404
    record_access(request, [opening.subject], Ground.EMERGENCY)
    return opening


def ground_of(enrolment: Enrolment, user: User) -> Ground:
    """Why the user may open the case, the nearest first; its consultant is the one of the day."""
    if enrolment.consultant_id == user.pk:
        return Ground.ASSIGNED
    if enrolment.deputy_id == user.pk:
        return Ground.DEPUTY
    if enrolment.participant.protection:
        return Ground.NAMED
    return GROUND_OF_ROLE[user.role]
