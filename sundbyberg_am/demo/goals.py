"""The board's goals of each year: general and mostly without targets in the years of the audit, then not."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from participants.bulk import store
from reporting.goals.degrees import Direction
from reporting.goals.models import BoardGoal, HandUnit, Indicator
from sundbyberg_am.models import User

FIRST_YEAR = 2021
MANAGER, COORDINATOR = "Enhetschefen", "Samordnaren"
LEAST, MOST = Direction.AT_LEAST, Direction.AT_MOST
NO_TARGET = None
EVERY = range(FIRST_YEAR, 2101)


@dataclass(frozen=True)
class Measure:
    """An indicator over the years: its target in each, and its outcome when it is counted by hand."""

    label: str
    targets: dict[int, int | None]
    direction: str = LEAST
    figure: str = ""
    member: tuple[str, str] = ("", "")
    unit: str = ""
    outcomes: tuple[tuple[date, int], ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class Aim:
    """A goal over the years, and its measures."""

    text: str
    responsible: str
    years: range
    measures: tuple[Measure, ...] = ()


def _each(first: int, *targets: int | None) -> dict[int, int | None]:
    """Targets of years in a row; the last one goes on."""
    return {year: targets[min(year - first, len(targets) - 1)] for year in range(first, EVERY.stop)}


AIMS = (
    Aim(
        "Sundbybergarna försörjer sig själva utifrån sina möjligheter och förutsättningar",
        MANAGER,
        EVERY,
        (
            Measure(
                "Avslut till arbete eller studier",
                _each(2021, NO_TARGET, NO_TARGET, 50, 50, 52, 55),
                figure="work_or_studies_share",
            ),
            Measure(
                "Avslut till arbete utan subvention",
                _each(2023, 28, 28, 30, 30),
                figure="exit_share",
                member=("reason", "work_unsubsidised"),
            ),
            Measure(
                "Deltagare under året",
                _each(2023, 200, 200, 210, 220),
                figure="participants",
            ),
            Measure(
                "Veckor som inskriven, median",
                _each(2022, NO_TARGET, 20, 20, 18),
                direction=MOST,
                figure="weeks_enrolled_median",
            ),
        ),
    ),
    Aim(
        "Nämnden har gott bemötande och god tillgänglighet",
        COORDINATOR,
        EVERY,
        (
            Measure(
                "Nöjda deltagare i brukarundersökningen",
                _each(2021, NO_TARGET, NO_TARGET, 80),
                unit=HandUnit.SHARE,
                outcomes=(
                    (date(2021, 12, 31), 78),
                    (date(2022, 12, 31), 81),
                    (date(2023, 12, 31), 77),
                    (date(2024, 12, 31), 83),
                    (date(2025, 12, 31), 84),
                    (date(2026, 8, 31), 79),
                ),
                comment="Ur stadens egen enkät, som görs en gång om året.",
            ),
            Measure(
                "Dagar från anvisning till svar, median",
                _each(2023, 8, 8, 7),
                direction=MOST,
                figure="referral_to_decision_days_median",
            ),
            Measure(
                "Handlingsplan inom 30 dagar",
                _each(2023, 80, 85, 90),
                figure="plan_within_30_days_share",
            ),
        ),
    ),
    Aim(
        "Den som står långt från arbete tar steg framåt",
        MANAGER,
        range(2023, EVERY.stop),
        (
            Measure(
                "Deltagare på AM3 som har tagit steg framåt",
                _each(2023, NO_TARGET, 50, 55, 55),
                figure="progress_share",
                member=("level", "AM3"),
                comment="Räknas sedan 2023, då skattningarna i tolv områden började.",
            ),
            Measure(
                "Pågående i tio månader eller mer",
                _each(2024, 15, 15, NO_TARGET),
                direction=MOST,
                figure="ongoing_10_months",
            ),
            Measure(
                "Deltagare som har träffat Finsamteamet",
                _each(2023, 20, 20, 25, 25),
                unit=HandUnit.PERSONS,
                outcomes=(
                    (date(2023, 12, 31), 14),
                    (date(2024, 12, 31), 22),
                    (date(2025, 12, 31), 23),
                    (date(2026, 8, 31), 17),
                ),
            ),
        ),
    ),
    Aim("Vuxenutbildningen är öppen för alla", "", range(FIRST_YEAR, 2023)),
    Aim("Fler arbetsgivare i staden tar emot praktikanter", MANAGER, range(2026, EVERY.stop)),
)


def set_goals(today: date, by: User) -> None:
    """Store the goals of every year up to this one, with what was counted by hand by today."""
    goals, indicators = [], []
    for year in range(FIRST_YEAR, today.year + 1):
        aims = [aim for aim in AIMS if year in aim.years]
        for number, aim in enumerate(aims, start=1):
            goal = BoardGoal(
                year=year, number=number, text=aim.text, responsible=aim.responsible, changed_by=by
            )
            goals.append(goal)
            measures = [one for one in aim.measures if year in one.targets]
            indicators += [
                _indicator(goal, place, one, today, by)
                for place, one in enumerate(measures, start=1)
            ]
    store(goals, indicators)


def _indicator(goal: BoardGoal, number: int, measure: Measure, today: date, by: User) -> Indicator:
    target = measure.targets[goal.year]
    counted = [
        (until, outcome)
        for until, outcome in measure.outcomes
        if until.year == goal.year and until < today
    ]
    until, outcome = counted[-1] if counted else (None, None)
    dimension, member = measure.member
    return Indicator(
        goal=goal,
        number=number,
        label=measure.label,
        figure=measure.figure,
        dimension=dimension,
        member=member,
        direction=measure.direction,
        target=None if target is None else Decimal(target),
        hand_unit=measure.unit,
        hand_outcome=None if outcome is None else Decimal(outcome),
        hand_until=until,
        comment=measure.comment,
        changed_by=by,
    )
