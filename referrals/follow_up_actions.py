"""The mapping answered again in a case."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from participants.actions.locking import lock_open
from participants.models import Enrolment
from sundbyberg_am.models import User

from .checks import check_answered
from .mapping import Answers, checked
from .models import FollowUp, MappingForm


@transaction.atomic
def follow_up(
    enrolment: Enrolment, form: MappingForm, *, answers: Answers, today: date, by: User
) -> FollowUp:
    """Keep the mapping as it is answered today. Raises ValidationError."""
    enrolment = lock_open(enrolment)
    if today < enrolment.started_on:
        raise ValidationError(f"Inskrivningen börjar {enrolment.started_on}. Vänta till dess.")
    kept = checked(form.content, answers)
    check_answered(form.content, kept)
    found = FollowUp(enrolment=enrolment, form=form, answered_on=today, answers=kept, created_by=by)
    found.full_clean()
    found.save()
    return found
