"""Users: signing in, roles and units, and the pages of the administrator and the log reviewer."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from sundbyberg_am import actions
from sundbyberg_am.access import ROLE_PERMISSIONS, Permission, Role
from sundbyberg_am.models import ROLE_UNIT_KIND, AccessRecord, User
from tests.builders import a_unit, a_user

pytestmark = pytest.mark.django_db


def test_every_role_has_permissions_and_a_kind_of_unit():
    assert set(ROLE_PERMISSIONS) == set(ROLE_UNIT_KIND) == set(Role)
    assert set().union(*ROLE_PERMISSIONS.values()) == set(Permission)


def test_nobody_who_keeps_the_system_reads_cases():
    for role in (Role.ADMINISTRATOR, Role.CONTROLLER, Role.LOG_REVIEWER):
        assert not ROLE_PERMISSIONS[role] & {Permission.READ_CASES, Permission.READ_REFERRALS}


def test_sign_in_with_capital_letters(client):
    user = a_user(username="anna.berg")
    page = client.post("/logga-in/", {"username": "Anna.Berg", "password": "lösenord-i-test"})
    assert page.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_sign_in_refused_keeps_the_user_name(client):
    a_user(username="anna.berg")
    page = client.post("/logga-in/", {"username": "anna.berg", "password": "fel"})
    assert "_auth_user_id" not in client.session
    assert "anna.berg" in page.content.decode()


def test_sign_in_of_a_deactivated_user(client):
    a_user(username="anna.berg", is_active=False)
    client.post("/logga-in/", {"username": "anna.berg", "password": "lösenord-i-test"})
    assert "_auth_user_id" not in client.session


def test_deactivated_user_is_signed_out_by_the_next_request(as_user):
    user = a_user(Role.ADMINISTRATOR)
    client = as_user(user)
    assert client.get("/anvandare/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/anvandare/").status_code == 302


def test_sign_out_is_a_post(as_user):
    client = as_user(a_user())
    assert client.get("/logga-ut/").status_code == 405
    client.post("/logga-ut/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("username", ["anna.berg", "Anna.Berg", "anna berg", "anna.berg\n", ""])
def test_user_name_is_unique_and_in_lower_case_by_constraint(username):
    a_user(username="anna.berg")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create(
            [User(username=username, name="A", role=Role.CONSULTANT, unit=a_unit())]
        )


def test_role_must_fit_the_unit():
    with pytest.raises(ValidationError) as refusal:
        actions.add_user(
            username="a.b",
            name="A B",
            email="",
            role=Role.SOCIAL_SECRETARY,
            unit=a_unit(),
            password="ett långt lösenord",
            now=timezone.now(),
        )
    assert "Ekonomiskt bistånd" in refusal.value.message_dict["unit"][0]
    assert not User.objects.exists()


def new_user(**changes: Any) -> dict[str, Any]:
    return {
        "username": "ny.person",
        "name": "Ny Person",
        "email": "",
        "role": Role.CONSULTANT,
        "unit": a_unit().pk,
        "password": "ett långt lösenord",
        **changes,
    }


def test_administrator_adds_a_user_who_can_sign_in(as_user, client):
    page = as_user(a_user(Role.ADMINISTRATOR)).post("/anvandare/ny/", new_user(), follow=True)
    assert "Ny Person kan nu logga in som ny.person." in page.content.decode()
    assert client.login(username="ny.person", password="ett långt lösenord")


def test_no_account_comes_with_the_program():
    assert not User.objects.exists()


def test_the_first_password_is_kept_to_the_letter(as_user, client):
    password = " ÅÄÖ" + "å" * 70 + " "
    as_user(a_user(Role.ADMINISTRATOR)).post("/anvandare/ny/", new_user(password=password))
    assert not client.login(username="ny.person", password=password.strip())
    assert not client.login(username="ny.person", password=password.lower())
    assert client.login(username="ny.person", password=password)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password": "Sundbyberg2026!"}, "ord som hör till arbetsplatsen"),
        ({"username": "Ny Person"}, "Använd bara små bokstäver"),
        ({"password": "kort"}, "minst 12 tecken"),
        ({"role": "boss"}, "Välj ett giltigt alternativ"),
        ({"role": Role.CONTROLLER}, "Välj en sådan enhet"),
        ({"name": ""}, "måste fyllas i"),
    ],
)
def test_bad_input_for_a_new_user_is_kept_with_a_sentence(as_user, changes, sentence):
    client = as_user(a_user(Role.ADMINISTRATOR))
    page = client.post("/anvandare/ny/", new_user(email="ny@exempel.se", **changes))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert "ny@exempel.se" in page.content.decode()
    assert not User.objects.filter(name="Ny Person").exists()


def test_administrator_deactivates_a_user(as_user):
    user = a_user(name="Anna Berg")
    as_user(a_user(Role.ADMINISTRATOR)).post(
        f"/anvandare/{user.public_id}/",
        {"name": user.name, "email": "", "role": user.role, "unit": user.unit_id},
    )
    user.refresh_from_db()
    assert not user.is_active


def test_administrator_cannot_close_the_own_account(as_user):
    admin = a_user(Role.ADMINISTRATOR)
    page = as_user(admin).post(
        f"/anvandare/{admin.public_id}/",
        {"name": admin.name, "email": "", "role": admin.role, "unit": admin.unit_id},
    )
    assert page.status_code == 422
    assert "Be en kollega" in page.content.decode()
    admin.refresh_from_db()
    assert admin.is_active


def test_user_who_does_not_exist(as_user):
    assert as_user(a_user(Role.ADMINISTRATOR)).get(f"/anvandare/{uuid4()}/").status_code == 404


def test_list_of_users_asks_the_same_number_of_queries(as_user, django_assert_num_queries):
    client = as_user(a_user(Role.ADMINISTRATOR))
    client.get("/anvandare/")
    for _ in range(20):
        a_user()
    with django_assert_num_queries(
        6
    ):  # session, user and unit, savepoint and its release, the list
        client.get("/anvandare/")


def test_access_log_is_paged_by_key(as_user, django_assert_num_queries):
    reviewer = a_user(Role.LOG_REVIEWER)
    shown = [uuid4(), uuid4()]
    AccessRecord.objects.bulk_create(
        AccessRecord(user=reviewer, page=f"/sida/{n}/", subjects=shown[: 1 + n % 2])
        for n in range(150)
    )
    client = as_user(reviewer)
    client.get("/atkomstlogg/")
    with django_assert_num_queries(6):
        first = client.get("/atkomstlogg/").content.decode()
    assert "/sida/149/" in first
    assert "/sida/49/" not in first
    oldest = AccessRecord.objects.get(page="/sida/50/").pk
    second = client.get(f"/atkomstlogg/?fore={oldest}").content.decode()
    assert "/sida/49/" in second
    assert "/sida/50/" not in second


@pytest.mark.parametrize("key", ["", "x", "-1", "١", "9" * 40, "\x00"])
def test_access_log_with_a_strange_key(as_user, key):
    client = as_user(a_user(Role.LOG_REVIEWER))
    assert client.get("/atkomstlogg/", {"fore": key}).status_code == 200
