"""What is missing in the cases, per consultant and kind."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from participants.models import Education, Participant
from reporting import quality
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import a_participant, a_unit, a_user, an_enrolment

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
PAGE = "/rapporter/uppgifter-som-saknas/"


@pytest.fixture
def manager():
    return a_user(Role.MANAGER)


def whole() -> Participant:
    return a_participant(education=Education.PRIMARY)


def kinds(user, day: date = TODAY) -> list[list[str]]:
    return [[kind.code for kind in gap.missing] for gap in quality.gaps(user, day)]


def test_a_whole_case_misses_nothing(manager):
    an_enrolment(participant=whole(), consultant=a_user())
    an_enrolment(date(2026, 1, 1), date(2026, 2, 1), participant=whole(), reason="moved")
    assert kinds(manager) == []


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"level": None}, "niva"),
        ({"participant": {"education": Education.UNKNOWN}}, "utbildning"),
        ({"consultant": None}, "konsulent"),
    ],
)
def test_each_kind_of_an_open_case_is_found(manager, fields, missing):
    person = {"education": Education.PRIMARY, **fields.pop("participant", {})}
    an_enrolment(participant=a_participant(**person), **{"consultant": a_user(), **fields})
    assert kinds(manager) == [[missing]]


def test_birth_date_and_sex_of_one_without_a_number(manager):
    person = Participant.objects.create(
        first_name="Test",
        last_name="Person",
        no_personnummer_reason="Väntar på nummer",
        education=Education.PRIMARY,
    )
    an_enrolment(participant=person, consultant=a_user())
    assert kinds(manager) == [["kon", "fodd"]]


@pytest.mark.parametrize(
    ("reason", "confirmed", "missing"),
    [
        ("unknown", None, ["orsak"]),
        ("studies", None, ["bekraftat"]),
        ("studies", True, None),
        ("studies", False, None),
        ("moved", None, None),
    ],
)
def test_what_an_exit_asks_for(manager, reason, confirmed, missing):
    an_enrolment(
        date(2025, 11, 1),
        date(2026, 2, 1),
        participant=whole(),
        reason=reason,
        exit_confirmed=confirmed,
    )
    assert kinds(manager) == ([missing] if missing else [])


@pytest.mark.parametrize(
    ("ended_on", "is_asked_for"), [(date(2024, 12, 31), False), (date(2025, 1, 1), True)]
)
def test_what_ended_before_last_year_is_let_be(manager, ended_on, is_asked_for):
    an_enrolment(date(2024, 1, 1), ended_on, level=None, participant=whole(), reason="moved")
    assert bool(kinds(manager)) == is_asked_for


def test_one_that_begins_later_and_another_units_are_not_asked_for(manager):
    an_enrolment(TODAY + timedelta(days=1), level=None)
    an_enrolment(level=None, unit=a_unit("Annan enhet"))
    assert kinds(manager) == []
    assert kinds(a_user(Role.CONTROLLER)) == []


def test_the_page_counts_per_consultant_and_opens_at_the_field(as_user):
    me, other = a_user(name="Anna"), a_user(name="Bo")
    mine = an_enrolment(level=None, participant=whole(), consultant=me)
    theirs = an_enrolment(participant=a_participant(), consultant=other)
    shown = as_user(me).get(PAGE)
    text = shown.content.decode()
    assert [(row.consultant.name, row.counts[:2]) for row in shown.context["rows"]] == [
        ("Anna", (1, 0)),
        ("Bo", (0, 1)),
    ]
    level = reverse("level_change", args=[mine.participant.public_id])
    assert f'href="{level}#id_level"' in text
    assert theirs.participant.name not in text
    assert AccessRecord.objects.get().subjects == [mine.participant.public_id]
    everybody = (
        as_user(me).get(PAGE, {"konsulent": "alla", "uppgift": "utbildning"}).content.decode()
    )
    details = reverse("participant_details", args=[theirs.participant.public_id])
    assert f'href="{details}#id_education"' in everybody
    assert mine.participant.name not in everybody


def test_a_manager_sees_all_and_is_led_to_the_case(as_user, manager):
    enrolment = an_enrolment(level=None, participant=whole())
    text = as_user(manager).get(PAGE).content.decode()
    case = reverse("participant", args=[enrolment.participant.public_id])
    assert text.count(f'href="{case}"') == 3  # the name, the level and the consultant
    assert "Ingen konsulent" in text


def test_the_fields_that_the_page_opens_at_are_there(as_user):
    me = a_user()
    start = timezone.localdate() - timedelta(days=90)
    an_enrolment(start, level=None, consultant=None)
    an_enrolment(start, start + timedelta(days=60), reason="studies", participant=whole())
    found = {
        kind.code: gap for gap in quality.gaps(me, timezone.localdate()) for kind in gap.missing
    }
    for kind in quality.KINDS:
        gap = found.get(kind.code, found["niva"])
        if kind.field:
            page = as_user(me).get(reverse(kind.page, args=[gap.public_id])).content.decode()
            assert f'id="{kind.field}' in page, kind.code


def test_the_page_asks_as_often_however_many_cases(as_user, manager, django_assert_num_queries):
    client = as_user(manager)
    an_enrolment(level=None, consultant=a_user())
    for _ in range(2):
        with django_assert_num_queries(8):
            client.get(PAGE)
        an_enrolment(level=None, consultant=a_user())


def test_nothing_missing_says_so(as_user, manager):
    assert "Inget saknas." in as_user(manager).get(PAGE).content.decode()
