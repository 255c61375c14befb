"""Changes to what the Kompetensteam has been asked."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from participants.models import Enrolment, TeamReview
from sundbyberg_am.models import User

from .locking import lock_open


@transaction.atomic
def put_to_team(
    enrolment: Enrolment,
    *,
    question: str,
    meeting_on: date,
    members: Iterable[User],
    other_members: str,
    today: date,
    by: User,
) -> TeamReview:
    """Put a case to the Kompetensteam, from ten months on.

    Raises ValidationError, also while it is with the team already.
    """
    enrolment = lock_open(enrolment)
    if today < enrolment.team_from:
        raise ValidationError(
            "Kompetensteamet tar upp ärenden från tio månader. För det här ärendet är det "
            f"{enrolment.team_from}."
        )
    members = list(members)
    at_work = set(User.objects.of_unit(enrolment.unit))
    if not at_work.issuperset(members):
        raise ValidationError({"members": f"Välj dem som arbetar på {enrolment.unit.name} i dag."})
    if not members and not other_members.strip():
        raise ValidationError({"members": "Välj minst en som är med, eller skriv vem."})
    review = TeamReview(
        enrolment=enrolment,
        question=question,
        meeting_on=meeting_on,
        other_members=other_members,
        put_on=today,
        created_by=by,
    )
    review.full_clean()
    review.save()
    review.members.set(members)
    return review


@transaction.atomic
def recommend(
    review: TeamReview, *, recommendation: str, follow_up_on: date, today: date, by: User
) -> TeamReview:
    """Write what the team recommends, and when it is followed up. Raises ValidationError."""
    review = _locked(review)
    if review.recommended_on:
        raise ValidationError("Rekommendationen är redan skriven.")
    if today < review.meeting_on:
        raise ValidationError(f"Mötet är {review.meeting_on}. Skriv rekommendationen efter mötet.")
    if not recommendation.strip():
        raise ValidationError({"recommendation": "Skriv vad teamet rekommenderar."})
    if follow_up_on <= max(review.meeting_on, today):
        raise ValidationError({"follow_up_on": "Välj en dag efter i dag."})
    review.recommendation, review.follow_up_on = recommendation, follow_up_on
    review.recommended_on, review.recommended_by = today, by
    review.full_clean()
    review.save()
    return review


@transaction.atomic
def follow_up_recommendation(
    review: TeamReview, *, follow_up_note: str, today: date, by: User
) -> TeamReview:
    """Write how it went with the recommendation; the case can then be put to the team again.

    Raises ValidationError.
    """
    review = _locked(review)
    if review.recommended_on is None:
        raise ValidationError("Teamet har inte gett någon rekommendation än.")
    if review.followed_up_on:
        raise ValidationError("Rekommendationen är redan uppföljd.")
    if not follow_up_note.strip():
        raise ValidationError({"follow_up_note": "Skriv hur det gick med rekommendationen."})
    review.follow_up_note = follow_up_note
    review.followed_up_on, review.followed_up_by = today, by
    review.full_clean()
    review.save()
    return review


def _locked(review: TeamReview) -> TeamReview:
    enrolment = lock_open(review.enrolment)
    review = TeamReview.objects.get(pk=review.pk)
    review.enrolment = enrolment
    return review
