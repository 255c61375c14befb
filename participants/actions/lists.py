"""Changes to the lists that the office keeps: offers, words, templates and exit reasons."""

import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from participants.models import (
    ExitReason,
    Intervention,
    InterventionKind,
    ListedWord,
    NoteTemplate,
    Offer,
)
from sundbyberg_am.conflicts import Conflict, check_seen
from sundbyberg_am.models import User, Versioned

K = TypeVar("K", bound=Versioned)

CODE_LENGTH = 40
CHANGED_MEANWHILE = (
    "Någon annan har ändrat raden medan du skrev, så det här sparades inte. Jämför och välj."
)


@transaction.atomic
def add_offer(
    *,
    name: str,
    kind: str,
    provider: str,
    audience: str,
    places: int | None,
    valid_from: date,
    valid_to: date | None,
    description: str,
    by: User,
) -> Offer:
    """Add an offer; without `audience` it is for whom its kind is for. Raises ValidationError."""
    offer = Offer(
        name=name,
        kind=kind,
        provider=provider,
        audience=audience or _audience_of(kind),
        places=places,
        valid_from=valid_from,
        valid_to=valid_to,
        description=description,
    )
    return _added(offer, by)


@transaction.atomic
def change_offer(
    offer: Offer,
    *,
    seen_version: int,
    name: str,
    kind: str,
    provider: str,
    audience: str,
    places: int | None,
    valid_from: date,
    valid_to: date | None,
    description: str,
    by: User,
) -> Offer:
    """Change an offer. Its kind stays once interventions have it. Raises ValidationError."""
    given = {
        "name": name,
        "kind": kind,
        "provider": provider,
        "audience": audience or _audience_of(kind),
        "places": places,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "description": description,
    }
    offer = _lock(offer, seen_version, given)
    if kind != offer.kind and Intervention.objects.of_offer(offer).exists():
        raise ValidationError(
            {
                "kind": "Det finns insatser med erbjudandet, så slaget kan inte ändras. Avsluta "
                "erbjudandet och lägg till ett nytt."
            }
        )
    for field, value in given.items():
        setattr(offer, field, value)
    return _changed(offer, by)


@transaction.atomic
def end_offer(offer: Offer, *, seen_version: int, valid_to: date, by: User) -> Offer:
    """Give an offer its last day; interventions that go on are left as they are.

    Raises ValidationError.
    """
    offer = _lock(offer, seen_version, {"valid_to": valid_to})
    if valid_to < offer.valid_from:
        raise ValidationError(
            {"valid_to": f"Erbjudandet gäller från {offer.valid_from}. Välj en senare dag."}
        )
    offer.valid_to = valid_to
    return _changed(offer, by)


@transaction.atomic
def add_word(*, text: str, reason: str, by: User) -> ListedWord:
    """Add a word that does not belong in notes. Raises ValidationError."""
    return _added(ListedWord(text=_plain(text), reason=reason), by)


@transaction.atomic
def change_word(
    word: ListedWord, *, seen_version: int, text: str, reason: str, by: User
) -> ListedWord:
    """Change a word or why it does not belong. Raises ValidationError."""
    word = _lock(word, seen_version, {"text": _plain(text), "reason": reason})
    word.text, word.reason = _plain(text), reason
    return _changed(word, by)


@transaction.atomic
def remove_word(pk: int, *, by: User) -> str:
    """Take a word off the list, to which no note refers; the word, or empty when it is gone already."""
    word = ListedWord.objects.select_for_update().filter(pk=pk).first()
    if word is None:
        return ""
    word.delete()
    return word.text


@transaction.atomic
def set_note_template(kind: str, *, seen_version: int, text: str, by: User) -> NoteTemplate | None:
    """Let notes of the kind begin with the text; without one they begin empty, and None is given.

    `seen_version` is 0 when there was no template. Raises ValidationError.
    """
    template = NoteTemplate.objects.select_for_update().filter(kind=kind).first()
    text = text.replace("\r\n", "\n")  # as the page compares it with what stands in a field
    if template:
        check_seen(template, seen_version, CHANGED_MEANWHILE, {"text": text})
    elif seen_version:
        raise Conflict(CHANGED_MEANWHILE, saved={"text": ""}, by=None, at=None, version=0)
    if not text:
        if template:
            template.delete()
        return None
    if template is None:
        return _added(NoteTemplate(kind=kind, text=text), by)
    template.text = text
    return _changed(template, by)


@transaction.atomic
def add_exit_reason(*, label: str, counts_as: str, kas_class: str, by: User) -> ExitReason:
    """Add a reason to end an enrolment, last in the list; its code is made from the label.

    What a reason counts as never changes: the figures of earlier years stand on it. Raises
    ValidationError.
    """
    last = ExitReason.objects.aggregate(last=Max("position"))["last"] or 0
    taken = set(ExitReason.objects.values_list("code", flat=True))
    reason = ExitReason(
        code=free_code(label, taken, otherwise="orsak"),
        label=label,
        counts_as=counts_as,
        kas_class=kas_class,
        position=last + 1,
    )
    reason.full_clean()
    reason.save()
    return reason


@transaction.atomic
def retire_exit_reason(reason: ExitReason, *, retired_on: date | None, by: User) -> ExitReason:
    """Stop using a reason after the day, or use it again when the day is None; it is never removed.

    Raises ValidationError, also when no reason would be left.
    """
    # All are locked: two who retire the last two reasons at once would leave none.
    reasons = list(ExitReason.objects.select_for_update().order_by("pk"))
    reason = next(one for one in reasons if one.pk == reason.pk)
    others = [one for one in reasons if one != reason]
    if retired_on and not any(one.retired_on is None for one in others):
        raise ValidationError(
            {"retired_on": "Det måste finnas en orsak kvar att välja. Lägg till en ny först."}
        )
    reason.retired_on = retired_on
    reason.full_clean()
    reason.save()
    return reason


def _audience_of(kind: str) -> str:
    return InterventionKind(kind).audience if kind in InterventionKind.values else ""


def _plain(text: str) -> str:
    """One way to store what looks the same: accents in one with their letters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def free_code(label: str, taken: Collection[str], *, otherwise: str) -> str:
    """A code that nothing has taken: the label in small letters of a–z and digits with underscores."""
    code = slugify(label).replace("-", "_")[: CODE_LENGTH - 4].strip("_") or otherwise
    number, free = 2, code
    while free in taken:
        free, number = f"{code}_{number}", number + 1
    return free


def _lock(row: K, seen_version: int, given: Mapping[str, Any]) -> K:
    """The row as it stands, locked. Raises Conflict when it is not the one that was seen."""
    found: K | None = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    if found is None:
        raise ValidationError("Någon annan har tagit bort raden, så det här sparades inte.")
    check_seen(found, seen_version, CHANGED_MEANWHILE, given)
    return found


def _changed(row: K, by: User) -> K:
    row.touch(by)
    row.full_clean()
    row.save()
    return row


def _added(row: K, by: User) -> K:
    row.changed_at, row.changed_by = timezone.now(), by
    row.full_clean()
    row.save()
    return row
