"""Every table that leads to a person, found by its relations: a new one is among them without being listed.

What removes a person and what gives a person an extract go through these. Two kinds of rows are somebody
by themselves: the participant, and the referral, on which the person stands as the sender wrote it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter

from django.apps import apps
from django.db import models
from django.db.models import Q

from participants.models import Participant
from referrals.models import Referral

Model = type[models.Model]
ROOTS: tuple[Model, ...] = (Participant, Referral)


@dataclass(frozen=True)
class Person:
    """Somebody: the keys of the participant and of every referral of the same; either may be missing."""

    participant: int | None
    referrals: frozenset[int]

    def rows_of(self, model: Model) -> models.QuerySet:
        """What the table has about the person."""
        participants = [self.participant] if self.participant else []
        return rows_of(model, {Participant: participants, Referral: self.referrals})


@cache
def about_people() -> tuple[Model, ...]:
    """The models that lead to a person, each before those that it leads through."""
    return leading(apps.get_models(include_auto_created=True))


def leading(known: Iterable[Model]) -> tuple[Model, ...]:
    """Those of the models that lead to a person, each before those that it leads through."""
    found = [model for model in known if any(ways(model, root) for root in ROOTS)]
    behind: dict[Model, set[Model]] = {model: set() for model in found}
    for model in found:
        for _, other in _relations(model):
            if other in found and other is not model:
                behind[other].add(model)
    return tuple(TopologicalSorter(behind).static_order())


def rows_of(model: Model, keys: Mapping[Model, Collection[int]]) -> models.QuerySet:
    """The rows that lead to any of these rows, by their models, and through no other row of those models."""
    found = Q(pk__in=())
    for root, of_root in keys.items():
        for way in ways(model, root, tuple(keys)):
            found |= Q(**{f"{way}__in": of_root})
    return model._base_manager.filter(found).order_by("pk").distinct()


def ways(
    model: Model, root: Model, roots: tuple[Model, ...] = ROOTS, before: tuple[Model, ...] = ()
) -> list[str]:
    """The lookups that lead from the model to the root, through no other root; `pk` from the root itself."""
    if model is root:
        return ["pk"]
    if model in roots:
        return []
    return [
        name if way == "pk" else f"{name}__{way}"
        for name, other in _relations(model)
        if other is not model and other not in before
        for way in ways(other, root, roots, (*before, model))
    ]


def _relations(model: Model) -> Iterable[tuple[str, Model]]:
    for field in model._meta.concrete_fields:
        if field.is_relation and isinstance(field.related_model, type):
            yield field.name, field.related_model
