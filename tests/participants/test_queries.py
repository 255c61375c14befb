"""Finding cases, and the work lists on the days around each limit."""

from datetime import date, timedelta

import pytest

from participants.models import Enrolment, Note, Participant
from participants.models.people import name_parts, parts_of, search_key
from participants.models.timeline import EventKey, EventKind, timeline
from participants.models.work_lists import WORK_LIST_SIZE
from sundbyberg_am.access import Role
from tests.builders import (
    a_level,
    a_participant,
    a_plan,
    a_unit,
    a_user,
    an_enrolment,
    an_intervention,
)

pytestmark = pytest.mark.django_db

START = date(2026, 1, 12)
TODAY = date(2026, 11, 24)
cases = Enrolment.objects


def a_note(enrolment: Enrolment, happened_on: date, text: str = "Vi sågs.") -> Note:
    return Note.objects.create(
        enrolment=enrolment, happened_on=happened_on, text=text, created_by=a_user()
    )


def voided(enrolment: Enrolment) -> Enrolment:
    Enrolment.objects.filter(pk=enrolment.pk).update(
        voided_at="2026-02-01T12:00Z", voided_by=a_user(), void_reason="Fel person"
    )
    return enrolment


# Search


@pytest.mark.parametrize(
    "text",
    [
        "wåhlin",
        "WÅHLIN-ström",
        "Ström",
        "ekenstam",
        "élise",
        "elise wåh",
        "af  elise",
        "Wåhlin-Ström af",
        "strom",
        "WAHLIN elise",
        "åhlin",
        "stro\N{COMBINING DIAERESIS}m",
        "ström–wåhlin",
        "kenst LISE",
    ],
)
def test_search_finds_any_part_of_any_name_in_any_order(text):
    found = an_enrolment(
        participant=a_participant(first_name="Élise", last_name="Wåhlin-Ström af Ekenstam")
    )
    an_enrolment(participant=a_participant(first_name="Bo", last_name="Ek"))
    assert list(cases.search(text)) == [found]


@pytest.mark.parametrize("text", ["ohlin", "wåhlinelise", "%", "_", "elise bo", "wåhlin%"])
def test_search_finds_nothing_else(text):
    an_enrolment(participant=a_participant(first_name="Élise", last_name="Wåhlin"))
    assert not cases.search(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Łukasz Şahin", "lukasz sahin"),
        ("Þóra Ørsted", "tora orsted"),
        ("İpek Ağaoğlu", "ipek agaoglu"),
        ("Zoe\N{COMBINING DIAERESIS} Krauße", "zoë"),
    ],
)
def test_search_takes_letters_without_their_marks(name, text):
    first, last = name.split()
    found = an_enrolment(participant=a_participant(first_name=first, last_name=last))
    assert list(cases.search(text)) == [found]


@pytest.mark.parametrize("word", ["å", "af", "ström", "ekenstam", "lisewå"])
def test_the_parts_of_a_word_are_those_that_the_database_makes_of_a_name(word):
    a_participant(first_name="Élise", last_name="Wåhlin-Ström af Ekenstam")
    made = Participant.objects.annotate(parts=name_parts()).values_list("parts", flat=True)[0]
    key = search_key(word)
    assert (set(parts_of(key)) <= set(made)) == (
        key in search_key("Élise Wåhlin-Ström af Ekenstam")
    )
    assert not [part for part in made if " " in part or len(part) > 3]


@pytest.mark.parametrize(
    "text",
    [
        "19850314-9801",
        "850314–9801",
        "198503149801",
        "850314-9801",
        "8503149801",
        "1985 03 14",
        "8503",
    ],
)
def test_search_finds_the_number_from_its_first_digit(text):
    found = an_enrolment(participant=a_participant(personnummer="198503149801"))
    an_enrolment(participant=a_participant(personnummer="199109139804"))
    assert list(cases.search(text)) == [found]


def test_search_finds_no_number_from_its_middle():
    an_enrolment(participant=a_participant(personnummer="198503149801"))
    assert not cases.search("9801")
    assert not cases.search("0314")


def test_search_finds_a_case_number_also_of_an_earlier_enrolment():
    old = an_enrolment(START, date(2026, 2, 1))
    new = an_enrolment(date(2026, 3, 1), participant=old.participant)
    for text in (
        old.case_number,
        new.case_number,
        f"am-{new.pk}",
        f" AM{new.pk} ",
        f"am {new.pk}",
        f"{new.pk:05}",
    ):
        assert list(cases.newest_of_each().search(text)) == [new]


def test_search_never_looks_in_notes():
    a_note(an_enrolment(), TODAY, text="Svetsare")
    assert not cases.search("svetsare")


# The list


def test_the_list_shows_each_case_as_it_stands_on_the_day():
    kim = a_user(name="Kim Konsulent")
    person = a_participant(first_name="Amina", last_name="Nur", personnummer="198503149801")
    case = an_enrolment(participant=person, level="AM3", consultant=kim)
    a_level(case, "AM2", TODAY)
    row = cases.for_list(TODAY)[0]
    assert (row.name, row.masked_number, row.level) == ("Amina Nur", "19850314-****", "AM2")
    assert (row.weeks, row.consultant_name) == (45, "Kim Konsulent")
    assert cases.for_list(TODAY - timedelta(days=1))[0].level == "AM3"


def test_the_list_shows_the_level_and_weeks_of_an_ended_case_at_its_end():
    case = an_enrolment(START, date(2026, 1, 26), level="AM3")
    row = cases.for_list(TODAY)[0]
    assert (row.level, row.weeks, row.ended_on) == ("AM3", 2, case.ended_on)


def test_the_list_is_read_page_by_page_in_swedish_order():
    names = ["Öberg", "Åkesson", "Ek", "Ek", "Ström"]
    for name in names:
        an_enrolment(participant=a_participant(first_name="Bo", last_name=name))
    seen, page = [], list(cases.for_list(TODAY)[:2])
    while page:
        seen += page
        page = list(cases.after(page[-1].public_id).for_list(TODAY)[:2])
    assert [row.name for row in seen] == ["Bo Ek", "Bo Ek", "Bo Ström", "Bo Åkesson", "Bo Öberg"]
    assert len({row.public_id for row in seen}) == 5


def test_one_row_a_participant_is_the_newest_valid_one():
    old = an_enrolment(START, date(2026, 2, 1))
    new = an_enrolment(date(2026, 3, 1), participant=old.participant)
    assert list(cases.newest_of_each()) == [new]
    voided(new)
    assert list(cases.newest_of_each()) == [old]


def test_of_level_on_knows_each_level_and_none():
    am1, none = an_enrolment(level="AM1"), an_enrolment(level=None)
    assert list(cases.of_level_on("AM1", TODAY)) == [am1]
    assert list(cases.of_level_on("", TODAY)) == [none]


def test_visible_to_is_the_own_unit_for_those_who_read_cases():
    elsewhere = an_enrolment(unit=a_unit("En annan enhet"))
    here = an_enrolment()
    for role in Role:
        reads = role in (Role.CONSULTANT, Role.MANAGER)
        assert list(cases.visible_to(a_user(role))) == ([here] if reads else [])
    assert list(cases.visible_to(a_user(unit=elsewhere.unit))) == [elsewhere]


def test_of_consultant_counts_the_deputy_in():
    kim = a_user()
    own, covered = an_enrolment(consultant=kim), an_enrolment(consultant=a_user(), deputy=kim)
    an_enrolment()
    assert set(cases.of_consultant(kim, TODAY)) == {own, covered}


# Work lists


def test_without_plan_from_the_thirtieth_day():
    case = an_enrolment(START)
    a_plan(case)  # a draft is no plan
    due = date(2026, 2, 11)
    assert not cases.without_plan(due - timedelta(days=1))
    assert cases.without_plan(due).for_work_list(due)[0].matters_on == due == case.plan_due_on
    a_plan(an_enrolment(START), date(2026, 1, 20))
    voided(an_enrolment(START))
    an_enrolment(START, date(2026, 2, 1))
    assert list(cases.without_plan(TODAY)) == [case]


def test_follow_up_due_asks_the_plan_in_force():
    case = an_enrolment(START)
    a_plan(case, date(2026, 2, 1), follow_up_on=date(2026, 5, 1))
    assert not cases.follow_up_due(date(2026, 4, 30))
    assert list(cases.follow_up_due(date(2026, 5, 1))) == [case]
    a_plan(case, date(2026, 5, 1), follow_up_on=date(2026, 9, 1))
    a_plan(case, follow_up_on=date(2026, 5, 2))
    assert not cases.follow_up_due(date(2026, 8, 31))
    assert cases.follow_up_due(TODAY).for_work_list(TODAY)[0].matters_on == date(2026, 9, 1)


def test_without_contact_for_thirty_days_since_the_last_note_or_the_start():
    silent, heard = an_enrolment(START), an_enrolment(START)
    a_note(heard, date(2026, 2, 1))
    a_note(heard, date(2026, 1, 15))
    limit = START + timedelta(days=30)
    assert not cases.without_contact(limit - timedelta(days=1))
    assert list(cases.without_contact(limit)) == [silent]
    assert not cases.without_contact(date(2026, 3, 2)).filter(pk=heard.pk)
    rows = cases.without_contact(date(2026, 3, 3)).for_work_list(TODAY)
    assert [row.matters_on for row in rows] == [START, date(2026, 2, 1)]


def test_planned_end_passed_is_of_an_ongoing_intervention_the_day_after():
    case = an_enrolment(START)
    for end in (date(2026, 6, 1), date(2026, 5, 1)):
        an_intervention(case, START, planned_end_on=end)
    an_intervention(an_enrolment(START), START, date(2026, 7, 1), planned_end_on=date(2026, 5, 1))
    an_intervention(an_enrolment(START), START)
    assert not cases.planned_end_passed(date(2026, 5, 1))
    rows = cases.planned_end_passed(TODAY).for_work_list(TODAY)
    assert [row.matters_on for row in rows] == [date(2026, 5, 1)]


@pytest.mark.parametrize(
    ("started_on", "reached_on"),
    [
        (date(2026, 1, 12), date(2026, 11, 12)),
        (date(2025, 4, 30), date(2026, 2, 28)),  # clipped to a short month
        (date(2027, 4, 29), date(2028, 2, 29)),  # and to a leap day
        (date(2027, 4, 30), date(2028, 2, 29)),
    ],
)
def test_enrolled_ten_months_is_calendar_months(started_on, reached_on):
    case = an_enrolment(started_on)
    assert not cases.enrolled_ten_months(reached_on - timedelta(days=1))
    assert list(cases.enrolled_ten_months(reached_on)) == [case]


def test_exit_unconfirmed_is_work_and_studies_that_nobody_has_answered_for():
    end = date(2026, 3, 1)
    work = an_enrolment(START, end, reason="work_subsidised")
    studies = an_enrolment(START, end, reason="studies")
    an_enrolment(START, end, reason="moved")
    an_enrolment(START, end, exit_confirmed=True)
    an_enrolment(START, end, exit_confirmed=False)
    voided(an_enrolment(START, end))
    assert set(cases.exit_unconfirmed()) == {work, studies}
    assert cases.exit_unconfirmed().for_work_list(TODAY)[0].matters_on == end


def test_missing_data_is_level_education_or_sex():
    no_level = an_enrolment(level=None)
    complete = an_enrolment(participant=a_participant(education="secondary"))
    no_education = an_enrolment()
    begins_later = an_enrolment(TODAY + timedelta(days=1), level=None)
    assert set(cases.with_missing_data(TODAY)) == {no_level, no_education}
    assert complete not in cases.with_missing_data(TODAY)
    assert begins_later in cases.with_missing_data(begins_later.started_on)


def test_without_consultant_counts_those_who_have_left():
    nobody = an_enrolment()
    left = an_enrolment(consultant=a_user(is_active=False))
    an_enrolment(consultant=a_user())
    an_enrolment(START, date(2026, 3, 1))
    assert set(cases.without_consultant(TODAY)) == {nobody, left}


def test_a_work_list_has_a_cap_and_starts_with_the_oldest():
    for number in range(WORK_LIST_SIZE + 1):
        an_enrolment(TODAY - timedelta(days=number))
    rows = list(cases.without_consultant(TODAY).for_work_list(TODAY))
    assert len(rows) == WORK_LIST_SIZE
    assert rows[0].matters_on == TODAY - timedelta(days=WORK_LIST_SIZE)


# The timeline


def test_the_timeline_has_everything_newest_first_and_in_pages():
    case = an_enrolment(START, date(2026, 6, 1), level="AM2")
    an_intervention(
        case, date(2026, 2, 1), date(2026, 3, 1), outcome="completed", provider="Sundbas"
    )
    a_plan(case, date(2026, 2, 1))
    old = a_note(case, date(2026, 4, 1))
    new = Note.objects.create(
        enrolment=case, happened_on=old.happened_on, text="Nej.", corrects=old, created_by=a_user()
    )
    a_plan(case)
    an_enrolment()

    mine = cases.of_same_person(case)
    whole = timeline(mine, kinds=list(EventKind), before=None, size=20)
    assert [(event.on, event.title) for event in whole] == [
        (date(2026, 6, 1), "Avslutad: Arbete utan subvention"),
        (date(2026, 4, 1), "Möte"),
        (date(2026, 4, 1), "Möte"),
        (date(2026, 3, 1), "Insats slutar: Jobbsökaraktivitet/coachning, genomförd"),
        (date(2026, 2, 1), "Plan fastställd, version 1"),
        (date(2026, 2, 1), "Insats börjar: Jobbsökaraktivitet/coachning"),
        (date(2026, 1, 12), "Nivå AM2"),
        (date(2026, 1, 12), "Inskriven"),
    ]
    assert [(event.row, event.corrects, event.is_corrected) for event in whole[1:3]] == [
        (new.pk, old.pk, False),
        (old.pk, None, True),
    ]
    paged, before = [], None
    while page := timeline(mine, kinds=list(EventKind), before=before, size=1):
        paged += page
        before = EventKey.parse(str(page[-1].key))
    assert paged == whole


def test_the_timeline_of_one_kind_only():
    case = an_enrolment()
    a_note(case, TODAY)
    kinds = [
        event.kind for event in timeline(cases.all(), kinds=[EventKind.NOTE], before=None, size=9)
    ]
    assert kinds == [EventKind.NOTE]


@pytest.mark.parametrize(
    "text", ["", "x", "2026-01-01", "2026-13-01.1.1", "2026-01-01.99.1", "a.b.c.d"]
)
def test_a_key_that_nobody_wrote_is_no_key(text):
    assert EventKey.parse(text) is None
