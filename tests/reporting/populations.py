"""Random cases for the independent count: ugly on purpose, the same for the same seed."""

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db import connection

from participants.domains import Domain
from participants.models import (
    Assessment,
    DomainSteps,
    Education,
    Enrolment,
    ExitReason,
    Initiator,
    Intervention,
    InterventionKind,
    InterventionOutcome,
    Level,
    LevelChange,
    Participant,
    Plan,
    Sex,
)
from referrals.models import Referral, Status
from sundbyberg_am.access import Role
from sundbyberg_am.models import Unit, User
from tests.builders import a_personnummer, a_unit, a_user

from .populations_of_supply import add_supply

AT = datetime(2025, 1, 1, tzinfo=ZoneInfo("Europe/Stockholm"))
# Days where a mistake by one would show.
EDGES = [
    date(year, month, day)
    for year in (2022, 2023, 2024, 2025)
    for month, day in (
        (1, 1),
        (2, 28),
        (3, 31),
        (4, 30),
        (5, 1),
        (8, 31),
        (9, 1),
        (10, 31),
        (12, 31),
    )
] + [date(2024, 2, 29)]


def a_population(seed: int, people: int = 250) -> None:
    """Fill the database with people and everything that is counted about them."""
    population = Population(Random(seed))
    population.fill(people)
    add_supply(seed, population.unit)
    # In a transaction that nobody else sees PostgreSQL counts nothing by itself, and plans for empty tables.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


class Population:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.unit: Unit = a_unit()
        self.by: User = a_user(Role.COORDINATOR, unit=self.unit)
        ExitReason.objects.create(
            code="own_business", label="Eget företag", counts_as="work", kas_class="A", position=3
        )
        self.reasons = list(ExitReason.objects.all())
        self.numbers: set[str] = set()

    def fill(self, people: int) -> None:
        for number in range(people):
            person = self.person(number)
            start = self.day()
            for _ in range(self.random.choice((0, 1, 1, 1, 2, 3))):
                ended_on = self.enrolment(person, start)
                if ended_on is None:
                    break
                start = ended_on + timedelta(
                    days=self.random.choice((1, 40, 364, 365, 366, 367, 500))
                )
            for _ in range(self.random.choice((0, 0, 1))):
                self.lone_referral(person)

    def day(self) -> date:
        if self.random.random() < 0.5:
            return self.random.choice(EDGES)
        return date(2022, 1, 1) + timedelta(days=self.random.randrange(1461))

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def person(self, number: int) -> Participant:
        random = self.random
        # On a period's last day, and on the days around it, somebody leaves each band of ages.
        age, (month, day) = (
            random.choice((15, 16, 24, 25, 34, 35, 44, 45, 54, 55, 65, 66)),
            random.choice(((4, 29), (4, 30), (5, 1), (8, 31), (9, 1), (12, 31), (1, 1), (2, 28))),
        )
        born = date(2024 - age, month, day)
        if born.year % 4 == 0 and self.maybe(0.5):
            born = date(born.year, 2, 29)
        personnummer = a_personnummer(born, woman=self.maybe(0.5), serial=random.randrange(10))
        known = personnummer not in self.numbers and self.maybe(0.9)
        self.numbers.add(personnummer)
        return Participant.objects.create(
            personnummer=personnummer if known else None,
            no_personnummer_reason="" if known else "Väntar på nummer",
            birth_date=born if known or self.maybe(0.7) else None,
            registered_sex=random.choice(Sex.values) if self.maybe(0.1) else "",
            first_name="Test",
            last_name=f"Person {number}",
            education=random.choice(Education.values),
        )

    def enrolment(self, person: Participant, start: date) -> date | None:
        """Gives the day that it ended."""
        random = self.random
        length = random.choice((0, 1, 29, 30, 31, 60, random.randrange(600)))
        ended_on = start + timedelta(days=length) if self.maybe(0.75) else None
        if ended_on and self.maybe(0.3):
            ended_on = min((edge for edge in EDGES if edge >= start), default=ended_on)
        reason = random.choice(self.reasons)
        voided = self.maybe(0.07)
        enrolment = Enrolment.objects.create(
            participant=person,
            unit=self.unit,
            started_on=start,
            ended_on=ended_on,
            initiator=random.choice(Initiator.values),
            exit_reason=reason if ended_on else None,
            exit_confirmed=random.choice((None, True, False)) if ended_on else None,
            voided_at=AT if voided else None,
            voided_by=self.by if voided else None,
            void_reason="Fel person" if voided else "",
        )
        last = ended_on or start + timedelta(days=400)
        span = (last - start).days
        LevelChange.objects.bulk_create(
            LevelChange(
                enrolment=enrolment,
                level=random.choice(Level.values),
                valid_from=start + timedelta(days=random.choice((0, 0, random.randint(0, span)))),
            )
            for _ in range(random.choice((0, 1, 1, 2, 3)))
        )
        Plan.objects.bulk_create(
            Plan(
                enrolment=enrolment,
                number=number,
                adopted_on=start + timedelta(days=random.choice((0, 29, 30, 31, 45))),
            )
            for number in range(random.choice((0, 1, 2)))
        )
        if self.maybe(0.2):
            Plan.objects.create(enrolment=enrolment, number=9)
        for _ in range(random.choice((0, 1, 2, 3))):
            began = start + timedelta(days=random.randint(0, span))
            outcome = random.choice(["", "", *InterventionOutcome.values])
            Intervention.objects.create(
                enrolment=enrolment,
                kind=random.choice(InterventionKind.values),
                started_on=began,
                ended_on=None if self.maybe(0.2) else began + timedelta(days=random.randrange(120)),
                outcome=outcome,
            )
        self.assessments(enrolment, span)
        if self.maybe(0.6):
            decided_on = start - timedelta(days=random.choice((0, 0, 3)))
            self.referral(
                person,
                status=Status.ACCEPTED,
                submitted_on=decided_on - timedelta(days=random.randrange(40)),
                decided_on=decided_on,
                decided_by=self.by,
                enrolment=enrolment,
            )
        return ended_on

    def assessments(self, enrolment: Enrolment, span: int) -> None:
        """None or some, on different days, of a few domains that either view may have left out."""
        random = self.random
        days = {
            random.choice((0, span, random.randint(0, span))) for _ in range(random.randrange(5))
        }
        for day in days:
            row = Assessment.objects.create(
                enrolment=enrolment,
                assessed_on=enrolment.started_on + timedelta(days=day),
                occasion="follow_up",
            )
            nobody = self.maybe(0.15)  # nothing in the consultant's view
            for domain in random.sample(list(Domain)[:4], random.randint(1, 3)):
                step = None if nobody or self.maybe(0.2) else random.randint(1, 5)
                own = random.randint(1, 5) if step is None or self.maybe(0.7) else None
                DomainSteps.objects.create(
                    assessment=row, domain=domain, consultant_step=step, participant_step=own
                )

    def lone_referral(self, person: Participant) -> None:
        sent, days = self.day(), self.random.randrange(40)
        answered = sent + timedelta(days=days)
        status = self.random.choice(
            (Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.WITHDRAWN, Status.COMPLETED)
        )
        self.referral(
            person,
            status=status,
            submitted_on=None if status == Status.DRAFT else sent,
            decided_on=answered if status == Status.RETURNED else None,
            decided_by=self.by if status == Status.RETURNED else None,
            return_reason="Behöver vård först" if status == Status.RETURNED else "",
            withdrawn_on=answered if status == Status.WITHDRAWN else None,
        )

    def referral(self, person: Participant, **fields: object) -> None:
        Referral.objects.create(
            **{
                "initiator": self.random.choice(Initiator.values),
                "to_unit": self.unit,
                "personnummer": person.personnummer,
                "no_personnummer_reason": person.no_personnummer_reason,
                "first_name": person.first_name,
                "last_name": person.last_name,
                "level": self.random.choice(["", *Level.values]),
                "answer_due_on": fields["submitted_on"],
                **fields,
            }
        )
