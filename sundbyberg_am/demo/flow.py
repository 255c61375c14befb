"""The years from 2023 on, a month at a time, each with its own seed. Pure.

What comes by ekonomiskt bistånd goes through `COURSES` in turn, so that on any day some referrals are
new, some wait for an answer to a question, some have got it, and one is overdue.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from referrals.deadlines import is_working_day
from referrals.models import Status

from .audit import audited_years
from .fates import Person, Way, at_work
from .people import Register
from .ways import a_stay, a_way, a_way_from_elsewhere, begin
from .work import fill

FIRST_YEAR = 2023
# Referrals by ekonomiskt bistånd and from elsewhere that are sent in each month of a year.
SENT = (18, 18, 19, 18, 18, 15, 12, 18, 20, 20, 18, 14)
FROM_ELSEWHERE = (3, 2, 3, 2, 3, 2, 1, 3, 3, 3, 2, 1)
LEVELS = {2023: {"AM1": 4, "AM2": 47, "AM3": 49}, 2024: {"AM1": 3, "AM2": 44, "AM3": 53}}
LEVELS_SINCE = {"AM1": 2, "AM2": 41, "AM3": 57}
RETURNS = 0.13  # share of those who come that have been here before
WITHOUT_NUMBER = date(2023, 2, 1)  # in this month one comes who has no personnummer yet
SLOW, SLOW_DAYS = 0.1, (320, 620)  # those with much support who need far longer than most
WITHOUT_LEVEL = 0.05  # of those from elsewhere


@dataclass(frozen=True)
class Course:
    """A way that a referral takes: days from submission to each event; 0 for what does not happen."""

    opened: int
    closed: int
    asked: int = 0
    completed: int = 0
    outcome: str = Status.ACCEPTED


COURSES = (
    Course(opened=1, closed=5),
    Course(opened=5, closed=9),
    Course(opened=1, asked=1, completed=12, closed=20),
    Course(opened=4, closed=10),
    Course(opened=2, closed=33),  # too late: the answer is due after ten working days
    Course(opened=2, asked=4, completed=10, closed=20),
    Course(opened=4, closed=9),
    Course(opened=2, closed=8, outcome=Status.RETURNED),
    Course(opened=1, closed=6),
    Course(opened=4, closed=9),
    Course(opened=1, asked=1, completed=12, closed=20),
    Course(opened=5, closed=11),
    Course(opened=2, closed=33),
    Course(opened=2, asked=4, completed=10, closed=20),
    Course(opened=4, closed=10),
    Course(opened=2, closed=6, outcome=Status.WITHDRAWN),
)


def everything(today: date) -> list[Way]:
    """Every referral that is begun by the day, with all that will come of it, in order of sending."""
    register = Register()
    ways = audited_years(register)
    known = [way.person for way in ways]
    month, turn = date(FIRST_YEAR, 1, 1), 0
    while month <= today + timedelta(days=14):  # a draft is begun before it is sent
        came = _month(Random(f"{month:%Y-%m}"), month, turn, register, known)
        turn += SENT[month.month - 1]
        ways += came
        known += [way.person for way in came if way.person not in known]
        month = (month + timedelta(days=31)).replace(day=1)
    begun = [way for way in ways if way.drafted_on <= today]
    return sorted(begun, key=lambda way: (way.submitted_on, way.key))


def _month(
    rng: Random, month: date, turn: int, register: Register, known: list[Person]
) -> list[Way]:
    days = _working_days(month)
    levels = LEVELS.get(month.year, LEVELS_SINCE)
    ways = []
    sent = SENT[month.month - 1]
    for number in range(sent):
        day = days[number * len(days) // sent]
        level = rng.choices(list(levels), list(levels.values()))[0]
        number_known = (month, number) != (WITHOUT_NUMBER, 0)
        person = _who(rng, day, register, known if number_known else [], number=number_known)
        course = COURSES[(turn + number) % len(COURSES)]
        way = a_way(
            rng,
            person,
            day,
            level,
            open_after=course.opened,
            asked_after=course.asked,
            completed_after=course.completed,
            closed_after=course.closed,
            outcome=course.outcome,
        )
        ways.append(_begun(rng, way) if course.outcome == Status.ACCEPTED else way)
    for _ in range(FROM_ELSEWHERE[month.month - 1]):
        day = rng.choice(days)
        level = rng.choices(list(levels), list(levels.values()))[0]
        level = "" if rng.random() < WITHOUT_LEVEL else level
        way = a_way_from_elsewhere(rng, _who(rng, day, register, known), day, level)
        ways.append(_begun(rng, way))
    return ways


def _begun(rng: Random, way: Way) -> Way:
    started_on = at_work(way.closed_on + timedelta(days=rng.randint(0, 8)))
    stay = a_stay(rng, started_on, way.level)
    slow = Random(f"slow {way.key}")
    if way.level == "AM3" and slow.random() < SLOW:
        stay.ended_on = at_work(started_on + timedelta(days=slow.randint(*SLOW_DAYS)))
    return begin(way, fill(stay, way.person))


def _who(
    rng: Random, day: date, register: Register, known: list[Person], *, number: bool = True
) -> Person:
    """Somebody new, or somebody who was here before and has left."""
    if known and rng.random() < RETURNS:
        oldest = day - timedelta(days=round(63 * 365.25))
        free = [p for p in known if p.free_from <= day and p.digits and p.birth_date >= oldest]
        return rng.choice(free)
    return register.somebody(rng, day, woman=rng.random() < 0.5, number=number)


def _working_days(month: date) -> list[date]:
    days = (month + timedelta(days=number) for number in range(31))
    return [day for day in days if day.month == month.month and is_working_day(day)]
