"""Changes to an enrolment: its start, consultant, level and exit."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from participants.models import (
    ConsultantChange,
    Enrolment,
    ExitEvent,
    ExitEventKind,
    ExitReason,
    Handover,
    LevelChange,
    Participant,
)
from sundbyberg_am.conflicts import Conflict, check_seen
from sundbyberg_am.models import Unit, User

from .locking import lock, lock_open
from .meetings import end_meetings
from .protection import NOT_NAMED, not_named


@transaction.atomic
def enrol(
    participant: Participant,
    *,
    unit: Unit,
    started_on: date,
    initiator: str,
    level: str,
    consultant: User | None,
    deputy: User | None = None,
    by: User | None,
) -> Enrolment:
    """Begin an enrolment, with its first level.

    `level` may be empty and `consultant` None where nobody knows, as in an import; both then stand on
    the work lists. Raises ValidationError, also when the person is enrolled during that time.
    """
    participant = Participant.objects.select_for_update().get(pk=participant.pk)
    check_staff(unit, consultant, deputy, participant)
    enrolment = Enrolment(
        participant=participant,
        unit=unit,
        started_on=started_on,
        initiator=initiator,
        consultant=consultant,
        deputy=deputy,
        created_by=by,
    )
    enrolment.full_clean()
    enrolment.save()
    if level:
        _add_level(enrolment, level, started_on, reason="", by=by)
    return enrolment


@transaction.atomic
def assign(
    enrolment: Enrolment,
    *,
    consultant: User,
    deputy: User | None,
    seen_version: int | None = None,
    today: date,
    by: User | None,
) -> Enrolment:
    """Give the case to a consultant of its unit from today, and perhaps to a deputy.

    A handover that is planned for a later day still holds from that day. Raises ValidationError, and Conflict
    when somebody has given the case away since `seen_version` was read.
    """
    enrolment = lock_open(enrolment)
    check_staff(enrolment.unit, consultant, deputy, enrolment.participant)
    check_seen(
        enrolment,
        seen_version,
        "Någon annan har bytt konsulent eller ersättare, så det här sparades inte. Jämför och välj.",
        {"consultant": consultant, "deputy": deputy},
    )
    if enrolment.consultant_on(today) != consultant:
        change_consultant(enrolment, consultant, max(today, enrolment.started_on), by=by)
    enrolment.consultant, enrolment.deputy = consultant, deputy
    enrolment.touch(by)
    enrolment.full_clean()
    enrolment.save()
    return enrolment


@transaction.atomic
def change_level(
    enrolment: Enrolment,
    *,
    level: str,
    valid_from: date,
    reason: str,
    seen_version: int | None = None,
    today: date,
    by: User | None,
) -> LevelChange:
    """Set another level from a day on.

    `seen_version` is the number of the change that the user saw as the last one registered, 0 for none.
    Raises ValidationError, and Conflict when there is a later one.
    """
    enrolment = lock_open(enrolment)
    last = enrolment.level_changes.last_registered()
    if seen_version is not None and last and last.pk != seen_version:
        raise Conflict(
            "Någon annan har ändrat nivån medan du skrev, så det här sparades inte. Jämför och välj.",
            saved={"level": last.level, "valid_from": last.valid_from, "reason": last.reason},
            by=last.created_by,
            at=last.created_at,
            version=last.pk,
        )
    if valid_from > today:
        raise ValidationError({"valid_from": "Nivån kan inte börja gälla i framtiden."})
    if not reason.strip():
        raise ValidationError({"reason": "Skriv varför nivån ändras."})
    in_force = enrolment.level_changes.in_force_on(valid_from)
    if in_force and in_force.level == level:
        raise ValidationError({"level": f"{level} gäller redan den dagen. Välj en annan nivå."})
    return _add_level(enrolment, level, valid_from, reason=reason, by=by)


@transaction.atomic
def exit_enrolment(
    enrolment: Enrolment,
    *,
    ended_on: date,
    exit_reason: ExitReason,
    exit_confirmed: bool | None,
    exit_destination: str,
    today: date,
    by: User | None,
) -> Enrolment:
    """End the enrolment; open interventions and a pause end the same day, later meetings are called off.

    No outcome is stated. A draft of the plan is left as it is: it cannot be adopted unless the
    enrolment is reopened.
    `exit_confirmed` is for reasons that need it, and None while nobody knows. Raises ValidationError, and
    Conflict when the enrolment has ended already.
    """
    enrolment = lock(enrolment)
    if enrolment.ended_on:
        raise Conflict(
            "Inskrivningen är avslutad, så det går inte att avsluta den igen. Är det ditt avslut som "
            "gäller? Öppna inskrivningen igen från deltagarens sida. Det du skrev finns kvar när du "
            "avslutar den på nytt.",
            saved={
                "ended_on": enrolment.ended_on,
                "exit_reason": enrolment.exit_reason,
                "exit_confirmed": enrolment.exit_confirmed,
                "exit_destination": enrolment.exit_destination,
            },
            by=enrolment.exited_by,
            at=enrolment.exited_at,
        )
    if ended_on < enrolment.started_on:
        raise ValidationError({"ended_on": "Avslutet kan inte vara före inskrivningen."})
    if ended_on > today:
        raise ValidationError({"ended_on": "Avslutet kan inte ligga i framtiden."})
    if exit_reason.is_retired_on(today):
        raise ValidationError({"exit_reason": "Orsaken används inte längre. Välj en annan."})
    if exit_confirmed is not None and not exit_reason.needs_confirmation:
        raise ValidationError(
            {"exit_confirmed": "Bara arbete och studier bekräftas. Välj ”Vet inte än”."}
        )
    _check_nothing_later(enrolment, ended_on)
    for intervention in enrolment.interventions.open():
        intervention.ended_on = ended_on
        intervention.touch(by)
        intervention.full_clean()
        intervention.save()
    end_meetings(enrolment, ended_on, by)
    for pause in enrolment.pauses.lasting_after(ended_on):
        pause.ended_on, pause.ended_by = ended_on, by
        pause.full_clean()
        pause.save()
    enrolment.ended_on = ended_on
    enrolment.exit_reason, enrolment.exit_confirmed = exit_reason, exit_confirmed
    enrolment.exit_destination = exit_destination
    enrolment.exited_at, enrolment.exited_by = timezone.now(), by
    enrolment.touch(by)
    enrolment.full_clean()
    enrolment.save()
    return enrolment


@transaction.atomic
def confirm_exit(
    enrolment: Enrolment,
    *,
    exit_confirmed: bool,
    seen_version: int | None = None,
    today: date,
    by: User | None,
) -> Enrolment:
    """Say whether the work or the studies came about; a later answer replaces an earlier one.

    Each answer is kept as an event, with what was said before; the same answer again changes nothing.
    Work: an employment on the regular labour market that has lasted a month. Studies: that they give
    right to studiemedel (Kolada, KAS). Raises ValidationError, and Conflict when somebody has answered since
    `seen_version` was read.
    """
    enrolment = lock(enrolment)
    if enrolment.exit_reason is None:
        raise ValidationError("Inskrivningen är inte avslutad, så det finns inget att bekräfta.")
    if not enrolment.exit_reason.needs_confirmation:
        raise ValidationError("Bara avslut till arbete och studier bekräftas.")
    if enrolment.exit_confirmed == exit_confirmed:
        return enrolment
    check_seen(
        enrolment,
        seen_version,
        "Någon annan har ändrat avslutet, så det här sparades inte. Jämför och välj.",
        {"exit_confirmed": exit_confirmed},
    )
    kind = ExitEventKind.CONFIRMED if exit_confirmed else ExitEventKind.DENIED
    _keep_exit(enrolment, kind, today, by=by)
    enrolment.exit_confirmed = exit_confirmed
    enrolment.touch(by)
    enrolment.full_clean()
    enrolment.save()
    return enrolment


@transaction.atomic
def reopen_enrolment(enrolment: Enrolment, *, today: date, by: User | None) -> Enrolment:
    """Take the exit back, within thirty days of it; interventions and pauses that it ended stay ended.

    The exit is kept as an event of the case.
    Raises ValidationError, also when the person has been enrolled again since.
    """
    enrolment = lock(enrolment)
    if enrolment.reopens_until is None:
        raise ValidationError("Inskrivningen är redan öppen.")
    if today > enrolment.reopens_until:
        raise ValidationError(
            "Det är mer än 30 dagar sedan avslutet. Skriv in personen på nytt i stället."
        )
    _keep_exit(enrolment, ExitEventKind.UNDONE, today, by=by)
    enrolment.ended_on = enrolment.exit_reason = enrolment.exit_confirmed = None
    enrolment.exit_destination = ""
    enrolment.exited_at = enrolment.exited_by = None
    enrolment.touch(by)
    enrolment.full_clean()
    enrolment.save()
    return enrolment


@transaction.atomic
def void_enrolment(enrolment: Enrolment, *, void_reason: str, by: User) -> Enrolment:
    """Mark the enrolment as registered by mistake; it then counts nowhere. Raises ValidationError."""
    enrolment = lock(enrolment)
    if not void_reason.strip():
        raise ValidationError({"void_reason": "Skriv varför inskrivningen är felregistrerad."})
    enrolment.void_reason = void_reason.strip()
    enrolment.voided_at, enrolment.voided_by = timezone.now(), by
    enrolment.touch(by)
    enrolment.full_clean()
    enrolment.save()
    return enrolment


def check_staff(
    unit: Unit, consultant: User | None, deputy: User | None, participant: Participant
) -> None:
    """Both are consultants of the unit today, two people, and may know of the participant.

    Raises ValidationError.
    """
    at_work = User.objects.consultants_of(unit)
    for field, user in (("consultant", consultant), ("deputy", deputy)):
        if user is not None and user not in at_work:
            raise ValidationError({field: f"Välj någon som är konsulent på {unit.name} i dag."})
    if deputy is not None and deputy == consultant:
        raise ValidationError({"deputy": "Ersättaren ska vara någon annan än konsulenten."})
    staff = {"consultant": consultant, "deputy": deputy}
    unnamed = not_named(participant, [user for user in staff.values() if user])
    for field, user in staff.items():
        if user in unnamed:
            raise ValidationError({field: NOT_NAMED})


def change_consultant(
    enrolment: Enrolment,
    consultant: User,
    valid_from: date,
    *,
    handover: Handover | None = None,
    by: User | None,
) -> ConsultantChange:
    """Add to the history that the consultant has the case from the day; the enrolment is left as it is.

    The first time, who had it at the start is added too.
    """
    if enrolment.consultant and not enrolment.consultant_changes.exists():
        ConsultantChange.objects.create(
            enrolment=enrolment,
            consultant=enrolment.consultant,
            valid_from=enrolment.started_on,
            created_at=enrolment.created_at,
            created_by=enrolment.created_by,
        )
    change = ConsultantChange(
        enrolment=enrolment,
        consultant=consultant,
        valid_from=valid_from,
        handover=handover,
        created_by=by,
    )
    change.full_clean()
    change.save()
    return change


def _keep_exit(enrolment: Enrolment, kind: ExitEventKind, today: date, *, by: User | None) -> None:
    """Keep the exit as it stands, before it is changed."""
    if enrolment.ended_on is None or enrolment.exit_reason is None:
        return
    event = ExitEvent(
        enrolment=enrolment,
        kind=kind,
        happened_on=today,
        ended_on=enrolment.ended_on,
        exit_reason=enrolment.exit_reason,
        exit_confirmed=enrolment.exit_confirmed,
        exit_destination=enrolment.exit_destination,
        exited_by=enrolment.exited_by,
        created_by=by,
    )
    event.full_clean()
    event.save()


def _check_nothing_later(enrolment: Enrolment, ended_on: date) -> None:
    """Nothing in the case begins after it ends."""
    later = (
        (enrolment.interventions.starting_after(ended_on), "En insats börjar"),
        (enrolment.level_changes.starting_after(ended_on), "En nivå gäller från"),
        (enrolment.plans.adopted_after(ended_on), "En plan är fastställd"),
        (enrolment.meetings.registered_after(ended_on), "Ett möte är registrerat"),
        (enrolment.assessments.after(ended_on), "En skattning är gjord"),
        (enrolment.pauses.starting_after(ended_on), "En paus börjar"),
    )
    for found, what in later:
        if found.exists():
            raise ValidationError(
                {"ended_on": f"{what} efter den dagen. Välj en senare dag, eller rätta det först."}
            )


def _add_level(
    enrolment: Enrolment, level: str, valid_from: date, *, reason: str, by: User | None
) -> LevelChange:
    change = LevelChange(
        enrolment=enrolment, level=level, valid_from=valid_from, reason=reason, created_by=by
    )
    change.full_clean()
    change.save()
    return change
