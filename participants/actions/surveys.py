"""The survey: handing out a code, answering with it, and counting wrong codes."""

import secrets
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from participants.models import Enrolment, SurveyAnswer, SurveyCode, SurveyHandout, SurveyMiss
from participants.models.surveys import (
    CODE_ALPHABET,
    CODE_GROUP,
    CODE_LENGTH,
    address_hash,
    code_expires_on,
    code_hash,
)
from participants.models.work_lists import EXIT_SURVEY_DAYS, UNASSESSABLE_EXITS
from sundbyberg_am.models import User

from .locking import lock

# Said of every code that cannot be used: whoever guesses learns nothing of which of them there are.
NO_SUCH_CODE = (
    "Koden går inte att använda. Kontrollera att den är rätt skriven. Varje kod kan användas en gång, "
    "och bara så länge som det står på ditt papper. Be din konsulent om en ny om den inte fungerar."
)
TOO_MANY_MISSES = (
    "Det har kommit för många felaktiga koder härifrån. Vänta en kvart och försök igen. "
    "Dina svar står kvar så länge sidan är öppen."
)


@transaction.atomic
def give_survey(enrolment: Enrolment, *, today: date, by: User | None) -> str:
    """Make a code for the participant to answer with; the only time that it can be read.

    It is kept as a fingerprint that points at nobody. Raises ValidationError for one who has not begun, who
    left long ago or who has died.
    """
    enrolment = lock(enrolment)
    if today < enrolment.started_on:
        raise ValidationError("Inskrivningen har inte börjat än, så det finns inget att svara om.")
    if enrolment.ended_on and enrolment.ended_on < today - timedelta(days=EXIT_SURVEY_DAYS):
        raise ValidationError(
            f"Inskrivningen avslutades för mer än {EXIT_SURVEY_DAYS} dagar sedan. Enkäten delas ut "
            "vid avslutet eller kort efter."
        )
    if enrolment.exit_reason and enrolment.exit_reason.code in UNASSESSABLE_EXITS:
        raise ValidationError("Enkäten kan inte delas ut efter det här avslutet.")
    SurveyCode.objects.expired(today).delete()
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    SurveyCode.objects.create(
        fingerprint=code_hash(code), unit=enrolment.unit, expires_on=code_expires_on(today)
    )
    handout = SurveyHandout(enrolment=enrolment, given_on=today, given_by=by)
    handout.full_clean()
    handout.save()
    return "-".join(code[at : at + CODE_GROUP] for at in range(0, CODE_LENGTH, CODE_GROUP))


@transaction.atomic
def answer_survey(
    code: str,
    *,
    respect: int,
    influence: int,
    clarity: int,
    use: int,
    whole: int,
    address: str,
    now: datetime,
) -> SurveyAnswer:
    """Keep an answer and use up its code, both or neither. Nobody is signed in, so it is by nobody.

    Raises ValidationError at `code` for one that is wrong, used or too old, and for everybody at an address
    that too many wrong ones came from lately.
    """
    if SurveyMiss.objects.wait(address_hash(address), now):
        raise ValidationError(TOO_MANY_MISSES)
    today = timezone.localdate(now)
    used = SurveyCode.objects.locked(code, today)
    if used is None:
        raise ValidationError({"code": NO_SUCH_CODE})
    answer = SurveyAnswer(
        unit=used.unit,
        month=today.replace(day=1),
        respect=respect,
        influence=influence,
        clarity=clarity,
        use=use,
        whole=whole,
    )
    answer.full_clean()
    answer.save(force_insert=True)
    used.delete()
    return answer


@transaction.atomic
def count_miss(address: str, *, now: datetime) -> None:
    """Remember a wrong code for a while, and forget those of before."""
    SurveyMiss.objects.old(now).delete()
    SurveyMiss.objects.create(sender=address_hash(address), at=now)
