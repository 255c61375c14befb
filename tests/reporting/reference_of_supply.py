"""Needs, offers and the survey counted a second time, as plainly as the definitions are written."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from participants.models import NEED_ANSWERED_BY, Intervention, Need, Offer, SurveyAnswer
from referrals.models import MappingForm

if TYPE_CHECKING:
    from .reference import Item, Reference

OFFER_BY = "offer provider audience"


class SupplyReference:
    """The figures of needs, supply and satisfaction; the rest is known by `cases`."""

    def __init__(self, cases: "Reference", general: list[str]) -> None:
        self.cases, self.general = cases, general
        self.forms = {form.pk: form.content for form in MappingForm.objects.all()}
        self.offers = {offer.pk: offer for offer in Offer.objects.all()}
        self.answers = [a for a in SurveyAnswer.objects.all() if cases.in_period(a.month)]

    def figures(self) -> Iterator[dict[str, Any]]:
        cases = self.cases
        needs = list(self.needs())
        unmet = [{**item, "need": item["unmet"]} for item in needs if item["unmet"]]
        marks = [
            {"sex": "unknown", "value": a.respect + a.influence + a.clarity + a.use + a.whole}
            for a in self.answers
        ]
        arranged = [self.arranged(i) for i in self.had()]
        short = [item for item in arranged if item["short"]]
        yield from cases.counted("needs", needs, "need")
        yield from cases.counted("needs_unmet", unmet, "need")
        yield from cases.means("satisfaction_mean", marks, "", 5)
        yield from cases.counted("satisfaction_answers", marks, "")
        yield from cases.counted("offer_participants", self.arranged_for(), OFFER_BY)
        yield from cases.counted("offer_interventions", arranged, OFFER_BY)
        yield from cases.counted("offer_interventions_short", short, OFFER_BY)
        yield from cases.counted(
            "offer_interventions_long", [one for one in arranged if not one["short"]], OFFER_BY
        )

    def members(self) -> dict[str, list[str]]:
        named = sorted(self.offers.values(), key=lambda o: (swedish(o.name), o.kind, o.pk))
        providers = sorted({o.provider for o in named if o.provider}, key=swedish)
        return {
            "need": list(Need.values),
            "offer": [*(f"offer-{o.pk}" for o in named), "other", "none"],
            "provider": [*(f"provider-{name}" for name in providers), "own", "other", "none"],
        }

    def participants(self) -> set[int]:
        return {
            e.participant_id
            for e in self.cases.enrolments
            if self.cases.touches(e.started_on, e.ended_on)
        }

    def had(self) -> Iterator[Intervention]:
        """Those with a day in the period, of its participants."""
        people = self.participants()
        enrolled = {e.pk: e.participant_id for e in self.cases.enrolments}
        for i in self.cases.interventions:
            if enrolled.get(i.enrolment_id) in people and self.cases.touches(
                i.started_on, i.ended_on
            ):
                yield i

    def person_of(self, intervention: Intervention) -> int:
        return self.cases.all_enrolments[intervention.enrolment_id].participant_id

    # needs

    def needs(self) -> Iterator["Item"]:
        enrolled = {e.pk: e.participant_id for e in self.cases.enrolments}
        had = [(self.person_of(i), i) for i in self.had()]
        for person in self.participants():
            mappings = [
                r
                for r in self.cases.referrals
                if enrolled.get(r.enrolment_id or 0) == person
                and r.form_id
                and r.answers
                and r.submitted_on
                and r.submitted_on <= self.cases.last
            ]
            if not mappings:
                continue
            latest = max(mappings, key=lambda r: (r.submitted_on, r.pk))
            assert latest.form_id
            needs = self.needs_of(self.forms[latest.form_id], latest.answers)
            if needs:
                own = [i for of, i in had if of == person]
                unmet = {n for n in needs if not any(self.answers_need(i, n) for i in own)}
                sex = self.cases.sex(self.cases.people[person])
                yield {"sex": sex, "need": needs, "unmet": unmet, "value": 1}

    @staticmethod
    def needs_of(content: dict[str, Any], answers: dict[str, Any]) -> set[str]:
        found: set[str] = set()
        for section in content["sections"]:
            for question in section["questions"]:
                given = answers.get(question["key"])
                for option in question.get("options", []):
                    is_chosen = (
                        option["value"] in given
                        if isinstance(given, list)
                        else option["value"] == given
                    )
                    if is_chosen:
                        found |= set(option.get("needs", []))
        return found

    @staticmethod
    def answers_need(intervention: Intervention, need: str) -> bool:
        return intervention.need == need or intervention.kind in NEED_ANSWERED_BY[Need(need)]

    # what is arranged

    def arranged(self, intervention: Intervention) -> "Item":
        person = self.cases.people[self.person_of(intervention)]
        offer = self.offers.get(intervention.offer_id or 0)
        other = "other" if intervention.provider else "none"
        kind = "general" if intervention.kind in self.general else "individual"
        start, end = intervention.started_on, intervention.ended_on
        if end is None:
            end = max(intervention.planned_end_on or date.min, self.cases.last)
        return {
            "sex": self.cases.sex(person),
            "person": person.pk,
            "offer": f"offer-{offer.pk}" if offer else other,
            "provider": (f"provider-{offer.provider}" if offer.provider else "own")
            if offer
            else other,
            "audience": offer.audience if offer else kind,
            "short": end <= three_months_after(start),
            "value": 1,
        }

    def arranged_for(self) -> Iterator["Item"]:
        items = [self.arranged(i) for i in self.had()]
        for person in sorted({item["person"] for item in items}):
            own = [item for item in items if item["person"] == person]
            groups = {key: {item[key] for item in own} for key in OFFER_BY.split()}
            yield {"sex": own[0]["sex"], "value": 1, **groups}


def three_months_after(day: date) -> date:
    year, month = (day.year, day.month + 3) if day.month < 10 else (day.year + 1, day.month - 9)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(number, day.day))
        except ValueError:
            continue
    raise AssertionError


def swedish(name: str) -> list[int]:
    alphabet = " abcdefghijklmnopqrstuvwxyzåäö"
    return [alphabet.find(sign) if sign in alphabet else ord(sign) - 1000 for sign in name.lower()]
