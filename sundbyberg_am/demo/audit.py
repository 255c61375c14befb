"""The years 2021 and 2022, so that 2022 is the year of the audit's table. Pure.

Everybody enrolled on any day of 2022 is in `cohort`: 220 people, of whom 150 leave that year. All others
leave before that year or come after it. What the table says is counted as written in docs/figures.md.
"""

from datetime import date, timedelta
from random import Random

from referrals.deadlines import is_working_day
from referrals.models import Status

from .fates import Person, Stay, Way, at_work_before
from .people import Register
from .ways import a_stay, a_way, led_to
from .work import fill

FIRST_DAY = date(2021, 1, 4)
YEAR_FIRST, YEAR_LAST = date(2022, 1, 1), date(2022, 12, 31)

# Of 150 exits: 29, 17, 17, 12 and 9 per cent in whole numbers, and the rest.
EXITS = {
    "work_unsubsidised": 44,
    "goal_other_actor": 25,
    "goal_back_to_referrer": 25,
    "studies": 18,
    "work_subsidised": 13,
    "other_benefit": 6,
    "moved": 5,
    "ended_by_participant": 4,
    "municipal_employment": 3,
    "ended_by_unit": 3,
    "other": 2,
    "deceased": 1,
    "unknown": 1,
}
# How far from the labour market those are who leave for the reason; the others are in between.
DISTANCE = {"work_unsubsidised": 0.0, "studies": 0.5, "work_subsidised": 1.0, "other_benefit": 2.2}
LEVELS_LEFT = {"AM1": 5, "AM2": 78, "AM3": 65, "": 2}
LEVELS_STAYED = {"AM2": 30, "AM3": 39, "": 1}
# Women and men: how many leave, how many stay, and the median of days enrolled (19.1 and 16.0 weeks).
WOMEN_LEFT, WOMEN_STAYED, WOMEN_DAYS = 78, 36, 134
MEN_LEFT, MEN_STAYED, MEN_DAYS = 72, 34, 112
LONGEST = 420
# First day and number of days when those who stay may come; some of them have been there for long.
WINDOW, LONG_WINDOW, LONG_EVERY = (date(2022, 2, 1), 320), (date(2021, 10, 18), 120), 9

EARLY_MONTHS, EARLY_STAYS = range(1, 11), 13
EARLY_LEVELS = {"AM1": 14, "AM2": 54, "AM3": 32}
RETURNING = 14
REFUSED = 2  # referrals a month that were returned or withdrawn


def audited_years(register: Register) -> list[Way]:
    """Every referral of 2021 and 2022, with what came of it."""
    early = _early(register)
    return [*early, *_cohort(register, early), *_refused(register)]


def _early(register: Register) -> list[Way]:
    """Those who came and left in 2021."""
    ways = []
    for month in EARLY_MONTHS:
        rng = Random(f"2021-{month}")
        for _ in range(EARLY_STAYS):
            started_on = _working_day(rng, max(FIRST_DAY, date(2021, month, 1)), 27)
            level = rng.choices(list(EARLY_LEVELS), list(EARLY_LEVELS.values()))[0]
            stay = a_stay(rng, started_on, level)
            while stay.ended_on >= YEAR_FIRST:
                stay = a_stay(rng, started_on, level)
            person = register.somebody(rng, started_on, woman=rng.random() < 0.52)
            ways.append(led_to(rng, person, fill(stay, person)))
    return ways


def _cohort(register: Register, early: list[Way]) -> list[Way]:
    """Those with at least one day in 2022, each with one stay of that year."""
    rng = Random("2022")
    left = [
        *((True, days) for days in _days(rng, WOMEN_LEFT, WOMEN_DAYS)),
        *((False, days) for days in _days(rng, MEN_LEFT, MEN_DAYS)),
    ]
    levels = _by(rng, LEVELS_LEFT, {"AM1": 0.0, "AM2": 0.8, "AM3": 1.3, "": 0.5})
    left.sort(key=lambda one: one[1] / 120 + rng.uniform(0, 2.5))
    reasons = _by(rng, EXITS, DISTANCE)
    stays = []
    for (woman, days), level, reason in zip(left, levels, reasons, strict=True):
        started_on, ended_on = _leaving(rng, timedelta(days=days))
        stays.append((woman, Stay(started_on, ended_on, level, reason)))

    levels = _by(rng, LEVELS_STAYED, {})
    sexes = [True] * WOMEN_STAYED + [False] * MEN_STAYED
    for place, (woman, level) in enumerate(zip(sexes, levels, strict=True)):
        window = LONG_WINDOW if place % LONG_EVERY == 0 else WINDOW
        stay = a_stay(rng, _working_day(rng, *window), level)
        while stay.ended_on <= YEAR_LAST:
            stay = a_stay(rng, _working_day(rng, *window), level)
        stay.settled_by = YEAR_LAST
        stays.append((woman, stay))

    returning = rng.sample([way.person for way in early if way.person.digits], RETURNING)
    ways = []
    for woman, stay in sorted(stays, key=lambda one: one[1].started_on):
        person = _who(rng, stay, register, returning, woman=woman)
        ways.append(led_to(rng, person, fill(stay, person)))
    return ways


def _who(
    rng: Random, stay: Stay, register: Register, returning: list[Person], *, woman: bool
) -> Person:
    """One of those who come back, when the time and the sex are right, or somebody new."""
    for person in returning:
        is_free = person.free_from + timedelta(days=30) <= stay.started_on
        if is_free and person.is_woman == woman:
            returning.remove(person)
            return person
    return register.somebody(rng, stay.started_on, woman=woman)


def _days(rng: Random, number: int, middle: int) -> list[int]:
    """An even number of lengths in days, of which the two in the middle are both `middle`."""
    half = number // 2 - 1
    shorter = [rng.randint(26, middle - 3) for _ in range(half)]
    longer = [min(middle + 3 + round(rng.expovariate(1 / 75)), LONGEST) for _ in range(half)]
    return [*shorter, middle, middle, *longer]


def _by(rng: Random, counts: dict[str, int], distance: dict[str, float]) -> list[str]:
    """Each member as many times as it counts, those of a small distance mostly first."""
    members = [member for member, count in counts.items() for _ in range(count)]
    return sorted(members, key=lambda member: distance.get(member, 1.4) + rng.uniform(0, 2.2))


def _leaving(rng: Random, length: timedelta) -> tuple[date, date]:
    """First and last day of a stay of just this length that ends in 2022, both days of work."""
    while True:
        ended_on = YEAR_FIRST + timedelta(days=rng.randrange(365))
        started_on = ended_on - length
        if started_on >= FIRST_DAY and is_working_day(started_on) and is_working_day(ended_on):
            return started_on, ended_on


def _working_day(rng: Random, first: date, days: int) -> date:
    while True:
        day = first + timedelta(days=rng.randrange(days))
        if is_working_day(day):
            return day


def _refused(register: Register) -> list[Way]:
    """Referrals that did not lead to an enrolment."""
    ways = []
    for month in range(24):
        first = date(2021 + month // 12, month % 12 + 1, 1)
        rng = Random(f"refused {first}")
        for number in range(REFUSED):
            day = max(FIRST_DAY, at_work_before(first + timedelta(days=rng.randint(4, 26))))
            person = register.somebody(rng, day, woman=rng.random() < 0.5)
            outcome = (Status.RETURNED, Status.WITHDRAWN)[number % 2]
            way = a_way(rng, person, day, "AM2", closed_after=rng.randint(3, 12), outcome=outcome)
            ways.append(way)
    return ways
