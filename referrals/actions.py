"""What changes a referral, from draft to answer.

Every action re-reads the referral under a lock, refuses what `access.Act` does not allow in the state it
is in, and raises ValidationError with a Swedish sentence. What happens after submission is also an event.
"""

from datetime import date, time, timedelta

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils import timezone

from participants import actions as participants
from participants.models import Enrolment, Level, MeetingKind, MeetingWay
from sundbyberg_am.access import Permission
from sundbyberg_am.models import Unit, UnitKind, User
from sundbyberg_am.personnummer import Personnummer

from .access import Act, refusal
from .checks import (
    check_answered,
    known_already,
    known_to_unit,
    not_to_be_sent,
    telling,
    wait_for_others,
    wrong_age,
)
from .deadlines import answer_due
from .mapping import Answers, checked, proposed_level
from .models import OTHER_SENDERS, EventKind, MappingForm, Referral, ReferralEvent, Status
from .notice_actions import tell_of_event

LATEST_START_DAYS = 60


@transaction.atomic
def draft_referral(
    *,
    to_unit: Unit,
    personnummer: str | None,
    no_personnummer_reason: str,
    birth_date: date | None,
    first_name: str,
    last_name: str,
    phone: str,
    email: str,
    interpreter_language: str,
    today: date,
    by: User,
) -> Referral:
    """Begin a referral from the user's team, with the mapping form that holds today.

    `personnummer` is twelve digits. Raises ValidationError.
    """
    referral = Referral(from_unit=by.unit, sender=by, form=MappingForm.objects.in_force_on(today))
    if refused := refusal(Act.CHANGE_PERSON, referral, by):
        raise ValidationError(refused)
    if referral.form is None:
        raise ValidationError(
            "Det finns ingen kartläggning att fylla i. Be systemförvaltaren lägga in en."
        )
    return _with_person(
        referral,
        to_unit=to_unit,
        personnummer=personnummer,
        no_personnummer_reason=no_personnummer_reason,
        birth_date=birth_date,
        first_name=first_name,
        last_name=last_name,
        phone=phone,
        email=email,
        interpreter_language=interpreter_language,
        today=today,
    )


@transaction.atomic
def register_referral(
    *,
    initiator: str,
    document_on: date,
    asks_for: str,
    level: str,
    personnummer: str | None,
    no_personnummer_reason: str,
    birth_date: date | None,
    first_name: str,
    last_name: str,
    phone: str,
    email: str,
    interpreter_language: str,
    today: date,
    by: User,
) -> Referral:
    """Register a referral to the user's unit that came on paper, by telephone or from the person.

    It counts as sent the day it is registered, and has ten working days from then; `document_on` is the date
    on what came. `level` may be empty, and then stands on the consultant's work list. Raises ValidationError.
    """
    if not by.may(Permission.RECEIVE_REFERRALS):
        raise ValidationError("Det här kan bara samordnaren göra.")
    if initiator not in OTHER_SENDERS:
        raise ValidationError({"initiator": "Välj vem anvisningen kommer från."})
    if document_on > today:
        raise ValidationError(
            {"document_on": "Dagen har inte varit än. Skriv datumet på handlingen."}
        )
    referral = Referral(initiator=initiator, level=level, document_on=document_on, registered_by=by)
    referral.status, referral.submitted_on = Status.SUBMITTED, today
    referral.answer_due_on = answer_due(today)
    wait_for_others(personnummer)
    if known := known_to_unit(personnummer, by.unit, today, by):
        raise telling(known, personnummer)
    referral = _with_person(
        referral,
        to_unit=by.unit,
        personnummer=personnummer,
        no_personnummer_reason=no_personnummer_reason,
        birth_date=birth_date,
        first_name=first_name,
        last_name=last_name,
        phone=phone,
        email=email,
        interpreter_language=interpreter_language,
        today=today,
    )
    if wrong := wrong_age(referral, today):
        raise ValidationError(wrong)
    return _with_event(referral, EventKind.SUBMITTED, text=asks_for, by=by)


@transaction.atomic
def change_person(
    referral: Referral,
    *,
    to_unit: Unit,
    personnummer: str | None,
    no_personnummer_reason: str,
    birth_date: date | None,
    first_name: str,
    last_name: str,
    phone: str,
    email: str,
    interpreter_language: str,
    today: date,
    by: User,
) -> Referral:
    """Change whom a draft is about, or where it goes. Raises ValidationError."""
    return _with_person(
        _locked(referral, Act.CHANGE_PERSON, by),
        to_unit=to_unit,
        personnummer=personnummer,
        no_personnummer_reason=no_personnummer_reason,
        birth_date=birth_date,
        first_name=first_name,
        last_name=last_name,
        phone=phone,
        email=email,
        interpreter_language=interpreter_language,
        today=today,
    )


@transaction.atomic
def delete_draft(referral: Referral, *, by: User) -> Referral:
    """Remove a referral that was never sent. Raises ValidationError."""
    referral = _locked(referral, Act.DELETE, by)
    referral.delete()
    return referral


@transaction.atomic
def save_answers(referral: Referral, *, answers: Answers, by: User) -> Referral:
    """Keep the answers so far, complete or not, and propose a level from them.

    After submission a level that was the proposed one stays the proposed one. Raises ValidationError.
    """
    referral = _locked(referral, Act.ANSWER, by)
    followed = referral.level == referral.proposed_level
    referral.answers = checked(referral.content, answers)
    referral.proposed_level, _ = proposed_level(referral.content, referral.answers)
    if followed and referral.status != Status.DRAFT:
        referral.level = referral.proposed_level
    return _saved(referral)


@transaction.atomic
def submit(referral: Referral, *, level: str, level_reason: str, today: date, by: User) -> Referral:
    """Send a draft to the unit, which then has ten working days to answer.

    Raises ValidationError: also when the person is already enrolled or referred, in words that tell the
    sender no more than the sender's team knows.
    """
    referral = _locked(referral, Act.SUBMIT, by)
    check_answered(referral.content, referral.answers)
    _set_level(referral, level, level_reason)
    wait_for_others(referral.personnummer)
    if wrong := wrong_age(referral, today):
        raise not_to_be_sent(wrong)
    if sentence := known_already(referral, today, by):
        raise not_to_be_sent(telling(sentence, referral.personnummer))
    referral.status = Status.SUBMITTED
    referral.submitted_on = today
    referral.answer_due_on = answer_due(today)
    return _with_event(_saved(referral), EventKind.SUBMITTED, by=by)


@transaction.atomic
def open_referral(referral: Referral, *, by: User) -> Referral:
    """Note that the receiving coordinator has seen the referral; the first time counts.

    Raises ValidationError.
    """
    return _saved(_received(referral, Act.OPEN, by))


@transaction.atomic
def ask_completion(referral: Referral, *, question: str, by: User) -> Referral:
    """Ask the sender for what is missing. Raises ValidationError."""
    referral = _received(referral, Act.ASK, by)
    if not question.strip():
        raise ValidationError({"question": "Skriv vad som behöver kompletteras."})
    referral.status = Status.COMPLETION_ASKED
    return _with_event(_saved(referral), EventKind.COMPLETION_ASKED, text=question, by=by)


@transaction.atomic
def complete(
    referral: Referral,
    *,
    answer: str,
    level: str | None = None,
    level_reason: str | None = None,
    by: User,
) -> Referral:
    """Answer the unit's question; a level that is given replaces the one sent. Raises ValidationError."""
    referral = _locked(referral, Act.COMPLETE, by)
    if not answer.strip():
        raise ValidationError({"answer": "Skriv ett svar på frågan."})
    check_answered(referral.content, referral.answers)
    if level is not None:
        _set_level(referral, level, level_reason or "")
    referral.status = Status.COMPLETED
    return _with_event(_saved(referral), EventKind.COMPLETED, text=answer, by=by)


@transaction.atomic
def accept(
    referral: Referral,
    *,
    started_on: date,
    consultant: User,
    deputy: User | None = None,
    meeting_day: date | None = None,
    meeting_starts: time | None = None,
    meeting_place: str = "",
    today: date,
    by: User,
) -> Referral:
    """Take the person on: registered, enrolled on the level sent, with a consultant and perhaps a deputy.

    `started_on` is a day from the submission to sixty days ahead. A day, a time and a place book the first
    meeting. Raises ValidationError.
    """
    referral = _received(referral, Act.ACCEPT, by)
    if referral.submitted_on and started_on < referral.submitted_on:
        raise ValidationError(
            {"started_on": "Startdagen kan inte vara före den dag anvisningen skickades."}
        )
    if started_on > today + timedelta(days=LATEST_START_DAYS):
        raise ValidationError(
            {"started_on": f"Välj en startdag inom {LATEST_START_DAYS} dagar från i dag."}
        )
    participant = participants.register(
        personnummer=referral.personnummer,
        no_personnummer_reason=referral.no_personnummer_reason,
        birth_date=referral.birth_date,
        first_name=referral.first_name,
        last_name=referral.last_name,
        phone=referral.phone,
        email=referral.email,
        interpreter_language=referral.interpreter_language,
        by=by,
    )
    referral.enrolment = participants.enrol(
        participant,
        unit=referral.to_unit,
        started_on=started_on,
        initiator=referral.initiator,
        level=referral.level,
        consultant=consultant,
        deputy=deputy,
        by=by,
    )
    _book_first_meeting(referral.enrolment, meeting_day, meeting_starts, meeting_place, today, by)
    return _decided(referral, Status.ACCEPTED, today, by)


@transaction.atomic
def return_referral(referral: Referral, *, reason: str, today: date, by: User) -> Referral:
    """Send the referral back with a reason. Raises ValidationError."""
    referral = _received(referral, Act.RETURN, by)
    if not reason.strip():
        raise ValidationError({"reason": "Skriv varför anvisningen återlämnas."})
    referral.return_reason = reason
    return _decided(referral, Status.RETURNED, today, by, text=reason)


@transaction.atomic
def withdraw(referral: Referral, *, reason: str, today: date, by: User) -> Referral:
    """Take back a referral that has not been answered. Raises ValidationError."""
    referral = _locked(referral, Act.WITHDRAW, by)
    if not reason.strip():
        raise ValidationError({"reason": "Skriv varför anvisningen återkallas."})
    referral.status, referral.withdrawn_on = Status.WITHDRAWN, today
    return _with_event(_saved(referral), EventKind.WITHDRAWN, text=reason, by=by)


def _locked(referral: Referral, act: Act, by: User) -> Referral:
    locked = Referral.objects.select_for_update().filter(pk=referral.pk).first()
    if locked is None:
        raise ValidationError("Utkastet finns inte längre. Någon i teamet har tagit bort det.")
    if refused := refusal(act, locked, by):
        raise ValidationError(refused)
    return locked


def _received(referral: Referral, act: Act, by: User) -> Referral:
    """The locked referral, opened: whoever acts on it has seen it."""
    referral = _locked(referral, act, by)
    if referral.opened_at is None:
        referral.opened_at, referral.opened_by = timezone.now(), by
        _with_event(referral, EventKind.OPENED, by=by)
    return referral


def _book_first_meeting(
    enrolment: Enrolment, day: date | None, starts: time | None, place: str, today: date, by: User
) -> None:
    """Book the first meeting, when one is planned; its refusals stand beside the fields of the acceptance."""
    if not (day or starts or place):
        return
    given = {"meeting_day": day, "meeting_starts": starts, "meeting_place": place}
    missing_ones = [field for field, value in given.items() if not value]
    if missing_ones or day is None or starts is None:
        raise ValidationError(
            dict.fromkeys(missing_ones, "Första mötet behöver dag, tid och plats. Fyll i alla tre.")
        )
    if day < today:
        raise ValidationError({"meeting_day": "Den dagen har redan varit. Välj en senare dag."})
    try:
        participants.book_meeting(
            enrolment,
            kind=MeetingKind.PARTICIPANT,
            day=day,
            starts=starts,
            ends=None,
            way=MeetingWay.ON_SITE,
            place=place,
            today=today,
            by=by,
        )
    except ValidationError as refusal:
        beside = {
            f"meeting_{field}" if f"meeting_{field}" in given else NON_FIELD_ERRORS: sentences
            for field, sentences in refusal.message_dict.items()
        }
        raise ValidationError(beside) from None


def _with_person(
    referral: Referral,
    *,
    to_unit: Unit,
    personnummer: str | None,
    no_personnummer_reason: str,
    birth_date: date | None,
    first_name: str,
    last_name: str,
    phone: str,
    email: str,
    interpreter_language: str,
    today: date,
) -> Referral:
    if to_unit.kind != UnitKind.LABOUR_MARKET:
        raise ValidationError({"to_unit": "Välj en arbetsmarknadsenhet."})
    if not personnummer and not no_personnummer_reason:
        raise ValidationError({"personnummer": "Skriv personnumret, eller varför det saknas."})
    if personnummer and no_personnummer_reason:
        raise ValidationError(
            {"no_personnummer_reason": "Personnumret är ifyllt. Ta bort den här texten."}
        )
    told = Personnummer(personnummer).birth_date if personnummer else None
    if told and birth_date not in (None, told):
        raise ValidationError({"birth_date": "Födelsedatumet stämmer inte med personnumret."})
    if birth_date and birth_date > today:
        raise ValidationError({"birth_date": "Födelsedatumet har inte varit än."})
    referral.to_unit = to_unit
    referral.personnummer = personnummer or None
    referral.no_personnummer_reason = no_personnummer_reason
    referral.birth_date = told or birth_date
    referral.first_name, referral.last_name = first_name, last_name
    referral.phone, referral.email = phone, email
    referral.interpreter_language = interpreter_language
    return _saved(referral)


def _set_level(referral: Referral, level: str, reason: str) -> None:
    if level not in Level.values:
        raise ValidationError({"level": "Välj en nivå."})
    referral.level, referral.level_reason = level, reason.strip()


def _saved(referral: Referral) -> Referral:
    referral.full_clean()
    referral.save()
    return referral


def _with_event(referral: Referral, kind: EventKind, *, by: User, text: str = "") -> Referral:
    event = ReferralEvent(referral=referral, kind=kind, text=text.strip(), by=by)
    event.full_clean()
    event.save()
    tell_of_event(referral, event)
    return referral


def _decided(referral: Referral, status: Status, today: date, by: User, text: str = "") -> Referral:
    referral.status, referral.decided_on, referral.decided_by = status, today, by
    return _with_event(_saved(referral), EventKind(status), text=text, by=by)
