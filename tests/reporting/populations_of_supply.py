"""Random mappings, offers and survey answers for the independent count."""

from datetime import date, timedelta
from random import Random
from typing import Any

from participants.models import (
    NEED_ANSWERED_BY,
    Audience,
    Intervention,
    InterventionKind,
    Need,
    Offer,
    SurveyAnswer,
)
from participants.models.surveys import Statement
from referrals.models import MappingForm, Referral
from sundbyberg_am.models import Unit

# A form that is ugly on purpose: values that come again, an option of several needs and one of none.
CONTENT: dict[str, Any] = {
    "sections": [
        {
            "title": "Ett",
            "questions": [
                {
                    "key": "one",
                    "text": "En",
                    "kind": "choice",
                    "options": [
                        {"value": "a", "label": "A", "needs": ["job_search", "authorities"]},
                        {"value": "b", "label": "B"},
                        {"value": "c", "label": "C", "needs": ["health"]},
                    ],
                },
                {"key": "said", "text": "Med egna ord", "kind": "text"},
            ],
        },
        {
            "title": "Två",
            "questions": [
                {
                    "key": "several",
                    "text": "Flera",
                    "kind": "several",
                    "options": [
                        {"value": "a", "label": "A", "needs": ["swedish"]},
                        {"value": "b", "label": "B", "needs": ["health", "skills"]},
                        {"value": "ab", "label": "AB", "needs": []},
                    ],
                },
                {"key": "yes", "text": "Ja?", "kind": "yes_no"},
            ],
        },
    ]
}
PROVIDERS = ("", "Samordningsförbundet", "Åsens kurser")


def add_supply(seed: int, unit: Unit) -> None:
    """Give the population what concerns needs, offers and the survey."""
    random = Random(f"supply {seed}")
    _map(random)
    _arrange(random)
    SurveyAnswer.objects.bulk_create(
        SurveyAnswer(
            unit=unit,
            month=date(random.choice((2023, 2024)), random.randint(1, 12), 1),
            **{mark: random.randint(1, 5) for mark in Statement.values},
        )
        for _ in range(random.choice((0, 40, 80)))
    )


def _map(random: Random) -> None:
    shipped = MappingForm.objects.get(version=1)
    own = MappingForm.objects.create(
        version=90, title="Ful", valid_from=date(2020, 1, 1), content=CONTENT
    )
    for referral in Referral.objects.order_by("pk"):
        chance = random.random()
        if chance < 0.3:
            continue
        referral.form = own if chance < 0.8 else shipped
        if chance > 0.8:
            referral.answers = _of_the_shipped(random, shipped.content)
        elif chance > 0.4:
            referral.answers = {
                "one": random.choice("abc"),
                "said": random.choice("ab"),
                "several": random.sample(["a", "b", "ab"], random.randint(0, 3)),
                "yes": "yes",
            }
            for key in random.sample(list(referral.answers), random.randint(0, 2)):
                del referral.answers[key]
        referral.save()


def _of_the_shipped(random: Random, content: dict[str, Any]) -> dict[str, Any]:
    questions = [one for section in content["sections"] for one in section["questions"]]
    return {
        one["key"]: random.choice(one["options"])["value"]
        for one in questions
        if one.get("options") and random.random() < 0.3
    }


def _arrange(random: Random) -> None:
    offers: dict[str, list[Offer]] = {}
    for kind in random.sample(InterventionKind.values, 7):
        offers[kind] = [
            Offer.objects.create(
                name=random.choice((f"Offer {kind}", "Jobbcenter")),
                kind=kind,
                provider=random.choice(PROVIDERS),
                audience=random.choice(Audience.values),
                valid_from=date(2021, 1, 1),
                valid_to=date(2025, 1, number + 1),
            )
            for number in range(random.randint(1, 2))
        ]
    for intervention in Intervention.objects.order_by("pk"):
        _change(random, intervention, offers.get(intervention.kind, []))
        intervention.save()


def _change(random: Random, intervention: Intervention, offers: list[Offer]) -> None:
    if offers and random.random() < 0.6:
        intervention.offer = random.choice(offers)
    elif random.random() < 0.3:
        intervention.provider = "Min kusins bageri"
    if random.random() < 0.4:
        intervention.need = random.choice([*Need.values, *_answered_by(intervention.kind)])
    start = intervention.started_on
    if random.random() < 0.5:
        days = random.choice((0, 50, 88, 89, 90, 91, 92, 93, 200))
        intervention.planned_end_on = start + timedelta(days=days)
    if intervention.ended_on and random.random() < 0.4:
        intervention.ended_on = start + timedelta(days=random.randint(87, 94))


def _answered_by(kind: str) -> list[str]:
    return [need for need, kinds in NEED_ANSWERED_BY.items() if kind in kinds]
