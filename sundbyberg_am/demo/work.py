"""What is done in a stay: levels, plans, interventions and notes, and how it ends. Pure."""

from datetime import date, timedelta
from random import Random

from participants.models import InterventionKind, InterventionOutcome, NoteKind, PauseKind

from .catalogue import PROJECTS_UNTIL
from .fates import (
    GoalFate,
    InterventionFate,
    NoteFate,
    PauseFate,
    Person,
    PlanFate,
    Stay,
    StepFate,
    at_work,
    at_work_before,
    later,
)
from .office import CONSULTANTS, FORMER_UNTIL
from .progress import assessments
from .texts import (
    DESTINATIONS,
    DISAGREEMENTS,
    FIRST_NOTES,
    GOALS,
    LAST_NOTES,
    MIA,
    NOTES,
    OFFERS,
    SUNDBAS,
)

CASELOADS = (20, 18, 17, 16, 15, 14)  # weights: the first consultant is the one shown to visitors
LEVEL_CHANGES = 0.16
EARLIER_LEVELS = {"AM1": ("AM2",), "AM2": ("AM3", "AM3", "AM1"), "AM3": ("AM2",)}
LATE_PLANS, LATE_FOLLOW_UPS, LONG_SILENCES, OVERRUNS = 0.24, 0.3, 0.08, 0.28
FORMER = CONSULTANTS  # the place after those who work there now
KINDS = {
    "AM1": {"job_search": 6, "matching": 3, "guidance": 1, "skills_mapping": 1},
    "AM2": {
        "job_search": 5,
        "placement_public": 4,
        "placement_private": 3,
        "matching": 3,
        "guidance": 3,
        "orientation_course": 3,
        "skills_mapping": 2,
        "municipal_employment": 1,
        "other": 1,
    },
    "AM3": {
        "work_trial": 7,
        "orientation_course": 3,
        "job_search": 3,
        "placement_public": 3,
        "skills_mapping": 2,
        "other": 2,
        "guidance": 1,
        "municipal_employment": 1,
    },
}
PAUSES, LONG_STAY, FIRST_PAUSES = 0.2, 150, date(2023, 1, 1)
REST = timedelta(days=10)  # from the end of a pause to the exit, at least
PAUSE_KINDS = {
    PauseKind.SICKNESS: 4,
    PauseKind.PARENTAL_LEAVE: 3,
    PauseKind.CARE: 2,
    PauseKind.AWAY: 1,
}
TAKEN_OVER, LATEST_OF_FORMER = 0.4, date(2023, 5, 31)
WORK, STUDIES = ("work_unsubsidised", "work_subsidised"), ("studies",)


def fill(stay: Stay, person: Person) -> Stay:
    """Give the stay its contents: the same for the same person and first day."""
    rng = Random(f"stay {person.key} {stay.started_on}")  # seeded, not secret
    if stay.ended_on <= FORMER_UNTIL and rng.random() < 0.25:
        stay.consultant, stay.deputy = FORMER, 0
    else:
        stay.consultant = rng.choices(range(CONSULTANTS), CASELOADS)[0]
        stay.deputy = (stay.consultant + rng.randint(1, CONSULTANTS - 1)) % CONSULTANTS
    _end(rng, stay)
    _levels(rng, stay)
    _plans(rng, stay)
    _interventions(rng, stay, person)
    _notes(rng, stay)
    stay.assessments = assessments(stay, person)
    _together(Random(f"together {person.key} {stay.started_on}"), stay)
    return stay


def _together(rng: Random, stay: Stay) -> None:
    """A pause, in which nothing is noted, and whether the one who left had the case at first."""
    if stay.consultant != FORMER and stay.started_on <= LATEST_OF_FORMER < stay.ended_on:
        stay.was_taken_over = stay.ended_on > FORMER_UNTIL and rng.random() < TAKEN_OVER
    days = (stay.ended_on - stay.started_on).days
    if stay.started_on < FIRST_PAUSES or days < LONG_STAY or rng.random() > PAUSES:
        return
    started_on = stay.started_on + timedelta(days=rng.randint(45, days - 45))
    ended_on = min(started_on + timedelta(days=rng.randint(30, 100)), stay.ended_on - REST)
    kind = rng.choices(list(PAUSE_KINDS), list(PAUSE_KINDS.values()))[0]
    stay.pause = PauseFate(kind, started_on, ended_on, rng.random() < 0.6)
    stay.notes = [note for note in stay.notes if not started_on <= note.happened_on <= ended_on]


def _end(rng: Random, stay: Stay) -> None:
    stay.destination = rng.choice(DESTINATIONS.get(stay.reason, ("",)))
    if stay.reason in WORK:  # confirmed when it has lasted a month
        stay.confirmed, stay.confirmed_on = rng.random() < 0.86, later(rng, stay.ended_on, 31, 55)
    elif stay.reason in STUDIES:
        stay.confirmed, stay.confirmed_on = rng.random() < 0.92, later(rng, stay.ended_on, 10, 35)


def _levels(rng: Random, stay: Stay) -> None:
    if not stay.level:
        return
    first, last = stay.started_on + timedelta(days=30), stay.ended_on - timedelta(days=14)
    last = min(last, stay.settled_by)
    if first < last and rng.random() < LEVEL_CHANGES:
        changed_on = at_work_before(first + timedelta(days=rng.randrange((last - first).days + 1)))
        earlier = rng.choice(EARLIER_LEVELS[stay.level])
        stay.levels = [(stay.started_on, earlier), (changed_on, stay.level)]
    else:
        stay.levels = [(stay.started_on, stay.level)]


def _plans(rng: Random, stay: Stay) -> None:
    late = rng.random() < LATE_PLANS
    days = rng.randint(40, 95) if late else rng.randint(6, 29)
    adopted_on = at_work_before(stay.started_on + timedelta(days=days))
    goals: list[GoalFate] = []
    while adopted_on <= stay.ended_on - timedelta(days=7):
        goals = _goals(rng, goals, adopted_on)
        plan = PlanFate(
            drafted_on=max(stay.started_on, adopted_on - timedelta(days=rng.randint(2, 8))),
            adopted_on=adopted_on,
            follow_up_on=later(rng, adopted_on, 56, 90),
            disagreement=rng.choice(DISAGREEMENTS) if rng.random() < 0.04 else "",
            goals=goals,
        )
        stay.plans.append(plan)
        late = rng.random() < LATE_FOLLOW_UPS
        days = rng.randint(10, 50) if late else -rng.randint(1, 10)
        adopted_on = at_work_before(plan.follow_up_on + timedelta(days=days))
        if adopted_on <= stay.ended_on - timedelta(days=7):
            plan.replaced_on = adopted_on


def _goals(rng: Random, before: list[GoalFate], day: date) -> list[GoalFate]:
    """The goals of a new version: what is left of the one before, and something new."""
    left = [
        GoalFate(goal.text, [step for step in goal.steps if step.done_on > day]) for goal in before
    ]
    goals = [goal for goal in left if goal.steps]
    known = {goal.text for goal in before}
    number = rng.choice((1, 2, 2, 3)) if not before else int(len(goals) < 2)
    for text in rng.sample([text for text in GOALS if text not in known], number):
        steps = []
        for step, kind, responsible in GOALS[text]:
            started_on = later(rng, day, 0, 25)
            due_on = later(rng, started_on, 14, 50)
            done_on = due_on + timedelta(days=rng.randint(-12, 12))
            steps.append(
                StepFate(step, kind, responsible, due_on, started_on, done_on, rng.random() < 0.06)
            )
        goals.append(GoalFate(text, steps))
    return goals


def _interventions(rng: Random, stay: Stay, person: Person) -> None:
    kinds = KINDS[stay.level or "AM2"]
    summer = date(stay.started_on.year, 6, 20)
    is_young = stay.started_on.year - person.birth_date.year <= 20
    if is_young and stay.started_on < summer < stay.ended_on - timedelta(days=25):
        stay.interventions.append(_intervention(rng, stay, InterventionKind.SUMMER_JOB, summer))
    day = later(rng, stay.started_on, 6, 24)
    while day < stay.ended_on - timedelta(days=10):
        kind = rng.choices(list(kinds), list(kinds.values()))[0]
        intervention = _intervention(rng, stay, kind, day)
        stay.interventions.append(intervention)
        day = later(rng, intervention.ended_on, -10, 35)
        if day <= intervention.started_on:
            break


def _intervention(rng: Random, stay: Stay, kind: str, day: date) -> InterventionFate:
    offers = [
        offer
        for offer in OFFERS[kind]
        if offer[0] not in (SUNDBAS, MIA) or day + timedelta(weeks=offer[-1]) <= PROJECTS_UNTIL
    ]
    offer, workplace, need, hours, weeks = rng.choice(offers)
    weeks = max(1, round(weeks * rng.uniform(0.6, 1.3)))
    started_on = at_work(day)
    planned_end_on = at_work_before(started_on + timedelta(weeks=weeks))
    late = rng.random() < OVERRUNS
    days = rng.randint(12, 45) if late else -rng.randint(0, 3)
    ended_on = max(started_on, at_work_before(planned_end_on + timedelta(days=days)))
    outcome: str = InterventionOutcome.COMPLETED
    if rng.random() < 0.1:
        outcome = InterventionOutcome.INTERRUPTED
        ended_on = at_work_before(started_on + timedelta(days=rng.randint(7, 7 * weeks)))
    if ended_on >= stay.ended_on:
        ended_on, outcome = stay.ended_on, ""  # ended by the exit, as the action does it
    return InterventionFate(
        kind, offer, workplace, need, hours, started_on, planned_end_on, ended_on, outcome
    )


def _notes(rng: Random, stay: Stay) -> None:
    day = later(rng, stay.started_on, 0, 4)
    stay.notes.append(NoteFate(day, NoteKind.MEETING, rng.choice(FIRST_NOTES)))
    texts: list[tuple[str, str]] = []
    while True:
        silent = rng.random() < LONG_SILENCES
        day = later(rng, day, *((38, 66) if silent else (7, 25)))
        if day >= stay.ended_on:
            break
        texts = texts or rng.sample(NOTES, len(NOTES))
        stay.notes.append(NoteFate(day, *texts.pop()))
    if stay.reason not in ("moved", "deceased", "unknown", "ended_by_participant"):
        counts_as = {"goal_other_actor": "goal_met", "goal_back_to_referrer": "goal_met"}
        counts_as |= dict.fromkeys(WORK, "work") | {"studies": "studies"}
        text = LAST_NOTES[counts_as.get(stay.reason, "other")]
        stay.notes.append(NoteFate(stay.ended_on, NoteKind.MEETING, text))
