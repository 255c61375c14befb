"""The extract of a person: every word that is kept of them, nobody of the staff by name, and on record."""

import io
import json
from datetime import date

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext, isolate_apps
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from participants.models import Enrolment, Participant, Step
from referrals.models import Referral, Status
from secrecy.extract import Staff, parts
from secrecy.linked import Model, about_people, leading, rows_of
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord, User
from tests.builders import a_referral, a_unit, a_user, an_enrolment
from tests.kernel.test_history import KEPT, a_row_in_every_table
from tests.planting import WORD, plant, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return a_user(Role.MANAGER)


def url_of(person: Participant, kind: str) -> str:
    return reverse("extract_file", args=[person.public_id, kind])


@pytest.mark.parametrize("kind", ["json", "pdf"])
def test_every_word_that_is_kept_of_the_person_is_there_and_nobody_elses(as_user, manager, kind):
    a_row_in_every_table()
    person = Enrolment.objects.earliest("pk").participant
    planted = plant()
    theirs = {word for word, one in planted.items() if person.public_id in one.people}
    answer = as_user(manager).get(url_of(person, kind))
    assert answer.status_code == 200
    found = set(WORD.findall(read(answer)))
    assert len(theirs) > 20
    assert found == theirs


def test_every_table_that_leads_to_a_person_is_in_the_extract():
    a_row_in_every_table()
    everybody: dict[Model, set[int]] = {
        model: set(model._base_manager.values_list("pk", flat=True))
        for model in about_people()
        if model in (Participant, Enrolment, Referral)
    }
    found = parts(everybody, Staff())
    assert len(found) == len(KEPT)
    assert all(row for part in found for row in part.rows)


@isolate_apps("participants")
def test_a_new_table_is_in_the_extract_without_being_listed():
    class Letter(models.Model):  # noqa: DJ008
        step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "participants"

    assert Letter in leading([*apps.get_models(include_auto_created=True), Letter])
    query = str(rows_of(Letter, {Enrolment: {1}}).query)
    assert "participants_goal" in query
    assert '"enrolment_id" IN (1)' in query


def test_staff_are_numbers_and_the_same_throughout(as_user, manager):
    kim = a_user(name="Kim Konsulent")
    case = an_enrolment(date(2026, 1, 12), consultant=kim)
    case.notes.create(happened_on=date(2026, 1, 13), text="Vi sågs.", created_by=kim)
    as_user(kim).get(reverse("participant", args=[case.participant.public_id]))
    said = json.loads(as_user(manager).get(url_of(case.participant, "json")).content)
    text = json.dumps(said, ensure_ascii=False)
    assert "Kim" not in text
    assert "Anställd 1 (arbetsmarknadskonsulent)" in text
    [shown] = [part for part in said["parts"] if part["title"] == "Vem som har sett dina uppgifter"]
    assert [row[0]["text"] for row in shown["rows"]] == [
        "Anställd 1 (arbetsmarknadskonsulent), sidan /deltagare/…/",
        "Anställd 2 (enhetschef), sidan /deltagare/…/registerutdrag/…/",
    ]
    assert shown["rows"][0][1] == {"label": "Grund", "text": "Har ärendet"}
    assert {"label": "Kön", "text": "Kvinna"} in said["parts"][0]["rows"][0]


def test_what_others_keep_is_not_given_out(as_user, manager):
    case = an_enrolment(date(2026, 1, 12))
    person = case.participant
    other = an_enrolment(
        date(2020, 1, 7), date(2020, 2, 1), participant=person, unit=a_unit("Jobbcenter")
    )
    other.notes.create(happened_on=date(2020, 1, 8), text="Zqannan", created_by=a_user())
    a_referral(None, status=Status.DRAFT, personnummer=person.personnummer, phone="Zqutkast")
    a_referral(
        date(2019, 1, 7),
        status=Status.WITHDRAWN,
        withdrawn_on=date(2019, 1, 9),
        to_unit=a_unit("Jobbcenter"),
        personnummer=person.personnummer,
        phone="Zqdit",
    )
    a_referral(
        date(2019, 1, 7),
        status=Status.WITHDRAWN,
        withdrawn_on=date(2019, 1, 9),
        personnummer=person.personnummer,
        phone="Zqhit",
    )
    text = as_user(manager).get(url_of(person, "json")).content.decode()
    assert "Zqhit" in text
    assert not [word for word in ("Zqannan", "Zqutkast", "Zqdit") if word in text]


def test_a_protected_identity_is_there_for_its_named_readers_alone(as_user, manager):
    person = an_enrolment(date(2026, 1, 12)).participant
    person.protection = "confidential"
    person.save()
    client = as_user(manager)
    assert client.get(url_of(person, "pdf")).status_code == 404
    person.named_readers.create(user=manager, created_by=manager)
    assert client.get(url_of(person, "pdf")).status_code == 200


def test_giving_out_an_extract_is_on_record(as_user, manager):
    person = an_enrolment(date(2026, 1, 12)).participant
    as_user(manager).get(url_of(person, "pdf"))
    record = AccessRecord.objects.get(user=manager)
    assert (record.subjects, record.page) == ([person.public_id], "/deltagare/…/registerutdrag/…/")


def test_the_pdf_is_tagged_and_says_whose_it_is_and_when(as_user, manager):
    person = an_enrolment(date(2026, 1, 12)).participant
    answer = as_user(manager).get(url_of(person, "pdf"))
    pdf = PdfReader(io.BytesIO(answer.content))
    text = " ".join(pdf.pages[0].extract_text().split())
    assert pdf.metadata.title == "Registerutdrag"
    assert "/StructTreeRoot" in pdf.root_object
    assert b"pdfuaid" in answer.content
    assert person.name in text
    assert str(timezone.localdate().year) in text
    assert answer["Content-Disposition"].startswith('attachment; filename="registerutdrag-AM-')


def test_another_kind_of_file_does_not_exist(as_user, manager):
    person = an_enrolment(date(2026, 1, 12)).participant
    assert as_user(manager).get(url_of(person, "xlsx")).status_code == 404


def test_an_extract_asks_as_often_whatever_there_is(as_user, manager):
    client = as_user(manager)
    case = an_enrolment(date(2026, 1, 12))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(url_of(case.participant, "json"))
        return len(queries)

    case.notes.create(happened_on=date(2026, 1, 13), text="x", created_by=a_user())
    few = asked()
    for _ in range(6):
        case.notes.create(happened_on=date(2026, 1, 13), text="x", created_by=a_user())
    assert asked() == few


def test_the_case_leads_a_manager_to_the_page_and_no_consultant(as_user, manager):
    person = an_enrolment(date(2026, 1, 12)).participant
    case, page = (reverse(name, args=[person.public_id]) for name in ("participant", "extract"))
    assert f'href="{page}"' in as_user(manager).get(case).content.decode()
    assert f'href="{page}"' not in as_user(a_user()).get(case).content.decode()
    shown = as_user(manager).get(page).content.decode()
    assert f'href="{url_of(person, "pdf")}"' in shown
    assert f'href="{url_of(person, "json")}"' in shown
