"""Opening a case in an emergency: for an hour, with a reason, and never unseen."""

from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from participants.models import EmergencyMiss, EmergencyOpening, Enrolment
from participants.models.emergencies import LASTS, SHORTEST_REASON
from sundbyberg_am.access import Permission
from sundbyberg_am.models import User

# Said of everybody who cannot be opened: that somebody is protected is not told, nor who is here.
NOBODY = (
    "Det finns inget ärende med det numret som kan öppnas så här. Kontrollera numret, eller ring "
    "enhetens chef."
)
TOO_MANY = "Det har blivit fel nummer för många gånger. Vänta en timme, eller ring enhetens chef."


@transaction.atomic
def open_in_emergency(*, number: str, reason: str, now: datetime, by: User) -> EmergencyOpening:
    """Open a case that the user may not see, and tell who answers for it.

    `number` is a whole case number or personnummer. Raises ValidationError, at `number` for one that opens
    nothing; the caller then counts the miss.
    """
    if not by.may(Permission.OPEN_IN_EMERGENCY):
        raise ValidationError("Det här får bara den som arbetar på en arbetsmarknadsenhet göra.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise ValidationError(
            {"reason": f"Skriv varför, med minst {SHORTEST_REASON} tecken. Chefen läser det."}
        )
    if EmergencyMiss.objects.wait(str(by.public_id), now):
        raise ValidationError(TOO_MANY)
    found = Enrolment.objects.with_whole_number(number, timezone.localdate(now))
    if found.visible_to(by).open().exists():
        raise ValidationError({"number": "Det ärendet når du redan. Sök efter det i listan."})
    enrolment = found.open_to_emergency(by).order_by("pk").first()
    if enrolment is None:
        raise ValidationError({"number": NOBODY})
    opening = EmergencyOpening(
        enrolment=enrolment, user=by, reason=reason.strip(), at=now, until=now + LASTS
    )
    opening.full_clean()
    opening.save()
    transaction.on_commit(lambda: _ring(opening.pk), robust=True)
    return opening


@transaction.atomic
def count_emergency_miss(*, now: datetime, by: User) -> None:
    """Remember a number that opened nothing for a while, and forget those of before."""
    EmergencyMiss.objects.old(now).delete()
    EmergencyMiss.objects.create(sender=str(by.public_id), at=now)


@transaction.atomic
def read_emergency(opening: EmergencyOpening, *, by: User) -> EmergencyOpening:
    """Say that one who answers for the case has read why it was opened; the first time counts."""
    opening = EmergencyOpening.objects.select_for_update().get(pk=opening.pk)
    if opening.read_at is None:
        opening.read_at, opening.read_by = timezone.now(), by
        opening.full_clean()
        opening.save()
    return opening


@transaction.atomic
def mail_of_emergency(opening_id: int, *, at: datetime) -> None:
    """Write to those who answer for the case that it has been opened; nothing of whom or why.

    The row is held meanwhile, and one that fails is tried again. Without a mail server it stands in the
    program alone.
    """
    opening = EmergencyOpening.objects.to_mail().held(opening_id)
    if opening is None:
        return
    managers = [
        user.email
        for user in User.objects.of_unit(opening.enrolment.unit_id)
        if user.email and user.may(Permission.ANSWER_FOR_CASES)
    ]
    where = f": {settings.SITE_URL}" if settings.SITE_URL else ""
    if settings.EMAIL_HOST and managers:
        try:
            for address in managers:
                send_mail(
                    "Ett ärende på enheten har nödöppnats",
                    f"Logga in i Arbetsmarknad för att läsa vem och varför{where}.\n",
                    None,
                    [address],
                )
        except (OSError, SMTPException):
            return  # tried again in a minute
    opening.mailed_at = at
    opening.save(update_fields=["mailed_at"])


def _ring(opening_id: int) -> None:
    from participants.tasks import mail_of_emergency as task  # tasks call actions

    task.delay(opening_id)
