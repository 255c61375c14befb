"""The survey: who has been handed a code each half-year and at the exit, and what has been answered."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from participants.bulk import store
from participants.models import SurveyAnswer, SurveyCode, SurveyHandout
from participants.models.progress import months_later
from participants.models.surveys import (
    CODE_ALPHABET,
    CODE_LENGTH,
    Statement,
    code_expires_on,
    code_hash,
)
from participants.models.work_lists import SURVEY_MONTHS

from .fates import Stay, at_work, later
from .office import Office
from .progress import LEFT
from .together import Case

SINCE = date(2023, 7, 1)  # when the survey began
LATE, AT_EXIT, ANSWERED = 0.25, 0.75, 0.62
MARKS = {5: 34, 4: 38, 3: 17, 2: 8, 1: 3}
# What participants are most and least pleased with, in marks from the ordinary.
LEAN = {Statement.RESPECT: 0.35, Statement.USE: -0.35}


def store_surveys(office: Office, cases: Sequence[Case], today: date) -> None:
    """Store what has been handed out and answered by the day."""
    handouts, codes, answers = [], [], []
    for case in cases:
        for day, is_exit in _days(case.stay, case.key):
            if day > today:
                continue
            by = office.consultant_on(case.stay, day)
            handouts.append(SurveyHandout(enrolment=case.enrolment, given_on=day, given_by=by))
            rng = Random(f"survey {case.key} {day}")  # seeded, not secret
            answered_on = later(rng, day, 0, 3 if is_exit else 20)
            if rng.random() < ANSWERED and answered_on <= today:
                answers.append(_answer(rng, office, answered_on))
            elif code_expires_on(day) >= today:
                code = "".join(rng.choices(CODE_ALPHABET, k=CODE_LENGTH))
                codes.append(
                    SurveyCode(
                        fingerprint=code_hash(code),
                        unit=office.unit,
                        expires_on=code_expires_on(day),
                    )
                )
    store(handouts, codes, answers)


def _days(stay: Stay, key: str) -> Iterator[tuple[date, bool]]:
    """When the survey is handed out in a stay, and whether it is for the exit."""
    rng = Random(f"surveys {key}")
    due_on = months_later(stay.started_on, SURVEY_MONTHS)
    while due_on < stay.ended_on - timedelta(days=14):
        late = rng.random() < LATE
        day = later(rng, due_on, 8, 40) if late else at_work(due_on)
        if day >= stay.ended_on:
            break
        if day >= SINCE:
            yield day, False
        due_on = months_later(day, SURVEY_MONTHS)
    if stay.ended_on >= SINCE and stay.reason not in LEFT and rng.random() < AT_EXIT:
        yield stay.ended_on, True


def _answer(rng: Random, office: Office, day: date) -> SurveyAnswer:
    marks = {}
    mood = rng.choices(list(MARKS), list(MARKS.values()))[0]
    for statement in Statement:
        mark = mood + LEAN.get(statement, 0) + rng.choice((-0.6, 0, 0, 0.6))
        marks[str(statement)] = min(max(round(mark), 1), 5)
    return SurveyAnswer(unit=office.unit, month=day.replace(day=1), **marks)
