"""docs/import.md says what the code does."""

import re
from pathlib import Path

import pytest

from participants.models import Education, ExitReason, Initiator, InterventionKind
from referrals.importing.rows import CASES, INTERVENTIONS
from referrals.management.commands.import_cases import summary

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "import.md").read_text("utf-8")
LINES = [line.removeprefix("- ") for line in TEXT.splitlines()]


def _block(kind: str, number: int) -> str:
    return re.findall(rf"^```{kind}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)[number]


@pytest.mark.parametrize(
    ("heading", "columns"), [("## Ärenden", CASES), ("## Insatser", INTERVENTIONS)]
)
def test_tables_name_the_columns_and_those_that_may_be_absent(heading, columns):
    chapter = TEXT.split(heading)[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(.+?)` \|.*\| (.+?) \|$", chapter, re.MULTILINE)
    assert tuple(name for name, _ in rows) == columns.names
    assert {name for name, empty in rows if "kan saknas" in empty} == columns.optional


@pytest.mark.django_db
def test_what_the_cells_may_hold_is_listed():
    assert set(ExitReason.objects.values_list("label", flat=True)) <= set(LINES)
    assert {kind.label for kind in InterventionKind} <= set(LINES)
    for name, values in (("anvisad_av", Initiator), ("utbildning", Education)):
        [row] = [line for line in LINES if line.startswith(f"| `{name}`")]
        listed = [
            str(value.label) for value in values if name == "utbildning" or value != "unknown"
        ]
        assert f"{', '.join(listed[:-1])} eller {listed[-1]}" in row


def _example(office):
    paths = office.folder / "arenden.csv", office.folder / "insatser.csv"
    for number, path in enumerate(paths):
        path.write_text(_block("csv", number), encoding="utf-8")
    return paths


def test_example_is_stored_and_answered_as_it_says(office):
    files = _example(office)
    for answer in (_block("text", 0), _block("text", 2)):
        said = summary(office.run(*files), dry_run=False).replace("\xa0", " ")
        assert f"{said}\n" == answer


def test_faults_look_as_it_says(office):
    cases, interventions = _example(office)
    text = cases.read_text("utf-8").replace("AM2", "AM4").replace("2022-02-01", "1/2 2022")
    cases.write_text(text, encoding="utf-8")
    text = interventions.read_text("utf-8").replace("2022-02-01", "2021-02-01")
    interventions.write_text(text, encoding="utf-8")
    shown = [line.split(", ", 1)[1] for line in _block("text", 1).splitlines()[:-1]]
    assert office.faults(cases, interventions) == shown
