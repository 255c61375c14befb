"""A word of its own in every text about a person, and how an answer is read, whatever its form."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction
from pypdf import PdfReader

from participants.models import Participant
from referrals.models import Referral

WORD = re.compile(r"zq\d{4}qz")
OF_PEOPLE = ("participants", "referrals", "secrecy")
ANSWERED = {"answers": "own_words"}  # in the JSON of a mapping, the answer that is free text


@dataclass(frozen=True)
class Planted:
    """Where a word stands, and whom it is about: the public ids as participant and as referral."""

    model: str
    field: str
    pk: int
    people: frozenset[UUID]


def models_about_people() -> list[type[models.Model]]:
    """Those that lead to a person, by their relations: a new one is among them without being listed."""
    of_ours = [m for app in OF_PEOPLE for m in apps.get_app_config(app).get_models()]
    return [model for model in of_ours if leads_to_person(model)]


def leads_to_person(model: type[models.Model], on_the_way: tuple[Any, ...] = ()) -> bool:
    return model in (Participant, Referral) or any(
        leads_to_person(other, (*on_the_way, model))
        for _, other in _relations(model)
        if other not in on_the_way
    )


def people_of(row: models.Model | None) -> frozenset[UUID]:
    """The public ids of whom the row is about, also those of the same person's referrals."""
    if row is None:
        return frozenset()
    if isinstance(row, Participant):
        same = Referral.objects.filter(enrolment__participant=row)
        return frozenset({row.public_id, *same.values_list("public_id", flat=True)})
    found = {row.public_id} if isinstance(row, Referral) else set()
    for name, other in _relations(type(row)):
        if leads_to_person(other):
            found |= people_of(getattr(row, name))
    return frozenset(found)


def text_fields(model: type[models.Model]) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField)
        if is_text and not field.choices and (field.max_length or 100) >= len("zq0000qz"):
            yield field.name


def plant(of: Iterable[type[models.Model]] | None = None) -> dict[str, Planted]:
    """Put a word of its own in every text of every row about a person; a number is a word as it is."""
    planted: dict[str, Planted] = {}
    for model in models_about_people() if of is None else of:
        name = model._meta.model_name or ""
        for row in model._default_manager.order_by("pk"):
            people = people_of(row)
            for field in text_fields(model):
                word = f"zq{len(planted):04}qz"
                is_mail = isinstance(model._meta.get_field(field), models.EmailField)
                text = f"{word}@exempel.se" if is_mail else word
                try:
                    with transaction.atomic():
                        model._default_manager.filter(pk=row.pk).update(**{field: text})
                except IntegrityError:
                    continue  # a rule says what stands there, as for a number
                planted[word] = Planted(name, field, row.pk, people)
            for field, key in ANSWERED.items():
                answers = getattr(row, field, None)
                if isinstance(answers, dict) and key in answers:
                    word = f"zq{len(planted):04}qz"
                    changed = {field: {**answers, key: word}}
                    model._default_manager.filter(pk=row.pk).update(**changed)
                    planted[word] = Planted(name, f"{field}.{key}", row.pk, people)
    return planted


def read(answer: Any) -> str:
    """All that can be read in an answer: of a page its text and its mark-up, of a file what is in it."""
    if answer.streaming:
        raise AssertionError("an answer that streams has left before its transaction ends")
    kind, content = answer.get("Content-Type", ""), answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            return unescape(
                " ".join(file.read(name).decode(errors="replace") for name in file.namelist())
            )
    if content.startswith(b"%PDF"):
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "text" in kind or "json" in kind or not content, kind
    return unescape(content.decode("utf-8-sig")) + " " + str(answer.headers) + str(answer.cookies)


def _relations(model: type[models.Model]) -> Iterator[tuple[str, type[models.Model]]]:
    for field in model._meta.concrete_fields:
        other = field.related_model
        if field.is_relation and isinstance(other, type) and other._meta.app_label in OF_PEOPLE:
            yield field.name, other
