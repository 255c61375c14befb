"""What every row of a list has, as the parts that are written out elsewhere."""

from uuid import uuid4

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django.template.loader import render_to_string
from django.urls import reverse

from participants.forms import ListFilters
from sundbyberg_am.templatetags.rows import address, as_filter, level


@pytest.mark.parametrize("name", ["participant", "note_add", "referral"])
def test_the_address_of_a_row_is_what_it_is_elsewhere(name):
    for public_id in (uuid4(), uuid4()):
        assert address(public_id, name) == reverse(name, args=[public_id])


@pytest.mark.parametrize("code", ["AM1", "AM2", "AM3", "", None])
def test_the_level_of_a_row_is_its_component_and_no_other_s(code):
    assert level(code) == render_to_string("_components/level.html", {"level": code})


@pytest.mark.parametrize("niva", ["AM1", "", "<b>", "AM1", "AM2"])
@pytest.mark.parametrize("q", ["Ström", ""])
def test_a_filter_is_the_field_as_it_is_chosen(q, niva):
    for chosen in ({"vilka": "mina", "lage": "alla"}, {"vilka": "alla"}):
        filters = ListFilters({**chosen, "niva": niva, "q": q})
        assert [as_filter(one) for one in filters] == [as_crispy_field(one) for one in filters]
