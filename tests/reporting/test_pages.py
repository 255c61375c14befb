"""The pages of reports: who sees what, and what they do."""

from datetime import date

import pytest
from django.urls import reverse

from reporting import actions
from reporting.exporters import FORMS
from reporting.models import ReportRun, RunState
from sundbyberg_am.access import Role
from tests.builders import a_user, an_enrolment
from tests.reporting.builders import page_with_all_opened

pytestmark = pytest.mark.django_db
LIST = "/rapporter/"


@pytest.fixture
def manager():
    return a_user(Role.MANAGER)


@pytest.fixture
def run(manager) -> ReportRun:
    """A draft that is ready."""
    an_enrolment(date(2024, 1, 1), date(2024, 2, 29), reason="studies")
    an_enrolment(date(2024, 1, 1), woman=False)
    run = ReportRun.objects.create(period_code="2024", ordered_by=manager)
    actions.build(run.pk)
    return ReportRun.objects.get(pk=run.pk)


def page_of(run: ReportRun) -> str:
    return reverse("report", args=[run.public_id])


def test_a_manager_orders_a_report_and_comes_to_it(as_user, manager):
    answer = as_user(manager).post(LIST, {"period_code": "2024-T1"})
    run = ReportRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page_of(run))
    assert (run.period_code, run.ordered_by, run.state) == ("2024-T1", manager, RunState.WAITING)


def test_a_report_that_cannot_be_ordered_is_refused_with_the_page(as_user, manager):
    answer = as_user(manager).post(LIST, {"period_code": "2099"})
    assert answer.status_code == 422
    assert not ReportRun.objects.exists()


def test_a_controller_reads_but_does_not_order(as_user, run, manager):
    client = as_user(a_user(Role.CONTROLLER))
    assert "fastställda rapporter än" in client.get(LIST).content.decode()
    assert client.post(LIST, {"period_code": "2024"}).status_code == 403
    assert client.get(page_of(run)).status_code == 404
    assert client.get(page_of(run) + "excel/").status_code == 404
    assert client.post(page_of(run) + "faststall/").status_code == 403
    actions.approve(run, by=manager)
    listed = client.get(LIST).content.decode()
    assert "Verksamhetsberättelse 2024" in listed
    assert "Beställ en rapport" not in listed
    shown = client.get(page_of(run)).content.decode()
    assert "Fastställd" in shown
    assert "faststall" not in shown
    assert client.get(page_of(run) + "excel/").status_code == 200


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.MANAGER, Role.CONTROLLER}))
def test_others_have_no_reports(as_user, run, role):
    client = as_user(a_user(role))
    for url in (LIST, page_of(run), page_of(run) + "excel/", page_of(run) + "json/"):
        assert client.get(url).status_code == 403
    for url in (page_of(run) + "faststall/", page_of(run) + "forsok-igen/"):
        assert client.post(url).status_code == 403


def test_nothing_is_changed_by_reading(as_user, run, manager):
    client = as_user(manager)
    assert client.get(page_of(run) + "faststall/").status_code == 405
    assert client.get(page_of(run) + "forsok-igen/").status_code == 405
    assert client.post(page_of(run)).status_code == 405


def test_a_ready_report_shows_figures_by_sex_with_their_definitions(as_user, run, manager):
    shown = page_with_all_opened(as_user(manager), run)
    assert "Teoretiska studier" in shown
    assert "<svg" in shown
    assert "100\u00a0%" in shown  # the one exit was to studies
    assert "Personer som har varit inskrivna minst en dag i perioden." in shown
    assert run.fingerprint in shown
    assert manager.name in shown


def test_a_report_is_downloaded_as_it_was_built(as_user, run, manager):
    client = as_user(manager)
    excel = client.get(page_of(run) + "excel/")
    assert excel["Content-Disposition"] == 'attachment; filename="rapport-2024.xlsx"'
    assert excel.content == run.file("xlsx")
    figures = client.get(page_of(run) + "json/").json()["figures"]
    assert run.content is not None
    assert figures == [
        {key: value for key, value in figure.items() if key != "n"}
        for figure in run.content["figures"]
    ]
    for address in ("html/", "xlsx/", "offentlig/xlsx/"):
        assert client.get(page_of(run) + address).status_code == 404


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.address)
def test_every_form_is_downloaded_in_both_versions(as_user, run, manager, form):
    client = as_user(manager)
    shown = client.get(page_of(run)).content.decode()
    for folder, version in (("", ""), ("offentlig/", "-offentlig")):
        url = f"{page_of(run)}{folder}{form.address}/"
        assert f'href="{url}"' in shown
        answer = client.get(url)
        assert answer["Content-Type"] == form.content_type
        name = f"rapport-2024{version}.{form.ending}"
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.content == run.file(form.ending, public=bool(folder))
    assert run.file(form.ending) != run.file(form.ending, public=True)


def test_a_file_that_was_not_kept_does_not_exist(as_user, run, manager):
    run.files.filter(format="pub-pdf").delete()
    assert as_user(manager).get(page_of(run) + "offentlig/pdf/").status_code == 404


def test_a_report_being_built_shows_how_far_it_has_come(as_user, manager):
    client = as_user(manager)
    run = ReportRun.objects.create(period_code="2024", ordered_by=manager)
    assert "Väntar på sin tur" in client.get(page_of(run)).content.decode()
    actions._begin(run.pk, alone=True)
    whole = client.get(page_of(run)).content.decode()
    assert "Räknar siffrorna" in whole
    assert f"Steg 1 av {len(actions.STEPS)}." in whole
    assert "sedan beställningen" in whole
    assert "Läs om sidan" in whole
    part = client.get(page_of(run), headers={"HX-Request": "true"})
    assert "Räknar siffrorna" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert client.get(page_of(run) + "excel/").status_code == 404
    actions.build(run.pk)
    done = client.get(page_of(run), headers={"HX-Request": "true"})
    assert (done.headers["HX-Refresh"], done.content) == ("true", b"")


def test_a_failed_report_says_so_and_can_be_tried_again(as_user, manager):
    run = ReportRun.objects.create(
        period_code="2024", ordered_by=manager, state=RunState.FAILED, failure=actions.GIVEN_UP
    )
    client = as_user(manager)
    shown = client.get(page_of(run)).content.decode()
    assert actions.GIVEN_UP in shown
    assert "Försök igen" in shown
    answer = client.post(page_of(run) + "forsok-igen/", follow=True)
    assert "Rapporten byggs igen." in answer.content.decode()
    assert ReportRun.objects.get().state == RunState.WAITING


def test_a_manager_approves_a_report_once(as_user, run, manager):
    client = as_user(manager)
    answer = client.post(page_of(run) + "faststall/", follow=True)
    assert "Rapporten är fastställd." in answer.content.decode()
    answer = client.post(page_of(run) + "faststall/", follow=True)
    assert "Rapporten är redan fastställd." in answer.content.decode()


@pytest.mark.parametrize("page", ["list", "report"])
def test_a_page_asks_once_for_reports_whatever_is_in_the_database(
    as_user, run, manager, page, django_assert_max_num_queries
):
    client = as_user(manager)
    url = LIST if page == "list" else page_of(run)
    for year in ("2021", "2022", "2023"):
        # the transaction's two ends, session, user and the unit in the page's head
        with django_assert_max_num_queries(6) as asked:
            client.get(url)
        assert len([query for query in asked if "reporting_" in query["sql"]]) == 1
        ReportRun.objects.create(
            period_code=year, ordered_by=a_user(Role.MANAGER), state=RunState.FAILED
        )
