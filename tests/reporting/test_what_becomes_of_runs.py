"""A draft is approved or discarded; what is approved never changes, whatever is registered afterwards."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from participants.models import Enrolment, ExitReason, Level, LevelChange, Participant, Sex
from reporting import actions, late
from reporting.content import Content, fingerprint, values_now
from reporting.exporters import FORMS
from reporting.models import ReportFile, ReportRun, RunState, file_format
from reporting.periods import Period
from secrecy.actions import remove_person
from secrecy.due import people_of
from sundbyberg_am.access import Role
from sundbyberg_am.models import User
from tests.builders import a_user, an_enrolment

YEAR = Period.parse("2024")


@pytest.fixture
def manager(db) -> User:
    return a_user(Role.MANAGER)


@pytest.fixture
def draft(manager) -> ReportRun:
    """Ready: one who began in February, left in May to study, and one who is still there."""
    an_enrolment(date(2024, 2, 5), date(2024, 5, 31), reason="studies")
    an_enrolment(date(2024, 3, 4), woman=False)
    run = actions.order_report("2024", today=date(2025, 1, 2), by=manager)
    actions.build(run.pk)
    return ReportRun.objects.get(pk=run.pk)


@pytest.fixture
def approved(draft, manager) -> ReportRun:
    return actions.approve(draft, by=manager)


def what_says(run: ReportRun) -> Content:
    assert run.content is not None
    content: Content = run.content
    return content


def changes_of(run: ReportRun, *, public: bool = False) -> list[late.Change]:
    versions = (what_says(run), late.with_values(what_says(run), values_now(YEAR)))
    return late.changes(*map(actions.public_content, versions) if public else versions)


def refuses(change) -> str:
    """What the database says to the change."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        change()
    return str(refused.value)


CONTENT = "update reporting_reportrun set content = jsonb_set(content, '{counted_on}', '\"x\"')"
CHANGES = [
    CONTENT,
    "update reporting_reportrun set fingerprint = repeat('1', 64)",
    "update reporting_reportrun set period_code = '2023'",
    "update reporting_reportrun set approved_at = null, approved_by_id = null",
    "update reporting_reportrun set finished_at = now()",
    "delete from reporting_reportrun",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_what_is_approved(approved, statement):
    with pytest.raises(IntegrityError, match="Rapporten är fastställd"), transaction.atomic():
        connection.cursor().execute(statement)
    assert ReportRun.objects.get().content == approved.content


def test_the_database_lets_a_draft_change(draft):
    connection.cursor().execute(CONTENT)
    assert what_says(ReportRun.objects.get())["counted_on"] == "x"


def test_the_database_refuses_to_change_the_files_of_what_is_approved(approved):
    assert "dess filer ändras aldrig" in refuses(lambda: approved.files.update(content=b"other"))
    assert "dess filer ändras aldrig" in refuses(
        lambda: approved.files.all()._raw_delete("default")
    )
    assert "fastställd" in refuses(approved.delete)
    assert approved.files.count() == 2 * len(FORMS)


def test_a_draft_that_was_changed_behind_its_fingerprint_is_not_approved(draft, manager):
    connection.cursor().execute(CONTENT)
    with pytest.raises(ValidationError, match="stämmer inte med rapportens fingeravtryck"):
        actions.approve(draft, by=manager)
    assert ReportRun.objects.get().approved_at is None


def test_a_discarded_draft_can_be_read_but_has_no_files(draft, manager, as_user):
    run = actions.discard(draft, by=manager)
    assert (run.discarded_by, run.is_draft) == (manager, False)
    assert run.content == draft.content
    assert not ReportFile.objects.exists()
    assert not ReportRun.objects.to_approve().exists()
    page = as_user(manager).get(reverse("report", args=[run.public_id])).content.decode()
    assert f"av {manager.name}" in page
    assert "Kasserad" in page
    assert "Ladda ner" not in page
    assert "Fastställ" not in page
    for name in ("report_late", "report_download"):
        more = ["excel"] if name == "report_download" else []
        url = reverse(name, args=[run.public_id, *more])
        assert as_user(manager).get(url).status_code == 404


def test_a_discarded_draft_does_not_exist_for_a_controller(draft, manager, as_user):
    actions.discard(draft, by=manager)
    url = reverse("report", args=[draft.public_id])
    assert as_user(a_user(Role.CONTROLLER)).get(url).status_code == 404


def test_a_report_is_approved_or_discarded_and_only_once(draft, manager):
    other = actions.order_report("2024", today=date(2025, 1, 2), by=manager)
    with pytest.raises(ValidationError, match="Vänta tills den är klar"):
        actions.discard(other, by=manager)
    actions.build(other.pk)
    actions.approve(other, by=manager)
    with pytest.raises(ValidationError, match="En fastställd rapport kan inte kasseras"):
        actions.discard(other, by=manager)
    actions.discard(draft, by=manager)
    with pytest.raises(ValidationError, match="redan kasserad"):
        actions.discard(draft, by=manager)
    with pytest.raises(ValidationError, match="Rapporten är kasserad"):
        actions.approve(draft, by=manager)


def test_a_failed_report_that_is_discarded_is_not_built_again(manager):
    run = ReportRun.objects.create(period_code="2024", ordered_by=manager, state=RunState.FAILED)
    actions.discard(run, by=manager)
    with pytest.raises(ValidationError, match="Rapporten är kasserad"):
        actions.retry(run, by=manager)


def test_the_database_keeps_pairs_of_what_and_who(draft, manager):
    now = timezone.now()
    runs = ReportRun.objects.filter(pk=draft.pk)
    assert "approved_by_somebody" in refuses(lambda: runs.update(approved_at=now))
    assert "discarded_by_somebody" in refuses(lambda: runs.update(discarded_at=now))
    both = {"approved_at": now, "approved_by": manager, "discarded_at": now}
    said = refuses(lambda: runs.update(**both, discarded_by=manager))
    assert "discarded_when_built_and_not_approved" in said
    assert "leased_while_built" in refuses(lambda: runs.update(leased_until=now))


def test_nothing_has_changed_when_nothing_was_registered(approved):
    assert changes_of(approved) == []


def test_what_is_registered_afterwards_stands_beside_what_was_approved(approved):
    an_enrolment(date(2024, 11, 4), date(2024, 11, 18), reason="moved")
    wholes = {change.figure: change for change in changes_of(approved) if change.is_whole}
    shown = {
        figure: (change.then.text, change.now.text, change.difference)
        for figure, change in wholes.items()
    }
    assert shown["Deltagare"] == ("2", "3", "+1")
    assert shown["Avslut"] == ("1", "2", "+1")
    assert shown["Avslut till arbete eller studier"] == (
        "100\u00a0%",
        "50\u00a0%",
        "−50,0 procentenheter",
    )
    assert shown["Veckor som inskriven, median"] == ("16,6", "9,3", "−7,3")
    assert ReportRun.objects.get().content == approved.content


def test_a_value_that_came_about_or_is_gone_has_no_difference(approved):
    Enrolment.objects.exclude(ended_on=None).update(
        voided_at=timezone.now(), voided_by=a_user(), void_reason="Fel person"
    )
    wholes = {change.figure: change for change in changes_of(approved) if change.is_whole}
    assert wholes["Veckor som inskriven, median"].difference == "–"
    assert wholes["Veckor som inskriven, median"].now.text == "–"
    assert wholes["Avslut"].difference == "−1"


def test_the_public_comparison_shows_no_small_number(approved):
    for _ in range(3):
        an_enrolment(date(2024, 11, 4))
    counts = [
        change for change in changes_of(approved, public=True) if change.then.unit == "persons"
    ]
    assert counts == [change for change in counts if change.now.value not in (1, 2, 3, 4)]
    whole = next(change for change in counts if change.figure == "Deltagare" and change.is_whole)
    assert (whole.then.text, whole.now.text, whole.difference) == ("<5", "5", "–")


def test_the_page_shows_what_came_afterwards_alone_and_as_a_part(approved, as_user):
    client = as_user(a_user(Role.CONTROLLER))
    url = reverse("report_late", args=[approved.public_id])
    assert "Inga siffror skulle ändras" in client.get(url).content.decode()
    an_enrolment(date(2024, 11, 4))
    page = client.get(url).content.decode()
    assert "Tillkommit efter fastställande" in page
    assert "Deltagare" in page
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "+1" in part
    public = client.get(url, {"version": "offentlig"}).content.decode()
    assert "Små tal är dolda" in public
    assert "+1" not in public
    report = client.get(reverse("report", args=[approved.public_id])).content.decode()
    assert f'hx-get="{url}"' in report
    assert f'href="{url}"' in report


def test_the_page_of_what_came_afterwards_asks_as_often_whatever_there_is(approved, as_user):
    client = as_user(a_user(Role.CONTROLLER))
    url = reverse("report_late", args=[approved.public_id])
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for month in range(1, 11):
        an_enrolment(date(2024, month, 1))
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few) < 40


def test_a_frozen_report_reads_the_same_after_a_thousand_changes_and_removed_people(manager):
    """The approved numbers stay when people are removed (gallring) and everything else is changed."""
    for number in range(60):
        ended = date(2024, 9, 30) if number % 2 else None
        an_enrolment(date(2024, 2, 1), ended, reason="studies", woman=number % 3 > 0)
    run = actions.order_report("2024", today=date(2025, 1, 2), by=manager)
    actions.build(run.pk)
    run = actions.approve(run, by=manager)
    kept = {file.format: bytes(file.content) for file in run.files.all()}
    counted = values_now(YEAR)

    changed = 0
    for number in range(40):
        an_enrolment(date(2024, 1, 1) + timedelta(days=number), level=None)
        changed += 1
    for level, sex in [(Level.AM3, Sex.MEN), (Level.AM2, Sex.UNKNOWN), (Level.AM1, Sex.WOMEN)] * 2:
        changed += Participant.objects.update(registered_sex=sex)
        changed += LevelChange.objects.update(level=level)
    changed += ExitReason.objects.update(label=Concat("label", Value(", nytt namn")))
    assert changed >= 1000
    assert values_now(YEAR) != counted
    remove_everybody()
    assert values_now(YEAR) != counted

    again = ReportRun.objects.get(pk=run.pk)
    assert fingerprint(what_says(again)) == again.fingerprint == run.fingerprint
    versions = {False: what_says(again), True: actions.public_content(what_says(again))}
    for form in FORMS:
        for public, content in versions.items():
            name = file_format(form.ending, public=public)
            assert form.render(content) == kept[name] == again.file(form.ending, public=public)


def remove_everybody() -> None:
    """As when the time to keep them is over."""
    for person in people_of(Participant.objects.values_list("pk", flat=True), []):
        remove_person(person, by=None, now=timezone.now())
    assert not Enrolment.objects.exists()
