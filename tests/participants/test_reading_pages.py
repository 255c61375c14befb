"""The list and the case: what they show and what they cost."""

from datetime import timedelta

import pytest

from participants import actions
from participants.models import Enrolment, Note
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import (
    a_participant,
    a_plan,
    a_unit,
    a_user,
    an_assessment,
    an_enrolment,
    an_intervention,
)

from .reading import START, TODAY, a_plan_of_steps, much_of_everything, queries, text_of, to

pytestmark = pytest.mark.django_db


# The list


def test_the_list_shows_the_own_ongoing_cases_and_puts_them_on_record(client, case):
    an_enrolment(START, TODAY, consultant=case.consultant)
    an_enrolment(participant=a_participant(last_name="Annans"))
    text = text_of(client.get("/deltagare/"))
    assert "Karl Wåhlin-Ström af Ekenstam" in text
    assert "Annans" not in text
    assert case.participant.personnummer not in text
    record = AccessRecord.objects.get()
    assert (record.page, record.subjects) == ("/deltagare/", [case.participant.public_id])


def test_the_list_finds_everybody_in_the_unit_that_a_search_names(client, case):
    ended = an_enrolment(START, TODAY, participant=a_participant(last_name="Wåhlin"))
    an_enrolment(participant=a_participant(last_name="Wåhlin"), unit=a_unit("En annan enhet"))
    shown = client.post("/deltagare/", {"q": "wåhlin"}, follow=True).context["rows"]
    assert {row.public_id for row in shown} == {
        case.participant.public_id,
        ended.participant.public_id,
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"own"}),
        ({"vilka": "alla"}, {"own", "other", "bare"}),
        ({"vilka": "alla", "lage": "avslutade"}, {"ended"}),
        ({"vilka": "alla", "lage": "alla"}, {"own", "other", "bare", "ended"}),
        ({"vilka": "alla", "niva": "AM3"}, {"other"}),
        ({"vilka": "alla", "niva": "saknas"}, {"bare"}),
        ({"vilka": "x", "lage": "x", "niva": "x", "efter": "x"}, {"own", "other", "bare", "ended"}),
    ],
)
def test_the_list_is_filtered(client, case, asked, found):
    rows = {
        "own": case,
        "other": an_enrolment(START, level="AM3", consultant=a_user()),
        "bare": an_enrolment(START, level=None),
        "ended": an_enrolment(START, TODAY),
    }
    names = {row.participant.public_id: name for name, row in rows.items()}
    shown = client.get("/deltagare/", asked).context["rows"]
    assert {names[row.public_id] for row in shown} == found


def test_the_list_goes_on_with_the_next_page(client, case, kim):
    for _ in range(60):
        an_enrolment(START, consultant=kim)
    first = client.get("/deltagare/", {"vilka": "mina"})
    assert len(first.context["rows"]) == 50
    assert "vilka=mina" in first.context["next_url"]
    second = client.get("/deltagare/" + first.context["next_url"])
    assert len(second.context["rows"]) == 11
    assert (second.context["next_url"], second.context["first_url"]) == ("", "?vilka=mina")
    assert [len(record.subjects) for record in AccessRecord.objects.order_by("pk")] == [50, 11]


def test_the_list_says_when_nobody_is_found_and_records_nothing(client):
    page = client.post("/deltagare/", {"q": "zzz"}, follow=True)
    assert "Ingen deltagare hittades" in text_of(page)
    assert not AccessRecord.objects.exists()


def test_what_is_searched_for_stands_in_no_address_and_for_nobody_else(client, case, as_user):
    name = case.participant.last_name
    found = client.post("/deltagare/", {"q": name, "lage": "alla"})
    assert name not in found["Location"]
    page = client.get(found["Location"])
    assert [row.public_id for row in page.context["rows"]] == [case.participant.public_id]
    assert page.context["filters"]["q"].value() == name
    assert "q=" not in page.context["next_url"] + page.context["export_query"]
    elsewhere = as_user(a_user()).get(found["Location"])
    assert elsewhere.context["filters"]["q"].value() == ""
    for number in range(30):
        client.post("/deltagare/", {"q": str(number)})
    assert len(client.session["searches"]) == 20
    assert client.get("/deltagare/", {"q": name}).context["filters"]["q"].value() == ""


def test_the_list_costs_the_same_with_one_and_with_fifty_rows(client, case, kim):
    one = queries(client, "/deltagare/")
    for _ in range(49):
        an_enrolment(START, consultant=kim)
    assert queries(client, "/deltagare/") == one


# The case


def test_the_case_shows_the_person_the_state_and_what_to_do(client, case):
    text = text_of(client.get(to("participant", case)))
    number = case.participant.number
    for expected in (
        "Karl Wåhlin-Ström af Ekenstam",
        number.full,
        case.case_number,
        "Inskriven 14 veckor",
        "Kim Konsulent",
        "Gör en handlingsplan",
        f"Skulle varit klar {case.plan_due_on}",
        "Ta kontakt",
        "Saknas: utbildning.",
    ):
        assert expected in text
    assert AccessRecord.objects.get().subjects == [case.participant.public_id]


def test_a_case_in_order_has_nothing_to_do(client, kim):
    person = a_participant(education="secondary")
    case = an_enrolment(START, participant=person, consultant=kim)
    a_plan_of_steps(case, 1)
    Note.objects.create(enrolment=case, happened_on=TODAY, text="Vi sågs.", created_by=kim)
    an_assessment(case, TODAY)
    assert client.get(to("participant", case)).context["to_do"] == []


def test_each_thing_to_do_leads_to_where_it_is_done(client):
    case = an_enrolment(START, level=None)
    plan = a_plan(case, START, follow_up_on=TODAY)
    late = an_intervention(case, START, planned_end_on=TODAY - timedelta(days=1))
    found = client.get(to("participant", case)).context["to_do"]
    assert [one.url for one in found] == [
        to("assign", case),
        to("level_change", case),
        to("plan_follow_up", case),
        to("assessment_add", case),
        to("note_add", case),
        to("intervention_end", case, late.pk),
        to("participant_details", case),
    ]
    assert all(client.get(one.url).status_code == 200 for one in found)
    plan.follow_up_on = TODAY + timedelta(days=15)
    plan.save()
    later = client.get(to("participant", case)).context["to_do"]
    assert "Följ upp planen" not in [one.title for one in later]


def test_an_ended_case_asks_for_the_confirmation_and_offers_to_open_again(client, kim):
    case = an_enrolment(START, TODAY - timedelta(days=30), consultant=kim)
    response = client.get(to("participant", case))
    text = text_of(response)
    assert "Bekräfta avslutet" in text
    assert "Öppna igen" in text
    assert "Ny insats" not in text
    Enrolment.objects.update(ended_on=TODAY - timedelta(days=31))
    assert "Öppna igen" not in text_of(client.get(to("participant", case)))


def test_a_manager_reads_and_is_offered_nothing_to_change(as_user, case):
    a_plan_of_steps(case, 2)
    an_intervention(case, START)
    manager = as_user(a_user(Role.MANAGER))
    for name in ("participant", "plan"):
        main = manager.get(to(name, case)).content.decode().partition("<main")[2]
        assert "<form" not in main
        assert "Skriv anteckning" not in main


def test_the_timeline_is_paged_and_filtered_and_shows_a_correction_beside_the_old(
    client, case, kim
):
    for n in range(25):
        actions.add_note(
            case,
            kind="meeting",
            happened_on=TODAY - timedelta(days=n),
            text=f"Text {n}.",
            today=TODAY,
            by=kim,
        )
    actions.correct_note(case.notes.get(text="Text 0."), text="Rätt text.", by=kim)
    first = client.get(to("participant", case), {"visa": "anteckningar"})
    assert len(first.context["events"]) == 20
    assert "Visa den gamla texten" in text_of(first)
    second = client.get(to("participant", case) + first.context["older"])
    assert [event.text for event in second.context["events"]] == [
        f"Text {n}." for n in range(19, 25)
    ]
    assert second.context["older"] == ""
    for visa in ("", "insatser", "plan", "inskrivning", "annat"):
        assert client.get(to("participant", case), {"visa": visa, "fore": "x"}).status_code == 200


def test_the_case_costs_the_same_however_much_is_in_it(client, case, kim):
    much_of_everything(case, 1, kim)
    little = {name: queries(client, to(name, case)) for name in ("participant", "plan")}
    assert little["participant"] <= 20
    other = an_enrolment(START, consultant=kim)
    much_of_everything(other, 10, kim)
    assert {name: queries(client, to(name, other)) for name in little} == little


def test_a_long_text_and_a_script_are_shown_as_text(client, case, kim):
    actions.add_note(
        case, kind="call", happened_on=TODAY, text="<script>x</script>" * 500, today=TODAY, by=kim
    )
    page = client.get(to("participant", case)).content.decode()
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
