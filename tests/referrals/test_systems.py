"""The administrator lets systems in and ends it; a token is read once."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from referrals import system_actions
from referrals.models import SendingSystem
from tests.builders import a_unit

from .builders import Cast
from .reading import queries, text
from .systems import Caller, a_token

pytestmark = pytest.mark.django_db


def test_the_token_is_shown_once_and_lets_the_system_in(cast: Cast, as_user):
    client = as_user(cast.administrator)
    page = client.post(reverse("system_add"), {"name": "Procapita", "unit": cast.sender.unit_id})
    (token,) = re.findall(r'translate="no">([\w-]{43})<', text(page))
    assert Caller(cast.sender, token=token).get("mapping").status_code == 200
    kept = SendingSystem.objects.get()
    assert (kept.name, kept.unit, kept.created_by) == (
        "Procapita",
        cast.sender.unit,
        cast.administrator,
    )
    assert token not in str(vars(kept))
    listed = text(client.get(reverse("system_list")))
    assert "Procapita" in listed
    assert token not in listed
    assert "no-store" in page["Cache-Control"]


def test_ending_holds_from_the_next_request(cast: Cast, as_user):
    caller, client = Caller(cast.sender), as_user(cast.administrator)
    url = reverse("system_end", args=[caller.system.public_id])
    assert caller.get("mapping").status_code == 200
    assert "Stäng av Procapita?" in text(client.get(url))
    assert client.post(url).status_code == 302
    assert caller.get("mapping").status_code == 401
    again = client.post(url)
    assert again.status_code == 422
    assert "Systemet är redan avstängt." in text(again)
    assert "Avstängt" in text(client.get(reverse("system_list")))
    # The name is free again: a new token for the same program.
    assert a_token(cast.sender.unit)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Detta fält måste fyllas i."),
        ({"name": "Gamla"}, "Det finns redan ett system med det namnet."),
        ({"unit": ""}, "Detta fält måste fyllas i."),
        ({"unit": "0"}, "Välj ett giltigt alternativ."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stands(fields, sentence, cast: Cast, as_user):
    a_token(cast.sender.unit, "Gamla")
    typed = {"name": "Procapita", "unit": cast.sender.unit_id, **fields}
    page = as_user(cast.administrator).post(reverse("system_add"), typed)
    assert page.status_code == 422
    assert sentence in text(page)
    assert f'value="{typed["name"]}"' in text(page) or not typed["name"]
    assert SendingSystem.objects.count() == 1


def test_a_system_acts_only_for_those_who_send(cast: Cast):
    with pytest.raises(ValidationError) as refused:
        system_actions.add_system(name="X", unit=a_unit(), by=cast.administrator)
    assert refused.value.message_dict == {"unit": ["Välj ett team inom ekonomiskt bistånd."]}


def test_only_the_administrator_lets_in_and_ends(cast: Cast):
    system = Caller(cast.sender).system
    for user in (cast.sender, cast.manager, cast.controller):
        with pytest.raises(ValidationError, match="systemförvaltaren"):
            system_actions.add_system(name="X", unit=cast.sender.unit, by=user)
        with pytest.raises(ValidationError, match="systemförvaltaren"):
            system_actions.end_system(system, by=user)


def test_the_database_knows_who_ended_it_and_one_name_in_use(cast: Cast):
    system = Caller(cast.sender).system
    for wrong in ({"ended_at": timezone.now()}, {"ended_by": cast.administrator}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SendingSystem.objects.filter(pk=system.pk).update(**wrong)
    a_token(cast.sender.unit, "Ett annat")
    with pytest.raises(IntegrityError), transaction.atomic():
        SendingSystem.objects.update(name="Procapita")


def test_the_list_has_the_same_number_of_queries_however_long(cast: Cast, as_user):
    client, address = as_user(cast.administrator), reverse("system_list")
    a_token(cast.sender.unit)
    few = queries(client, address)
    for number in range(5):
        a_token(cast.stranger.unit, f"System {number}")
    assert queries(client, address) == few
