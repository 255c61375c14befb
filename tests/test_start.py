"""The start page: what each role has to act on, whom it shows, and what it costs."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from participants.models import Goal, Note, Step, StepState
from referrals.models import Status
from reporting.content import build_content
from reporting.models import ReportRun, RunState
from reporting.periods import Period
from sundbyberg_am.access import Role
from sundbyberg_am.first_time import SAID
from sundbyberg_am.models import AccessRecord
from tests.builders import a_participant, a_plan, a_referral, a_unit, a_user, an_enrolment
from tests.referrals.builders import Cast, a_referral_in
from tests.reporting.builders import a_board_goal, an_indicator

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
START = TODAY - timedelta(days=100)


def start_page(client) -> str:
    """What is read, on one line."""
    page = client.get("/")
    assert page.status_code == 200
    main = page.content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def a_step(goal: Goal, text: str, due_on: date | None, state: str = StepState.PLANNED) -> Step:
    return Step.objects.create(goal=goal, text=text, due_on=due_on, state=state)


@pytest.mark.parametrize("role", Role)
def test_what_is_said_the_first_times_is_said_until_it_is_read(role, as_user):
    client = as_user(a_user(role))
    assert SAID[role] in start_page(client)
    client.post("/konto/tips/")
    assert SAID[role] not in start_page(client)
    client.force_login(a_user(next(one for one in Role if one != role)))
    assert "Visa inte det här igen" in start_page(client)


def test_caseload_shows_the_next_step_of_the_plan_in_force(as_user):
    kim = a_user()
    case = an_enrolment(START, consultant=kim)
    old = Goal.objects.create(plan=a_plan(case, START), text="Mål")
    a_step(old, "Steg i en äldre plan", START)
    goal = Goal.objects.create(plan=a_plan(case, START + timedelta(days=1)), text="Mål")
    a_step(goal, "Steg utan dag", None)
    a_step(goal, "Steg som är klart", START, StepState.DONE)
    a_step(goal, "Steg som är sent", TODAY - timedelta(days=1))
    a_step(goal, "Steg i morgon", TODAY + timedelta(days=1))
    draft = Goal.objects.create(plan=a_plan(case), text="Mål")
    a_step(draft, "Steg i ett utkast", START)

    page = start_page(as_user(kim))
    assert f"Steg som är sent skulle varit klart {TODAY - timedelta(days=1)}" in page
    for other in ("äldre", "utan dag", "är klart", "i morgon", "utkast"):
        assert f"Steg i {other}" not in page
        assert f"Steg {other}" not in page


@pytest.mark.parametrize(("due", "words"), [(0, "senast"), (-1, "skulle varit klart")])
def test_a_step_due_today_is_not_late(as_user, due, words):
    kim = a_user()
    goal = Goal.objects.create(
        plan=a_plan(an_enrolment(START, consultant=kim), START), text="Jag vill jobba"
    )
    a_step(goal, "Skriva cv", TODAY + timedelta(days=due))
    assert f"Skriva cv {words} {TODAY + timedelta(days=due)}" in start_page(as_user(kim))


def test_caseload_says_what_is_missing(as_user):
    kim = a_user()
    an_enrolment(TODAY, consultant=kim, level=None)
    assert "mindre än en vecka nivå, plan, utbildning" in start_page(as_user(kim))


def test_caseload_is_the_own_open_cases(as_user):
    kim, other = a_user(), a_user()

    def named(name: str, **fields: object) -> None:
        person = a_participant(first_name=name, last_name="Ek", education="primary")
        case = an_enrolment(START, participant=person, **fields)  # type: ignore[arg-type]
        a_plan(case, START, follow_up_on=TODAY + timedelta(days=30))
        Note.objects.create(enrolment=case, happened_on=TODAY, text="Möte", created_by=other)

    named("Egen", consultant=kim)
    named("Ersatt", consultant=other, deputy=kim)
    named("Annans", consultant=other)
    named("Avslutad", consultant=kim, ended_on=TODAY, reason="moved")
    named("Annanstans", consultant=kim, unit=a_unit("Annan enhet"))
    page = start_page(as_user(kim))
    assert "Egen Ek" in page
    assert "Dina deltagare 1" in page
    caseload = page.partition("Dina deltagare 1")[2]
    for name in ("Ersatt", "Annans", "Avslutad", "Annanstans"):
        assert f"{name} Ek" not in caseload


def test_everybody_on_the_page_is_on_record_once(as_user):
    kim = a_user()
    late = an_enrolment(START, consultant=kim)  # on several lists and in the caseload
    quiet = an_enrolment(TODAY, consultant=kim)
    start_page(as_user(kim))
    record = AccessRecord.objects.get()
    assert sorted(record.subjects) == sorted(
        [late.participant.public_id, quiet.participant.public_id]
    )


def test_a_consultant_with_nobody_is_told_so_and_nothing_is_recorded(as_user):
    assert "Du har inga deltagare just nu." in start_page(as_user(a_user()))
    assert not AccessRecord.objects.exists()


def test_what_waits_goes_away_by_itself_when_it_is_done(as_user):
    kim = a_user()
    case = an_enrolment(START, consultant=kim)
    client = as_user(kim)
    assert "Ingen kontakt på 30 dagar 1" in start_page(client)
    Note.objects.create(enrolment=case, happened_on=TODAY, text="Möte", created_by=kim)
    assert "Ingen kontakt på 30 dagar: inget att göra" in start_page(client)


@pytest.mark.parametrize("status", ["submitted", "completion_asked", "completed"])
def test_a_referral_waits_with_whoever_has_to_act(as_user, status):
    cast = Cast()
    referral = a_referral_in(status, cast)
    with_coordinator = (
        referral.name
        in start_page(as_user(cast.coordinator))
        .partition("Väntar på komplettering")[0]
        .partition("Nya anvisningar" if status == "submitted" else "Kompletterade anvisningar")[2]
    )
    with_sender = "Att komplettera 1" in start_page(as_user(cast.sender))
    assert (with_coordinator, with_sender) == (
        status != "completion_asked",
        status == "completion_asked",
    )


def test_manager_sees_how_cases_and_waiting_referrals_have_gone(as_user):
    def ago(days: int) -> date:
        return TODAY - timedelta(days=days)

    an_enrolment(START)
    an_enrolment(START, ago(21))
    elsewhere = an_enrolment(ago(14), unit=a_unit("Annan enhet"))
    a_referral(ago(28), enrolment=elsewhere)
    a_referral(ago(14))
    a_referral(ago(7))
    a_referral(ago(20), status=Status.WITHDRAWN, withdrawn_on=ago(20))
    page = as_user(a_user(Role.MANAGER)).get("/")
    ongoing, waiting = ([size for _, size in trend.values] for trend in page.context["trends"])
    assert ongoing == [2] * 9 + [1] * 3
    assert waiting == [0] * 7 + [1, 1, 1, 2, 2]
    assert page.content.decode().count('<svg class="plot"') == 2


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CONTROLLER])
def test_goals_stand_as_in_the_latest_report_that_the_role_may_read(as_user, role):
    an_indicator(a_board_goal(TODAY.year), label="Till arbete i tid")
    eva, now = a_user(Role.MANAGER), timezone.now()
    period = Period.parse(str(TODAY.year))
    content = build_content(period, counted_on=TODAY)

    def a_run(label: str, **fields: object) -> None:
        content["goals"]["goals"][0]["indicators"][0]["label"] = label
        ReportRun.objects.create(
            **{
                "period_code": period.code,
                "state": RunState.READY,
                "ordered_by": eva,
                "content": content,
                "fingerprint": "0" * 64,
                "finished_at": now,
                "approved_at": now,
                "approved_by": eva,
                **fields,
            }
        )

    a_run("Ett äldre", finished_at=now - timedelta(days=1))
    a_run("Det nyaste")
    draft = {"approved_at": None, "approved_by": None, "finished_at": now + timedelta(hours=1)}
    a_run("Ett kasserat", **draft, discarded_at=now, discarded_by=eva)
    a_run("Förra året", period_code=str(TODAY.year - 1), finished_at=now + timedelta(days=1))
    page = start_page(as_user(a_user(role)))
    assert "Det nyaste – minst 50 %" in page
    a_run("Ett utkast", **draft)
    page = start_page(as_user(a_user(role)))
    assert ("Ett utkast – minst 50 %" in page) == (role == Role.MANAGER)


@pytest.mark.parametrize("role", Role)
def test_nothing_is_drawn_where_nothing_has_been(as_user, role):
    assert 'class="plot"' not in as_user(a_user(role)).get("/").content.decode()


@pytest.mark.parametrize("role", Role)
def test_page_has_the_same_number_of_queries_however_much_waits(as_user, role):
    kim = a_user(role)
    cast = Cast()

    def more(times: int) -> None:
        for _ in range(times):
            keeps = kim if role == Role.CONSULTANT else None
            an_enrolment(START, consultant=keeps, level=None)
            a_referral_in("submitted", cast)
            a_referral_in("completion_asked", cast)

    def queries() -> int:
        client = as_user(kim)
        client.get("/")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/")
        return len(asked)

    more(1)
    with_one = queries()
    more(20)
    assert queries() == with_one
    assert with_one <= 25
