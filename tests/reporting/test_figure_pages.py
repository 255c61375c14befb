"""A figure's page: its definition, the rows behind it, and what has changed since it was counted."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from participants.models import Enrolment
from reporting import actions, figure_views
from reporting.figures import CATALOGUE, SEXES, all_dimensions
from reporting.models import ReportRun
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import a_unit, a_user, an_enrolment
from tests.referrals.builders import Cast, a_referral_in
from tests.reporting.builders import page_with_all_opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return a_user(Role.MANAGER)


def a_run(manager, code="2024") -> ReportRun:
    run = ReportRun.objects.create(period_code=code, ordered_by=manager)
    actions.build(run.pk)
    run.refresh_from_db()
    return run


def page(run: ReportRun, code: str, **asked: str) -> str:
    return reverse("figure", args=[run.public_id, code], query=asked)


def exits() -> dict[str, Enrolment]:
    """Two women, one of them to studies, and a man."""
    day = date(2024, 1, 1)
    return {
        "studies": an_enrolment(day, day + timedelta(days=70), reason="studies"),
        "other": an_enrolment(day, day + timedelta(days=7), reason="other", level="AM3"),
        "man": an_enrolment(day, day + timedelta(days=14), woman=False),
    }


def test_the_rows_behind_a_count_are_shown_and_put_on_record(as_user, manager):
    found = exits()
    run = a_run(manager)
    AccessRecord.objects.all().delete()
    text = as_user(manager).get(page(run, "exits", kon="women")).content.decode()
    names = {key: one.participant.name for key, one in found.items()}
    assert names["studies"] in text
    assert names["other"] in text
    assert names["man"] not in text
    assert "2\u00a0rader" in text
    assert "Inskrivningar som har avslutats i perioden." in text
    assert "Räknat nu blir det" not in text
    record = AccessRecord.objects.get()
    assert set(record.subjects) == {
        found["studies"].participant.public_id,
        found["other"].participant.public_id,
    }
    assert record.page == "/rapporter/…/siffra/…/"


def test_a_member_shows_only_its_rows(as_user, manager):
    found = exits()
    text = as_user(manager).get(page(a_run(manager), "exits", efter="level", grupp="AM3"))
    shown = text.content.decode()
    assert found["other"].participant.name in shown
    assert found["studies"].participant.name not in shown
    assert "Nivå: AM3." in shown


def test_a_share_marks_its_numerator_and_shows_its_denominator(as_user, manager):
    exits()
    run = a_run(manager)
    shown = (
        as_user(manager)
        .get(page(run, "exit_share", efter="reason", grupp="studies"))
        .content.decode()
    )
    assert shown.count(">Räknas</span>") == 1
    assert shown.count(">Bara i underlaget</span>") == 2
    shown = as_user(manager).get(page(run, "work_or_studies_share")).content.decode()
    assert shown.count(">Räknas</span>") == 2


def test_a_median_shows_the_values_from_the_least(as_user, manager):
    exits()
    answer = as_user(manager).get(page(a_run(manager), "weeks_enrolled_median"))
    assert [row.measured for row, _ in answer.context["shown"]] == [1, 2, 10]


def test_what_is_registered_later_is_told_and_the_report_stands(as_user, manager):
    exits()
    run = a_run(manager)
    an_enrolment(date(2024, 3, 1), date(2024, 4, 1))
    shown = as_user(manager).get(page(run, "exits")).content.decode()
    assert "Räknat nu blir det 4. Rapporten säger 3." in shown
    assert "4\u00a0rader" in shown


def test_a_controller_reads_the_figure_and_sees_nobody(as_user, manager):
    found = exits()
    run = a_run(manager)
    actions.approve(run, by=manager)
    AccessRecord.objects.all().delete()
    controller = as_user(a_user(Role.CONTROLLER))
    shown = controller.get(page(run, "exits")).content.decode()
    assert "Inskrivningar som har avslutats i perioden." in shown
    for one in found.values():
        assert one.participant.name not in shown
    assert "Raderna bakom siffran" not in shown
    assert not AccessRecord.objects.exists()
    excel = reverse("figure_rows", args=[run.public_id, "exits"])
    assert controller.get(excel).status_code == 403


def test_rows_of_another_unit_are_counted_and_told_but_not_shown(as_user, manager):
    exits()
    elsewhere = an_enrolment(date(2024, 1, 1), date(2024, 2, 1), unit=a_unit("Annan enhet"))
    answer = as_user(manager).get(page(a_run(manager), "exits"))
    shown = answer.content.decode()
    assert elsewhere.participant.name not in shown
    assert "1\u00a0rad till räknas men hör till andra enheter" in shown
    assert answer.context["now"].text == "4"


def test_a_referral_that_nobody_is_enrolled_from_opens_itself(as_user, manager):
    referral = a_referral_in("submitted", Cast())
    assert referral.submitted_on
    run = a_run(manager, str(referral.submitted_on.year))
    shown = as_user(manager).get(page(run, "referrals")).content.decode()
    assert reverse("referral", args=[referral.public_id]) in shown


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("nothing", {}),
        ("exits", {"kon": "x"}),
        ("exits", {"efter": "level", "grupp": "AM9"}),
        ("exits", {"efter": "kind", "grupp": "other"}),
        ("exits", {"grupp": "AM1"}),
    ],
)
def test_what_the_report_does_not_have_does_not_exist(as_user, manager, code, asked):
    run = a_run(manager)
    assert as_user(manager).get(page(run, code, **asked)).status_code == 404
    excel = reverse("figure_rows", args=[run.public_id, code], query=asked)
    assert as_user(manager).get(excel).status_code == 404


def test_long_lists_come_by_the_page_and_each_page_records_its_own(as_user, manager, monkeypatch):
    monkeypatch.setattr(figure_views, "PAGE", 2)
    exits()
    run = a_run(manager)
    client = as_user(manager)
    first = client.get(page(run, "exits"))
    second = client.get(page(run, "exits") + first.context["next_url"])
    names = [row.name for answer in (first, second) for row, _ in answer.context["shown"]]
    assert len(names) == len(set(names)) == 3
    assert second.context["next_url"] == ""
    assert [len(record.subjects) for record in AccessRecord.objects.order_by("pk")] == [2, 1]


def test_the_rows_come_as_excel_and_all_are_put_on_record(as_user, manager):
    exits()
    run = a_run(manager)
    AccessRecord.objects.all().delete()
    answer = as_user(manager).get(
        reverse("figure_rows", args=[run.public_id, "work_or_studies_share"])
    )
    assert answer["Content-Disposition"] == (
        'attachment; filename="work_or_studies_share-2024.xlsx"'
    )
    sheet = load_workbook(BytesIO(answer.content))["Underlag"]
    rows = list(sheet.iter_rows(min_row=6, values_only=True))
    assert [row[-1] for row in rows] == ["Ja", "Ja", "Nej"]
    assert "67\u00a0% (2 av 3)" in sheet["A3"].value
    assert sheet.freeze_panes == "B6"
    assert len(AccessRecord.objects.get().subjects) == 3


def test_a_page_asks_as_often_however_many_rows(as_user, manager, django_assert_num_queries):
    exits()
    run = a_run(manager)
    client = as_user(manager)
    # The transaction's two ends, session, user, unit, the run, the snapshot's two ends, the population,
    # the cases and the access record.
    for _ in range(2):
        with django_assert_num_queries(11):
            client.get(page(run, "exits"))
        exits()


def test_every_number_of_a_report_leads_to_its_page(as_user, manager):
    exits()
    run = a_run(manager)
    shown = page_with_all_opened(as_user(manager), run)
    sexes = [{}, *({"kon": sex.code} for sex in SEXES[1:])]
    for figure in CATALOGUE:
        groups: list[dict[str, str]] = [{}] + [
            {"efter": key, "grupp": member.code}
            for key in figure.by
            for member in all_dimensions()[key].members
        ]
        for asked in (group | sex for group in groups for sex in sexes):
            link = page(run, figure.code, **asked).replace("&", "&amp;")
            assert f'href="{link}"' in shown


def test_a_section_is_divided_in_place_or_on_the_page_and_an_unknown_one_nowhere(as_user, manager):
    exits()
    client, address = (
        as_user(manager),
        reverse("report", args=[a_run(manager).public_id]),
    )
    part = client.get(f"{address}?visa=1", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div class="breakdown" id="efter-1"')
    whole = client.get(f"{address}?visa=1").content.decode()
    assert "<html" in whole
    assert part.strip() in whole
    for unknown in ("0", "99", "x", "١"):
        assert "breakdown__figure" not in client.get(f"{address}?visa={unknown}").content.decode()
