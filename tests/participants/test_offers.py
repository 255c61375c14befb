"""The catalogue of offers: places, days, the kind that it gives, and what may be changed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from participants import actions
from participants.hints import hints_about_offer
from participants.models import (
    NEED_ANSWERED_BY,
    Intervention,
    InterventionKind,
    Need,
    Offer,
)
from sundbyberg_am.access import Role
from sundbyberg_am.conflicts import VERSION_CONFLICT
from tests.builders import a_user, an_enrolment, an_intervention, an_offer

from .test_enrolment_actions import refused
from .test_work_actions import ended, started

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
START = date(2026, 1, 12)
DAY = timedelta(days=1)


def added(**given: Any) -> Offer:
    return actions.add_offer(
        **{
            "name": "Sundbas",
            "kind": "work_trial",
            "provider": "Samordningsförbundet",
            "audience": "",
            "places": 10,
            "valid_from": START,
            "valid_to": None,
            "description": "",
            "by": a_user(Role.MANAGER),
            **given,
        }
    )


def changed(offer: Offer, **given: Any) -> Offer:
    now = {
        name: getattr(offer, name)
        for name in (
            *("name", "kind", "provider", "audience", "places"),
            *("valid_from", "valid_to", "description"),
        )
    }
    seen = {"seen_version": offer.version, "by": a_user(Role.MANAGER)}
    return actions.change_offer(offer, **{**now, **seen, **given})


def taken(offer: Offer, day: date = TODAY) -> int:
    return Offer.objects.with_taken_on(day).get(pk=offer.pk).taken


def told(offer: Offer, day: date = TODAY) -> list[str]:
    counted = Offer.objects.with_taken_on(day).get(pk=offer.pk)
    return [hint.about.split()[0] for hint in hints_about_offer(counted, starts_on=day)]


def placed(offer: Offer, started_on: date = START, ended_on: date | None = None) -> Intervention:
    return an_intervention(an_enrolment(), started_on, ended_on, kind=offer.kind, offer=offer)


# The offer


@pytest.mark.parametrize(
    ("kind", "audience", "stored"),
    [
        ("work_trial", "", "individual"),
        ("job_search", "", "general"),
        ("job_search", "individual", "individual"),
    ],
)
def test_an_offer_is_for_whom_its_kind_is_for_unless_said_otherwise(kind, audience, stored):
    by = a_user(Role.MANAGER)
    offer = added(kind=kind, audience=audience, by=by)
    assert (offer.audience, offer.changed_by, offer.version) == (stored, by, 1)


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"name": ""}, "name", "får inte vara tomt"),
        ({"kind": "okänt"}, "kind", "giltigt"),
        ({"places": 0}, "__all__", "minst 1"),
        ({"valid_to": START - DAY}, "__all__", "Sista dagen kan inte vara före den första."),
        ({"name": "SUNDBAS"}, "__all__", "redan ett erbjudande med samma namn och slag"),
    ],
)
def test_an_offer_is_refused(given, field, sentence):
    added()
    with pytest.raises(ValidationError, match=sentence) as refusal:
        added(**{"name": "Nytt", **given})
    assert field in refusal.value.message_dict
    assert Offer.objects.count() == 1


def test_the_same_name_may_stand_for_another_kind_or_come_back_after_it_ended():
    added(valid_to=START)
    added()
    added(kind="job_search")
    assert Offer.objects.count() == 3


def test_places_and_days_are_also_held_by_the_database():
    offer = an_offer()
    for wrong in ({"places": 0}, {"valid_to": date(2020, 1, 1)}, {"kind": "x"}, {"audience": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Offer.objects.filter(pk=offer.pk).update(**wrong)


def test_an_offer_is_changed_by_whoever_has_seen_it_as_it_is():
    offer = added()
    assert changed(offer, places=3).version == 2
    with pytest.raises(ValidationError, match="Någon annan har ändrat raden") as refusal:
        changed(offer, places=4)
    assert refusal.value.code == VERSION_CONFLICT
    offer.refresh_from_db()
    assert offer.places == 3


def test_the_kind_of_an_offer_stays_once_it_is_used():
    offer = added()
    changed(offer, kind="guidance")
    offer.refresh_from_db()
    placed(offer)
    with pytest.raises(ValidationError, match="slaget kan inte ändras"):
        changed(offer, kind="work_trial")
    assert changed(offer, name="Nytt namn").kind == "guidance"


def test_an_offer_ends_on_its_first_day_at_the_earliest_and_keeps_what_goes_on():
    offer = added()
    one = placed(offer)
    by = a_user(Role.MANAGER)
    with pytest.raises(ValidationError, match=f"gäller från {START}") as refusal:
        actions.end_offer(offer, seen_version=1, valid_to=START - DAY, by=by)
    assert "valid_to" in refusal.value.message_dict
    with pytest.raises(ValidationError, match="Någon annan har ändrat"):
        actions.end_offer(offer, seen_version=7, valid_to=TODAY, by=by)
    ended_offer = actions.end_offer(offer, seen_version=1, valid_to=START, by=by)
    one.refresh_from_db()
    assert (ended_offer.valid_to, one.ended_on, one.offer) == (START, None, offer)


# Places and days


def test_a_place_is_held_from_the_first_day_to_the_last():
    offer = an_offer()
    placed(offer, date(2026, 3, 2), date(2026, 3, 6))
    days = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 6), date(2026, 3, 7)]
    assert [taken(offer, day) for day in days] == [0, 1, 1, 0]


def test_the_planned_end_frees_no_place():
    offer = an_offer()
    case = an_enrolment()
    an_intervention(case, START, kind=offer.kind, offer=offer, planned_end_on=START + DAY)
    assert taken(offer) == 1


def test_what_came_to_nothing_another_offer_and_a_voided_case_hold_no_place():
    offer, by = an_offer(), a_user()
    one = placed(offer, TODAY)
    assert taken(offer) == 1
    ended(one, outcome="not_started")
    placed(an_offer("Annat"), TODAY)
    voided = placed(offer, TODAY)
    actions.void_enrolment(voided.enrolment, void_reason="Fel person", by=by)
    assert taken(offer) == 0


def test_an_offer_is_full_when_exactly_all_places_are_taken():
    offer = an_offer(places=2)
    placed(offer)
    assert told(offer) == []
    placed(offer)
    assert told(offer) == ["full"]
    placed(offer)
    assert told(offer) == ["full"]


def test_an_offer_without_a_limit_is_never_full():
    offer = an_offer(places=None)
    placed(offer)
    assert told(offer) == []


def test_an_offer_is_full_on_the_start_day_and_not_today():
    offer = an_offer(places=1)
    placed(offer, TODAY + 10 * DAY)
    assert told(offer, TODAY + 9 * DAY) == []
    assert told(offer, TODAY + 10 * DAY) == ["full"]


@pytest.mark.parametrize(
    ("starts_on", "expected"),
    [
        (START - DAY, ["ahead"]),
        (START, []),
        (TODAY, []),  # the last day is a day of the offer
        (TODAY + DAY, ["ended"]),
    ],
)
def test_an_offer_has_ended_the_day_after_its_last(starts_on, expected):
    assert told(an_offer(valid_from=START, valid_to=TODAY), starts_on) == expected


def test_the_sentences_say_which_offer_which_day_and_how_many():
    offer = an_offer("Sundbas", places=1, valid_to=TODAY - DAY)
    placed(offer)
    counted = Offer.objects.with_taken_on(TODAY).get()
    assert [hint.sentence for hint in hints_about_offer(counted, starts_on=TODAY)] == [
        "Sundbas slutade 2026-11-23, före insatsens start.",
        "Sundbas är fullt 2026-11-24: 1 har plats, och det finns 1\u00a0plats.",
    ]


def test_to_choose_from_are_those_valid_then_later_and_until_lately():
    for name, valid_from, valid_to in (
        ("gäller", START, None),
        ("sista dagen", START, TODAY),
        ("nyss", START, TODAY - 30 * DAY),
        ("länge sedan", START, TODAY - 31 * DAY),
        ("senare", TODAY + DAY, None),
    ):
        an_offer(name, valid_from=valid_from, valid_to=valid_to)
    old = Offer.objects.get(name="länge sedan")
    names = [one.name for one in Offer.objects.to_choose_on(TODAY).in_order()]
    assert names == ["gäller", "nyss", "senare", "sista dagen"]
    assert old in Offer.objects.to_choose_on(TODAY, also=old.pk)
    assert old in Offer.objects.to_choose_on(date.min)


# The intervention of an offer


def test_an_offer_gives_its_kind():
    offer = an_offer(kind="work_trial")
    one = started(an_enrolment(), kind="", offer=offer, provider="", workplace="Parken")
    assert (one.kind, one.where) == ("work_trial", "Jobbcenter, Parken")
    same = started(an_enrolment(), kind="work_trial", offer=offer, provider="")
    assert same.kind == "work_trial"


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"kind": "guidance", "provider": ""}, "kind", "är av slaget ”Arbetsprövning/-träning”"),
        ({"kind": "", "provider": "En förening"}, "__all__", "inte båda"),
    ],
)
def test_what_contradicts_the_offer_is_refused(given, field, sentence):
    with pytest.raises(ValidationError, match=sentence) as refusal:
        started(an_enrolment(), offer=an_offer(kind="work_trial"), **given)
    assert field in refusal.value.message_dict
    assert not Intervention.objects.exists()


def test_without_an_offer_the_kind_is_needed():
    with pytest.raises(ValidationError, match="Välj ett erbjudande, eller vilket slag") as refusal:
        started(an_enrolment(), kind="")
    assert "kind" in refusal.value.message_dict


def test_the_database_holds_that_the_kind_is_that_of_the_offer():
    offer = an_offer(kind="work_trial")
    one = placed(offer)
    for change in (
        lambda: Intervention.objects.filter(pk=one.pk).update(kind="guidance"),
        lambda: Offer.objects.filter(pk=offer.pk).update(kind="guidance"),
        lambda: Intervention.objects.filter(pk=one.pk).update(provider="Båda"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
            connection.check_constraints()


def where_in_the_database() -> str:
    return str(vars(Intervention.objects.with_where().get())["where_text"])


def test_a_row_with_only_a_provider_reads_as_before():
    one = an_intervention(an_enrolment(), START, provider="Jobbcenter")
    assert one.where == "Jobbcenter"
    assert where_in_the_database() == "Jobbcenter"
    assert an_intervention(an_enrolment(), START).where == ""


@pytest.mark.parametrize("offer", [True, False])
@pytest.mark.parametrize("provider", ["En förening", ""])
@pytest.mark.parametrize("workplace", ["Parken", ""])
def test_where_is_the_same_in_the_database(offer, provider, workplace):
    given = {"offer": an_offer()} if offer else {"provider": provider}
    one = an_intervention(an_enrolment(), START, workplace=workplace, **given)
    assert where_in_the_database() == one.where


# Changing an intervention


def rearranged(one: Intervention, **given: Any) -> Intervention:
    return actions.change_intervention(
        one,
        **{
            "seen_version": one.version,
            "need": "swedish",
            "workplace": "Parken",
            "hours_per_week": Decimal(20),
            "planned_end_on": TODAY,
            "by": a_user(),
            **given,
        },
    )


def test_an_intervention_is_changed_and_says_by_whom():
    by = a_user()
    one = an_intervention(an_enrolment(), START)
    rearranged(one, by=by)
    one.refresh_from_db()
    assert (one.need, one.workplace) == ("swedish", "Parken")
    assert (one.hours_per_week, one.planned_end_on) == (Decimal(20), TODAY)
    assert (one.version, one.changed_by) == (2, by)
    assert one.changed_at


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"planned_end_on": START - DAY}, "__all__"),
        ({"hours_per_week": Decimal(61)}, "__all__"),
        ({"need": "okänt"}, "need"),
        ({"workplace": "x" * 201}, "workplace"),
    ],
)
def test_change_intervention_refuses(given, field):
    one = an_intervention(an_enrolment(), START)
    with refused(field):
        rearranged(one, **given)
    one.refresh_from_db()
    assert (one.version, one.need, one.changed_at) == (1, "", None)


def test_change_intervention_refuses_what_has_ended_and_what_somebody_else_has_changed():
    done = an_intervention(an_enrolment(), START, TODAY)
    with pytest.raises(ValidationError, match="avslutad, så den går inte att ändra"):
        rearranged(done)
    one = an_intervention(an_enrolment(), START)
    rearranged(one)
    with pytest.raises(ValidationError, match="Någon annan har ändrat insatsen") as refusal:
        rearranged(one, need="health")
    assert refusal.value.code == VERSION_CONFLICT
    closed = an_intervention(an_enrolment(START, TODAY), START)
    with pytest.raises(ValidationError, match="Inskrivningen är avslutad"):
        rearranged(closed)


# Needs


def test_each_need_is_answered_by_some_kind_and_each_kind_answers_some_need():
    assert set(NEED_ANSWERED_BY) == set(Need)
    assert all(NEED_ANSWERED_BY.values())
    assert set().union(*NEED_ANSWERED_BY.values()) == set(InterventionKind)
