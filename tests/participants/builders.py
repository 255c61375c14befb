"""Pauses, handovers, absences and questions to the Kompetensteam, as rows; what is not named is ordinary."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from participants.models import (
    EmergencyOpening,
    Enrolment,
    Handover,
    HandoverNotice,
    Pause,
    TeamReview,
)
from sundbyberg_am.models import Absence, User
from tests.builders import a_user


def an_absence(
    user: User, from_on: date | None = None, until_on: date | None = None, **fields: Any
) -> Absence:
    """An absence of the user; today only when no days are given."""
    today = timezone.localdate()
    absence = Absence(
        **{
            "user": user,
            "from_on": from_on or today,
            "until_on": until_on or from_on or today,
            "created_by": user,
            **fields,
        }
    )
    absence.full_clean()
    absence.save()
    return absence


def a_pause(
    enrolment: Enrolment,
    started_on: date | None = None,
    ended_on: date | None = None,
    **fields: Any,
) -> Pause:
    """A pause, from the first day of the enrolment and until further notice when no days are given."""
    pause = Pause(
        **{
            "enrolment": enrolment,
            "kind": "parental_leave",
            "started_on": started_on or enrolment.started_on,
            "ended_on": ended_on,
            **fields,
        }
    )
    pause.full_clean()
    pause.save()
    return pause


def a_review(enrolment: Enrolment, meeting_on: date | None = None, **fields: Any) -> TeamReview:
    """A case with the Kompetensteam, on the first day of the enrolment when no day is given."""
    day = meeting_on or enrolment.started_on
    review = TeamReview(
        **{
            "enrolment": enrolment,
            "question": "Hur går vi vidare?",
            "meeting_on": day,
            "put_on": day - timedelta(days=7),
            "created_by": fields.get("created_by") or a_user(),
            **fields,
        }
    )
    review.full_clean()
    review.save()
    return review


def a_recommended_review(
    enrolment: Enrolment, meeting_on: date, follow_up_on: date, **fields: Any
) -> TeamReview:
    """One with a recommendation to follow up."""
    return a_review(
        enrolment,
        meeting_on,
        **{
            "recommendation": "Pröva en praktik till.",
            "follow_up_on": follow_up_on,
            "recommended_on": meeting_on,
            "recommended_by": a_user(),
            **fields,
        },
    )


def a_handover(consultant: User, valid_from: date | None = None) -> Handover:
    """A handover of nothing, which the consultant has not seen; from tomorrow when no day is given."""
    handover = Handover.objects.create(
        unit=consultant.unit,
        consultant=consultant,
        valid_from=valid_from or timezone.localdate() + timedelta(days=1),
        created_by=consultant,
    )
    HandoverNotice.objects.create(handover=handover, user=consultant)
    return handover


def an_opening(enrolment: Enrolment, user: User, **fields: Any) -> EmergencyOpening:
    """A case that the user has opened in an emergency just now, for an hour."""
    at = fields.pop("at", timezone.now())
    opening = EmergencyOpening(
        **{
            "enrolment": enrolment,
            "user": user,
            "reason": "Personen ringer och är rädd",
            "at": at,
            "until": at + timedelta(hours=1),
            **fields,
        }
    )
    opening.full_clean()
    opening.save()
    return opening
