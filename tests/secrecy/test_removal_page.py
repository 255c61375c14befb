"""The page of the yearly list: what it shows, what it asks, and who is on record."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from secrecy.models import RemovalDecision, RemovalEntry
from sundbyberg_am.access import Role
from sundbyberg_am.acting import acting
from sundbyberg_am.models import AccessRecord
from tests.builders import a_user, an_enrolment

pytestmark = pytest.mark.django_db

URL = "/gallring/"
LAST = timezone.localdate().year - 6


@pytest.fixture
def manager():
    return a_user(Role.MANAGER)


def an_old_case():
    with acting(
        lambda: (None, "import_cases")
    ):  # in a test all is one transaction: pages before, too
        return an_enrolment(date(LAST, 1, 7), date(LAST, 8, 1), born=date(1985, 3, 14))


def seen_of(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found
    return found[1]


def test_page_lists_who_is_to_be_removed_and_puts_them_on_record(as_user, manager):
    case = an_old_case()
    page = as_user(manager).get(URL).content.decode()
    assert case.case_number in page
    assert case.participant.name in page
    assert f"{LAST}-08-01" in page
    assert f"{LAST + 5}-08-01" in page
    assert f"{LAST + 6}-12-31" in page
    record = AccessRecord.objects.get(user=manager)
    assert record.subjects == [case.participant.public_id]


def test_an_empty_list_says_so_and_leaves_no_record(as_user, manager):
    assert "Ingen ska gallras nu." in as_user(manager).get(URL).content.decode()
    assert not AccessRecord.objects.exists()


def test_a_decision_is_shown_and_its_people_leave_the_list(as_user, manager):
    case = an_old_case()
    client = as_user(manager)
    seen = seen_of(client.get(URL).content.decode())
    answer = client.post(URL, {"seen": seen, "has_read": "on"}, follow=True)
    page = answer.content.decode()
    assert "Beslutat: 1\xa0person gallras inom kort." in page
    assert "Tas bort inom kort" in page
    assert manager.name in page
    assert case.case_number not in page
    assert RemovalEntry.objects.get().participant == case.participant


def test_a_list_that_nobody_says_to_have_read_is_not_decided(as_user, manager):
    an_old_case()
    client = as_user(manager)
    seen = seen_of(client.get(URL).content.decode())
    answer = client.post(URL, {"seen": seen})
    assert answer.status_code == 422
    assert "Läs listan och kryssa i rutan." in answer.content.decode()
    assert not RemovalDecision.objects.exists()


def test_a_list_that_is_another_now_is_read_again(as_user, manager):
    an_old_case()
    client = as_user(manager)
    seen = seen_of(client.get(URL).content.decode())
    an_old_case()
    answer = client.post(URL, {"seen": seen, "has_read": "on"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Listan har ändrats" in page
    assert seen_of(page) != seen
    assert not RemovalDecision.objects.exists()
    again = client.post(URL, {"seen": seen_of(page), "has_read": "on"})
    assert again.status_code == 302
    assert RemovalDecision.objects.get().people == 2


def test_an_empty_list_cannot_be_decided(as_user, manager):
    answer = as_user(manager).post(URL, {"seen": "0", "has_read": "on"})
    assert answer.status_code == 422
    assert "Det finns ingen att gallra." in answer.content.decode()


def test_page_asks_as_often_whatever_there_is(as_user, manager, django_assert_num_queries):
    client = as_user(manager)
    an_old_case()
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for _ in range(5):
        an_old_case()
    with django_assert_num_queries(len(few)):
        client.get(URL)


def test_menu_leads_a_manager_there_and_nobody_else(as_user, manager):
    assert f'href="{reverse("removal")}"' in as_user(manager).get("/").content.decode()
    for role in set(Role) - {Role.MANAGER}:
        assert f'href="{URL}"' not in as_user(a_user(role)).get("/").content.decode()
