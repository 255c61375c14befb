"""All or nothing; the same again changes nothing; nobody is enrolled twice at once."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from participants.models import Enrolment, Intervention, Participant
from referrals.importing.cases import CHUNK, Refused, import_cases
from referrals.models import Referral
from sundbyberg_am.models import Unit
from tests.builders import a_participant, an_enrolment
from tests.importing.writing import (
    ANNA,
    BO,
    a_case,
    a_mistake,
    a_number,
    an_intervention,
    an_open_case,
    everything,
    told,
)

CASES = [
    a_case(),
    an_open_case(inskriven="2024-03-07", anvisningsdatum="", handlingsplan=""),
    an_open_case(personnummer=BO, förnamn="Bo", kön="M", enhet="Jobbcenter", nivå=""),
]
INTERVENTIONS = [
    an_intervention(),
    an_intervention(),  # the same twice: two of them
    an_intervention(start="2024-03-07", slut=""),
    an_intervention(personnummer=BO, insats="Feriejobb/-praktik"),
]


def test_counts_say_what_was_stored(office):
    counts = office.run(CASES, INTERVENTIONS)
    assert (counts.participants, counts.enrolments, counts.referrals) == (2, 3, 2)
    assert (counts.interventions, counts.enrolments_left, counts.interventions_left) == (4, 0, 0)
    assert [len(rows) for rows in told().values()] == [2, 3, 2, 2, 2, 4]


def test_the_same_files_again_change_nothing(office):
    office.run(CASES, INTERVENTIONS)
    before = everything()
    counts = office.run(CASES, INTERVENTIONS)
    assert everything() == before
    assert (counts.enrolments, counts.interventions) == (0, 0)
    assert (counts.enrolments_left, counts.interventions_left) == (3, 4)


def test_stored_row_is_left_as_it_stands_whatever_the_file_says_now(office):
    office.run([a_case()])
    before = everything()
    office.run([a_case(förnamn="Annan", nivå="AM1", avslutad="2024-05-05", utbildning="")])
    assert everything() == before


def test_new_rows_among_old_ones_are_stored(office):
    office.run(CASES[:1])
    counts = office.run(CASES, INTERVENTIONS)
    assert (counts.participants, counts.enrolments, counts.enrolments_left) == (1, 2, 1)
    assert Participant.objects.count() == 2
    assert Unit.objects.count() == 2


@pytest.mark.parametrize(
    ("cases", "interventions"),
    [
        ([*CASES, a_case(personnummer="fel")], INTERVENTIONS),
        (CASES, [*INTERVENTIONS, an_intervention(slut="fel")]),
    ],
    ids=["cases", "interventions"],
)
def test_one_fault_keeps_everything_out(office, cases, interventions):
    assert len(office.faults(cases, interventions)) == 1
    assert not Participant.objects.exists()
    assert not Unit.objects.exists()


def test_what_the_database_refuses_at_the_end_rolls_back_all(office):
    """Somebody registers the person between the check and the storing."""
    office.run(CASES, dry_run=True)

    def somebody_is_quicker(items, word):
        if word == "Sparar":
            a_participant(personnummer=BO)
        return items

    with pytest.raises(IntegrityError), transaction.atomic():
        import_cases(
            office.folder / "cases.csv",
            None,
            today=office.today,
            dry_run=False,
            progress=somebody_is_quicker,
        )
    assert not Participant.objects.exists()
    assert not Enrolment.objects.exists()


def test_dry_run_stores_nothing_and_says_what_would_be(office):
    before = everything()
    counts = office.run(CASES, INTERVENTIONS, dry_run=True)
    assert everything() == before
    assert counts == office.run(CASES, INTERVENTIONS)


def test_dry_run_tells_faults_too(office):
    with pytest.raises(Refused):
        office.run([a_case(nivå="x")], dry_run=True)


def test_row_without_day_of_referral_makes_none(office):
    office.run([a_case(anvisningsdatum="")])
    assert Enrolment.objects.exists()
    assert not Referral.objects.exists()


def test_referral_is_accepted_on_the_first_day_of_the_enrolment(office):
    office.run([a_case(nivå="", anvisad_av="")])
    referral = Referral.objects.get()
    assert (referral.status, referral.submitted_on) == ("accepted", date(2024, 1, 2))
    assert referral.decided_on == referral.enrolment.started_on == date(2024, 1, 10)
    assert (referral.level, referral.initiator) == ("", "unknown")
    referral.full_clean()


# Overlaps

SAME_DAY = "rad 3, kolumn inskriven: Samma person och samma dag står redan på rad 2."
IN_FILE = "rad 3, kolumn inskriven: Tiden överlappar rad 2, för samma person."
STORED = "rad 2, kolumn inskriven: Personen är redan inskriven under den tiden."


def _stretch(start: str, end: str):
    no_more = {"anvisningsdatum": "", "handlingsplan": ""}
    make = a_case if end else an_open_case
    return make(inskriven=start, **({"avslutad": end} if end else {}), **no_more)


@pytest.mark.parametrize(
    ("one", "other", "faults"),
    [
        (("2024-01-10", "2024-03-06"), ("2024-03-07", ""), []),
        (("2024-03-07", ""), ("2024-01-10", "2024-03-06"), []),
        (("2024-01-10", "2024-03-06"), ("2024-03-06", ""), [IN_FILE]),
        (("2024-03-06", ""), ("2024-01-10", "2024-03-06"), [IN_FILE]),
        (("2024-01-10", ""), ("2024-03-07", "2024-03-08"), [IN_FILE]),
        (("2024-01-10", "2024-03-06"), ("2024-01-10", "2024-02-01"), [SAME_DAY]),
    ],
)
def test_two_rows_of_a_person_share_no_day(office, one, other, faults):
    assert office.faults([_stretch(*one), _stretch(*other)]) == faults


def test_short_one_inside_a_long_one_hides_no_later_overlap(office):
    rows = [
        _stretch("2024-01-10", "2024-05-31"),
        _stretch("2024-02-01", "2024-02-02"),
        _stretch("2024-05-31", ""),
    ]
    assert office.faults(rows) == [
        IN_FILE,
        "rad 4, kolumn inskriven: Tiden överlappar rad 2, för samma person.",
    ]


def test_row_with_another_fault_is_still_set_against_the_rest(office):
    rows = [_stretch("2024-01-10", ""), _stretch("2024-02-01", "") | {"nivå": "AM4"}]
    assert office.faults(rows) == [
        "rad 3, kolumn nivå: Värdet är okänt. Skriv AM1, AM2 eller AM3.",
        IN_FILE,
    ]


def test_same_time_for_two_people_is_no_overlap(office):
    assert office.faults([a_case(), a_case(personnummer=BO)]) == []


@pytest.mark.parametrize(
    ("stored", "faults"),
    [
        ((date(2024, 3, 6), None), [STORED]),
        ((date(2024, 3, 7), None), []),
        ((date(2023, 1, 1), date(2024, 1, 9)), []),
        ((date(2023, 1, 1), date(2024, 1, 10)), [STORED]),
        ((date(2023, 1, 1), None), [STORED]),
    ],
)
def test_row_shares_no_day_with_what_is_stored(office, stored, faults):
    an_enrolment(*stored, participant=a_participant(personnummer=ANNA))
    assert office.faults([a_case()]) == faults


def test_enrolment_registered_by_mistake_is_in_nobodys_way(office):
    an_enrolment(date(2023, 1, 1), participant=a_participant(personnummer=ANNA), **a_mistake())
    assert office.faults([a_case()]) == []


def test_person_who_is_there_keeps_the_details(office):
    a_participant(personnummer=ANNA, first_name="Anna-Karin", last_name="Ek", phone="070")
    office.run([a_case()])
    person = Participant.objects.get()
    assert (person.first_name, person.last_name, person.phone) == ("Anna-Karin", "Ek", "070")


def test_more_rows_than_are_looked_up_at_a_time(office):
    days = [date(1950 + n // 240, n % 12 + 1, n // 12 % 20 + 1) for n in range(CHUNK + 50)]
    people = [a_number(f"{day:%Y%m%d}", 980 + n % 20) for n, day in enumerate(days)]
    bare = {"kön": "", "anvisningsdatum": "", "handlingsplan": "", "nivå": ""}
    cases = [an_open_case(personnummer=number, **bare) for number in people]
    interventions = [an_intervention(personnummer=number) for number in people]
    counts = office.run(cases, interventions)
    assert (counts.enrolments, counts.interventions) == (len(people), len(people))
    again = office.run(cases, interventions)
    assert (again.enrolments_left, again.interventions_left) == (len(people), len(people))
    assert Enrolment.objects.count() == Intervention.objects.count() == len(people)
