"""Plain functions that make what a test needs; everything not named is ordinary."""

from datetime import date, time
from functools import cache
from itertools import count
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from participants.models import (
    Assessment,
    Attendee,
    Consent,
    Correction,
    DomainSteps,
    Enrolment,
    ExitReason,
    Intervention,
    InterventionKind,
    LevelChange,
    Meeting,
    MeetingKind,
    MeetingOutcome,
    Occasion,
    Offer,
    Participant,
    Plan,
)
from referrals.models import Referral, Status
from sundbyberg_am.access import Role
from sundbyberg_am.models import ROLE_UNIT_KIND, RoleClaim, Unit, UnitKind, User
from sundbyberg_am.personnummer import with_check_digit

_serial = count(1)


def a_unit(name: str = "Arbetsmarknadsenheten", kind: str = UnitKind.LABOUR_MARKET) -> Unit:
    """The unit of that name, made when it does not exist."""
    return Unit.objects.get_or_create(name=name, defaults={"kind": kind})[0]


_UNIT_NAMES = {
    UnitKind.LABOUR_MARKET: "Arbetsmarknadsenheten",
    UnitKind.SOCIAL_ASSISTANCE: "Ekonomiskt bistånd",
    UnitKind.OFFICE: "Stadsledningskontoret",
}


@cache
def _hashed_password(hasher: str) -> str:
    """Hashed once by each hasher: it is meant to be slow."""
    return make_password("lösenord-i-test")


def a_user(role: str = Role.CONSULTANT, *, unit: Unit | None = None, **fields: Any) -> User:
    """Somebody of the role who can sign in with the password `lösenord-i-test`."""
    number = next(_serial)
    if unit is None:
        kind = ROLE_UNIT_KIND[role]
        unit = a_unit(_UNIT_NAMES[UnitKind(kind)], kind)
    user = User(
        **{
            "username": f"{role.replace('_', '.')}{number}",
            "name": f"{Role(role).label} {number}",
            "role": role,
            "unit": unit,
            **fields,
        }
    )
    user.password = _hashed_password(settings.PASSWORD_HASHERS[0])
    user.full_clean()
    user.save()
    return user


def a_role_claim(value: str = "am-chefer", role: str = Role.MANAGER, place: int = 1) -> RoleClaim:
    """What the city's sign-in says of those who are to have the role in the ordinary unit."""
    return RoleClaim.objects.create(value=value, role=role, unit=a_unit(), place=place)


def a_personnummer(born: date = date(1985, 3, 14), *, woman: bool = True, serial: int = 0) -> str:
    """Twelve valid digits with a serial number of 980–999, the series held for tests.

    `serial` 0–9 gives different numbers for the same day and sex.
    """
    nine = f"{born:%y%m%d}{980 + 2 * serial + (0 if woman else 1)}"
    return f"{born:%Y}"[:2] + with_check_digit(nine)


def a_participant(
    *, born: date | None = None, woman: bool = True, personnummer: str | None = None, **fields: Any
) -> Participant:
    """A person; every call another one."""
    number = next(_serial)
    if personnummer is None:
        year_day = born or date(
            1960 + number // 3650 % 40, 1 + number // 280 % 12, 1 + number // 10 % 28
        )
        personnummer = a_personnummer(year_day, woman=woman, serial=number % 10)
    born = born or date(int(personnummer[:4]), int(personnummer[4:6]), int(personnummer[6:8]))
    participant = Participant(
        **{
            "personnummer": personnummer,
            "birth_date": born,
            "first_name": "Test",
            "last_name": f"Person {number}",
            **fields,
        }
    )
    participant.full_clean()
    participant.save()
    return participant


def an_enrolment(
    started_on: date = date(2026, 1, 12),
    ended_on: date | None = None,
    *,
    participant: Participant | None = None,
    level: str | None = "AM2",
    reason: str = "work_unsubsidised",
    unit: Unit | None = None,
    born: date | None = None,
    woman: bool = True,
    **fields: Any,
) -> Enrolment:
    """An enrolment with a level from its first day; ended when `ended_on` is given."""
    enrolment = Enrolment(
        **{
            "participant": participant or a_participant(born=born, woman=woman),
            "unit": unit or a_unit(),
            "started_on": started_on,
            "ended_on": ended_on,
            "exit_reason": ExitReason.objects.get(code=reason) if ended_on else None,
            **fields,
        }
    )
    enrolment.full_clean()
    enrolment.save()
    if level:
        a_level(enrolment, level, started_on)
    return enrolment


def a_level(enrolment: Enrolment, level: str, valid_from: date) -> LevelChange:
    """A level in force from the day."""
    change = LevelChange(enrolment=enrolment, level=level, valid_from=valid_from)
    change.full_clean()
    change.save()
    return change


def a_plan(enrolment: Enrolment, adopted_on: date | None = None, **fields: Any) -> Plan:
    """The next version of the plan, adopted when a day is given."""
    plan = Plan(
        **{
            "enrolment": enrolment,
            "number": enrolment.plans.count() + 1,
            "adopted_on": adopted_on,
            "participant_agrees": True if adopted_on else None,
            **fields,
        }
    )
    plan.full_clean()
    plan.save()
    return plan


def an_intervention(
    enrolment: Enrolment,
    started_on: date,
    ended_on: date | None = None,
    *,
    kind: str = InterventionKind.JOB_SEARCH,
    **fields: Any,
) -> Intervention:
    """An intervention, ended when `ended_on` is given."""
    intervention = Intervention(
        enrolment=enrolment, kind=kind, started_on=started_on, ended_on=ended_on, **fields
    )
    intervention.full_clean()
    intervention.save()
    return intervention


def a_meeting(
    enrolment: Enrolment, day: date | None = None, *, outcome: str = "", **fields: Any
) -> Meeting:
    """A booked meeting, by default on the first enrolled day at ten; decided when an outcome is given."""
    meeting = Meeting(
        **{
            "enrolment": enrolment,
            "kind": MeetingKind.PARTICIPANT,
            "day": day or enrolment.started_on,
            "starts": time(10),
            "place": "Rum 3",
            "booked_at": timezone.now(),
            "outcome": outcome,
            "attended": [Attendee.PARTICIPANT] if outcome == MeetingOutcome.HELD else [],
            "why": "Sjuk" if outcome not in ("", MeetingOutcome.HELD) else "",
            "decided_at": timezone.now() if outcome else None,
            **fields,
        }
    )
    meeting.full_clean()
    meeting.save()
    return meeting


def a_consent(enrolment: Enrolment, *, by: User, **fields: Any) -> Consent:
    """A consent from the first day of the enrolment on, until further notice."""
    return enrolment.consents.create(
        **{
            "purpose": "Samordna rehabiliteringen",
            "about": "Planen",
            "to": "Försäkringskassan",
            "given_on": enrolment.started_on,
            "created_by": by,
            **fields,
        }
    )


def a_correction(enrolment: Enrolment, *, by: User, **fields: Any) -> Correction:
    """Asked for on the first day of the enrolment, and not decided."""
    return enrolment.corrections.create(
        **{
            "received_on": enrolment.started_on,
            "about": "Utbildningen i kartläggningen",
            "wanted": "Gymnasial utbildning",
            "created_by": by,
            **fields,
        }
    )


def an_offer(
    name: str = "Jobbcenter", kind: str = InterventionKind.JOB_SEARCH, **fields: Any
) -> Offer:
    """An offer without limit or end, from long ago."""
    offer = Offer(
        **{
            "name": name,
            "kind": kind,
            "audience": InterventionKind(kind).audience,
            "valid_from": date(2021, 1, 1),
            **fields,
        }
    )
    offer.full_clean()
    offer.save()
    return offer


def an_assessment(
    enrolment: Enrolment,
    assessed_on: date,
    steps: dict[str, int] | None = None,
    own: dict[str, int] | None = None,
    *,
    occasion: str = Occasion.FOLLOW_UP,
) -> Assessment:
    """An assessment with the consultant's `steps` by domain, and the participant's `own`."""
    steps = {"health": 2} if steps is None else steps
    assessment = Assessment(enrolment=enrolment, assessed_on=assessed_on, occasion=occasion)
    assessment.full_clean()
    assessment.save()
    for domain in {**steps, **(own or {})}:
        DomainSteps.objects.create(
            assessment=assessment,
            domain=domain,
            consultant_step=steps.get(domain),
            participant_step=(own or {}).get(domain),
        )
    return assessment


def a_referral(
    submitted_on: date | None = date(2026, 1, 5),
    *,
    status: str = Status.SUBMITTED,
    enrolment: Enrolment | None = None,
    **fields: Any,
) -> Referral:
    """A referral as a row, of a woman; the accepted one of the enrolment when that is given."""
    accepted = {
        "status": Status.ACCEPTED,
        "decided_on": enrolment and enrolment.started_on,
        "personnummer": enrolment and enrolment.participant.personnummer,
        "enrolment": enrolment,
    }
    number = next(_serial)
    return Referral.objects.create(
        **{
            "status": status,
            "to_unit": a_unit(),
            "personnummer": a_personnummer(date(1980, 1 + number % 12, 1 + number % 28)),
            "first_name": "Test",
            "last_name": f"Person {number}",
            "level": "AM2",
            "submitted_on": submitted_on,
            "answer_due_on": submitted_on,
            **(accepted if enrolment else {}),
            **fields,
        }
    )
