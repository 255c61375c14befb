"""The demonstration municipality: the audit's year, the same past every time, and legal states only."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from statistics import median

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from participants.models import (
    NEED_ANSWERED_BY,
    AgreedPoint,
    Assessment,
    DomainSteps,
    Enrolment,
    Handover,
    Intervention,
    LevelChange,
    Meeting,
    Need,
    Note,
    NoteTemplate,
    Offer,
    Participant,
    Pause,
    Plan,
    Step,
    TeamReview,
    TeamState,
)
from referrals.checks import check_answered
from referrals.mapping import checked
from referrals.models import FollowUp, MappingForm, Referral, ReferralEvent, Status
from sundbyberg_am.access import Role
from sundbyberg_am.demo import SIGN_INS, seed
from sundbyberg_am.demo.flow import everything
from sundbyberg_am.models import User
from sundbyberg_am.personnummer import Personnummer
from tests.builders import a_participant

from .photograph import Photograph, look, photograph

# One worker seeds for all of them.
pytestmark = pytest.mark.xdist_group("demo")

TODAY = date(2026, 11, 24)
LEAP_DAY = date(2024, 2, 29)


@dataclass
class Photographs:
    """The municipality as it was on a leap day, twice, and as it is TODAY."""

    then: Photograph
    again: Photograph
    now: Photograph


@pytest.fixture(scope="module")
def photographs(django_db_setup, django_db_blocker) -> Iterator[Photographs]:
    """Taken one after another; the municipality of TODAY stays, for as long as the tests of this file."""
    with django_db_blocker.unblock():
        then, again = photograph(LEAP_DAY), photograph(LEAP_DAY)
        with transaction.atomic():
            seed(TODAY)
            yield Photographs(then, again, look(TODAY))
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def seeded(photographs):
    """The municipality as it is TODAY."""


def _of_2022() -> list[Enrolment]:
    return [
        case
        for case in Enrolment.objects.select_related("participant", "exit_reason")
        if case.started_on <= date(2022, 12, 31)
        and (case.ended_on is None or case.ended_on >= date(2022, 1, 1))
    ]


def _is_woman(case: Enrolment) -> bool:
    return int(str(case.participant.personnummer)[10]) % 2 == 0


def test_2022_has_the_participants_of_the_audit(seeded):
    cases = _of_2022()
    levels: Counter[str] = Counter()
    for case in cases:
        last = min(case.ended_on or date.max, date(2022, 12, 31))
        history = sorted(
            (change.valid_from, change.pk, change.level)
            for change in LevelChange.objects.filter(enrolment=case)
            if change.valid_from <= last
        )
        levels[history[-1][2] if history else "unknown"] += 1

    assert len({case.participant_id for case in cases}) == len(cases) == 220
    assert levels == {"AM1": 5, "AM2": 108, "AM3": 104, "unknown": 3}


def test_2022_has_the_weeks_and_exits_of_the_audit(seeded):
    exits = [case for case in _of_2022() if case.ended_on and case.ended_on.year == 2022]
    weeks: dict[bool, list[float]] = {True: [], False: []}
    for case in exits:
        assert case.ended_on
        weeks[_is_woman(case)].append((case.ended_on - case.started_on).days / 7)
    reasons = Counter(case.exit_reason.code for case in exits if case.exit_reason)

    def per_cent(code: str) -> int:
        return int(100 * reasons[code] / len(exits) + 0.5)

    assert (round(median(weeks[True])), round(median(weeks[False]))) == (19, 16)
    assert {
        code: per_cent(code)
        for code in (
            "work_unsubsidised",
            "goal_other_actor",
            "goal_back_to_referrer",
            "studies",
            "work_subsidised",
        )
    } == {
        "work_unsubsidised": 29,
        "goal_other_actor": 17,
        "goal_back_to_referrer": 17,
        "studies": 12,
        "work_subsidised": 9,
    }


def test_the_years_around_move_towards_more_support(seeded):
    first_levels: dict[int, Counter[str]] = {}
    for started_on, level in LevelChange.objects.values_list("enrolment__started_on", "level"):
        first_levels.setdefault(started_on.year, Counter())[level] += 1
    shares = {year: levels["AM1"] / levels.total() for year, levels in first_levels.items()}

    assert shares[2021] > 0.08 > 0.06 > shares[2024]
    for year in (2023, 2024, 2025):
        assert 190 <= Enrolment.objects.filter(started_on__year=year).count() <= 260


def test_seeding_the_same_day_again_gives_the_same(photographs):
    assert photographs.again == photographs.then


def test_the_past_does_not_depend_on_today(photographs):
    then, now = photographs.then.up_to(LEAP_DAY), photographs.now.up_to(LEAP_DAY)

    for name in then:
        assert then[name] == now[name], name


@pytest.mark.parametrize("moment", ["then", "now"])
def test_there_is_something_to_act_on(photographs, moment):
    photo: Photograph = getattr(photographs, moment)

    assert all(photo.lists.values()), photo.lists
    assert 60 <= photo.lists["ongoing"] <= 105
    assert photo.referrals["drafts"] and photo.referrals["returned"]
    assert photo.referrals["withdrawn"] and 4 <= photo.referrals["undecided"] <= 13


def test_today_referrals_stand_in_every_state(photographs):
    assert all(photographs.now.referrals.values()), photographs.now.referrals


def test_no_list_is_empty_for_long():
    """Also on days that no other test looks at: most of the year, each list has something in it."""
    ways = everything(date(2029, 12, 31))
    days = [date(2023, 6, 1) + timedelta(days=7 * week) for week in range(330)]
    empty: Counter[str] = Counter()
    for day in days:
        stays = [way.stay for way in ways if way.stay and way.closed_on <= day]
        open_stays = [stay for stay in stays if stay.ended_on > day and stay.started_on <= day]
        month_ago = day - timedelta(days=30)
        states = {way.status_on(day) for way in ways}
        found = {
            "plan": any(
                stay.started_on <= month_ago and not any(p.adopted_on <= day for p in stay.plans)
                for stay in open_stays
            ),
            "contact": any(
                max((n.happened_on for n in s.notes if n.happened_on <= day), default=s.started_on)
                <= month_ago
                for s in open_stays
            ),
            "intervention": any(
                i.planned_end_on < day < i.ended_on for s in open_stays for i in s.interventions
            ),
            "asked": Status.COMPLETION_ASKED in states,
            "completed": Status.COMPLETED in states,
            "draft": Status.DRAFT in states,
        }
        empty.update(name for name, is_there in found.items() if not is_there)
        assert 50 <= len(open_stays) <= 110

    assert all(number < 0.15 * len(days) for number in empty.values()), empty


def test_numbers_are_of_the_series_for_tests(seeded):
    numbers = list(Participant.objects.exclude(personnummer=None).values_list("personnummer"))
    for (digits,) in numbers:
        assert digits and 980 <= int(digits[8:11]) <= 999
        assert Personnummer.parse(digits, today=TODAY).digits == digits
    assert sum(Personnummer(digits).is_coordination_number for (digits,) in numbers if digits) > 5

    nameless = Participant.objects.get(personnummer=None)
    assert nameless.no_personnummer_reason and nameless.birth_date


def test_everybody_is_of_working_age_when_referred(seeded):
    for referral in Referral.objects.exclude(submitted_on=None):
        assert referral.submitted_on
        age = referral.age_on(referral.submitted_on)
        assert age is not None and 16 <= age <= 65


def test_every_row_keeps_its_models_rules(seeded):
    models = (Participant, LevelChange, Plan, Intervention, Note, Referral, ReferralEvent)
    for model in (*models, Meeting, AgreedPoint, Assessment, DomainSteps):
        for row in model._default_manager.select_related(
            *({"enrolment", "meeting"} & {field.name for field in model._meta.fields})
        ):
            row.clean_fields(exclude={f.name for f in model._meta.fields if f.is_relation})
            row.clean()


def test_nothing_in_a_case_happens_after_it_has_ended_or_after_today(seeded):
    for enrolment__ended_on, *days in [
        *Plan.objects.values_list("enrolment__ended_on", "adopted_on"),
        *LevelChange.objects.values_list("enrolment__ended_on", "valid_from"),
        *Intervention.objects.values_list("enrolment__ended_on", "started_on", "ended_on"),
        *Note.objects.values_list("enrolment__ended_on", "happened_on"),
        *Meeting.objects.values_list("enrolment__ended_on", "day"),
        *Assessment.objects.values_list("enrolment__ended_on", "assessed_on"),
    ]:
        last = min(enrolment__ended_on or date.max, TODAY + timedelta(days=20))
        assert all(day <= last for day in days if day)
    assert not Enrolment.objects.filter(ended_on__gt=TODAY).exists()
    assert not Note.objects.filter(happened_on__gt=TODAY).exists()
    assert not Note.objects.filter(created_at__date__gt=TODAY).exists()
    ended = Intervention.objects.filter(enrolment__ended_on__isnull=False)
    assert not ended.filter(ended_on=None).exists()


def test_only_work_and_studies_are_confirmed(seeded):
    other = Enrolment.objects.exclude(exit_reason__kas_class__in="AB")
    assert not other.exclude(exit_confirmed=None).exists()
    unconfirmed = Enrolment.objects.exit_unconfirmed()
    assert all(case.ended_on and (TODAY - case.ended_on).days < 70 for case in unconfirmed)


def test_an_adopted_plan_has_goals_with_steps(seeded):
    assert not Plan.objects.exclude(adopted_on=None).filter(goals=None).exists()
    assert not Plan.objects.exclude(adopted_on=None).filter(goals__steps=None).exists()
    assert {"planned", "ongoing", "done", "cancelled"} == set(
        Step.objects.values_list("state", flat=True).distinct()
    )


def test_interventions_are_of_every_kind_and_of_known_offers(seeded):
    kinds = set(Intervention.objects.values_list("kind", flat=True))
    used = set(Intervention.objects.exclude(offer=None).values_list("offer__name", flat=True))
    free = Intervention.objects.filter(offer=None)

    assert len(kinds) == 11
    assert used == set(Offer.objects.values_list("name", flat=True))
    for offer in ("Jobbcenter", "Sundbybergs-jobb", "Sundbas", "MIA Vidare", "Rusta och matcha"):
        assert offer in used
    assert {"Kompetensteam", "Vuxenutbildningen"} < used
    assert free.exists() and not free.filter(provider="").exists()
    for project in ("Sundbas", "MIA Vidare"):
        assert not Intervention.objects.filter(
            offer__name=project, started_on__gt=date(2022, 12, 31)
        ).exists()


def test_one_offer_is_just_full_and_the_projects_have_ended(seeded):
    counted = {(one.name, one.kind): one for one in Offer.objects.with_taken_on(TODAY)}
    full = [one for one in counted.values() if one.is_full]

    assert [(one.name, one.kind) for one in full] == [("Jobbcenter", "job_search")]
    assert full[0].places == full[0].taken > 0
    assert {one.name for one in counted.values() if one.has_ended_by(TODAY)} == {
        "Sundbas",
        "MIA Vidare",
    }


def test_no_offer_has_given_more_places_than_it_has(seeded):
    for month in range(70):
        day = date(2021, 1, 15) + timedelta(days=30 * month)
        for one in Offer.objects.with_taken_on(day):
            if (one.name, one.kind) != ("Jobbcenter", "job_search"):
                assert one.places is None or one.taken <= one.places, (one.name, day)


def test_each_need_of_an_intervention_is_one_that_its_kind_answers(seeded):
    pairs = set(Intervention.objects.values_list("need", "kind"))
    assert len(pairs) > 10
    for need, kind in pairs:
        assert kind in NEED_ANSWERED_BY[Need(need)]


def test_notes_have_templates(seeded):
    assert NoteTemplate.objects.count() >= 3


def test_most_are_assessed_since_2023_and_a_part_before(seeded):
    def share(cases) -> float:
        return cases.filter(assessments__isnull=False).distinct().count() / cases.count()

    month_ago = TODAY - timedelta(days=30)
    since = Enrolment.objects.filter(started_on__gte=date(2023, 1, 1), started_on__lte=month_ago)
    assert share(since) > 0.8
    assert 0.1 < share(Enrolment.objects.filter(started_on__lt=date(2023, 1, 1))) < 0.5
    assert {"start", "follow_up", "exit"} == set(
        Assessment.objects.values_list("occasion", flat=True).distinct()
    )
    # Work waits, and yet most cases are in time.
    due = Enrolment.objects.progress_due(TODAY).count()
    assert 5 < due < Enrolment.objects.ongoing_on(TODAY).count() / 2


def test_everybody_in_the_list_can_sign_in(seeded, client):
    roles = set()
    for username, password, label in SIGN_INS:
        user = User.objects.get(username=username)
        assert user.check_password(password) and user.is_active
        assert Role(user.role).label in label
        user.clean()
        roles.add(user.role)
    assert roles == set(Role.values)


def test_nothing_of_a_person_is_in_what_is_written(seeded):
    """No note holds a number or a name: only the person's own row does."""
    for text in Note.objects.values_list("text", flat=True).distinct():
        assert not any(character.isdigit() for character in text)


@pytest.mark.django_db
def test_seed_demo_refuses_a_database_with_people_in_it(capsys):
    a_participant()
    with pytest.raises(SystemExit) as stop:
        call_command("seed_demo")
    assert stop.value.code == 1
    assert "inte tom" in capsys.readouterr().err
    assert Participant.objects.count() == 1 and not User.objects.exists()


@pytest.mark.parametrize(
    ("day", "sentence"), [("2020-12-31", "välj en dag från"), ("31/12", "skriv dagen som")]
)
def test_seed_demo_refuses_a_day_that_is_none(day, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("seed_demo", "--today", day)


@pytest.mark.django_db
def test_seed_demo_fills_the_database(settings):
    out = StringIO()
    call_command("seed_demo", "--today", "2021-03-01", stdout=out)
    assert "finns nu" in out.getvalue()
    assert Participant.objects.exists()


def test_today_somebody_is_away_and_the_deputies_have_cases(seeded):
    away = User.objects.away_on(TODAY).get()
    covering = Enrolment.objects.kept_by(away, TODAY).open().values_list("deputy", flat=True)
    assert covering and None not in covering


def test_today_some_cases_are_paused_and_nothing_is_noted_in_a_pause(seeded):
    paused = Pause.objects.on(TODAY).filter(enrolment__in=Enrolment.objects.ongoing_on(TODAY))
    assert 1 <= paused.count() <= 15
    for pause in Pause.objects.select_related("enrolment"):
        pause.clean()
        last = pause.ended_on or TODAY
        notes = pause.enrolment.notes
        assert not notes.filter(happened_on__range=(pause.started_on, last)).exists()


def test_today_the_team_has_cases_in_every_state_and_some_to_come(seeded):
    reviews = TeamReview.objects.select_related("enrolment")
    states = {review.state_on(TODAY) for review in reviews}
    assert states == set(TeamState)
    assert Enrolment.objects.to_put_to_team(TODAY).exists()
    for review in reviews:
        review.clean()
        assert review.enrolment.team_from <= review.put_on <= review.meeting_on


def test_the_mapping_has_two_versions_and_is_answered_again_in_both(seeded):
    first, second = MappingForm.objects.order_by("version")
    used = Referral.objects.filter(form=second)
    assert used.exists() and not used.filter(submitted_on__lt=second.valid_from).exists()
    again = FollowUp.objects.select_related("form", "enrolment")
    assert {one.form for one in again} == {first, second}
    for one in again:
        check_answered(one.form.content, one.answers)
        assert one.answers == checked(one.form.content, one.answers)
        assert one.answered_on >= one.form.valid_from


def test_the_one_who_left_handed_over_what_went_on(seeded):
    handover = Handover.objects.get()
    assert (handover.consultant.name, handover.valid_from) == (
        "Berit Fordomsson",
        date(2023, 7, 1),
    )
    assert handover.changes.count() > 5
    assert not Enrolment.objects.kept_by(handover.consultant, TODAY).open().exists()
    case = handover.changes.order_by("pk").first().enrolment
    assert case.consultant_on(date(2023, 6, 30)) == handover.consultant
    assert case.consultant_on(date(2023, 7, 1)) == case.consultant != handover.consultant
    assert not handover.notices.filter(seen_at=None).exists()
