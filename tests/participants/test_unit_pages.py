"""The pages of the unit: staffing, handing over, the Kompetensteam; and the deputy's start page."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from participants import actions
from participants.models import Enrolment, Handover
from sundbyberg_am.access import Role
from sundbyberg_am.models import Absence, AccessRecord, User
from tests.builders import a_participant, a_unit, a_user, an_enrolment

from .builders import a_handover, a_recommended_review, a_review, an_absence
from .reading import TODAY, queries, text_of, to

pytestmark = pytest.mark.django_db

LONG_AGO = TODAY - timedelta(days=320)
DAY = timedelta(days=1)


@pytest.fixture
def omar():
    return a_user(name="Omar Exempel")


@pytest.fixture
def manager():
    return a_user(Role.MANAGER, name="Eva Chef")


def named(last_name: str, consultant: User | None, **fields) -> Enrolment:
    person = a_participant(last_name=last_name)
    return an_enrolment(
        fields.pop("started_on", TODAY - DAY), participant=person, consultant=consultant, **fields
    )


# The deputy's start page


@pytest.mark.parametrize(
    ("first", "last", "is_shown"),
    [(0, 0, True), (-5, 0, True), (0, 9, True), (-5, -1, False), (1, 9, False)],
)
def test_the_deputy_sees_the_lists_of_a_colleague_who_is_away(
    client, kim, omar, first, last, is_shown
):
    named("Ersatt", omar, deputy=kim)
    named("Annans", omar, deputy=a_user())
    named("Egen", kim)
    an_absence(omar, TODAY + first * DAY, TODAY + last * DAY)
    page = client.get("/")
    text = text_of(page)
    assert (f"Du ersätter Omar Exempel till {TODAY + last * DAY}" in text) is is_shown
    assert ("Ersatt" in text) is is_shown
    assert "Egen" in text and "Annans" not in text
    assert len(AccessRecord.objects.get().subjects) == 1 + is_shown
    assert [one.name.split()[-1] for one in page.context["caseload"]] == ["Egen"]


def test_the_deputy_answers_for_whoever_has_left(client, kim, omar):
    named("Ersatt", omar, deputy=kim)
    assert "Ersatt" not in text_of(client.get("/"))
    User.objects.filter(pk=omar.pk).update(is_active=False)
    text = text_of(client.get("/"))
    assert "Du ersätter Omar Exempel, som inte arbetar kvar" in text
    assert "Ersatt" in text


def test_the_start_page_costs_the_same_for_one_colleague_and_for_three(client, kim, omar):
    an_absence(omar)
    named("Ersatt", omar, deputy=kim)
    one = queries(client, "/")
    for _ in range(2):
        colleague = a_user()
        an_absence(colleague)
        for _ in range(3):
            named("Ersatt", colleague, deputy=kim)
    assert queries(client, "/") == one


def test_work_lists_of_the_team_open_where_it_is_done(client, kim):
    old = named("Gammal", kim, started_on=LONG_AGO)
    answered = named("Besvarad", kim, started_on=LONG_AGO)
    a_recommended_review(answered, TODAY - 60 * DAY, TODAY)
    lists = {one.title: one.items for one in client.get("/").context["lists"]}
    assert [one.url for one in lists["Att ta upp i Kompetensteam"]] == [to("team_put", old)]
    assert [one.url for one in lists["Uppföljning av rekommendation"]] == [
        to("participant", answered)
    ]
    assert "Följ upp rekommendationen" in text_of(client.get(to("participant", answered)))
    assert "Ta upp i Kompetensteam" in text_of(client.get(to("participant", old)))


# Absence


def test_a_consultant_registers_the_own_absence_and_ends_it(client, kim, omar):
    days = {"from_on": str(TODAY - DAY), "until_on": str(TODAY + DAY)}
    page = client.post(reverse("absence_add"), {"user": kim.pk, **days}, follow=True)
    assert f"Kim Konsulent är borta {TODAY - DAY} till {TODAY + DAY}." in text_of(page)
    refused = client.post(reverse("absence_add"), {"user": omar.pk, **days})
    assert refused.status_code == 422
    absence = Absence.objects.get()
    page = client.post(reverse("absence_end", args=[absence.pk]), follow=True)
    assert "Frånvaron är avslutad för Kim Konsulent." in text_of(page)
    page = client.post(reverse("absence_end", args=[absence.pk]), follow=True)
    assert "Frånvaron är redan slut." in text_of(page)


def test_the_manager_registers_anybodys_absence_and_keeps_what_was_typed(as_user, manager, omar):
    browser = as_user(manager)
    days = {"user": omar.pk, "from_on": str(TODAY), "until_on": str(TODAY - DAY)}
    refused = browser.post(reverse("absence_add"), days)
    assert refused.status_code == 422
    assert f'value="{TODAY - DAY}"' in refused.content.decode()
    browser.post(reverse("absence_add"), {**days, "until_on": str(TODAY)})
    absence = Absence.objects.get()
    assert (absence.user, absence.created_by) == (omar, manager)


def test_somebody_elses_absence_cannot_be_ended(client, as_user, omar):
    url = reverse("absence_end", args=[an_absence(omar).pk])
    assert client.post(url).status_code == 403
    elsewhere = a_user(Role.MANAGER, unit=a_unit("En annan enhet"))
    assert as_user(elsewhere).post(url).status_code == 404
    assert client.get(url).status_code == 405
    assert Absence.objects.exists()


# Staffing and handing over


def test_staffing_shows_caseloads_and_who_is_away(client, as_user, manager, kim, omar):
    named("Ett", omar)
    an_absence(omar, TODAY, TODAY + DAY)
    gone = a_user(name="Berit Borta", is_active=False)
    named("Kvar", gone)
    a_user(name="Sten Slutat", is_active=False)
    a_user(name="Annans Annan", unit=a_unit("En annan enhet"))
    text = text_of(client.get(reverse("staffing")))
    assert "Omar Exempel 1" in text and f"Borta till {TODAY + DAY}" in text
    assert "Berit Borta 1 Har slutat" in text
    assert "Sten" not in text and "Annans" not in text
    assert text.count("Lämna över") == 0
    assert text_of(as_user(manager).get(reverse("staffing"))).count("Lämna över") == 2


def test_staffing_costs_the_same_with_much_in_it(client, kim):
    an_absence(kim)
    a_handover(kim)
    few = queries(client, reverse("staffing"))
    for _ in range(5):
        colleague = a_user()
        an_absence(colleague)
        a_handover(colleague)
        named("Någon", colleague)
    assert queries(client, reverse("staffing")) == few


def test_a_selection_is_handed_over_and_all_concerned_see_it(client, as_user, kim, omar):
    moved, kept = named("Lämnas", kim), named("Behålls", kim)
    url = reverse("hand_over", args=[kim.public_id])
    page = client.get(url)
    assert "Omar Exempel, 0 ärenden" in text_of(page)
    assert len(AccessRecord.objects.get().subjects) == 2
    sent = {"valid_from": str(TODAY + DAY), "to": [omar.pk], "cases": [moved.pk]}
    said = text_of(client.post(url, sent, follow=True))
    assert f"1 ärende lämnas över från och med {TODAY + DAY}." in said
    assert "Lämnas" in said and "Behålls" not in said
    assert "till Omar Exempel från och med" in text_of(client.get(to("participant", moved)))

    handover = Handover.objects.get()
    other = as_user(omar)
    for browser, words in ((client, "lämnas över från dig"), (other, "från Kim Konsulent")):
        assert f"1 ärende {words}" in text_of(browser.get("/"))
        answer = browser.post(reverse("handover_seen", args=[handover.public_id]))
        assert answer["Location"] == "/"
        assert words not in text_of(browser.get("/"))

    taken = client.post(reverse("handover_take_back", args=[handover.public_id]), follow=True)
    assert "Överlämningen är tillbakatagen" in text_of(taken)
    assert set(Enrolment.objects.kept_by(kim, TODAY + DAY)) == {moved, kept}


def test_the_whole_caseload_is_handed_over_by_the_manager_to_several(as_user, manager, omar):
    sara, lena = a_user(name="Sara Testlund"), a_user(name="Lena Provberg")
    for number in range(4):
        named(f"Person{number}", omar)
    url = reverse("hand_over", args=[omar.public_id])
    sent = {"valid_from": str(TODAY), "to": [sara.pk, lena.pk], "everything": "on"}
    said = text_of(as_user(manager).post(url, sent, follow=True))
    assert "4 ärenden från Omar Exempel" in said
    assert "Till Lena Provberg 2 ärenden" in said and "Till Sara Testlund 2 ärenden" in said
    again = as_user(manager).post(
        reverse("handover_take_back", args=[Handover.objects.get().public_id])
    )
    assert again.status_code == 422
    assert "har redan börjat gälla" in text_of(again)


def test_a_handover_refused_moves_nothing_and_keeps_what_was_ticked(client, kim, omar):
    moved, ended = named("Lämnas", kim), named("Avslutas", kim)
    url = reverse("hand_over", args=[kim.public_id])
    for sent, sentence in (
        ({}, "Välj minst en som tar emot."),
        ({"to": [omar.pk]}, "Välj minst ett ärende."),
        ({"to": [omar.pk], "cases": [0]}, "Ett av ärendena finns inte."),
        (
            {"to": [omar.pk], "everything": "on", "valid_from": str(TODAY - DAY)},
            "Dagen har redan varit.",
        ),
    ):
        answer = client.post(url, {"valid_from": str(TODAY), **sent})
        assert answer.status_code == 422
        assert sentence in unescape(answer.content.decode())
    Enrolment.objects.filter(pk=ended.pk).update(
        voided_at="2026-02-01T12:00Z", voided_by=kim, void_reason="Fel person"
    )
    sent = {"valid_from": str(TODAY), "to": [omar.pk], "cases": [moved.pk, ended.pk]}
    answer = client.post(url, sent)
    assert "1 är avslutat eller felregistrerat. Inget är flyttat." in text_of(answer)
    assert answer.content.decode().count("checked") == 2  # Omar, and the case that is still there
    assert not Handover.objects.exists()


def test_a_consultant_hands_over_only_the_own_cases(client, omar):
    named("Annans", omar)
    url = reverse("hand_over", args=[omar.public_id])
    assert client.get(url).status_code == client.post(url).status_code == 403
    assert not AccessRecord.objects.exists()


def test_the_handover_page_costs_the_same_however_many_cases(client, kim, omar):
    costs = []
    for number in (1, 12):
        moved = [named("Lämnas", kim) for _ in range(number)]
        url = reverse("hand_over", args=[kim.public_id])
        form = queries(client, url)
        handover = actions.hand_over(
            kim, cases=moved, to=[omar], valid_from=TODAY, today=TODAY, by=kim
        )
        costs.append((form, queries(client, reverse("handover", args=[handover.public_id]))))
    assert costs[0] == costs[1]


# The Kompetensteam


def test_the_team_page_shows_each_case_in_its_state_and_puts_them_on_record(client, kim):
    to_put = named("Attupp", kim, started_on=LONG_AGO)
    coming = named("Kommande", kim, started_on=LONG_AGO)
    a_review(coming, TODAY)
    waiting = named("Väntande", kim, started_on=LONG_AGO)
    a_review(waiting, TODAY - DAY)
    due = named("Uppföljd", kim, started_on=LONG_AGO)
    a_recommended_review(due, TODAY - 60 * DAY, TODAY)
    named("Ny", kim)
    page = client.get(reverse("team_list"))
    assert [row.name.split()[-1] for row in page.context["to_put"]] == ["Attupp"]
    shown = {
        str(state.value): [one.enrolment for one in reviews]
        for state, reviews in page.context["groups"]
    }
    assert shown == {
        "coming": [coming],
        "awaiting": [waiting],
        "follow_up_due": [due],
        "recommended": [],
    }
    assert set(AccessRecord.objects.get().subjects) == {
        one.participant.public_id for one in (to_put, coming, waiting, due)
    }


def test_the_team_page_costs_the_same_with_many_cases(client, kim):
    a_review(named("Ett", kim, started_on=LONG_AGO), TODAY)
    one = queries(client, reverse("team_list"))
    for _ in range(6):
        a_review(named("Fler", kim, started_on=LONG_AGO), TODAY)
    assert queries(client, reverse("team_list")) == one


def test_a_case_goes_through_the_team(client, kim):
    case = named("Lång", kim, started_on=LONG_AGO)
    sent = {"question": "Vad nu?", "meeting_on": str(TODAY), "other_members": "Sofia"}
    said = text_of(client.post(to("team_put", case), sent, follow=True))
    assert f"Ärendet tas upp i Kompetensteamet {TODAY}." in said
    review = case.team_reviews.get()
    answer = client.post(to("team_recommend", case, review.pk), {"recommendation": "Praktik"})
    assert answer.status_code == 422 and "Praktik" in answer.content.decode()
    sent = {"recommendation": "Praktik", "follow_up_on": str(TODAY + DAY)}
    said = text_of(client.post(to("team_recommend", case, review.pk), sent, follow=True))
    assert "Rekommendationen är sparad." in said and "Praktik" in said
    sent = {"follow_up_note": "Praktiken började."}
    said = text_of(client.post(to("team_follow_up", case, review.pk), sent, follow=True))
    assert "Uppföljningen är sparad." in said and "Praktiken började." in said


def test_a_review_of_another_case_is_not_reached_through_this_one(client: Client, kim):
    mine, other = named("Min", kim), named("Annan", kim)
    review = a_review(other, TODAY)
    for name in ("team_recommend", "team_follow_up"):
        assert client.get(to(name, mine, review.pk)).status_code == 404
