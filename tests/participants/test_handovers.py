"""Handing cases over: who has them on which day, all or none, and what is refused."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from participants import actions
from participants.models import ConsultantChange, Enrolment, Handover
from participants.models.timeline import EventKind, timeline
from sundbyberg_am.access import Role
from sundbyberg_am.models import User
from tests.builders import a_unit, a_user, an_enrolment

pytestmark = pytest.mark.django_db

START, TODAY = date(2026, 1, 12), date(2026, 11, 24)
LATER = TODAY + timedelta(days=7)
DAY = timedelta(days=1)
cases = Enrolment.objects


@pytest.fixture
def omar():
    return a_user(name="Omar Exempel")


@pytest.fixture
def lena():
    return a_user(name="Lena Provberg")


def handed_over(consultant: User, **given) -> Handover:
    return actions.hand_over(
        consultant,
        **{"valid_from": TODAY, "today": TODAY, "by": consultant, **given},
    )


def their(user: User, day: date) -> set[Enrolment]:
    return set(cases.kept_by(user, day))


def test_a_handover_of_today_holds_at_once(omar, lena):
    deputy = a_user()
    case = an_enrolment(START, consultant=omar, deputy=deputy)
    kept = an_enrolment(START, consultant=omar)
    handed_over(omar, cases=[case], to=[lena])
    case.refresh_from_db()
    assert (case.consultant, case.deputy) == (lena, deputy)
    assert (their(lena, TODAY), their(omar, TODAY)) == ({case}, {kept})
    assert case.consultant_on(TODAY) == lena
    assert case.consultant_on(TODAY - DAY) == omar


def test_a_planned_handover_holds_from_its_day_by_itself(omar, lena):
    case = an_enrolment(START, consultant=omar)
    handed_over(omar, cases=[case], to=[lena], valid_from=LATER)
    assert their(omar, LATER - DAY) == {case} == their(lena, LATER)
    assert not their(lena, LATER - DAY) and not their(omar, LATER)
    assert set(cases.of_consultant(lena, LATER)) == {case}
    assert cases.sizes_by_consultant(LATER) == {lena.pk: 1}
    assert cases.sizes_by_consultant(LATER - DAY) == {omar.pk: 1}
    public_id = case.participant.public_id
    assert cases.newest_of(public_id, LATER - DAY)[0].with_consultant_now().consultant == omar
    assert cases.newest_of(public_id, LATER)[0].with_consultant_now().consultant == lena
    assert cases.for_list(LATER)[0].consultant_name == lena.name
    row = cases.with_start().for_work_list(LATER)[0]
    assert row.consultant_name == lena.name


def test_a_case_planned_for_somebody_who_leaves_has_no_consultant_from_that_day(omar, lena):
    case = an_enrolment(START, consultant=omar)
    handed_over(omar, cases=[case], to=[lena], valid_from=LATER)
    User.objects.filter(pk=lena.pk).update(is_active=False)
    assert not cases.without_consultant(LATER - DAY)
    assert list(cases.without_consultant(LATER)) == [case]


def test_several_receivers_get_the_cases_so_that_they_have_as_many(omar, lena):
    sara = a_user(name="Sara Testlund")
    for _ in range(3):
        an_enrolment(START, consultant=lena)
    moved = [an_enrolment(START, consultant=omar) for _ in range(5)]
    handover = handed_over(omar, cases=moved, to=[sara, lena])
    got = Counter(handover.changes.values_list("consultant", flat=True))
    assert got == {sara.pk: 4, lena.pk: 1}


def test_the_deputy_who_gets_the_case_is_its_deputy_no_more(omar, lena):
    case = an_enrolment(START, consultant=omar, deputy=lena)
    handed_over(omar, cases=[case], to=[lena])
    case.refresh_from_db()
    assert (case.consultant, case.deputy) == (lena, None)
    planned = an_enrolment(START, consultant=omar, deputy=lena)
    handed_over(omar, cases=[planned], to=[lena], valid_from=LATER)
    shown = cases.newest_of(planned.participant.public_id, LATER)[0].with_consultant_now()
    assert (shown.consultant, shown.deputy) == (lena, None)


def test_a_case_that_begins_later_goes_over_from_its_first_day(omar, lena):
    case = an_enrolment(LATER, consultant=omar)
    handed_over(omar, cases=[case], to=[lena])
    assert their(lena, TODAY) == {case} == their(lena, LATER)
    sara = a_user(name="Sara Testlund")
    case.refresh_from_db()
    handed_over(lena, cases=[case], to=[sara])
    assert their(sara, LATER) == {case}


def test_the_manager_hands_over_for_anybody_also_for_one_who_has_left(omar, lena):
    manager = a_user(Role.MANAGER)
    case = an_enrolment(START, consultant=omar)
    User.objects.filter(pk=omar.pk).update(is_active=False)
    omar.refresh_from_db()
    handover = handed_over(omar, cases=[case], to=[lena], by=manager)
    assert handover.created_by == manager
    assert their(lena, TODAY) == {case}


def test_all_concerned_are_told_until_they_have_seen_it(omar, lena):
    case, other = an_enrolment(START, consultant=omar), an_enrolment(START, consultant=omar)
    sara = a_user(name="Sara Testlund")
    handover = handed_over(
        omar, cases=[case, other], to=[lena, sara], by=a_user(Role.MANAGER), valid_from=LATER
    )
    sizes = {
        user.name: [one.size for one in Handover.objects.unseen_by(user)]
        for user in (omar, lena, sara, a_user(name="Ingen"))
    }
    assert sizes == {
        "Omar Exempel": [2],
        "Lena Provberg": [1],
        "Sara Testlund": [1],
        "Ingen": [],
    }
    for _ in range(2):
        actions.mark_handover_seen(handover, by=lena)
    assert not Handover.objects.unseen_by(lena)
    assert Handover.objects.unseen_by(omar)


def test_the_history_has_who_from_when_and_by_whom(omar, lena):
    manager = a_user(Role.MANAGER, name="Eva Chef")
    case = an_enrolment(START, consultant=omar)
    handed_over(omar, cases=[case], to=[lena], by=manager)
    assert [
        (one.consultant, one.valid_from, one.created_by)
        for one in case.consultant_changes.for_page()
    ] == [(lena, TODAY, manager), (omar, START, None)]
    events = timeline(cases.all(), kinds=[EventKind.CONSULTANT], before=None, size=9)
    assert [(one.on, one.title, one.by) for one in events] == [
        (TODAY, "Konsulent: Lena Provberg", "Eva Chef"),
        (START, "Konsulent: Omar Exempel", ""),
    ]


def test_assign_is_part_of_the_history_and_a_change_of_deputy_is_not(omar, lena):
    case = an_enrolment(START, consultant=omar)
    actions.assign(case, consultant=omar, deputy=lena, today=TODAY, by=omar)
    assert not case.consultant_changes.exists()
    actions.assign(case, consultant=lena, deputy=None, today=TODAY, by=omar)
    assert [one.consultant for one in case.consultant_changes.all()] == [omar, lena]


def test_a_planned_handover_is_taken_back_until_its_day(omar, lena):
    case = an_enrolment(START, consultant=omar)
    handover = handed_over(omar, cases=[case], to=[lena], valid_from=LATER)
    with pytest.raises(ValidationError, match="Bara den som lämnar över och chefen"):
        actions.take_back_handover(handover, today=TODAY, by=lena)
    with pytest.raises(ValidationError, match="har redan börjat gälla"):
        actions.take_back_handover(handover, today=LATER, by=omar)
    actions.take_back_handover(handover, today=LATER - DAY, by=omar)
    assert their(omar, LATER) == {case}
    assert not Handover.objects.unseen_by(lena)


# What is refused


def refused(sentence: str):
    return pytest.raises(ValidationError, match=sentence)


def test_hand_over_refuses_what_cannot_be(omar, lena):
    case = an_enrolment(START, consultant=omar)
    with refused("bara lämna över dina egna"):
        handed_over(omar, cases=[case], to=[lena], by=lena)
    with refused("Dagen har redan varit"):
        handed_over(omar, cases=[case], to=[lena], valid_from=TODAY - DAY)
    with refused("Välj minst ett ärende"):
        handed_over(omar, cases=[], to=[lena])
    with refused("Välj minst en som tar emot"):
        handed_over(omar, cases=[case], to=[])
    with refused("Omar Exempel lämnar över och kan inte ta emot"):
        handed_over(omar, cases=[case], to=[lena, omar])
    nobodies = (
        a_user(is_active=False),
        a_user(Role.MANAGER),
        a_user(unit=a_unit("En annan enhet")),
    )
    for nobody in nobodies:
        with refused("Välj dem som är konsulenter på Arbetsmarknadsenheten i dag"):
            handed_over(omar, cases=[case], to=[nobody])
    assert not Handover.objects.exists()


def test_hand_over_refuses_everything_when_some_cannot_be_moved_and_says_why(omar, lena):
    good = an_enrolment(START, consultant=omar)
    ended = [an_enrolment(START, TODAY, consultant=omar) for _ in range(2)]
    elsewhere = an_enrolment(START, consultant=omar, unit=a_unit("En annan enhet"))
    others = an_enrolment(START, consultant=lena)
    with pytest.raises(ValidationError) as refusal:
        handed_over(omar, cases=[good, *ended, elsewhere, others], to=[lena])
    assert refusal.value.message_dict == {
        "cases": [
            "4\xa0ärenden kan inte lämnas över: 2 är avslutade eller felregistrerade, 1 hör till en annan "
            "enhet och 1 är eller blir någon annans. Inget är flyttat."
        ]
    }
    with pytest.raises(ValidationError) as refusal:
        handed_over(omar, cases=[good, ended[0]], to=[lena])
    assert refusal.value.message_dict["cases"] == [
        "1\xa0ärende kan inte lämnas över: 1 är avslutat eller felregistrerat. Inget är flyttat."
    ]
    good.refresh_from_db()
    assert good.consultant == omar
    assert not Handover.objects.exists() and not ConsultantChange.objects.exists()


def test_hand_over_refuses_a_case_that_is_to_go_to_somebody_already(omar, lena):
    case = an_enrolment(START, consultant=omar)
    handed_over(omar, cases=[case], to=[lena], valid_from=LATER)
    for day in (TODAY, LATER, LATER + DAY):
        with refused("1 är eller blir någon annans"):
            handed_over(omar, cases=[case], to=[a_user()], valid_from=day)
    assert Handover.objects.count() == 1
    assert handed_over(lena, cases=[case], to=[omar], valid_from=LATER + DAY).pk


def test_a_handover_that_breaks_on_the_way_moves_nothing(omar, lena):
    first, broken = (an_enrolment(START, consultant=omar) for _ in range(2))
    Enrolment.objects.filter(pk=broken.pk).update(initiator="okänd")
    with refused("giltigt"):
        handed_over(omar, cases=[first, broken], to=[lena])
    assert their(omar, TODAY) == {first, broken}
    assert not Handover.objects.exists() and not ConsultantChange.objects.exists()
