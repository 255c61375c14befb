"""Each column of the cases: what it becomes, and each sentence when it cannot be read."""

from datetime import date

import pytest

from participants.models import Enrolment, Participant
from referrals.importing.rows import CASES
from referrals.models import Referral
from sundbyberg_am.access import Role
from tests.builders import a_personnummer, a_unit, a_user
from tests.importing.writing import (
    ANNA,
    BO,
    a_case,
    a_number,
    an_open_case,
    told,
)

UNKNOWN = "Värdet är okänt. Skriv"
TOO_LONG = "Texten är för lång. Den får ha högst 100 tecken."
SHAPE = "Skriv datumet som 2022-03-31."
CALENDAR = "Datumet finns inte i kalendern."
YEARS = "Året ska vara mellan 1970 och 2100."
NO_EXIT = "Fyll i avslutad också, eller lämna den här cellen tom."
CONTROL = "Texten har tecken som inte kan sparas. Skriv om den."
SHEET = "Cellen har ett fel från Excel eller en formel utan värde. Skriv värdet i stället."


def test_every_column_of_a_row_is_stored(office):
    a_user(username="karin.k")
    office.run([a_case(konsulent="Karin.K", bekräftat="ja", avslutsorsak="Teoretiska studier")])
    assert told() == {
        "people": [(ANNA, "Anna", "Åkesson", date(1985, 3, 14), "", "women", "secondary")],
        "enrolments": [
            (
                ANNA,
                "Arbetsmarknadsenheten",
                "labour_market",
                date(2024, 1, 10),
                date(2024, 3, 6),
                "social_services",
                "karin.k",
                "studies",
                True,
            )
        ],
        "levels": [(ANNA, "AM2", date(2024, 1, 10))],
        "plans": [(ANNA, 1, date(2024, 1, 25))],
        "referrals": [
            (
                ANNA,
                "Anna",
                "Åkesson",
                "social_services",
                "AM2",
                "accepted",
                date(2024, 1, 2),
                date(2024, 1, 16),
                date(2024, 1, 10),
                "Arbetsmarknadsenheten",
                date(2024, 1, 10),
            )
        ],
        "interventions": [],
    }


def test_what_may_be_empty_is_kept_as_missing(office):
    bare = dict.fromkeys(CASES.names, "") | {
        "personnummer": ANNA,
        "förnamn": "Anna",
        "efternamn": "Åkesson",
        "enhet": "Arbetsmarknadsenheten",
        "inskriven": "2024-01-10",
    }
    office.run([bare])
    stored = told()
    assert stored["people"][0][-2:] == ("women", "unknown")
    assert stored["enrolments"][0][3:] == (
        date(2024, 1, 10),
        None,
        "unknown",
        None,
        None,
        None,
    )
    assert stored["levels"] == stored["plans"] == stored["referrals"] == []


def test_an_exit_without_reason_gets_the_reason_that_is_listed_as_a_gap(office):
    office.run([a_case(avslutsorsak="")])
    assert Enrolment.objects.get().exit_reason.code == "unknown"


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Arbete utan subvention", "work_unsubsidised"),
        ("Arbete med subvention", "work_subsidised"),
        ("Teoretiska studier", "studies"),
        ("Mål uppfyllt – vidare till annan aktör", "goal_other_actor"),
        ("Mål uppfyllt – åter beställare", "goal_back_to_referrer"),
        ("Annan ersättning beviljad (sjukpenning, pension, a-kassa)", "other_benefit"),
        ("Kommunal arbetsmarknadsanställning", "municipal_employment"),
        ("Flyttat från kommunen", "moved"),
        ("Avliden", "deceased"),
        ("Avbrott, deltagarens val", "ended_by_participant"),
        ("Avbrott, enhetens beslut", "ended_by_unit"),
        ("Övrigt", "other"),
        ("Uppgift saknas", "unknown"),
        ("mål uppfyllt -  VIDARE till annan aktör", "goal_other_actor"),
    ],
)
def test_exit_reason_is_known_by_what_is_shown(office, label, code):
    office.run([a_case(avslutsorsak=label)])
    assert Enrolment.objects.get().exit_reason.code == code


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Socialtjänst", "social_services"),
        ("Arbetsförmedlingen", "employment_service"),
        ("Försäkringskassan", "insurance_agency"),
        ("Individen själv", "self"),
        ("Övrigt", "other"),
        ("", "unknown"),
    ],
)
def test_sender_stands_on_the_enrolment_and_the_referral(office, label, code):
    office.run([a_case(anvisad_av=label)])
    assert Enrolment.objects.get().initiator == code
    assert Referral.objects.get().initiator == code


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Ej fullgjord grundskola", "primary_incomplete"),
        ("Grundskola", "primary"),
        ("Gymnasial", "secondary"),
        ("Eftergymnasial", "post_secondary"),
        ("Ej validerad", "unvalidated"),
        ("Uppgift saknas", "unknown"),
        ("", "unknown"),
    ],
)
def test_education_is_known_by_what_is_shown(office, label, code):
    office.run([a_case(utbildning=label)])
    assert Participant.objects.get().education == code


@pytest.mark.parametrize(("answer", "stored"), [("ja", True), ("Nej", False), ("", None)])
def test_confirmation_is_yes_no_or_not_known(office, answer, stored):
    office.run([a_case(avslutsorsak="Arbete utan subvention", bekräftat=answer)])
    assert Enrolment.objects.get().exit_confirmed is stored


@pytest.mark.parametrize(
    ("number", "told_sex", "registered", "sex"),
    [
        (ANNA, "K", "", "women"),
        (ANNA, "", "", "women"),
        (ANNA, "m", "men", "men"),
        (BO, "M", "", "men"),
        (BO, "K", "women", "women"),
    ],
)
def test_sex_is_registered_where_it_differs_from_the_number(
    office, number, told_sex, registered, sex
):
    office.run([a_case(personnummer=number, kön=told_sex)])
    assert Participant.objects.values_list("registered_sex", "sex").get() == (registered, sex)


@pytest.mark.parametrize(
    ("number", "born"),
    [
        (a_number("19850374"), date(1985, 3, 14)),
        (a_number("19850360"), None),
        (a_number("19850060"), None),
    ],
)
def test_coordination_number_tells_as_much_of_the_birth_as_it_does(office, number, born):
    office.run([a_case(personnummer=number)])
    assert Participant.objects.values_list("personnummer", "birth_date").get() == (number, born)


@pytest.mark.parametrize(
    "written", [f"{ANNA[:8]}-{ANNA[8:]}", ANNA[2:], f"{ANNA[2:8]}-{ANNA[8:]}", f" {ANNA} "]
)
def test_number_is_the_same_however_it_is_written(office, written):
    office.run([a_case(personnummer=written)])
    assert Participant.objects.get().personnummer == ANNA


@pytest.mark.parametrize("name", ["Arbetsmarknadsenheten", "arbetsmarknadsenheten "])
def test_unit_that_exists_is_used_and_another_is_made(office, name):
    unit = a_unit()
    office.run([a_case(enhet=name), a_case(personnummer=BO, enhet="Jobbcenter")])
    first, second = Enrolment.objects.order_by("pk").select_related("unit")
    assert {first.unit.name, second.unit.name} == {unit.name, "Jobbcenter"}
    assert unit.pk in (first.unit_id, second.unit_id)


def test_the_latest_enrolment_tells_who_the_person_is(office):
    office.run(
        [
            a_case(efternamn="Ny", inskriven="2024-04-01", avslutad="2024-04-30", handlingsplan=""),
            a_case(efternamn="Gammal", utbildning="Grundskola"),
        ]
    )
    assert Participant.objects.values_list("last_name", "education").get() == ("Ny", "secondary")


def _wrong_check_digit(number: str) -> str:
    return number[:-1] + str((int(number[-1]) + 1) % 10)


FAULTS = [
    ("personnummer", "", "Fyll i ett personnummer eller samordningsnummer."),
    (
        "personnummer",
        "1985-03-14",
        "Skriv personnumret med tio eller tolv siffror, till exempel ÅÅÅÅMMDD-NNNN.",
    ),
    (
        "personnummer",
        _wrong_check_digit(ANNA),
        "Kontrollsiffran stämmer inte. Kontrollera att alla siffror är rätt.",
    ),
    (
        "personnummer",
        a_number("19850230"),
        "Datumet i personnumret finns inte i kalendern.",
    ),
    (
        "personnummer",
        a_number("19850290"),
        "Datumet i samordningsnumret finns inte i kalendern.",
    ),
    (
        "personnummer",
        a_personnummer(date(2024, 7, 1)),
        "Personnumret är för en dag som inte har varit än.",
    ),
    ("förnamn", "", "Fyll i ett värde."),
    ("förnamn", "x" * 101, TOO_LONG),
    ("förnamn", "An\x00na", CONTROL),
    ("förnamn", "An\x1bna", CONTROL),
    ("förnamn", "#SAKNAS!", SHEET),
    ("efternamn", "", "Fyll i ett värde."),
    ("efternamn", "x" * 101, TOO_LONG),
    ("enhet", "", "Fyll i ett värde."),
    ("enhet", "x" * 101, TOO_LONG),
    ("kön", "Kvinna", f"{UNKNOWN} K eller M."),
    (
        "anvisad_av",
        "Uppgift saknas",
        f"{UNKNOWN} Socialtjänst, Arbetsförmedlingen, Försäkringskassan, Individen själv eller Övrigt.",
    ),
    ("nivå", "AM4", f"{UNKNOWN} AM1, AM2 eller AM3."),
    (
        "avslutsorsak",
        "Arbete",
        f"{UNKNOWN} Arbete utan subvention, Arbete med subvention, Teoretiska studier, "
        "Mål uppfyllt – vidare till annan aktör, Mål uppfyllt – åter beställare, "
        "Annan ersättning beviljad (sjukpenning, pension, a-kassa), "
        "Kommunal arbetsmarknadsanställning, Flyttat från kommunen, Avliden, "
        "Avbrott, deltagarens val, Avbrott, enhetens beslut, Övrigt eller Uppgift saknas.",
    ),
    ("bekräftat", "x", f"{UNKNOWN} ja eller nej."),
    (
        "utbildning",
        "Komvux",
        f"{UNKNOWN} Ej fullgjord grundskola, Grundskola, Gymnasial, Eftergymnasial, Ej validerad "
        "eller Uppgift saknas.",
    ),
    (
        "konsulent",
        "okänd",
        "Det finns ingen användare med det användarnamnet. Lägg till användaren i systemet, eller "
        "lämna cellen tom.",
    ),
    ("inskriven", "", "Fyll i ett datum, till exempel 2022-03-31."),
    ("anvisningsdatum", "2024-01-11", "Anvisningen kan inte vara efter inskrivningen."),
    ("avslutad", "2024-01-09", "Avslutet kan inte vara före inskrivningen."),
    ("avslutad", "2024-07-01", "Avslutet kan inte vara fram i tiden."),
    ("handlingsplan", "2024-01-09", "Planen kan inte fastställas före inskrivningen."),
    ("handlingsplan", "2024-07-01", "Planen kan inte vara fastställd fram i tiden."),
]


@pytest.mark.parametrize(("column", "cell", "reason"), FAULTS)
def test_fault_is_told_with_line_column_and_reason(office, column, cell, reason):
    good = a_case(personnummer=BO, kön="M")
    assert office.faults([good, a_case(**{column: cell})]) == [f"rad 3, kolumn {column}: {reason}"]


@pytest.mark.parametrize("column", ["anvisningsdatum", "inskriven", "avslutad", "handlingsplan"])
@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("31/3 2022", SHAPE),
        ("31.03.2022", SHAPE),
        ("03/31/2022", SHAPE),
        ("2022-3-31", SHAPE),
        ("20220331", SHAPE),
        ("220331", SHAPE),
        ("2022-W13-4", SHAPE),
        ("2022-03-31 10:15:00", SHAPE),
        ("44651", SHAPE),
        ("2022‐03‐31", SHAPE),
        ("٢٠٢٢-٠٣-٣١", SHAPE),
        ("i våras", SHAPE),
        ("2023-02-29", CALENDAR),
        ("2022-13-01", CALENDAR),
        ("2022-04-31", CALENDAR),
        ("0000-01-01", CALENDAR),
        ("1969-12-31", YEARS),
        ("2101-01-01", YEARS),
    ],
)
def test_date_of_the_wrong_kind_is_told(office, column, cell, reason):
    assert office.faults([a_case(**{column: cell})]) == [f"rad 2, kolumn {column}: {reason}"]


@pytest.mark.parametrize(
    "days",
    [
        {"anvisningsdatum": "2024-01-10"},
        {"avslutad": "2024-01-10", "handlingsplan": "2024-01-10"},
        {"avslutad": "2024-06-30", "handlingsplan": "2024-06-30"},
        {"anvisningsdatum": "2024-02-29"} | {"inskriven": "2024-02-29", "handlingsplan": ""},
    ],
    ids=str,
)
def test_days_that_meet_are_possible(office, days):
    assert office.faults([a_case(**days)]) == []


@pytest.mark.parametrize(
    ("day", "faults"),
    [
        ("2024-08-29", []),
        (
            "2024-08-30",
            ["rad 2, kolumn inskriven: Dagen får vara högst 60 dagar fram i tiden."],
        ),
    ],
)
def test_enrolment_is_registered_two_months_ahead_at_most(office, day, faults):
    assert office.faults([an_open_case(inskriven=day, handlingsplan="")]) == faults


@pytest.mark.parametrize(("column", "cell"), [("avslutsorsak", "Avliden"), ("bekräftat", "nej")])
def test_exit_needs_its_day(office, column, cell):
    assert office.faults([an_open_case(**{column: cell})]) == [f"rad 2, kolumn {column}: {NO_EXIT}"]


def test_enrolment_before_birth_is_told(office):
    row = a_case(anvisningsdatum="", inskriven="1985-03-13")
    assert office.faults([row]) == [
        "rad 2, kolumn inskriven: Dagen är före personens födelse. Kontrollera året."
    ]
    assert office.faults([row | {"inskriven": "1985-03-14"}]) == []


def test_unit_of_another_kind_is_told(office):
    user = a_user(Role.SOCIAL_SECRETARY)
    assert office.faults([a_case(enhet=user.unit.name)]) == [
        "rad 2, kolumn enhet: Enheten finns, men är ingen arbetsmarknadsenhet."
    ]


def test_every_fault_of_every_row_is_listed_in_the_order_of_the_columns(office):
    rows = [
        a_case(nivå="AM4", förnamn="", kön="X"),
        a_case(personnummer=BO, kön="M"),
        a_case(personnummer="", bekräftat="kanske"),
    ]
    told_of = [fault.split(": ")[0] for fault in office.faults(rows)]
    assert told_of == [
        "rad 2, kolumn förnamn",
        "rad 2, kolumn kön",
        "rad 2, kolumn nivå",
        "rad 4, kolumn personnummer",
        "rad 4, kolumn bekräftat",
    ]


def test_fault_repeats_nothing_from_the_file(office):
    secret = "Hemlighetsson"
    row = dict.fromkeys(CASES.names, secret)
    faults = office.faults([row])
    assert len(faults) > 8
    assert not [fault for fault in faults if secret in fault]
