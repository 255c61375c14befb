"""What the case page shows of where the case stands: pauses, the Kompetensteam, who has had it."""

from datetime import date
from typing import Any

from participants import case_questions
from participants.models import Enrolment
from participants.models.handovers import history_of


def standing(enrolment: Enrolment, day: date) -> dict[str, Any]:
    """The context of `_standing.html`, `_team.html` and `_staffing.html`; three queries."""
    pauses = case_questions.pauses(enrolment)
    reviews = case_questions.team_reviews(enrolment)
    changes = history_of(enrolment, case_questions.consultants(enrolment))
    review = next((one for one in reviews if one.followed_up_on is None), None)
    return {
        "pauses": pauses,
        "pause_now": next((one for one in pauses if one.is_on(day)), None),
        "pauses_ahead": [one for one in pauses if one.started_on > day],
        "reviews": [(one, one.state_on(day)) for one in reviews],
        "review_now": review or (reviews[0] if reviews else None),
        "may_put_to_team": enrolment.is_open and review is None and enrolment.team_from <= day,
        "consultants": changes,
        "consultant_next": next((one for one in reversed(changes) if one.is_planned_on(day)), None),
    }
