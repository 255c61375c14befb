"""Interventions: each column, and the enrolment that each belongs to."""

from datetime import date, timedelta

import pytest

from participants.models import Enrolment, Intervention
from tests.builders import a_participant, an_enrolment
from tests.importing.writing import (
    ANNA,
    BO,
    TODAY,
    a_case,
    a_mistake,
    an_intervention,
    an_open_case,
    told,
)

NOT_ENROLLED = "rad 2, kolumn start: Personen har ingen inskrivning den dagen."


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Arbetsprövning/-träning", "work_trial"),
        ("Jobbsökaraktivitet/coachning", "job_search"),
        ("Orienterande eller vägledande kurs", "orientation_course"),
        ("Matchning", "matching"),
        ("Arbetspraktik, offentlig arbetsgivare", "placement_public"),
        ("Arbetspraktik, privat arbetsgivare", "placement_private"),
        ("Studie-, yrkes- och arbetsvägledning", "guidance"),
        ("Kommunal arbetsmarknadsanställning", "municipal_employment"),
        ("Feriejobb/-praktik", "summer_job"),
        ("Kartläggning av tidigare förvärvad kompetens", "skills_mapping"),
        ("Övriga insatser", "other"),
        ("MATCHNING", "matching"),
    ],
)
def test_kind_is_known_by_what_is_shown(office, label, kind):
    office.run([a_case()], [an_intervention(insats=label)])
    assert told()["interventions"] == [
        (ANNA, date(2024, 1, 10), kind, date(2024, 1, 15), date(2024, 2, 15))
    ]


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("personnummer", "", "Fyll i ett personnummer eller samordningsnummer."),
        (
            "personnummer",
            "x",
            "Skriv personnumret med tio eller tolv siffror, till exempel ÅÅÅÅMMDD-NNNN.",
        ),
        ("insats", "", "Fyll i vilken insats det är."),
        (
            "insats",
            "Jobbcenter",
            "Värdet är okänt. Skriv Arbetsprövning/-träning, Jobbsökaraktivitet/coachning, "
            "Orienterande eller vägledande kurs, Matchning, Arbetspraktik, offentlig arbetsgivare, "
            "Arbetspraktik, privat arbetsgivare, Studie-, yrkes- och arbetsvägledning, "
            "Kommunal arbetsmarknadsanställning, Feriejobb/-praktik, "
            "Kartläggning av tidigare förvärvad kompetens eller Övriga insatser.",
        ),
        ("start", "", "Fyll i ett datum, till exempel 2022-03-31."),
        ("start", "15/1", "Skriv datumet som 2022-03-31."),
        ("start", "2024-02-30", "Datumet finns inte i kalendern."),
        ("slut", "15/1", "Skriv datumet som 2022-03-31."),
        ("slut", "2024-01-14", "Slutet kan inte vara före starten."),
    ],
)
def test_fault_is_told_with_line_column_and_reason(office, column, cell, reason):
    rows = [an_intervention(), an_intervention(**{column: cell})]
    assert office.faults([a_case()], rows) == [f"rad 3, kolumn {column}: {reason}"]


@pytest.mark.parametrize(
    ("start", "faults"),
    [
        ("2024-01-09", [NOT_ENROLLED]),
        ("2024-01-10", []),  # both boundary days are enrolled days
        ("2024-03-06", []),
        ("2024-03-07", [NOT_ENROLLED]),
    ],
)
def test_intervention_starts_on_an_enrolled_day(office, start, faults):
    rows = [an_intervention(start=start, slut="2024-04-01")]
    assert office.faults([a_case()], rows) == faults


@pytest.mark.parametrize(
    ("slut", "planned", "ended"),
    [(TODAY, None, TODAY), (TODAY + timedelta(days=1), TODAY + timedelta(days=1), None)],
    ids=["today", "tomorrow"],
)
def test_an_end_to_come_is_planned_and_the_same_file_again_changes_nothing(
    office, slut, planned, ended
):
    files = [an_open_case()], [an_intervention(slut=slut)]
    office.run(*files)
    stored = Intervention.objects.get()
    assert (stored.planned_end_on, stored.ended_on) == (planned, ended)
    assert office.run(*files).interventions_left == 1
    assert Intervention.objects.count() == 1


def test_each_belongs_to_the_enrolment_that_covers_its_start(office):
    later = {"inskriven": "2024-03-07", "avslutad": "2024-05-31", "handlingsplan": ""}
    office.run(
        [a_case(**later, anvisningsdatum=""), a_case()],
        [
            an_intervention(start="2024-03-06", slut="2024-05-01"),
            an_intervention(start="2024-03-07", slut=""),
        ],
    )
    assert told()["interventions"] == [
        (ANNA, date(2024, 1, 10), "matching", date(2024, 3, 6), date(2024, 5, 1)),
        (ANNA, date(2024, 3, 7), "matching", date(2024, 3, 7), None),
    ]


def test_enrolment_may_be_stored_and_not_in_the_file(office):
    enrolment = an_enrolment(date(2024, 1, 1), participant=a_participant(personnummer=BO))
    office.run([a_case()], [an_intervention(personnummer=BO)])
    assert Intervention.objects.get().enrolment == enrolment


def test_person_who_is_in_neither_place_is_told(office):
    assert office.faults([a_case()], [an_intervention(personnummer=BO)]) == [NOT_ENROLLED]


def test_enrolment_registered_by_mistake_is_passed_over_for_another(office):
    anna = a_participant(personnummer=ANNA)
    an_enrolment(date(2024, 1, 1), participant=anna, **a_mistake())
    office.run([a_case()], [an_intervention()])
    assert Intervention.objects.get().enrolment.started_on == date(2024, 1, 10)


def test_row_of_an_enrolment_registered_by_mistake_stays_out(office):
    files = [an_open_case()], [an_intervention()]
    office.run(*files)
    Intervention.objects.all().delete()
    Enrolment.objects.update(**a_mistake())
    counts = office.run(*files)
    assert (counts.enrolments_left, counts.interventions_left) == (1, 1)
    assert not Intervention.objects.exists()


def test_fault_of_another_kind_does_not_hide_that_nobody_is_enrolled(office):
    assert office.faults(
        [a_case(nivå="AM4")], [an_intervention(insats="Jobb", start="2024-05-01", slut="")]
    )[1:] == [
        office.faults([a_case()], [an_intervention(insats="Jobb")])[0],
        NOT_ENROLLED,
    ]


@pytest.mark.parametrize(
    "broken", [{"inskriven": "10/1"}, {"avslutad": "2024-01-01"}], ids=["start", "end"]
)
def test_nothing_is_said_of_interventions_while_the_days_of_a_case_are_unknown(office, broken):
    faults = office.faults([a_case(**broken)], [an_intervention(start="2024-05-01")])
    assert [fault.split(":")[0] for fault in faults] == [
        f"rad 2, kolumn {next(iter(broken))}",
        "rad 2, kolumn slut",
    ]


@pytest.mark.parametrize(
    ("stored_end", "end_in_file"),
    [("2024-02-15", ""), ("", "2024-02-15"), ("2024-02-15", "2024-02-16")],
)
def test_intervention_that_has_ended_since_is_the_same(office, stored_end, end_in_file):
    office.run([a_case()], [an_intervention(slut=stored_end)])
    before = told()
    counts = office.run([a_case()], [an_intervention(slut=end_in_file)])
    assert (counts.interventions, counts.interventions_left) == (0, 1)
    assert told() == before


def test_two_of_a_kind_from_the_same_day_are_two(office):
    one, other = an_intervention(), an_intervention(slut="2024-02-20")
    office.run([a_case()], [one])
    assert office.run([a_case()], [other, one]).interventions == 1
    before = told()
    assert len(before["interventions"]) == 2
    assert office.run([a_case()], [one, other]).interventions == 0
    assert told() == before


def test_intervention_may_end_after_the_exit_or_not_at_all(office):
    office.run(
        [a_case()],
        [an_intervention(slut=""), an_intervention(slut=TODAY, insats="Övriga insatser")],
    )
    assert [row[-1] for row in told()["interventions"]] == [None, TODAY]
