"""From nothing to a report by three commands, in a data folder of their own."""

import json
import subprocess
import sys
from pathlib import Path

from tests.importing.writing import a_csv, a_number, an_intervention, an_open_case

from .conftest import ROOT, SECONDS, environment

EXIT = {"avslutsorsak": "Arbete utan subvention", "bekräftat": "ja"}
WOMAN, MAN = 980, 981

# Every row by hand: who, from and to when, and what 2024 sees of it.
CASES = [
    # started and ended, 8 weeks; referred 8 days before; the plan on the thirtieth day
    an_open_case(
        personnummer=a_number("19850314", WOMAN),
        nivå="AM1",
        anvisningsdatum="2024-01-02",
        inskriven="2024-01-10",
        **EXIT | {"avslutad": "2024-03-06", "handlingsplan": "2024-02-09"},
    ),
    # started and ended, 10 weeks over a leap day; referred 7 days before; the plan a day late
    an_open_case(
        personnummer=a_number("19900228", MAN),
        anvisningsdatum="2024-01-25",
        inskriven="2024-02-01",
        kön="",
        avslutad="2024-04-11",
        handlingsplan="2024-03-03",
        bekräftat="nej",
        avslutsorsak="Teoretiska studier",
    ),
    # ongoing the whole year
    an_open_case(
        personnummer=a_number("19700606", WOMAN),
        nivå="AM3",
        anvisningsdatum="2023-10-02",
        inskriven="2023-11-01",
        handlingsplan="",
    ),
    # one day of the year, the last; referred 11 days before; no level
    an_open_case(
        personnummer=a_number("19990909", MAN),
        nivå="",
        anvisningsdatum="2024-12-20",
        inskriven="2024-12-31",
        kön="",
        handlingsplan="",
    ),
    # ended the day before the year; back within twelve months
    an_open_case(
        personnummer=a_number("20010101", WOMAN),
        anvisningsdatum="",
        inskriven="2023-03-01",
        avslutad="2023-12-31",
        handlingsplan="",
        avslutsorsak="Avliden",
    ),
    an_open_case(
        personnummer=a_number("20010101", WOMAN),
        anvisningsdatum="",
        inskriven="2024-06-03",
        handlingsplan="",
    ),
    # started the day after the year
    an_open_case(
        personnummer=a_number("19880808", MAN),
        anvisningsdatum="",
        inskriven="2025-01-01",
        handlingsplan="",
        kön="",
    ),
]
INTERVENTIONS = [
    an_intervention(personnummer=a_number("19850314", WOMAN), slut="2024-01-29"),  # two weeks
    an_intervention(personnummer=a_number("19700606", WOMAN), start="2023-11-15", slut=""),
    an_intervention(
        personnummer=a_number("20010101", WOMAN), start="2023-05-01", slut="2023-12-31"
    ),
]
EXPECTED = {
    ("participants", "", "all"): 5,
    ("participants", "", "women"): 3,
    ("participants", "level=AM1", "all"): 1,
    ("participants", "level=AM2", "all"): 2,
    ("participants", "level=AM3", "women"): 1,
    ("participants", "level=unknown", "men"): 1,
    ("enrolments_started", "", "all"): 4,
    ("exits", "", "all"): 2,
    ("exits", "reason=studies", "men"): 1,
    ("exits", "reason=deceased", "all"): 0,
    ("exit_share", "reason=work_unsubsidised", "all"): (1, 2),
    ("work_or_studies_share", "", "all"): (2, 2),
    ("weeks_enrolled_median", "", "all"): 9,
    ("weeks_enrolled_median", "", "women"): 8,
    ("weeks_enrolled_median", "", "men"): 10,
    ("weeks_enrolled_median", "level=AM3", "all"): None,
    ("ongoing", "", "all"): 3,
    ("ongoing_10_months", "", "all"): 1,
    ("referrals", "", "all"): 3,
    ("referral_to_decision_days_median", "", "all"): 8,
    ("interventions", "kind=matching", "all"): 2,
    ("intervention_weeks_mean", "", "all"): 2,
    ("plan_within_30_days_share", "", "all"): (1, 3),
    ("re_entry_share", "", "all"): (1, 4),
    ("kas_exits", "kas_class=A", "all"): 1,
    ("kas_exits", "kas_class=E", "all"): 1,
    ("kas_work_or_studies_share", "", "all"): (1, 2),
}


def manage(data: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "dev.py"), "manage", *map(str, arguments)],
        env=environment(data),
        capture_output=True,
        encoding="utf-8",
        cwd="/",
        timeout=4 * SECONDS,
        check=False,
    )


def test_files_become_the_figures_that_are_counted_by_hand(data):
    cases = a_csv(data.parent / "cases.csv", CASES, encoding="cp1252")
    interventions = a_csv(data.parent / "interventions.csv", INTERVENTIONS, delimiter=",")
    broken = a_csv(data.parent / "broken.csv", [*CASES, CASES[0]])
    report = data.parent / "2024.json"
    files = cases, "--interventions", interventions

    assert manage(data, "migrate").returncode == 0
    refused = manage(data, "import_cases", broken)
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        "rad 9, kolumn inskriven: Samma person och samma dag står redan på rad 2.",
        "1 fel. Inget har sparats. Rätta filen och kör importen igen.",
    ]
    for number in (7, 0):  # nothing was stored of the broken file, and the second time adds nothing
        done = manage(data, "import_cases", *files)
        assert (done.returncode, done.stderr) == (0, "")
        assert f"inskrivningar  {number:>7}\n" in done.stdout
    done = manage(data, "build_report", "2024", "--format", "json", "--output", report)
    assert (done.returncode, done.stderr) == (0, "")

    figures = {}
    for entry in json.loads(report.read_text("utf-8"))["figures"]:
        by = ",".join(f"{dimension}={member}" for dimension, member in entry["by"].items())
        share = (entry["numerator"], entry["denominator"]) if "numerator" in entry else None
        figures[entry["figure"], by, entry["sex"]] = share or entry["value"]
    assert {key: figures[key] for key in EXPECTED} == EXPECTED
