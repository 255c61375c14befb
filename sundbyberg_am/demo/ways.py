"""How people come to the unit, month by month: what is common to every year. Pure."""

from datetime import date, timedelta
from random import Random

from participants.models import Initiator
from referrals.models import Status

from .fates import Person, Stay, Way, at_work, at_work_before
from .office import SENDERS

INITIATORS = {
    Initiator.EMPLOYMENT_SERVICE: 9,
    Initiator.INSURANCE_AGENCY: 4,
    Initiator.SELF: 4,
    Initiator.OTHER: 1,
}
# Days enrolled: the middle value and the spread, by level.
DAYS = {"AM1": (58, 0.45), "AM2": (95, 0.55), "AM3": (130, 0.68), "": (80, 0.5)}
SHORTEST, LONGEST = 24, 560
REASONS = {
    "AM1": {
        "work_unsubsidised": 50,
        "studies": 16,
        "goal_back_to_referrer": 12,
        "moved": 6,
        "other": 2,
    },
    "AM2": {
        "work_unsubsidised": 34,
        "studies": 15,
        "goal_other_actor": 14,
        "goal_back_to_referrer": 14,
        "work_subsidised": 9,
        "municipal_employment": 2,
        "moved": 3,
        "ended_by_participant": 4,
        "other_benefit": 2,
        "ended_by_unit": 1,
        "other": 1,
    },
    "AM3": {
        "work_unsubsidised": 20,
        "goal_other_actor": 22,
        "goal_back_to_referrer": 20,
        "work_subsidised": 12,
        "studies": 9,
        "other_benefit": 7,
        "municipal_employment": 3,
        "ended_by_participant": 4,
        "moved": 2,
        "ended_by_unit": 2,
        "other": 1,
        "deceased": 1,
    },
}
REASONS[""] = REASONS["AM2"]
REST = timedelta(days=45)  # before somebody is referred again


def a_stay(rng: Random, started_on: date, level: str) -> Stay:
    """A stay from the day, of a length and with an end that are ordinary for the level."""
    middle, spread = DAYS[level]
    days = middle * rng.lognormvariate(0, spread)
    length = timedelta(days=min(max(round(days), SHORTEST), LONGEST))
    reasons = REASONS[level]
    reason = rng.choices(list(reasons), list(reasons.values()))[0]
    return Stay(started_on, at_work(started_on + length), level, reason)


def a_way(
    rng: Random,
    person: Person,
    submitted_on: date,
    level: str,
    *,
    open_after: int = 1,
    asked_after: int = 0,
    completed_after: int = 0,
    closed_after: int = 7,
    outcome: str = Status.ACCEPTED,
    sender: int | None = None,
) -> Way:
    """A referral by ekonomiskt bistånd; its events so many days after the submission."""

    def after(days: int) -> date:
        return at_work(submitted_on + timedelta(days=days))

    closed_on = after(closed_after)
    person.free_from = closed_on + REST
    return Way(
        person=person,
        initiator=Initiator.SOCIAL_SERVICES,
        sender=rng.randrange(SENDERS) if sender is None else sender,
        drafted_on=at_work_before(submitted_on - timedelta(days=rng.randint(2, 8))),
        submitted_on=submitted_on,
        opened_on=min(after(open_after), closed_on),
        asked_on=after(asked_after) if asked_after else None,
        completed_on=after(completed_after) if completed_after else None,
        outcome=outcome,
        closed_on=closed_on,
        level=level,
    )


def a_way_from_elsewhere(rng: Random, person: Person, day: date, level: str) -> Way:
    """A referral from another authority or the person: registered and accepted on one day."""
    initiator = rng.choices(list(INITIATORS), list(INITIATORS.values()))[0]
    person.free_from = day + REST
    return Way(
        person=person,
        initiator=initiator,
        sender=None,
        drafted_on=day,
        submitted_on=day,
        opened_on=day,
        outcome=Status.ACCEPTED,
        closed_on=day,
        level=level,
    )


def begin(way: Way, stay: Stay) -> Way:
    """Let the stay come of the referral; `level` of the referral is the first of the stay."""
    way.stay = stay
    way.level = stay.levels[0][1] if stay.levels else ""
    way.person.free_from = stay.ended_on + REST
    return way


def led_to(rng: Random, person: Person, stay: Stay) -> Way:
    """A referral that the stay may have come of, some time before it."""
    if rng.random() < 0.12 or not stay.level:
        day = at_work_before(stay.started_on - timedelta(days=rng.randint(1, 9)))
        return begin(a_way_from_elsewhere(rng, person, day, stay.level), stay)
    waited = rng.randint(2, 9)  # from answer to start
    answered_on = at_work_before(stay.started_on - timedelta(days=waited))
    submitted_on = at_work_before(answered_on - timedelta(days=rng.randint(2, 15)))
    way = a_way(rng, person, submitted_on, stay.level, open_after=rng.randint(0, 3))
    way.closed_on = answered_on
    way.opened_on = min(way.opened_on, answered_on)
    return begin(way, stay)
