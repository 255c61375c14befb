"""What goes in and out, as types: the description of the API is made from them.

What a text may be – a personnummer, a day, at most so many characters – is checked by the forms of the pages,
so that a refusal has their words; here it only stands in the description.
"""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from ninja import Schema
from pydantic import ConfigDict, Field

from participants.models import Level
from referrals import mapping
from referrals.feedback import Feedback, RecordTold, TeamTold, Told
from referrals.meetings import MeetingsTold, MeetingTold
from referrals.models import EventKind, MappingForm, Referral, Status
from sundbyberg_am.models import Unit


def _text(name: str, *, required: bool = False, **said: Any) -> Any:
    """A text field with the label and the longest length of the referral's own."""
    field: Any = Referral._meta.get_field(name)
    schema = {"maxLength": field.max_length} if getattr(field, "max_length", None) else {}
    default: Any = ... if required else ""
    return Field(default, title=str(field.verbose_name), json_schema_extra={**schema, **said})


class ReferralIn(Schema):
    """En anvisning, ifylld. Fälten är de som står på sidan ”Ny anvisning”."""

    model_config = ConfigDict(extra="forbid")

    to_unit: str = Field(title="mottagande enhet", description="Enhetens namn.")
    personnummer: str = _text("personnummer", maxLength=20)
    no_personnummer_reason: str = _text("no_personnummer_reason")
    birth_date: str = _text("birth_date", description="Behövs bara om det inte framgår av numret.")
    first_name: str = _text("first_name", required=True)
    last_name: str = _text("last_name", required=True)
    phone: str = _text("phone")
    email: str = _text("email")
    interpreter_language: str = _text("interpreter_language")
    mapping_version: int = Field(
        strict=True, description="Versionen som `GET /api/v1/mapping` gav."
    )
    answers: dict[str, str | list[str]] = Field(
        title="svar",
        description="Svaren efter frågans nyckel: en text, eller en lista för frågor av slaget `several`.",
    )
    level: str = _text("level", required=True, enum=Level.values)
    level_reason: str = _text("level_reason")


class Receipt(Schema):
    """Kvittot på en anvisning. Det är detsamma varje gång det lämnas."""

    id: str
    number: str
    to_unit: str
    submitted_on: date
    answer_due_on: date

    @classmethod
    def of(cls, referral: Referral) -> Self:
        """The receipt of one that is sent."""
        return cls(**_receipt(referral))


def _receipt(referral: Referral) -> dict[str, Any]:
    return {
        "id": str(referral.public_id),
        "number": referral.number_text,
        "to_unit": referral.to_unit.name,
        "submitted_on": referral.submitted_on,
        "answer_due_on": referral.answer_due_on,
    }


class ReferralOut(Receipt):
    """Hur det står till med en anvisning."""

    sender: str
    level: str
    status: Status
    status_text: str
    opened_at: datetime | None
    asked: str = Field(description="Vad enheten vill ha kompletterat, medan den väntar på det.")
    decided_on: date | None
    return_reason: str
    withdrawn_on: date | None

    @classmethod
    def of(cls, referral: Referral) -> Self:
        """What the page of the referral says at its top."""
        asked = ""
        if referral.status == Status.COMPLETION_ASKED:
            event = referral.events.of_kind(EventKind.COMPLETION_ASKED).last()
            asked = event.text if event else ""
        return cls(
            **_receipt(referral),
            sender=referral.sender.name if referral.sender else "",
            level=referral.level,
            status=Status(referral.status),
            status_text=referral.get_status_display(),
            opened_at=referral.opened_at,
            asked=asked,
            decided_on=referral.decided_on,
            return_reason=referral.return_reason,
            withdrawn_on=referral.withdrawn_on,
        )


class FeedbackOut(Schema):
    """Det som avsändarens team får veta om ärendet, och inget annat."""

    feedback: Feedback | None = Field(
        description="Hur det står till nu, tills ett avslut är skickat."
    )
    records: list[RecordTold] = Field(description="Återkoppling som är skickad, den senaste först.")
    coming_meetings: list[MeetingTold]
    past_meetings: list[MeetingTold]
    team: TeamTold | None = Field(description="Frågor till Kompetensteamet.")

    @classmethod
    def of(cls, told: Told, meetings: MeetingsTold | None) -> Self:
        """What the page of the referral tells the team."""
        return cls(
            **vars(told),
            coming_meetings=meetings.coming if meetings else [],
            past_meetings=meetings.past if meetings else [],
        )


class OptionOut(Schema):
    """Ett svar att välja."""

    value: str
    label: str


class QuestionOut(Schema):
    """En fråga."""

    key: str
    text: str
    help: str
    kind: str
    required: bool
    options: list[OptionOut]


class SectionOut(Schema):
    """Frågor som hör ihop."""

    title: str
    help: str
    questions: list[QuestionOut]


class MappingOut(Schema):
    """Kartläggningen som gäller i dag, och enheterna som anvisningar kan gå till."""

    version: int
    title: str
    to_units: list[str]
    sections: list[SectionOut]

    @classmethod
    def of(cls, form: MappingForm, units: list[Unit]) -> Self:
        """The questions of the form; not what the answers speak for."""
        return cls(
            version=form.version,
            title=form.title,
            to_units=[unit.name for unit in units],
            sections=[SectionOut.from_orm(one) for one in mapping.sections(form.content)],
        )


class Mistake(Schema):
    """Vad som är fel, i samma ord som på sidan."""

    field: str | None = Field(description="Fältet som felet gäller; null när det gäller alltihop.")
    message: str


class Refusal(Schema):
    """Varför något inte gick."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    errors: list[Mistake]
