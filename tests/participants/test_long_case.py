"""The page of someone who has been enrolled for years, and what is nearest at hand on it."""

from datetime import timedelta

import pytest

from participants.models import Goal, Intervention, Note, Step
from tests.builders import a_level, a_participant, a_plan, an_enrolment, an_intervention

from .reading import TODAY, queries, text_of, to

pytestmark = pytest.mark.django_db

YEARS = TODAY - timedelta(days=5 * 365)


@pytest.fixture
def long_case(kim):
    """Five years, 400 notes, 60 interventions, five versions of a plan of thirty steps."""
    person = a_participant(
        first_name="Karl",
        last_name="Wåhlin-Ström af Ekenstam",
        phone="070-174 06 05",
        contact_preference="Sms på förmiddagen",
        interpreter_language="somaliska",
    )
    case = an_enrolment(YEARS, participant=person, consultant=kim)
    Note.objects.bulk_create(
        Note(
            enrolment=case,
            happened_on=YEARS + timedelta(days=4 * number),
            text=f"Anteckning {number}.",
            created_by=kim,
        )
        for number in range(400)
    )
    Intervention.objects.bulk_create(
        Intervention(
            enrolment=case,
            kind="guidance",
            started_on=YEARS + timedelta(days=30 * number),
            ended_on=None if number > 57 else YEARS + timedelta(days=30 * number + 20),
        )
        for number in range(60)
    )
    for number in range(5):
        a_level(case, ["AM3", "AM2"][number % 2], YEARS + timedelta(days=100 * number + 1))
        plan = a_plan(case, YEARS + timedelta(days=200 * number))
        for text in ("Jag vill jobba i kök", "Jag vill må bra"):
            goal = Goal.objects.create(plan=plan, text=text)
            Step.objects.bulk_create(Step(goal=goal, text=f"Steg {n}") for n in range(15))
    return case


def test_the_page_of_five_years_costs_at_most_twenty_queries(client, long_case):
    assert queries(client, to("participant", long_case)) <= 20


def test_the_page_of_five_years_costs_what_that_of_a_day_costs(client, long_case, kim):
    short = an_enrolment(TODAY, consultant=kim)
    an_intervention(short, TODAY)
    a_plan(short, TODAY)
    goal = Goal.objects.create(plan=short.plans.get(), text="Jag vill jobba i kök")
    Step.objects.create(goal=goal, text="Steg")
    long = queries(client, to("participant", long_case))
    assert long == queries(client, to("participant", short))


def test_the_page_of_five_years_shows_the_newest_of_what_happened(client, long_case):
    response = client.get(to("participant", long_case), {"visa": "anteckningar"})
    assert [event.text for event in response.context["events"]] == [
        f"Anteckning {number}." for number in range(399, 379, -1)
    ]
    assert "Anteckning 379." not in text_of(response)


def test_how_to_reach_the_person_stands_at_the_top(client, long_case):
    top = client.get(to("participant", long_case)).content.decode().partition("</header>")[2]
    top = top.partition("</header>")[0]
    for expected in ("070-174 06 05", "Nås bäst: Sms på förmiddagen", "Tolk på somaliska"):
        assert expected in top


def test_what_comes_next_is_one_click_from_the_top(client, long_case, kim):
    def at_the_top(case):
        page = client.get(to("participant", case)).content.decode()
        return page.partition("page-head__actions")[2].partition("</header>")[0]

    top = at_the_top(long_case)
    assert to("note_add", long_case) in top
    assert to("plan_follow_up", long_case) in top
    assert 'href="#insatser"' in top

    one = an_enrolment(TODAY, consultant=kim)
    only = an_intervention(one, TODAY)
    assert to("intervention_end", one, only.pk) in at_the_top(one)
    assert to("plan_follow_up", one) not in at_the_top(one)

    ended = an_enrolment(YEARS, TODAY, consultant=kim)
    a_plan(ended, YEARS)
    assert to("note_add", ended) in at_the_top(ended)
    assert to("plan_follow_up", ended) not in at_the_top(ended)
