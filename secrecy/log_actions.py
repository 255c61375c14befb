"""Signing the monthly control of the access log."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sundbyberg_am.models import User

from .log_control import as_data, control, months_to_control
from .models import LogReview


@transaction.atomic
def sign_log_review(month: date, *, note: str, now: datetime, by: User) -> LogReview:
    """Sign that the log of the month has been looked through; what there was to look at is kept with it.

    Raises ValidationError for a month that is not over, and for one that is signed.
    """
    User.objects.select_for_update().get(pk=by.pk)
    if LogReview.objects.of_month(month):
        raise ValidationError("Månaden är redan signerad.")
    if month not in months_to_control(timezone.localdate(now)):
        raise ValidationError("Månaden är inte slut än.")
    review = LogReview(
        month=month, found=as_data(control(month)), note=note, reviewed_at=now, reviewed_by=by
    )
    review.full_clean()
    review.save()
    return review
