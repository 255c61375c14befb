"""Reading a mapping, and the starting set against the criteria of the levels."""

import json
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from participants.models import Level, Need
from referrals import mapping
from referrals.migrations import __path__ as migrations

from .builders import ANSWERS

CONTENT = json.loads((Path(migrations[0]) / "0002_starting_mapping.json").read_text())
# Nothing in these speaks for more than AM1.
EASY = {**ANSWERS, "self_support": "yes", "job_search": "alone"}

# The criteria of the levels, each with the answers that say it (the audit's table, section 5.1).
AM2_CRITERIA: dict[str, dict[str, Any]] = {
    "stöd i att söka arbete": {"job_search": "support"},
    "studie- och yrkesvägledning": {"direction": "partly"},
    "praktik för referenser och färsk erfarenhet": {"workplace": "placement"},
    "hjälp i kontakten med Arbetsförmedlingen": {"employment_service": "help"},
    "stöd och motivation i samtal": {"talks": "yes"},
    "insatser för hälsa": {"health": "somewhat"},
    "insatser för kompetens": {"education": "primary"},
    "insatser för svenska": {"swedish": "1"},
}
AM3_CRITERIA: dict[str, dict[str, Any]] = {
    "utredning internt": {"investigation": ["internal"]},
    "utredning externt": {"investigation": ["external"]},
    "arbetsprövning, arbetsbedömning eller arbetsträning": {"workplace": "adapted"},
    "flera insatser utan framgång": {"earlier": "several"},
}

# criteria that hold → level
TABLE = [
    ([], "AM1"),
    *[([criterion], "AM2") for criterion in AM2_CRITERIA],
    *[([criterion], "AM3") for criterion in AM3_CRITERIA],
    *[(list(pair), "AM2") for pair in combinations(AM2_CRITERIA, 2)],
    *[(list(pair), "AM3") for pair in combinations(AM3_CRITERIA, 2)],
    *[([low, high], "AM3") for low in AM2_CRITERIA for high in AM3_CRITERIA],
    (list(AM2_CRITERIA), "AM2"),
    (list(AM3_CRITERIA), "AM3"),
    ([*AM2_CRITERIA, *AM3_CRITERIA], "AM3"),
]


@pytest.mark.parametrize(("criteria", "level"), TABLE, ids=lambda value: "+".join(value) or "inget")
def test_level_follows_from_the_criteria(criteria, level):
    answers = dict(EASY)
    for criterion in criteria:
        answers |= {**AM2_CRITERIA, **AM3_CRITERIA}[criterion]
    assert mapping.proposed_level(CONTENT, answers)[0] == level


def test_level_of_every_combination_of_the_criteria():
    """All that can hold at once: one of AM3 gives AM3, else one of AM2 gives AM2, and none AM1."""
    said = {**AM2_CRITERIA, **AM3_CRITERIA}
    counted: Counter[str] = Counter()
    for size in range(len(said) + 1):
        for criteria in combinations(said, size):
            answers = dict(EASY)
            for criterion in criteria:
                answers |= said[criterion]
            expected = "AM1" if not criteria else "AM2"
            expected = "AM3" if AM3_CRITERIA.keys() & set(criteria) else expected
            assert mapping.proposed_level(CONTENT, answers)[0] == expected, criteria
            counted[expected] += 1
    assert counted == {"AM1": 1, "AM2": 2**8 - 1, "AM3": 2**12 - 2**8}


def test_because_names_the_answers_of_that_level_only():
    answers = EASY | {"job_search": "support", "earlier": "several"}
    assert mapping.proposed_level(CONTENT, answers) == (
        Level.AM3,
        [
            (
                "Har personen fått stöd för att komma i arbete förut?",
                "Ja, flera insatser som inte hjälpte",
            )
        ],
    )


def test_because_of_am1():
    level, because = mapping.proposed_level(CONTENT, EASY)
    assert (level, because) == (
        Level.AM1,
        [("Tror ni att personen når egen försörjning på egen hand?", "Ja")],
    )


def test_nothing_answered_is_am1_without_because():
    assert mapping.proposed_level(CONTENT, {}) == (Level.AM1, [])


def test_needs_come_once_in_the_order_of_the_list():
    answers = {
        "talks": "yes",
        "belief": "1",
        "job_search": "support",
        "investigation": ["external"],
    }
    assert mapping.needs(CONTENT, answers) == [Need.JOB_SEARCH, Need.MOTIVATION, Need.INVESTIGATION]


def test_every_need_can_be_said():
    said = {
        need
        for question in mapping.questions(CONTENT)
        for option in question.options
        for need in option.needs
    }
    assert said == set(Need)


def test_hindrances_come_in_the_order_of_the_form():
    answers = {"circumstances": ["travel", "child_care"], "digital": "no"}
    assert mapping.hindrances(CONTENT, answers) == [
        "Ovan vid digitala tjänster",
        "Barnomsorgen",
        "Resor",
    ]


def test_missing_names_required_questions_only():
    left = [question.key for question in mapping.missing(CONTENT, {"own_words": "Arbeta."})]
    assert "own_words" not in left
    assert "more" not in left
    assert "circumstances" not in left
    assert left == [q.key for q in mapping.questions(CONTENT) if q.required][1:]
    assert mapping.missing(CONTENT, ANSWERS) == []


def test_answers_shown_in_words():
    shown = dict(mapping.answers_shown(CONTENT, ANSWERS | {"circumstances": ["travel", "housing"]}))
    every_day = {one.question: one.answers for one in shown["Hälsa och vardag"]}
    assert every_day["Påverkar hälsan arbete eller studier?"] == ["Nej"]
    assert list(every_day.values())[-1] == ["Boendet", "Resor"]
    assert shown["Det som kan hjälpa"][-1].answers == []


def test_starting_set_is_short_and_whole():
    questions = list(mapping.questions(CONTENT))
    assert len(mapping.sections(CONTENT)) == 5
    assert 15 <= len(questions) <= 18
    assert {q.kind for q in questions} == {"choice", "several", "scale", "text", "yes_no"}
    assert len({q.key for q in questions}) == len(questions)
    for question in questions:
        values = [option.value for option in question.options]
        assert len(set(values)) == len(values)
        assert bool(values) != (question.kind == "text")
        for option in question.options:
            assert option.level in ("", *Level.values)
            assert set(option.needs) <= set(Need)


def test_yes_no_has_its_options_without_saying_them():
    content = {
        "sections": [{"title": "T", "questions": [{"key": "k", "text": "?", "kind": "yes_no"}]}]
    }
    (question,) = mapping.questions(content)
    assert [option.label for option in question.options] == ["Ja", "Nej"]


def form_of(answers, **kwargs):
    data = QueryDict(mutable=True)
    for key, value in answers.items():
        data.setlist(f"q-{key}", value if isinstance(value, list) else [value])
    return mapping.AnswersForm(data, content=CONTENT, **kwargs)


def test_form_gives_the_answers():
    answers = ANSWERS | {"circumstances": ["travel", "housing"]}
    form = form_of(answers)
    assert form.is_valid()
    assert form.cleaned_data == {"answers": answers}


def test_form_asks_for_what_is_missing_and_gives_the_rest():
    form = form_of({"own_words": "  Arbeta.  "})
    assert not form.is_valid()
    assert set(form.errors) == {
        q.key for q in mapping.questions(CONTENT) if q.required and q.key != "own_words"
    }
    assert form.cleaned_data == {"answers": {"own_words": "Arbeta."}}


def test_form_of_a_draft_asks_for_nothing():
    form = form_of({"belief": "2"}, draft=True)
    assert form.is_valid()
    assert form.cleaned_data == {"answers": {"belief": "2"}}


def test_form_of_a_draft_refuses_what_cannot_be_kept():
    form = form_of({"belief": "9", "more": "x" * 2_001}, draft=True)
    assert not form.is_valid()
    assert set(form.errors) == {"belief", "more"}


def test_form_shows_sections_help_and_what_is_required():
    form = mapping.AnswersForm(content=CONTENT)
    section, fields = form.sections()[0]
    assert section.title == "Vad personen vill"
    assert [field.name for field in fields] == ["own_words", "belief", "self_support"]
    assert fields[0].help_text == "Skriv gärna med personens egna ord."
    assert fields[0].field.required
    assert not form["more"].field.required


@pytest.mark.parametrize(
    "answers",
    [{"unknown": "1"}, {"belief": "9"}, {"circumstances": ["moon"]}, {"more": "x" * 2_001}],
    ids=str,
)
def test_checked_refuses_what_the_form_does_not_have(answers):
    with pytest.raises(ValidationError, match="hör inte till kartläggningen"):
        mapping.checked(CONTENT, answers)


def test_checked_leaves_out_what_is_empty():
    answers = {"own_words": " Arbeta. ", "more": "", "circumstances": []}
    assert mapping.checked(CONTENT, answers) == {"own_words": "Arbeta."}
