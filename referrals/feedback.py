"""What the sender's team gets to know of the case, and nothing else of it.

Secrecy runs between ekonomiskt bistånd and the unit (OSL 26 and 28 kap.), so what is told is listed here
field by field, and the page is given this and never the enrolment. What is told of an exit is kept as it was
sent: as data, and read back.
"""

from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any, Self

from participants.models import Enrolment

from .models import Referral


@dataclass(frozen=True)
class InterventionTold:
    """An intervention: what kind, when, and how it ended."""

    kind: str
    started_on: date
    ended_on: date | None
    outcome: str

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        """The intervention as it was told."""
        return cls(**{**data, **_days(data, "started_on", "ended_on")})


@dataclass(frozen=True)
class Exit:
    """How the enrolment ended."""

    ended_on: date
    level: str
    reason: str
    confirmed: str
    destination: str
    interventions: list[InterventionTold]

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        """The exit as it was told."""
        told = [InterventionTold.read(one) for one in data["interventions"]]
        return cls(**{**data, **_days(data, "ended_on"), "interventions": told})


@dataclass(frozen=True)
class Feedback:
    """What came of an accepted referral. `exit` is None while the enrolment goes on."""

    started_on: date
    consultant: str
    exit: Exit | None

    @property
    def without_exit(self) -> Self:
        """What is told until an exit is sent as a record."""
        return replace(self, exit=None)

    def as_data(self) -> dict[str, Any]:
        """What a record keeps: days as text."""
        return _as_text(asdict(self))

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        """What was told, from a record."""
        ended = data["exit"] and Exit.read(data["exit"])
        return cls(**{**data, **_days(data, "started_on"), "exit": ended})


@dataclass(frozen=True)
class RecordTold:
    """Feedback as it was sent, and who of the team has read it."""

    number: int
    sent_at: datetime
    told: Feedback
    acknowledged_at: datetime | None
    acknowledged_by: str


@dataclass(frozen=True)
class Asked:
    """A question to the Kompetensteam that the team itself asked, and whether it is taken up."""

    question: str
    asked_at: datetime
    asked_by: str
    state: str


@dataclass(frozen=True)
class TeamTold:
    """What the team has asked the Kompetensteam, and from when it can."""

    asked: list[Asked]
    can_ask: bool
    from_on: date


@dataclass(frozen=True)
class Told:
    """All that the sender's team is told of the case but its meetings, an exit only as it was sent."""

    feedback: Feedback | None = None
    records: list[RecordTold] = field(default_factory=list)
    team: TeamTold | None = None


def told(referral: Referral, day: date) -> Told:
    """What the team is told on the day."""
    sent = records(referral)
    now = feedback(referral, day)
    ended = bool(sent) and sent[0].told.exit is not None
    return Told(
        feedback=now.without_exit if now and not ended else None,
        records=sent,
        team=team_told(referral, day),
    )


def records(referral: Referral) -> list[RecordTold]:
    """The feedback that has been sent, the last first; none of an enrolment registered by mistake."""
    if referral.enrolment is None or referral.enrolment.voided_at:
        return []
    return [
        RecordTold(
            number=record.number,
            sent_at=record.sent_at,
            told=Feedback.read(record.content),
            acknowledged_at=record.acknowledged_at,
            acknowledged_by=record.acknowledged_by.name if record.acknowledged_by else "",
        )
        for record in referral.feedback_records.newest_first()
    ]


def team_told(referral: Referral, day: date) -> TeamTold | None:
    """What to show of the Kompetensteam on the day; None where there is no case to take up."""
    enrolment = referral.enrolment
    if enrolment is None or enrolment.voided_at:
        return None
    rows = list(referral.team_requests.for_page())
    if not rows and not enrolment.is_open:
        return None
    waiting = {row.pk for row in referral.team_requests.waiting()} if rows else set()
    return TeamTold(
        asked=[
            Asked(
                question=row.question,
                asked_at=row.asked_at,
                asked_by=row.asked_by.name,
                state="Väntar hos konsulenten" if row.pk in waiting else "Klar hos konsulenten",
            )
            for row in rows
        ],
        can_ask=enrolment.is_open and day >= enrolment.team_from and not waiting,
        from_on=enrolment.team_from,
    )


def feedback(referral: Referral, day: date) -> Feedback | None:
    """What to tell the sender on the day; None when nothing is: not accepted, or registered by mistake."""
    enrolment = referral.enrolment
    if enrolment is None or enrolment.voided_at:
        return None
    consultant = enrolment.consultant_on(day)
    return Feedback(
        started_on=enrolment.started_on,
        consultant=consultant.name if consultant else "",
        exit=_exit(enrolment, enrolment.ended_on) if enrolment.ended_on else None,
    )


def _exit(enrolment: Enrolment, ended_on: date) -> Exit:
    confirmed = {True: "Ja", False: "Nej", None: "Inte än"}
    reason = enrolment.exit_reason
    in_force = enrolment.level_changes.in_force_on(ended_on)
    return Exit(
        ended_on=ended_on,
        level=in_force.level if in_force else "",
        reason=reason.label if reason else "",
        confirmed=(
            confirmed[enrolment.exit_confirmed] if reason and reason.needs_confirmation else ""
        ),
        destination=enrolment.exit_destination,
        interventions=[
            InterventionTold(
                kind=one.get_kind_display(),
                started_on=one.started_on,
                ended_on=one.ended_on,
                outcome=one.get_outcome_display(),
            )
            for one in enrolment.interventions.all()
        ],
    )


def _as_text(data: Any) -> Any:
    match data:
        case dict():
            return {key: _as_text(value) for key, value in data.items()}
        case list():
            return [_as_text(one) for one in data]
        case date():
            return data.isoformat()
    return data


def _days(data: dict[str, Any], *names: str) -> dict[str, date | None]:
    return {name: date.fromisoformat(data[name]) if data[name] else None for name in names}
