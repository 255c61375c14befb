"""Handing cases over from one consultant to others, all or none."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from participants.models import ConsultantChange, Enrolment, Handover, HandoverNotice
from sundbyberg_am.access import Permission
from sundbyberg_am.models import User
from sundbyberg_am.templatetags.swedish import plural

from .enrolments import change_consultant
from .protection import not_named

# Why a case cannot be moved, in the order of the sentence: one, many.
_NOT_ACTIVE = "är avslutat eller felregistrerat,är avslutade eller felregistrerade"
_OTHER_UNIT = "hör till en annan enhet,hör till en annan enhet"
_NOT_THEIRS = "är eller blir någon annans,är eller blir någon annans"
_HIDDEN = "får inte läsas av alla som tar emot,får inte läsas av alla som tar emot"


@transaction.atomic
def hand_over(
    consultant: User,
    *,
    cases: Collection[Enrolment],
    to: Collection[User],
    valid_from: date,
    today: date,
    by: User,
) -> Handover:
    """Hand the consultant's cases over to one or several of the unit, from today or a later day.

    Several receivers get the cases in turn, always the one who has the fewest. Nothing moves unless
    everything can: the refusal says how many could not, and why. Raises ValidationError.
    """
    if by != consultant and not by.may(Permission.HAND_OVER_FOR_OTHERS):
        raise ValidationError("Du kan bara lämna över dina egna ärenden.")
    if valid_from < today:
        raise ValidationError({"valid_from": "Dagen har redan varit. Välj i dag eller senare."})
    if not cases:
        raise ValidationError({"cases": "Välj minst ett ärende."})
    receivers = sorted(to, key=lambda one: (one.name, one.pk))
    if not receivers:
        raise ValidationError({"to": "Välj minst en som tar emot."})
    if consultant in receivers:
        raise ValidationError({"to": f"{consultant.name} lämnar över och kan inte ta emot."})
    if not set(User.objects.consultants_of(by.unit)).issuperset(receivers):
        raise ValidationError({"to": f"Välj dem som är konsulenter på {by.unit.name} i dag."})

    # In the order of their keys, so that two handovers at once wait for each other and not in a ring.
    locked = list(
        Enrolment.objects.select_for_update()
        .filter(pk__in=[one.pk for one in cases])
        .order_by("pk")
    )
    prefetch_related_objects(locked, "participant")
    _check_movable(locked, consultant, receivers, valid_from, by)
    handover = Handover(unit=by.unit, consultant=consultant, valid_from=valid_from, created_by=by)
    handover.full_clean()
    handover.save()
    sizes = Enrolment.objects.open().sizes_by_consultant(today)
    for enrolment, receiver in _dealt(locked, receivers, sizes):
        first_day = max(valid_from, enrolment.started_on)
        change_consultant(enrolment, receiver, first_day, handover=handover, by=by)
        if valid_from <= today:
            enrolment.consultant = receiver
            if enrolment.deputy == receiver:
                enrolment.deputy = None
            enrolment.touch(by)
            enrolment.full_clean()
            enrolment.save()
    HandoverNotice.objects.bulk_create(
        HandoverNotice(handover=handover, user=user) for user in [consultant, *receivers]
    )
    return handover


@transaction.atomic
def mark_handover_seen(handover: Handover, *, by: User) -> Handover:
    """Take the handover off the user's start page; again does no harm."""
    handover.notices.unseen_of(by).update(seen_at=timezone.now())
    return handover


@transaction.atomic
def take_back_handover(handover: Handover, *, today: date, by: User) -> None:
    """Take back a handover that is planned for a later day. Raises ValidationError."""
    handover = Handover.objects.select_for_update().get(pk=handover.pk)
    if by != handover.consultant and not by.may(Permission.HAND_OVER_FOR_OTHERS):
        raise ValidationError("Bara den som lämnar över och chefen kan ta tillbaka överlämningen.")
    if handover.has_begun_by(today):
        raise ValidationError(
            "Överlämningen har redan börjat gälla. Lämna över ärendena på nytt i stället."
        )
    handover.delete()


def _check_movable(
    cases: Sequence[Enrolment],
    consultant: User,
    receivers: Sequence[User],
    valid_from: date,
    by: User,
) -> None:
    """Raise ValidationError that says how many cannot be moved and why, if any cannot."""
    changes: dict[int, list[ConsultantChange]] = {}
    for change in ConsultantChange.objects.of_enrolments(cases):
        changes.setdefault(change.enrolment_id, []).append(change)
    reasons: Counter[str] = Counter()
    for enrolment in cases:
        if enrolment.unit_id != by.unit_id:
            reasons[_OTHER_UNIT] += 1
        elif not enrolment.is_open:
            reasons[_NOT_ACTIVE] += 1
        elif not _is_theirs(enrolment, changes.get(enrolment.pk, []), consultant, valid_from):
            reasons[_NOT_THEIRS] += 1
        elif not_named(enrolment.participant, receivers):
            reasons[_HIDDEN] += 1
    if reasons:
        why = [
            f"{number} {words.split(',')[number > 1]}"
            for words in (_NOT_ACTIVE, _OTHER_UNIT, _NOT_THEIRS, _HIDDEN)
            if (number := reasons[words])
        ]
        raise ValidationError(
            {
                "cases": f"{plural(reasons.total(), 'ärende,ärenden')} kan inte lämnas över: "
                f"{_listed(why)}. Inget är flyttat."
            }
        )


def _listed(words: Sequence[str]) -> str:
    """a, b och c."""
    return " och ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _is_theirs(
    enrolment: Enrolment, changes: Sequence[ConsultantChange], consultant: User, valid_from: date
) -> bool:
    """Whether the consultant has the case on its first day of the handover, and nobody is to get it later."""
    first_day = max(valid_from, enrolment.started_on)
    begun = [one.consultant_id for one in changes if one.valid_from <= first_day]
    has_it = begun[-1] if begun else enrolment.consultant_id
    return has_it == consultant.pk and len(begun) == len(changes)


def _dealt(
    cases: Iterable[Enrolment], receivers: Sequence[User], sizes: dict[int, int]
) -> Iterable[tuple[Enrolment, User]]:
    """Each case with who gets it: whoever has the fewest by then; among equals the first."""
    has = {one: sizes.get(one.pk, 0) for one in receivers}
    for enrolment in cases:
        receiver = min(receivers, key=lambda one: has[one])
        has[receiver] += 1
        yield enrolment, receiver
