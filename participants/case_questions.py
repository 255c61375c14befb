"""What the case page asks about a case. Each question's statement is put together once."""

from datetime import date
from typing import Any
from uuid import UUID

from sundbyberg_am.models import User
from sundbyberg_am.prepared import prepared

from .models import Enrolment, Participant


@prepared
def newest_enrolment(user: int, unit: int, public_id: UUID, day: date, *, role: str) -> Any:
    """The participant's newest enrolment that a user of the unit with the role may see: at most one."""
    visible = Enrolment.objects.visible_to(User(pk=user, unit_id=unit, role=role))
    return visible.newest_of(public_id, day)


@prepared
def enrolments(user: int, unit: int, person: Participant, day: date, *, role: str) -> Any:
    """Every enrolment of the person that the user may see, with its level on the day."""
    visible = Enrolment.objects.visible_to(User(pk=user, unit_id=unit, role=role))
    return visible.of_same_person(Enrolment(participant=person)).with_level_on(day)


levels = prepared(lambda case: case.level_changes.for_page())
plans = prepared(lambda case: case.plans.for_page()[:2])  # a draft, and the one in force
interventions = prepared(lambda case: case.interventions.for_page())
assessments = prepared(lambda case: case.assessments.with_steps())
open_meetings = prepared(lambda case: case.meetings.undecided().for_page())
pauses = prepared(lambda case: case.pauses.for_page())
team_reviews = prepared(lambda case: case.team_reviews.for_page())
consultants = prepared(lambda case: case.consultant_changes.for_page())
handouts = prepared(lambda case: case.survey_handouts.for_page())
last_contact = prepared(lambda case: Enrolment.objects.last_contact_in(case))
