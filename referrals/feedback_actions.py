"""Feedback to the sender: sent when the case has ended, sent anew when it is put right, read by the team."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from participants.models import Enrolment
from sundbyberg_am.models import User

from .access import Act, refusal
from .duty import senders
from .feedback import feedback
from .models import FeedbackRecord, NoticeKind, Referral, TeamRequest
from .notice_actions import tell, tell_consultant


@transaction.atomic
def send_feedback(referral_id: int, *, today: date) -> FeedbackRecord | None:
    """Send the sender's team a record of the exit, or a new one when what it said has changed.

    Nothing is sent while the enrolment goes on, or when the last record says the same already.
    """
    referral = Referral.objects.for_page().locked(referral_id)
    if referral is None or referral.enrolment_id is None:
        return None
    # Held, so that what is being changed in the case is either in the record or later than it.
    referral.enrolment = Enrolment.objects.select_for_update().get(pk=referral.enrolment_id)
    told = feedback(referral, today)
    last = referral.feedback_records.newest_first().first()
    if told is None or (last is None and told.exit is None):
        return None
    content = told.as_data()
    if last and last.content == content:
        last.checked_at = timezone.now()
        last.save(update_fields=["checked_at"])
        return None
    record = FeedbackRecord(
        referral=referral,
        number=last.number + 1 if last else 1,
        content=content,
        sent_at=timezone.now(),
        checked_at=timezone.now(),
    )
    record.full_clean()
    record.save()
    kind = NoticeKind.CORRECTION if last else NoticeKind.FEEDBACK
    tell(senders(referral, today), referral, kind, f"feedback {record.number}", None)
    return record


@transaction.atomic
def acknowledge(referral: Referral, *, number: int, by: User) -> FeedbackRecord:
    """Say that the team has read the record with this number. Raises ValidationError.

    Also when there is a newer one: nobody can have read what came after.
    """
    locked = _locked(referral, Act.ACKNOWLEDGE, by)
    record = locked.feedback_records.newest_first().first()
    if record is None:
        raise ValidationError("Det finns ingen återkoppling att läsa än.")
    if record.number != number:
        raise ValidationError("Återkopplingen har rättats. Läs den nya.")
    if record.acknowledged_at is None:
        record.acknowledged_at, record.acknowledged_by = timezone.now(), by
        record.full_clean()
        record.save()
    return record


@transaction.atomic
def ask_team(referral: Referral, *, question: str, today: date, by: User) -> TeamRequest:
    """Ask that the case be taken up in the Kompetensteam, from ten months on. Raises ValidationError."""
    locked = _locked(referral, Act.ASK_TEAM, by)
    enrolment = locked.enrolment
    if enrolment is None or not enrolment.is_open or enrolment.voided_at:
        raise ValidationError("Inskrivningen är avslutad, så teamet kan inte ta upp den.")
    if today < enrolment.team_from:
        raise ValidationError(
            "Kompetensteamet tar upp ärenden från tio månader. För det här ärendet är det "
            f"{enrolment.team_from}. Behöver något redas ut tidigare? Be om ett trepartsmöte."
        )
    if locked.team_requests.waiting().exists():
        raise ValidationError("Ni har redan frågat. Konsulenten har frågan på sin lista.")
    if not question.strip():
        raise ValidationError({"question": "Skriv vad teamet ska ta upp."})
    request = TeamRequest(referral=locked, question=question.strip(), asked_by=by)
    request.full_clean()
    request.save()
    tell_consultant(locked, NoticeKind.TEAM_ASKED, f"team {request.pk}", today, by)
    return request


def _locked(referral: Referral, act: Act, by: User) -> Referral:
    locked = Referral.objects.for_page().locked(referral.pk)
    if locked is None:
        raise ValidationError("Anvisningen finns inte längre.")
    if refused := refusal(act, locked, by):
        raise ValidationError(refused)
    return locked
