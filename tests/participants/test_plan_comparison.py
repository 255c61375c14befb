"""Two versions side by side: same, changed, new, gone."""

from datetime import date, timedelta

import pytest

from participants.models import Goal, Step
from participants.plan_comparison import Mark, compare
from tests.builders import a_plan, an_enrolment

from .reading import START, TODAY, queries, text_of, to

pytestmark = pytest.mark.django_db


def a_version(case, adopted_on, **goals):
    """A version with goals, each with its steps: texts, or fields of a step."""
    plan = a_plan(case, adopted_on)
    for text, steps in goals.items():
        goal = Goal.objects.create(plan=plan, text=text.replace("_", " "))
        for step in steps:
            fields = {"text": step} if isinstance(step, str) else step
            Step.objects.create(goal=goal, **fields)
    return plan


def marks(before, after):
    """What is said of each goal and its steps, with the texts."""
    return [
        (
            pair.mark,
            (pair.after or pair.before).text,
            [(step.mark, (step.after or step.before).text) for step in pair.steps],
        )
        for pair in compare(before, after)
    ]


def test_what_is_the_same_changed_new_and_gone_is_told_apart():
    case = an_enrolment(START)
    before = a_version(
        case,
        START,
        Jag_vill_jobba_i_kök=[
            "Skriva cv",
            "Söka fem jobb i veckan",
            "Ringa kocken",
            {"text": "Gå kursen i livsmedelshygien", "state": "done"},
        ],
        Jag_vill_må_bättre=["Träna två gånger"],
    )
    after = a_version(
        case,
        TODAY,
        Jag_vill_jobba_i_ett_kök=["Söka tio jobb i veckan", "Skriva cv", "Praktik på Kanalen"],
        Jag_vill_ta_körkort=["Boka teori"],
    )
    assert marks(before, after) == [
        (
            Mark.CHANGED,
            "Jag vill jobba i ett kök",
            [
                (Mark.CHANGED, "Söka tio jobb i veckan"),
                (Mark.SAME, "Skriva cv"),
                (Mark.NEW, "Praktik på Kanalen"),
                (Mark.GONE, "Ringa kocken"),
                (Mark.FINISHED, "Gå kursen i livsmedelshygien"),
            ],
        ),
        (Mark.NEW, "Jag vill ta körkort", [(Mark.NEW, "Boka teori")]),
        (Mark.GONE, "Jag vill må bättre", [(Mark.GONE, "Träna två gånger")]),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"state": "ongoing"},
        {"kind": "contact"},
        {"responsible": "consultant"},
        {"due_on": date(2026, 12, 1)},
    ],
)
def test_a_step_with_the_same_words_is_changed_by_any_of_its_fields(change):
    case = an_enrolment(START)
    before = a_version(case, START, Jobba=["Skriva cv"])
    after = a_version(case, TODAY, Jobba=[{"text": "Skriva cv", **change}])
    assert marks(before, after) == [(Mark.SAME, "Jobba", [(Mark.CHANGED, "Skriva cv")])]


def test_the_same_words_twice_are_two_steps():
    case = an_enrolment(START)
    before = a_version(case, START, Jobba=["Öva", "Öva"])
    after = a_version(case, TODAY, Jobba=["Öva"])
    assert marks(before, after) == [(Mark.SAME, "Jobba", [(Mark.SAME, "Öva"), (Mark.GONE, "Öva")])]


# The page


def test_the_page_compares_the_newest_two_and_any_two(client, case):
    day = START
    for text in ("Skriva cv", "Ringa kocken", "Boka teori"):
        a_version(case, day, Jobba=[text])
        day += timedelta(days=1)
    newest = text_of(client.get(to("plan_compare", case)))
    assert "Version 2 Version 3" in newest
    assert "+ Nytt Finns inte Boka teori" in newest
    assert "− Borttaget Ringa kocken" in newest
    chosen = text_of(client.get(to("plan_compare", case), {"fran": 3, "till": 1}))
    assert "Version 3 Version 1" in chosen
    assert "− Borttaget Boka teori" in chosen
    same = text_of(client.get(to("plan_compare", case), {"fran": 2, "till": 2}))
    assert "Välj två olika versioner." in same


@pytest.mark.parametrize("asked", [{"fran": "x"}, {"fran": 99}, {"till": ""}])
def test_the_page_answers_whatever_is_asked(client, case, asked):
    a_version(case, START, Jobba=["Skriva cv"])
    a_version(case, TODAY, Jobba=["Skriva cv"])
    assert client.get(to("plan_compare", case), asked).status_code == 200


def test_with_one_version_or_none_there_is_nothing_to_compare(client, case):
    for _ in range(2):
        said = text_of(client.get(to("plan_compare", case)))
        assert "Det finns inte två versioner att jämföra än." in said
        a_version(case, START + timedelta(days=1), Jobba=["Skriva cv"])
    said = text_of(client.get(to("plan_compare", case)))
    assert "Det finns inte två versioner" not in said


def test_comparing_costs_the_same_however_many_versions(client, case):
    a_version(case, START, Jobba=["Skriva cv"])
    a_version(case, START, Jobba=["Skriva cv"], Må_bra=["Träna"] * 30)
    few = queries(client, to("plan_compare", case))
    for _ in range(8):
        a_version(case, START, Jobba=["Skriva cv"] * 30, Må_bra=["Träna"])
    assert queries(client, to("plan_compare", case)) == few
