"""Where a notice leads. Nothing of a person is said in it: the page that it leads to is the door."""

from django.urls import reverse

from .models import Notice


def address_of(notice: Notice) -> str:
    """The page that the notice is about, for its user."""
    enrolment = notice.referral.enrolment
    if notice.is_about_the_case and enrolment:
        return reverse("participant", args=[enrolment.participant.public_id])
    return reverse("referral", args=[notice.referral.public_id])
