"""The administrator's list of what the city's sign-in gives; what it does is in `test_city_sign_in.py`."""

import pytest

from sundbyberg_am.access import Role
from sundbyberg_am.models import Change, RoleClaim, UnitKind
from tests.builders import a_role_claim, a_unit, a_user

pytestmark = pytest.mark.django_db

CONSULTANTS, MANAGERS = "am-konsulenter", "am-chefer"


@pytest.fixture
def claims() -> None:
    a_role_claim(MANAGERS, Role.MANAGER, 1)
    a_role_claim(CONSULTANTS, Role.CONSULTANT, 2)


def test_the_administrator_keeps_the_list_and_it_is_in_history(as_user):
    administrator = a_user(Role.ADMINISTRATOR)
    client = as_user(administrator)
    sent = {"value": "am-alla", "role": Role.CONSULTANT, "unit": a_unit().pk, "place": 1}
    page = client.post("/anvandare/behorigheter/ny/", sent, follow=True)
    assert "am-alla ger nu rollen Arbetsmarknadskonsulent." in page.content.decode()
    claim = RoleClaim.objects.get()
    client.post(f"/anvandare/behorigheter/{claim.pk}/", {**sent, "role": Role.COORDINATOR})
    client.post(f"/anvandare/behorigheter/{claim.pk}/ta-bort/", {"sent": "yes"})
    assert not RoleClaim.objects.exists()
    changes = Change.objects.filter(table="sundbyberg_am_roleclaim").order_by("pk")
    assert [one.kind for one in changes] == ["INSERT", "UPDATE", "DELETE"]
    assert {one.user for one in changes} == {administrator}
    assert changes[1].was == {"role": "consultant"}
    assert changes[1].became == {"role": "coordinator"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"value": ""}, "måste fyllas i"),
        ({"value": CONSULTANTS}, "finns redan i listan"),
        ({"role": "boss"}, "Välj ett giltigt alternativ"),
        ({"role": Role.CONTROLLER}, "Välj en sådan enhet"),
        ({"place": 0}, "större än eller lika med 1"),
        ({"place": 1000}, "mindre än eller lika med 999"),
    ],
)
def test_a_row_that_will_not_do_is_refused_with_a_sentence(as_user, claims, change, sentence):
    sent = {"value": "nytt", "role": Role.CONSULTANT, "unit": a_unit().pk, "place": 3, **change}
    page = as_user(a_user(Role.ADMINISTRATOR)).post("/anvandare/behorigheter/ny/", sent)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert RoleClaim.objects.count() == 2


def test_the_list_asks_the_same_number_of_queries(as_user, claims, django_assert_num_queries):
    client = as_user(a_user(Role.ADMINISTRATOR))
    client.get("/anvandare/behorigheter/")
    office = a_unit("Kansliet", UnitKind.OFFICE)
    for place in range(3, 20):
        RoleClaim.objects.create(value=f"v{place}", role=Role.CONTROLLER, unit=office, place=place)
    with django_assert_num_queries(6):
        page = client.get("/anvandare/behorigheter/").content.decode()
    assert page.index(MANAGERS) < page.index(CONSULTANTS) < page.index("v3")
