"""What is checked before a referral is sent or registered, in words that tell no more than one may know."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q, QuerySet

from participants.models import Enrolment, Participant
from sundbyberg_am.models import Unit, User

from .mapping import Answers, Content, missing
from .models import NOT_NOW, Referral, Status

# Whom the unit is for: the figures' age bands (16–65 years).
YOUNGEST, OLDEST = 16, 65

# The code of a sentence that is about the draft and not the person; and of one that tells that the person is
# known here, so that whom it tells of is put on record before it is read.
OF_DRAFT = "of_draft"
KNOWN = "known"


def check_answered(content: Content, answers: Answers) -> None:
    """Every question that must be answered is. Raises ValidationError, naming those that are not."""
    left = [f"”{question.text}”" for question in missing(content, answers)]
    if left:
        shown = ", ".join(left[:3]) + (f" och {len(left) - 3} till" if len(left) > 3 else "")
        raise ValidationError(f"Kartläggningen är inte klar. Svar saknas på {shown}.")


def wrong_age(referral: Referral, today: date) -> str:
    """Why the person is not of the age that the unit is for, as far as is known; empty when of that age."""
    age = referral.age_on(today)
    if age is None:
        return f"Födelsedatum saknas. Fyll i det, så att det syns att personen är {YOUNGEST}–{OLDEST} år."
    if not YOUNGEST <= age <= OLDEST:
        return (
            f"Arbetsmarknadsenheten tar emot den som är {YOUNGEST}–{OLDEST} år. Kontrollera "
            "födelsedatumet. Stämmer det? Ring samordnaren på arbetsmarknadsenheten."
        )
    return ""


def known_already(referral: Referral, today: date, by: User) -> str:
    """Why somebody who is known here cannot be referred, and what to do instead; empty when nothing is known.

    The same words from the first page of the draft to the sending. They tell the sender what the own team
    knows; of all else only that it cannot be sent. To say any of it is to show the person.
    """
    if sentence := known_to_team(referral, today, by):
        return sentence
    return NOT_NOW if _is_not_to_be_referred(referral, today, by) else ""


def given_away(personnummer: str | None) -> list[UUID]:
    """The public ids of whom a sentence tells that says that the person is known here."""
    known = Participant.objects.with_number(personnummer or "")
    waiting = Referral.objects.of_person(personnummer).undecided()
    return [one.public_id for one in known] + [one.public_id for one in waiting]


def told_of(refusals: Iterable[ValidationError]) -> list[UUID]:
    """The public ids of those whom the refusals tell of, for the record of what is shown."""
    params = [one.params or {} for one in refusals if getattr(one, "code", None) == KNOWN]
    return [subject for one in params for subject in one["subjects"]]


def wait_for_others(personnummer: str | None) -> None:
    """Let referrals for one person be sent one at a time, so that the last sees what the first did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [personnummer])


def is_hidden(personnummer: str | None, user: User) -> bool:
    """Whether somebody with a protected identity has the number, and the user may not know it."""
    if not personnummer:
        return False
    return Participant.objects.hidden_from(user).with_number(personnummer).exists()


def _is_not_to_be_referred(referral: Referral, today: date, by: User) -> bool:
    """Whether the person is on the way in or in already, by whomever, or hidden from the sender."""
    if is_hidden(referral.personnummer, by):
        return True
    if Referral.objects.of_person(referral.personnummer).undecided().exists():
        return True
    return bool(referral.personnummer) and _enrolments(referral.personnummer, today).exists()


def _enrolments(personnummer: str | None, today: date) -> QuerySet[Enrolment]:
    """The person's enrolments that go on today or have not begun."""
    return Enrolment.objects.valid().filter(
        Q(ended_on=None) | Q(ended_on__gte=today), participant__personnummer=personnummer
    )


def known_to_unit(personnummer: str | None, unit: Unit, today: date, by: User) -> str:
    """Why a coordinator cannot register the person, with what the own unit has; empty when nothing."""
    if not personnummer:
        return ""
    hidden = is_hidden(personnummer, by)
    waiting = Referral.objects.of_person(personnummer).undecided().first()
    if not hidden and waiting and waiting.to_unit == unit:
        return f"Anvisning {waiting} för personen väntar redan på svar. Fortsätt på den."
    enrolled = _enrolments(personnummer, today).first()
    if not hidden and enrolled and enrolled.unit == unit:
        return (
            f"Personen är redan inskriven på {unit}. Lämna det som har kommit till konsulenten, "
            "i stället för att registrera en anvisning."
        )
    if hidden or waiting or enrolled:
        return (
            "Personen kan inte registreras just nu. Ring samordnarna på de andra "
            "arbetsmarknadsenheterna och fråga."
        )
    return ""


def telling(sentence: str, personnummer: str | None) -> ValidationError:
    """A refusal that tells that the person is known here, and who it tells of."""
    return ValidationError(sentence, KNOWN, {"subjects": given_away(personnummer)})


def not_to_be_sent(refusal: str | ValidationError) -> ValidationError:
    """The refusal, and apart from it what becomes of the draft: a system that sends has none."""
    kept = ValidationError("Det du har skrivit är sparat som utkast.", code=OF_DRAFT)
    return ValidationError([refusal, kept])


def known_to_team(referral: Referral, today: date, by: User) -> str:
    """What the sender's own team has for the person already, as a sentence; empty when nothing."""
    own = (
        Referral.objects.visible_to(by)
        .of_person(referral.personnummer)
        .filter(from_unit=referral.from_unit)
    )
    if waiting := own.undecided().exclude(pk=referral.pk).first():
        return (
            f"Ert team har redan skickat anvisning {waiting} för personen, och den är inte besvarad. "
            "Fortsätt på den."
        )
    taken_on = Q(enrolment__voided_at=None) & (
        Q(enrolment__ended_on=None) | Q(enrolment__ended_on__gte=today)
    )
    if accepted := own.filter(taken_on, status=Status.ACCEPTED).first():
        return (
            f"Personen är redan inskriven efter ert teams anvisning {accepted}. "
            "Öppna den för att se vem som är konsulent."
        )
    return ""
