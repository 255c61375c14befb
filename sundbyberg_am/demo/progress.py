"""How each person of the demonstration municipality comes forward, as it is assessed. Pure."""

from datetime import date, timedelta
from random import Random

from participants.domains import FIRST_STEP, LAST_STEP, Domain
from participants.models import Occasion
from participants.models.progress import months_later

from .fates import AssessmentFate, Person, Stay, at_work_before, later

SINCE = date(2023, 1, 1)  # when everybody began to be assessed; a part were before that
EARLIER, NEVER, LATE, AT_EXIT = 0.35, 0.08, 0.3, 0.7
BASES = {"AM1": (3, 4, 4, 5), "AM2": (2, 3, 3, 4), "AM3": (1, 2, 2, 3)}
# How likely a domain is a step higher, or lower, from one assessment to the next.
UP, DOWN = {"work_unsubsidised": 0.34, "work_subsidised": 0.3, "studies": 0.32}, 0.07
ORDINARY_UP = 0.2
LEFT = ("moved", "deceased", "unknown", "ended_by_participant")


def assessments(stay: Stay, person: Person) -> list[AssessmentFate]:
    """When the stay is assessed and what it comes to; its own chances, so that nothing else changes."""
    rng = Random(f"progress {person.key} {stay.started_on}")  # seeded, not secret
    if rng.random() < (NEVER if stay.started_on >= SINCE else 1 - EARLIER):
        return []
    asked = rng.sample(list(Domain), rng.randint(9, len(Domain)))
    steps: dict[str, int] = {
        domain: rng.choice(BASES[stay.level or "AM2"]) for domain in Domain if domain in asked
    }
    own_view = rng.choice((-1, 0, 0, 0, 1))
    found = []
    for number, (day, occasion) in enumerate(_days(rng, stay)):
        if number:
            steps = {domain: _next(rng, step, stay.reason) for domain, step in steps.items()}
        found.append(
            AssessmentFate(day, occasion, _seen_by_participant(rng, steps, own_view), dict(steps))
        )
    return found


def _days(rng: Random, stay: Stay) -> list[tuple[date, str]]:
    """At the start, about every third month, and mostly at the exit."""
    days: list[tuple[date, str]] = []
    day = later(rng, stay.started_on, 2, 18)
    last = stay.ended_on - timedelta(days=10)
    while day <= last:
        days.append((day, Occasion.FOLLOW_UP if days else Occasion.START))
        due_on = months_later(day, 3)
        late = rng.random() < LATE
        day = later(rng, due_on, 8, 40) if late else at_work_before(due_on - timedelta(days=2))
    if days and stay.reason not in LEFT and rng.random() < AT_EXIT:
        days.append((stay.ended_on, Occasion.EXIT))
    return days


def _next(rng: Random, step: int, reason: str) -> int:
    chance = rng.random()
    if chance < UP.get(reason, ORDINARY_UP):
        step += 2 if chance < 0.03 else 1
    elif chance > 1 - DOWN:
        step -= 1
    return min(max(step, FIRST_STEP), LAST_STEP)


def _seen_by_participant(rng: Random, steps: dict[str, int], lean: int) -> dict[str, int]:
    """Mostly the same as the consultant sees, a little higher or lower; now and then nothing is said."""
    return {
        domain: min(max(step + rng.choice((0, 0, 0, lean)), FIRST_STEP), LAST_STEP)
        for domain, step in steps.items()
        if rng.random() > 0.15
    }
