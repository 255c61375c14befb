"""Changes to the draft of the next version of the mapping form, and giving a version its first day."""

from collections.abc import Iterable
from copy import deepcopy
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from participants.actions.lists import CHANGED_MEANWHILE, free_code
from referrals.mapping import Content
from referrals.models import MappingDraft, MappingForm
from sundbyberg_am.conflicts import Conflict
from sundbyberg_am.models import User

from .content import (
    CHOSEN_FROM,
    OPTION,
    PARTS_OF,
    QUESTION,
    SECTION,
    Part,
    Place,
    codes_of,
    faults,
    mark_of,
    part_at,
    siblings,
)

IS_GONE = "Delen finns inte längre. Någon annan har flyttat eller tagit bort den. Ladda om sidan."
FIXED_ANSWERS = "Frågan har de svar som hör till slaget. De kan inte bli fler, färre eller flyttas."
YES_AND_NO = [{"value": "yes", "label": "Ja"}, {"value": "no", "label": "Nej"}]


@transaction.atomic
def start_draft(*, by: User) -> MappingDraft:
    """Begin the next version as a copy of the newest; the draft there is, when one has been begun."""
    if draft := MappingDraft.objects.current():
        return draft
    newest = MappingForm.objects.newest()
    draft, _ = MappingDraft.objects.get_or_create(
        number=newest.version + 1 if newest else 1,
        defaults={
            "title": newest.title if newest else "Kartläggning",
            "content": newest.content if newest else {"sections": []},
            "changed_at": timezone.now(),
            "changed_by": by,
        },
    )
    return draft


@transaction.atomic
def discard_draft(*, by: User) -> bool:
    """Throw the draft away; the versions stay. Twice does no harm."""
    return bool(MappingDraft.objects.all().delete()[0])


@transaction.atomic
def add_part(parent: Place, *, by: User, **given: Any) -> MappingDraft:
    """Add a part last in the one that holds it; sent twice it is there once. Raises ValidationError."""
    draft = _locked()
    held_by = _found(draft.content, parent)
    held = held_by.setdefault(PARTS_OF[len(parent)], [])
    if held and _said(held[-1], given) == _said(given, given):
        return draft
    held.append(_made(draft.content, held_by, parent, given))
    return _checked(draft, (*parent, len(held)), by)


@transaction.atomic
def change_part(place: Place, *, seen_version: int, by: User, **given: Any) -> MappingDraft:
    """Change the words of a part, and what its answer speaks for. What it is known by stays.

    Raises ValidationError, also when it has been changed since it was seen.
    """
    draft = _locked()
    part = _found(draft.content, place)
    wanted = _said(given, given)
    if mark_of(part) != seen_version and wanted != _said(part, given):
        raise Conflict(
            CHANGED_MEANWHILE,
            saved={name: part.get(name, type(value)()) for name, value in given.items()},
            by=draft.changed_by,
            at=draft.changed_at,
            version=mark_of(part),
        )
    _check_kind(part, given)
    for name in given:
        part.pop(name, None)
    part.update(wanted)
    return _checked(draft, place, by)


@transaction.atomic
def move_part(place: Place, *, seen_version: int, up: bool, by: User) -> Place:
    """Let a part change places with the one before or after it; its new place. Raises ValidationError."""
    draft = _locked()
    held, index = _seen(draft, place, seen_version)
    other = index - 1 if up else index + 1
    if not 0 <= other < len(held):
        return place
    held[index], held[other] = held[other], held[index]
    _saved(draft, by)
    return (*place[:-1], other + 1)


@transaction.atomic
def remove_part(place: Place, *, seen_version: int, by: User) -> MappingDraft:
    """Take a part away, with all that it holds. Raises ValidationError."""
    draft = _locked()
    held, index = _seen(draft, place, seen_version)
    del held[index]
    return _saved(draft, by)


@transaction.atomic
def publish_draft(*, title: str, valid_from: date, today: date, by: User) -> MappingForm:
    """Let the draft hold from a day on, as a version that never changes.

    Referrals that are begun keep the version they were begun with. Raises ValidationError, also with what is
    missing in the draft.
    """
    draft = _locked()
    if wrong := faults(draft.content):
        raise ValidationError(
            [_told(draft.content, fault.place, fault.sentence) for fault in wrong]
        )
    if valid_from < today:
        raise ValidationError({"valid_from": "Den dagen har redan varit. Välj i dag eller senare."})
    newest = MappingForm.objects.newest()
    if newest and valid_from < newest.valid_from:
        raise ValidationError(
            {
                "valid_from": f"Version {newest.version} börjar gälla {newest.valid_from}. "
                "Välj den dagen eller en senare."
            }
        )
    form = MappingForm(
        version=draft.number,
        title=title,
        valid_from=valid_from,
        content=draft.content,
        published_at=timezone.now(),
        published_by=by,
    )
    form.full_clean()
    form.save()
    draft.delete()
    return form


@transaction.atomic
def take_back(form: MappingForm, *, today: date, by: User) -> MappingDraft:
    """Make a version that does not hold yet a draft again. Raises ValidationError."""
    held = MappingForm.objects.select_for_update().filter(pk=form.pk).first()
    if held is None:
        raise ValidationError("Versionen är redan tillbaka som utkast.")
    if held.valid_from <= today:
        raise ValidationError(
            "Versionen har börjat gälla och ändras inte mer. Gör ett utkast till nästa."
        )
    if MappingDraft.objects.current():
        raise ValidationError("Det finns redan ett utkast. Släng det, eller låt det vänta.")
    held.delete()
    return MappingDraft.objects.create(
        number=held.version,
        title=held.title,
        content=held.content,
        changed_at=timezone.now(),
        changed_by=by,
    )


def _locked() -> MappingDraft:
    draft = MappingDraft.objects.select_for_update().order_by("-number").first()
    if draft is None:
        raise ValidationError("Det finns inget utkast längre. Gör ett nytt från listan.")
    return draft


def _found(content: Content, place: Place) -> Part:
    try:
        return part_at(content, place)
    except LookupError:
        raise ValidationError(IS_GONE) from None


def _seen(draft: MappingDraft, place: Place, seen_version: int) -> tuple[list[Part], int]:
    """The list that the part stands in and where, when it is the part that was seen."""
    part = _found(draft.content, place)
    if mark_of(part) != seen_version:
        raise ValidationError(IS_GONE)
    if len(place) == OPTION and part_at(draft.content, place[:-1])["kind"] == "yes_no":
        raise ValidationError(FIXED_ANSWERS)
    return siblings(draft.content, place), place[-1] - 1


def _said(part: Part, names: Iterable[str]) -> Part:
    """What a part says by these names; what is empty is not there."""
    return {name: part[name] for name in names if part.get(name)}


def _made(content: Content, held_by: Part, parent: Place, given: dict[str, Any]) -> Part:
    """A new part with what it is known by, which no version has used for anything else."""
    part = _said(given, given)
    known = [form.content for form in MappingForm.objects.all()] + [content]
    deep = len(parent) + 1
    if deep == SECTION:
        part["questions"] = []
    elif deep == QUESTION:
        taken = {code for one in known for code in codes_of(one)}
        part["key"] = free_code(given["text"], taken, otherwise="fraga")
        if part.get("kind") == "yes_no":
            part["options"] = deepcopy(YES_AND_NO)
    elif held_by["kind"] not in CHOSEN_FROM:
        raise ValidationError(FIXED_ANSWERS)
    else:
        taken = {code for one in known for code in codes_of(one, held_by["key"])}
        part["value"] = free_code(given["label"], taken, otherwise="svar")
    return part


def _check_kind(part: Part, given: dict[str, Any]) -> None:
    kinds = {part.get("kind"), given.get("kind")}
    if "kind" in given and len(kinds) > 1 and not kinds <= set(CHOSEN_FROM):
        raise ValidationError(
            {
                "kind": "Fritt svar och ja eller nej kan inte bli något annat, och inget annat kan "
                "bli det. Lägg till en ny fråga och ta bort den här."
            }
        )


def _checked(draft: MappingDraft, place: Place, by: User) -> MappingDraft:
    """Save the draft, when nothing that is typed in the part is wrong; the rest can wait."""
    wrong = {
        fault.field: fault.sentence
        for fault in faults(draft.content)
        if fault.place == place and fault.field
    }
    if wrong:
        raise ValidationError(wrong)
    return _saved(draft, by)


def _saved(draft: MappingDraft, by: User) -> MappingDraft:
    draft.touch(by)
    draft.full_clean()
    draft.save()
    return draft


def _told(content: Content, place: Place, sentence: str) -> str:
    """A sentence with the words of the part that it is about."""
    if not place:
        return sentence
    part = part_at(content, place)
    return f"”{part.get('title') or part.get('text') or part.get('label')}”: {sentence}"
