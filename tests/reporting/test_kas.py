"""The year's figures for Kolada, and what stops them."""

import csv
from datetime import date
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from reporting import actions
from reporting.content import build_content
from reporting.exporters.kas import render_csv, render_xlsx
from reporting.kas import INDICATORS, checks, told
from reporting.models import ReportRun
from reporting.periods import Period
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import a_user, an_enrolment

pytestmark = pytest.mark.django_db
DAY = date(2024, 1, 1)


@pytest.fixture
def manager():
    return a_user(Role.MANAGER)


def a_run(manager, code="2024") -> ReportRun:
    run = ReportRun.objects.create(period_code=code, ordered_by=manager)
    actions.build(run.pk)
    return ReportRun.objects.get(pk=run.pk)


def a_year() -> dict[str, dict[str, float | None]]:
    """By id and gender."""
    content = build_content(Period.parse("2024"), counted_on=date(2025, 1, 15))
    return {
        values[0].indicator.id: {one.gender: one.value for one in values}
        for values in told(content)
    }


def test_the_results_at_the_exit_by_hand():
    an_enrolment(
        DAY, date(2024, 7, 1), reason="studies", exit_confirmed=True
    )  # six months to the day
    an_enrolment(DAY, date(2024, 7, 2), reason="work_subsidised", exit_confirmed=True, woman=False)
    an_enrolment(DAY, date(2024, 2, 1), reason="work_unsubsidised", exit_confirmed=False)
    an_enrolment(date(2022, 1, 1), date(2024, 1, 2), reason="goal_back_to_referrer")
    found = a_year()
    assert found["N40450"] == {"T": 4, "K": 3, "M": 1}
    assert [found[code]["T"] for code in ("U40450", "U40451", "U40452", "U40453", "U40454")] == [
        *(1, 1, 0, 1, 1)
    ]
    assert found["U40406"] == {"T": 25, "K": 0, "M": 100}
    assert found["U40455"] == {"T": 50, "K": pytest.approx(100 / 3), "M": 100}
    assert found["U40800"] == {"T": 4, "K": 3, "M": 1}
    assert [found[code] for code in ("N40828", "N40829", "N40830", "U40822", "U40823")] == [
        *({"T": 50}, {"T": 25}, {"T": 0}, {"T": 25}, {"T": 25})
    ]


def test_shares_of_nothing_have_no_value_and_ids_are_told_once():
    found = a_year()
    assert found["U40455"] == {"T": None, "K": None, "M": None}
    assert found["N40450"] == {"T": 0, "K": 0, "M": 0}
    assert len({one.id for one in INDICATORS}) == len(INDICATORS) == len(found)


def test_the_checks_stop_what_is_not_known_not_confirmed_not_over_and_not_approved():
    an_enrolment(DAY, date(2024, 2, 1), reason="unknown")
    an_enrolment(DAY, date(2024, 2, 1), reason="studies")
    period = Period.parse("2024")
    early = build_content(period, counted_on=period.last_day)
    assert [check.is_met for check in checks(early, is_approved=False)] == [False] * 4
    texts = [check.text for check in checks(early, is_approved=False)]
    assert texts[2:] == [
        "1 avslut saknar orsak.",
        "1 avslut till arbete eller studier har inte fått svar på om de är bekräftade.",
    ]


def test_the_page_lists_the_cases_to_mend_and_the_file_waits(as_user, manager):
    unknown = an_enrolment(DAY, date(2024, 2, 1), reason="unknown")
    fine = an_enrolment(DAY, date(2024, 2, 1), reason="moved")
    run = a_run(manager)
    actions.approve(run, by=manager)
    AccessRecord.objects.all().delete()
    client = as_user(manager)
    page = reverse("kas", args=[run.public_id])
    text = client.get(page).content.decode()
    assert unknown.participant.name in text
    assert fine.participant.name not in text
    assert AccessRecord.objects.get().subjects == [unknown.participant.public_id]
    assert "Ladda ner CSV" not in text
    answer = client.get(page + "csv/", follow=True)
    assert answer.redirect_chain[-1][0] == page
    assert "Filen går inte att hämta än." in answer.content.decode()
    controller = as_user(a_user(Role.CONTROLLER)).get(page).content.decode()
    assert unknown.participant.name not in controller
    assert "1 avslut saknar orsak." in controller


def test_the_file_is_downloaded_when_nothing_stops_it(as_user, manager, settings):
    an_enrolment(DAY, date(2024, 2, 1), reason="moved")
    run = a_run(manager)
    actions.approve(run, by=manager)
    page = reverse("kas", args=[run.public_id])
    answer = as_user(manager).get(page + "csv/")
    assert answer["Content-Disposition"] == 'attachment; filename="kolada-2024.csv"'
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    first = {key: rows[0][key] for key in ("kpi", "municipality", "period", "gender", "value")}
    assert first == {
        "kpi": "U40800",
        "municipality": "0183",
        "period": "2024",
        "gender": "T",
        "value": "1",
    }
    assert as_user(manager).get(page + "excel/").status_code == 200
    assert as_user(manager).get(page + "pdf/").status_code == 404


def test_both_files_say_the_same():
    an_enrolment(DAY, date(2024, 2, 1), reason="studies", exit_confirmed=True)
    for _ in range(2):
        an_enrolment(DAY, date(2024, 2, 1), reason="moved")
    content = build_content(Period.parse("2024"), counted_on=date(2025, 1, 15))
    text = render_csv(content, "0183").decode("utf-8-sig").splitlines()
    sheet = load_workbook(BytesIO(render_xlsx(content, "0183")))["Kolada"]
    rows = [
        ";".join("" if cell is None else str(cell).replace(".", ",") for cell in row)
        for row in sheet.iter_rows(values_only=True)
    ]
    assert rows == text
    assert "U40455;0183;2024;T;33,3;1;3;Avslutade, börjat arbeta eller studera, andel" in text


def test_a_tertial_is_nothing_for_kolada(as_user, manager):
    run = a_run(manager, "2024-T1")
    assert as_user(manager).get(reverse("kas", args=[run.public_id])).status_code == 404
    assert (
        as_user(manager).get(reverse("kas_download", args=[run.public_id, "csv"])).status_code
        == 404
    )
