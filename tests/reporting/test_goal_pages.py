"""The pages of goals and the overview: what is kept, who sees what, and what they cost."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from reporting.goals.degrees import RULE
from reporting.goals.models import BoardGoal, Indicator
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import a_user, an_enrolment
from tests.referrals.builders import Cast, a_referral_in

from .builders import a_board_goal, an_indicator

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
YEAR = TODAY.year
OF_YEAR = f"/mal/{YEAR}/"
NEW = {
    "figure": "exit_share",
    "member": "reason:studies",
    "sex": "women",
    "label": "",
    "direction": "at_least",
    "target": "12",
    "hand_unit": "",
    "hand_outcome": "",
    "hand_until": "",
    "comment": "Nytt i år",
}


@pytest.fixture
def manager(as_user):
    return as_user(a_user(Role.MANAGER))


def test_a_manager_adds_a_goal_and_measures_it(manager):
    answer = manager.post(f"{OF_YEAR}nytt/", {"text": "Fler i studier", "responsible": "Chefen"})
    assert (answer.status_code, answer["Location"]) == (302, OF_YEAR)
    goal = BoardGoal.objects.get()
    assert (goal.year, goal.text, goal.responsible) == (YEAR, "Fler i studier", "Chefen")
    manager.post(reverse("indicator_add", args=[goal.pk]), NEW)
    one = Indicator.objects.get()
    assert (one.dimension, one.member, one.sex, one.target) == (
        "reason",
        "studies",
        "women",
        Decimal(12),
    )
    shown = manager.get(OF_YEAR).content.decode()
    for words in (
        "1. Fler i studier",
        "Ansvarig: Chefen",
        "Avslut efter orsak, Teoretiska studier, kvinnor",
        "minst 12\u00a0%",
        "Nytt i år",
        RULE.partition(".")[0],
    ):
        assert words in shown


def test_what_is_refused_keeps_what_was_typed(manager):
    goal = a_board_goal(YEAR)
    answer = manager.post(
        reverse("indicator_add", args=[goal.pk]), {**NEW, "figure": "exits", "member": "kind:other"}
    )
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Siffran delas inte in så. Den delas in efter: avslutsorsak, nivå, ålder." in shown
    assert 'value="kind:other" selected' in shown
    assert "Nytt i år" in shown
    assert not Indicator.objects.exists()


def test_a_decimal_is_written_with_a_comma(manager):
    goal = a_board_goal(YEAR)
    manager.post(
        reverse("indicator_add", args=[goal.pk]),
        {**NEW, "figure": "weeks_enrolled_median", "member": "", "target": "16,5"},
    )
    one = Indicator.objects.get()
    assert str(one.target) == "16.5"
    shown = manager.get(reverse("indicator_change", args=[one.pk])).content.decode()
    assert 'value="16,5"' in shown


def test_a_manager_changes_and_removes(manager):
    one = an_indicator(a_board_goal(YEAR))
    goal = one.goal
    manager.post(
        reverse("indicator_change", args=[one.pk]), {**NEW, "target": "15", "seen_version": 1}
    )
    manager.post(
        reverse("board_goal_change", args=[goal.pk]),
        {"text": "Annat", "responsible": "", "seen_version": 1},
    )
    one.refresh_from_db()
    goal.refresh_from_db()
    assert (one.target, one.version, goal.text, goal.version) == (
        Decimal(15),
        2,
        "Annat",
        2,
    )
    answer = manager.post(reverse("board_goal_remove", args=[goal.pk]), follow=True)
    assert "Målet har indikatorer. Ta bort dem först." in answer.content.decode()
    manager.post(reverse("indicator_remove", args=[one.pk]))
    answer = manager.post(reverse("board_goal_remove", args=[goal.pk]), follow=True)
    assert "Mål 1 är borttaget." in answer.content.decode()
    assert not BoardGoal.objects.exists()


def test_two_who_change_the_same_goal_are_shown_both_texts(manager):
    goal = a_board_goal(YEAR)
    url = reverse("board_goal_change", args=[goal.pk])
    manager.post(url, {"text": "Den förstas", "responsible": "", "seen_version": 1})
    answer = manager.post(url, {"text": "Den andras", "responsible": "", "seen_version": 1})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "Den förstas" in shown
    assert "Den andras" in shown


def test_two_who_change_the_same_indicator_are_shown_what_each_chose(manager):
    url = reverse("indicator_change", args=[an_indicator(a_board_goal(YEAR)).pk])
    manager.post(url, {**NEW, "seen_version": 1})
    answer = manager.post(url, {**NEW, "figure": "participants", "member": "", "seen_version": 1})
    shown = " ".join(strip_tags(answer.content.decode()).split())
    assert answer.status_code == 409
    assert "Grupp Du skrev – Sparat nu Teoretiska studier" in shown
    assert "Målvärde Du skrev" not in shown  # 12 is what the other wrote too


def test_the_goals_of_the_year_before_are_copied_from_the_page(manager):
    an_indicator(a_board_goal(YEAR - 1, text="Som förra året"))
    assert "Kopiera från året före" in manager.get(OF_YEAR).content.decode()
    answer = manager.post(f"{OF_YEAR}kopiera/", follow=True)
    shown = answer.content.decode()
    assert "1. Som förra året" in shown
    assert "Kopiera från året före" not in shown
    answer = manager.post(f"{OF_YEAR}kopiera/", follow=True)
    assert f"Det finns redan mål för {YEAR}." in answer.content.decode()


def test_a_year_that_is_closed_is_read_and_not_changed(manager):
    one = an_indicator(a_board_goal(YEAR - 2))
    shown = manager.get(f"/mal/{YEAR - 2}/").content.decode()
    assert f"Målen för {YEAR - 2} är stängda" in shown
    assert "Nytt mål" not in shown
    assert reverse("indicator_change", args=[one.pk]) not in shown
    answer = manager.post(reverse("indicator_change", args=[one.pk]), {**NEW, "seen_version": 1})
    assert answer.status_code == 422


def test_what_is_missing_is_listed(manager):
    a_board_goal(YEAR)
    an_indicator(a_board_goal(YEAR), None)
    shown = manager.get(OF_YEAR).content.decode()
    assert "Mål 1 har ingen indikator." in shown
    assert "”Avslut till arbete eller studier” har inget målvärde." in shown


def test_a_controller_reads_goals_and_changes_none(as_user):
    one = an_indicator(a_board_goal(YEAR))
    client = as_user(a_user(Role.CONTROLLER))
    shown = client.get(OF_YEAR).content.decode()
    assert one.label in shown
    assert "Nytt mål" not in shown
    assert client.post(f"{OF_YEAR}nytt/", {"text": "Nytt"}).status_code == 403
    assert client.post(reverse("indicator_remove", args=[one.pk])).status_code == 403


@pytest.mark.parametrize("name", ["board_goals_copy", "board_goal_remove", "indicator_remove"])
def test_nothing_is_changed_by_reading(manager, name):
    one = an_indicator(a_board_goal(YEAR))
    place = {"board_goals_copy": YEAR, "board_goal_remove": one.goal.pk}.get(name, one.pk)
    assert manager.get(reverse(name, args=[place])).status_code == 405


# The overview


def test_the_overview_shows_the_year_against_targets_and_last_year(as_user, manager):
    kim = a_user(name="Kim Konsulent")
    an_enrolment(TODAY, consultant=kim)
    an_enrolment(TODAY.replace(year=YEAR - 1, day=min(TODAY.day, 28)), TODAY, consultant=kim)
    an_indicator(a_board_goal(YEAR), 3, label="Nya", figure="enrolments_started")
    shown = manager.get("/oversikt/").content.decode()
    for words in ("Nya", "minst 3", "Året pågår", "Kim Konsulent", RULE, "<svg"):
        assert words in shown
    assert not AccessRecord.objects.exists()  # figures and colleagues, no participant


def test_a_controller_sees_figures_and_no_caseloads(as_user):
    kim = a_user(name="Kim Konsulent")
    an_enrolment(TODAY, consultant=kim)
    shown = as_user(a_user(Role.CONTROLLER)).get("/oversikt/").content.decode()
    assert "In och ut" in shown
    assert "Kim Konsulent" not in shown
    assert "per konsulent" not in shown


@pytest.mark.parametrize("url", ["/oversikt/", OF_YEAR])
def test_a_page_asks_as_often_whatever_is_in_the_database(manager, url):
    asked = []
    for _ in range(2):
        goal = a_board_goal(YEAR)
        an_indicator(goal)
        an_indicator(goal)
        an_enrolment(TODAY - timedelta(days=20), TODAY)
        an_enrolment(TODAY - timedelta(days=20), consultant=a_user())
        a_referral_in("accepted", Cast())
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(url).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert asked[0] <= 50
