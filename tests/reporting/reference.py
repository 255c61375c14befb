"""Every figure counted a second time, as slowly and plainly as the definitions are written.

Shares no code with the product: rows are read one by one and looked at in Python.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from statistics import mean, median
from typing import Any

from participants.models import (
    Assessment,
    Audience,
    DomainSteps,
    Education,
    Enrolment,
    ExitReason,
    Initiator,
    Intervention,
    InterventionKind,
    LevelChange,
    Participant,
    Plan,
)
from referrals.models import Referral

from .reference_of_supply import SupplyReference

LEVELS = ["AM1", "AM2", "AM3", "unknown"]
AGES = ["16-24", "25-34", "35-44", "45-54", "55-65", "other", "unknown"]
GENERAL = ["job_search", "orientation_course", "summer_job"]
SEXES = ["all", "women", "men", "unknown"]

# One that is counted: its member of each dimension (or several), its sex and its value.
Item = dict[str, Any]


def months_later(day: date, months: int) -> date:
    """The same day of the month, or the month's last day when there is no such day."""
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


def gathered(rows: list[Any], key: str) -> defaultdict[Any, list[Any]]:
    """The rows by what they belong to."""
    found: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


class Reference:
    """The figures of the days from `first` to `last`."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self.people = {person.pk: person for person in Participant.objects.all()}
        self.enrolments = [e for e in Enrolment.objects.all() if e.voided_at is None]
        self.reasons = {reason.pk: reason for reason in ExitReason.objects.all()}
        self.changes = list(LevelChange.objects.all())
        self.plans = list(Plan.objects.all())
        self.interventions = [i for i in Intervention.objects.all() if i.outcome != "not_started"]
        self.referrals = list(Referral.objects.all())
        self.assessments = list(Assessment.objects.all())
        self.steps = list(DomainSteps.objects.all())
        self.all_enrolments = {e.pk: e for e in Enrolment.objects.all()}
        self.supply = SupplyReference(self, GENERAL)
        # Looked up instead of searched for each time: 2,000 cases are many.
        self.of_person = gathered(self.enrolments, "participant_id")
        self.changes_of = gathered(self.changes, "enrolment_id")
        self.plans_of = gathered(self.plans, "enrolment_id")
        self.referrals_of = gathered(self.referrals, "enrolment_id")
        self.assessments_of = gathered(self.assessments, "enrolment_id")
        self.steps_of = gathered(self.steps, "assessment_id")
        self.with_number = {p.personnummer: p for p in self.people.values() if p.personnummer}

    # what is known of one

    def in_period(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last

    def touches(self, start: date, end: date | None) -> bool:
        return not (start > self.last or (end or date.max) < self.first)

    def level(self, enrolment: Enrolment) -> str:
        day = self.last
        if enrolment.ended_on and enrolment.ended_on < day:
            day = enrolment.ended_on
        known = [c for c in self.changes_of[enrolment.pk] if c.valid_from <= day]
        return max(known, key=lambda c: (c.valid_from, c.pk)).level if known else "unknown"

    def first_level(self, enrolment: Enrolment) -> str:
        known = self.changes_of[enrolment.pk]
        return min(known, key=lambda c: (c.valid_from, c.pk)).level if known else "unknown"

    def sex(self, person: Participant) -> str:
        return person.registered_sex or self.sex_of_number(person.personnummer)

    @staticmethod
    def sex_of_number(number: str | None) -> str:
        if number is None:
            return "unknown"
        return "men" if number[10] in "13579" else "women"

    def age(self, person: Participant) -> str:
        born = person.birth_date
        if born is None:
            return "unknown"
        years = self.last.year - born.year
        if (self.last.month, self.last.day) < (born.month, born.day):
            years -= 1
        for band in AGES[:5]:
            youngest, oldest = band.split("-")
            if int(youngest) <= years <= int(oldest):
                return band
        return "other"

    def item(self, enrolment: Enrolment, value: Any = 1, **groups: Any) -> Item:
        person = self.people[enrolment.participant_id]
        return {
            "sex": self.sex(person),
            "age": self.age(person),
            "level": self.level(enrolment),
            "value": value,
            **groups,
        }

    def referral_of(self, enrolment: Enrolment) -> Referral | None:
        return next(iter(self.referrals_of[enrolment.pk]), None)

    # populations

    def participants(self) -> Iterator[Item]:
        for person in self.people.values():
            own = [e for e in self.of_person[person.pk] if self.touches(e.started_on, e.ended_on)]
            if own:
                latest = max(own, key=lambda e: e.started_on)
                yield self.item(latest, education=person.education, initiator=latest.initiator)

    def started(self) -> Iterator[tuple[Enrolment, Item]]:
        for e in self.enrolments:
            if self.in_period(e.started_on):
                yield e, self.item(e, level=self.first_level(e))

    def exits(self) -> Iterator[tuple[Enrolment, Item]]:
        for e in self.enrolments:
            if self.in_period(e.ended_on):
                assert e.ended_on and e.exit_reason_id
                reason = self.reasons[e.exit_reason_id]
                yield e, self.item(e, (e.ended_on - e.started_on).days, reason=reason.code)

    def ongoing(self) -> Iterator[tuple[Enrolment, Item]]:
        for e in self.enrolments:
            if e.started_on <= self.last and (e.ended_on is None or e.ended_on > self.last):
                yield e, self.item(e, (self.last - e.started_on).days)

    def referred(self, referral: Referral) -> Item:
        if referral.enrolment_id:
            enrolment = self.all_enrolments[referral.enrolment_id]
            sex = self.sex(self.people[enrolment.participant_id])
        else:
            number = referral.personnummer
            known = self.with_number.get(number or "")
            sex = self.sex(known) if known else self.sex_of_number(number)
        outcome = "pending"
        if referral.status in ("accepted", "returned") and referral.decided_on <= self.last:  # type: ignore[operator]
            outcome = referral.status
        if referral.status == "withdrawn" and referral.withdrawn_on <= self.last:  # type: ignore[operator]
            outcome = "withdrawn"
        return {
            "sex": sex,
            "level": referral.level or "unknown",
            "initiator": referral.initiator,
            "outcome": outcome,
            "value": 1,
        }

    def with_interventions(self) -> Iterator[Item]:
        enrolled = {e.pk: e.participant_id for e in self.enrolments}
        participants = {
            e.participant_id for e in self.enrolments if self.touches(e.started_on, e.ended_on)
        }
        by_person: defaultdict[int | None, list[Intervention]] = defaultdict(list)
        for i in self.interventions:
            by_person[enrolled.get(i.enrolment_id)].append(i)
        for person in participants:
            kinds = {i.kind for i in by_person[person] if self.touches(i.started_on, i.ended_on)}
            if kinds:
                audiences = {"general" if kind in GENERAL else "individual" for kind in kinds}
                yield {
                    "sex": self.sex(self.people[person]),
                    "kind": kinds,
                    "audience": audiences,
                    "value": 1,
                }

    def ended_interventions(self) -> Iterator[Item]:
        for i in self.interventions:
            enrolment = self.all_enrolments[i.enrolment_id]
            if enrolment.voided_at is None and self.in_period(i.ended_on):
                assert i.ended_on
                yield self.item(enrolment, (i.ended_on - i.started_on).days, kind=i.kind)

    def kas(self) -> Iterator[Item]:
        last_exits: dict[int, Enrolment] = {}
        for e, _ in sorted(self.exits(), key=lambda found: (found[0].ended_on, found[0].pk)):
            last_exits[e.participant_id] = e
        for e in last_exits.values():
            assert e.exit_reason_id
            kas_class = str(self.reasons[e.exit_reason_id].kas_class)
            if kas_class in "AB":
                kas_class = {True: kas_class, None: "unconfirmed", False: "E"}[e.exit_confirmed]
            assert e.ended_on
            length = "over-24"
            for months, member in ((24, "12-24"), (12, "6-12"), (6, "up-to-6")):
                if e.ended_on <= months_later(e.started_on, months):
                    length = member
            yield self.item(e, kas_class in ("A", "B"), kas_class=kas_class, length=length)

    def plan_in_time(self) -> Iterator[Item]:
        for e, _ in self.started():
            if (self.last - e.started_on).days >= 30:
                adopted = [p.adopted_on for p in self.plans_of[e.pk] if p.adopted_on]
                in_time = bool(adopted) and (min(adopted) - e.started_on).days <= 30
                yield self.item(e, in_time)

    def re_entries(self) -> Iterator[Item]:
        for e, item in self.started():
            earlier = [
                other.ended_on
                for other in self.of_person[e.participant_id]
                if other.ended_on and other.ended_on < e.started_on
            ]
            again = bool(earlier) and max(earlier) >= months_later(e.started_on, -12)
            yield {**item, "value": again}

    def progress(self) -> Iterator[Item]:
        for person in self.people.values():
            own = [e for e in self.of_person[person.pk] if self.touches(e.started_on, e.ended_on)]
            if not own:
                continue
            latest = max(own, key=lambda e: e.started_on)
            seen = []
            for a in sorted(self.assessments_of[latest.pk], key=lambda a: a.assessed_on):
                if a.assessed_on <= self.last:
                    steps = {
                        s.domain: s.consultant_step
                        for s in self.steps_of[a.pk]
                        if s.consultant_step is not None
                    }
                    if steps:
                        seen.append(steps)
            if len(seen) < 2:
                continue
            moved = [seen[-1][d] - seen[0][d] for d in seen[0] if d in seen[-1]]
            total = sum(moved)
            yield self.item(
                latest,
                direction="improved" if total > 0 else "worsened" if total < 0 else "unchanged",
                clear=any(one >= 2 for one in moved),
            )

    def complete(self) -> Iterator[Item]:
        for person in self.people.values():
            own = [e for e in self.of_person[person.pk] if self.touches(e.started_on, e.ended_on)]
            if not own:
                continue
            latest = max(own, key=lambda e: e.started_on)
            known = [
                self.level(latest) != "unknown",
                person.education != "unknown",
                self.sex(person) != "unknown",
                person.birth_date is not None,
            ]
            if latest.ended_on and latest.ended_on <= self.last:
                assert latest.exit_reason_id
                kas_class = self.reasons[latest.exit_reason_id].kas_class
                known.append(kas_class != "unknown")
                known.append(kas_class not in ("A", "B") or latest.exit_confirmed is not None)
            yield self.item(latest, all(known))

    # figures

    def figures(self) -> list[dict[str, Any]]:
        """The same list as the machine form's, in the same order."""
        exits = [item for _, item in self.exits()]
        work_or_studies = [
            {**item, "value": self.reasons[e.exit_reason_id].counts_as in ("work", "studies")}  # type: ignore[index]
            for e, item in self.exits()
        ]
        started = [item for _, item in self.started()]
        from_referral = [
            {**item, "value": (e.started_on - referral.submitted_on).days}
            for e, item in self.started()
            if (referral := self.referral_of(e)) and referral.submitted_on
        ]
        ongoing = [item for _, item in self.ongoing()]
        long = [item for e, item in self.ongoing() if months_later(e.started_on, 10) <= self.last]
        referrals = [self.referred(r) for r in self.referrals if self.in_period(r.submitted_on)]
        decided = [
            {**self.referred(r), "value": (r.decided_on - r.submitted_on).days}
            for r in self.referrals
            if r.status in ("accepted", "returned") and self.in_period(r.decided_on)
            if r.decided_on and r.submitted_on
        ]
        kas = list(self.kas())
        progress = list(self.progress())
        improved = [{**item, "value": item["direction"] == "improved"} for item in progress]
        clear = [{**item, "value": item["clear"]} for item in progress]
        return [
            *self.counted("participants", self.participants(), "level age education initiator"),
            *self.counted("enrolments_started", started, "level age"),
            *self.counted("exits", exits, "reason level age"),
            *self.parts_of_all("exit_share", exits, "reason"),
            *self.shares("work_or_studies_share", work_or_studies, "level age"),
            *self.middles("weeks_enrolled_median", exits, "level age reason", 7),
            *self.means("weeks_enrolled_mean", exits, "level age", 7),
            *self.counted("ongoing", ongoing, "level age"),
            *self.middles("weeks_so_far_median", ongoing, "level age", 7),
            *self.counted("ongoing_10_months", long, "level"),
            *self.counted("referrals", referrals, "level initiator outcome"),
            *self.middles("referral_to_decision_days_median", decided, "", 1),
            *self.middles("referral_to_start_days_median", from_referral, "level", 1),
            *self.counted("interventions", self.with_interventions(), "kind audience"),
            *self.means("intervention_weeks_mean", self.ended_interventions(), "kind age", 7),
            *self.shares("plan_within_30_days_share", self.plan_in_time(), "level"),
            *self.shares("re_entry_share", self.re_entries(), ""),
            *self.counted("kas_exits", kas, "kas_class"),
            *self.counted("kas_exits_by_length", kas, "length"),
            *self.shares("kas_work_or_studies_share", kas, ""),
            *self.shares("progress_share", improved, "level"),
            *list(self.parts_of_all("progress_share", progress, "direction"))[len(SEXES) :],
            *self.shares("clear_progress_share", clear, "level"),
            *self.supply.figures(),
            *self.shares("data_complete_share", self.complete(), "level"),
        ]

    def members(self, dimension: str) -> list[str]:
        return {
            "level": LEVELS,
            "age": AGES,
            "education": list(Education.values),
            "initiator": list(Initiator.values),
            "reason": [
                r.code for r in sorted(self.reasons.values(), key=lambda r: (r.position, r.pk))
            ],
            "outcome": ["accepted", "returned", "withdrawn", "pending"],
            "kind": list(InterventionKind.values),
            "audience": list(Audience.values),
            "kas_class": ["A", "B", "C", "D", "E", "unconfirmed", "unknown"],
            "length": ["up-to-6", "6-12", "12-24", "over-24"],
            "direction": ["improved", "unchanged", "worsened"],
            **self.supply.members(),
        }[dimension]

    def groups(self, items: list[Item], by: str) -> Iterator[tuple[dict[str, str], str, list[Any]]]:
        """The values in each group and sex, the whole first."""
        whole: list[tuple[dict[str, str], list[Item]]] = [({}, items)]
        for dimension in by.split():
            for member in self.members(dimension):
                found = [
                    item
                    for item in items
                    if item[dimension] == member
                    or (isinstance(item[dimension], set) and member in item[dimension])
                ]
                whole.append(({dimension: member}, found))
        for group, found in whole:
            for sex in SEXES:
                yield group, sex, [i["value"] for i in found if sex in ("all", i["sex"])]

    def counted(self, figure: str, items: Any, by: str) -> Iterator[dict[str, Any]]:
        for group, sex, values in self.groups(list(items), by):
            yield {"figure": figure, "by": group, "sex": sex, "value": len(values)}

    def middles(self, figure: str, items: Any, by: str, days: int) -> Iterator[dict[str, Any]]:
        for group, sex, values in self.groups(list(items), by):
            value = float(Fraction(median(values)) / days) if values else None
            yield {"figure": figure, "by": group, "sex": sex, "value": value}

    def means(self, figure: str, items: Any, by: str, days: int) -> Iterator[dict[str, Any]]:
        for group, sex, values in self.groups(list(items), by):
            value = float(mean(Fraction(v) for v in values) / days) if values else None
            yield {"figure": figure, "by": group, "sex": sex, "value": value}

    def shares(self, figure: str, items: Any, by: str) -> Iterator[dict[str, Any]]:
        for group, sex, values in self.groups(list(items), by):
            yield self.share(figure, group, sex, sum(values), len(values))

    def parts_of_all(self, figure: str, items: list[Item], by: str) -> Iterator[dict[str, Any]]:
        for group, sex, values in self.groups(items, by):
            whole = len([item for item in items if sex in ("all", item["sex"])])
            yield self.share(figure, group, sex, len(values), whole)

    @staticmethod
    def share(figure: str, group: Any, sex: str, part: int, whole: int) -> dict[str, Any]:
        return {
            "figure": figure,
            "by": group,
            "sex": sex,
            "value": part / whole if whole else None,
            "numerator": part,
            "denominator": whole,
        }
