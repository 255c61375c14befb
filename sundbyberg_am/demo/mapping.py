"""The mapping of the demonstration municipality: its second version, and cases where it is answered again."""

from collections.abc import Sequence
from copy import deepcopy
from datetime import date, timedelta
from random import Random

from participants.bulk import store
from referrals.mapping import Answers, Question, questions
from referrals.models import FollowUp, MappingForm, Referral

from .fates import at_work_before, later
from .moments import a_moment
from .office import Office
from .together import Case

SECOND_SINCE = date(2026, 2, 2)
SECTION = "Arbete och studier"
ASKED_ALSO = {
    "key": "korkort",
    "text": "Har personen körkort?",
    "kind": "choice",
    "options": [
        {"value": "ja", "label": "Ja"},
        {"value": "ovar", "label": "Övar, eller vill ta körkort"},
        {"value": "nej", "label": "Nej", "hindrance": "Saknar körkort"},
    ],
}
SHARE, CHANGED = 0.35, 0.4  # of the cases that last, and of the answers
AFTER = timedelta(days=100)


def store_second_version(office: Office, today: date) -> None:
    """A version with one question more, when it has been decided by the day."""
    first = MappingForm.objects.newest()
    decided_on = at_work_before(SECOND_SINCE - timedelta(days=14))
    if first is None or today < decided_on:
        return
    content = deepcopy(first.content)
    for section in content["sections"]:
        section["questions"] += [ASKED_ALSO] if section["title"] == SECTION else []
    MappingForm.objects.create(
        version=first.version + 1,
        title=first.title,
        valid_from=SECOND_SINCE,
        content=content,
        published_at=a_moment(decided_on, "second version"),
        published_by=office.manager,
    )


def store_answered_again(office: Office, cases: Sequence[Case], today: date) -> None:
    """In some of the cases that last the mapping is answered again, and some of it is better."""
    forms = list(MappingForm.objects.newest_first())
    answered = dict(Referral.objects.exclude(answers={}).values_list("enrolment", "answers"))
    found = []
    for case in cases:
        rng = Random(f"mapping again {case.key}")  # seeded, not secret
        day = later(rng, case.stay.started_on + AFTER, 0, 30)
        form = next((form for form in forms if form.valid_from <= day), None)
        before = answered.get(case.enrolment.pk)
        is_left_out = rng.random() > SHARE or day > min(today, case.stay.ended_on - AFTER / 2)
        if form and before and not is_left_out:
            answers = {
                question.key: answer
                for question in questions(form.content)
                if (answer := _again(rng, question, before))
            }
            found.append(
                FollowUp(
                    enrolment=case.enrolment,
                    form=form,
                    answered_on=day,
                    answers=answers,
                    created_at=a_moment(day, f"mapping again {case.key}"),
                    created_by=office.consultant_on(case.stay, day),
                )
            )
    store(found)


def _again(rng: Random, question: Question, before: Answers) -> str | list[str]:
    """The answer as it was, or one that speaks for less support."""
    answer: str | list[str] = before.get(question.key, "")
    if question.kind in ("text", "several") or (answer and rng.random() > CHANGED):
        return answer
    level = max((option.level for option in question.chosen(before)), default="AM3")
    return rng.choice([one for one in question.options if one.level <= level]).value
