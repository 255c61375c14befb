"""Changes to interventions and notes."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from participants.models import Enrolment, Intervention, InterventionOutcome, Note, Offer
from sundbyberg_am.conflicts import Conflict, check_seen
from sundbyberg_am.models import User

from .locking import lock, lock_open


@transaction.atomic
def start_intervention(
    enrolment: Enrolment,
    *,
    kind: str,
    provider: str,
    need: str,
    hours_per_week: Decimal | None,
    started_on: date,
    planned_end_on: date | None,
    offer: Offer | None = None,
    workplace: str = "",
    by: User | None,
) -> Intervention:
    """Register an intervention, of an offer or by another provider; it may begin later.

    An offer gives the kind, so `kind` may then be empty. Whether the offer is full or has ended is
    asked before, by the form: it warns and never refuses, so of two who take the last place at the
    same moment both get it. Raises ValidationError.
    """
    if offer:
        # Its kind is not changed while the first intervention of it is stored.
        offer = Offer.objects.select_for_update(no_key=True).get(pk=offer.pk)
    if not kind and offer is None:
        raise ValidationError({"kind": "Välj ett erbjudande, eller vilket slag av insats det är."})
    intervention = Intervention(
        enrolment=lock_open(enrolment),
        kind=kind or (offer.kind if offer else ""),
        offer=offer,
        provider=provider,
        workplace=workplace,
        need=need,
        hours_per_week=hours_per_week,
        started_on=started_on,
        planned_end_on=planned_end_on,
        created_by=by,
    )
    intervention.full_clean()
    intervention.save()
    return intervention


@transaction.atomic
def change_intervention(
    intervention: Intervention,
    *,
    seen_version: int,
    need: str,
    workplace: str,
    hours_per_week: Decimal | None,
    planned_end_on: date | None,
    by: User,
) -> Intervention:
    """Change what may change while an intervention goes on; who did it and when stands on it.

    Raises ValidationError, and Conflict when somebody else has changed it since `seen_version`.
    """
    lock_open(intervention.enrolment)
    intervention = Intervention.objects.select_related("enrolment", "offer").get(pk=intervention.pk)
    if intervention.ended_on:
        raise ValidationError("Insatsen är avslutad, så den går inte att ändra.")
    check_seen(
        intervention,
        seen_version,
        "Någon annan har ändrat insatsen medan du skrev, så det här sparades inte. Jämför och välj.",
        {
            "need": need,
            "workplace": workplace,
            "hours_per_week": hours_per_week,
            "planned_end_on": planned_end_on,
        },
    )
    intervention.need, intervention.workplace = need, workplace
    intervention.hours_per_week = hours_per_week
    intervention.planned_end_on = planned_end_on
    intervention.touch(by)
    intervention.full_clean()
    intervention.save()
    return intervention


@transaction.atomic
def end_intervention(
    intervention: Intervention,
    *,
    ended_on: date,
    outcome: str,
    seen_version: int | None = None,
    today: date,
    by: User | None,
) -> Intervention:
    """End an intervention with its outcome.

    One that came to nothing ends on the day it should have begun, whatever `ended_on` says: it may lie
    ahead. Raises ValidationError, and Conflict when the intervention has ended; only with the `seen_version`
    of that end is it replaced.
    """
    lock_open(intervention.enrolment)
    intervention = Intervention.objects.select_related("enrolment").get(pk=intervention.pk)
    if intervention.ended_on and seen_version != intervention.version:
        raise Conflict(
            "Insatsen är redan avslutad. Jämför och välj.",
            saved={"outcome": intervention.outcome, "ended_on": intervention.ended_on},
            by=intervention.changed_by,
            at=intervention.changed_at,
            version=intervention.version,
        )
    if not outcome:
        raise ValidationError({"outcome": "Välj hur insatsen slutade."})
    if outcome == InterventionOutcome.NOT_STARTED:
        ended_on = intervention.started_on
    elif ended_on < intervention.started_on:
        raise ValidationError({"ended_on": "Slutet kan inte vara före starten."})
    elif ended_on > today:
        raise ValidationError({"ended_on": "Slutet kan inte ligga i framtiden."})
    intervention.ended_on, intervention.outcome = ended_on, outcome
    intervention.touch(by)
    intervention.full_clean()
    intervention.save()
    return intervention


@transaction.atomic
def add_note(
    enrolment: Enrolment, *, kind: str, happened_on: date, text: str, today: date, by: User
) -> Note:
    """Write down what happened; also after the exit. Raises ValidationError."""
    if happened_on > today:
        raise ValidationError({"happened_on": "Dagen kan inte ligga i framtiden."})
    note = Note(
        enrolment=lock(enrolment), kind=kind, happened_on=happened_on, text=text, created_by=by
    )
    note.full_clean()
    note.save()
    return note


@transaction.atomic
def correct_note(note: Note, *, text: str, seen_version: int | None = None, by: User) -> Note:
    """Write a new note in the place of one that was wrong; the old one stays readable beside it.

    `seen_version` is the number of the note whose text the user saw. Raises ValidationError, and Conflict
    when that has been corrected by somebody; having seen the correction, one corrects that instead.
    """
    enrolment = lock(note.enrolment)
    seen = note.pk if seen_version is None else seen_version
    while later := Note.objects.correcting(note):
        note = later
    if note.pk != seen:
        raise Conflict(
            "Anteckningen är redan rättad, så det här sparades inte. Jämför och välj.",
            saved={"text": note.text},
            by=note.created_by,
            at=note.created_at,
            version=note.pk,
        )
    if text == note.text:
        raise ValidationError({"text": "Texten är densamma som förut. Ändra det som var fel."})
    correction = Note(
        enrolment=enrolment,
        kind=note.kind,
        happened_on=note.happened_on,
        text=text,
        corrects=note,
        created_by=by,
    )
    correction.full_clean()
    correction.save()
    return correction
