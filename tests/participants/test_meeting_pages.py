"""Meetings on the case page and the start page, and the forms that are filled in about them."""

from datetime import time, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from participants.models import AgreedPoint, Meeting
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import a_meeting, a_user, an_enrolment
from tests.participants.builders import an_absence

from .reading import START, TODAY, queries, text_of, to
from .test_meeting_actions import requested

pytestmark = pytest.mark.django_db

A_DAY = timedelta(days=1)
LAST = time(23, 59)  # still to come at any time of the day
SOON = TODAY + timedelta(days=7)
TIME = {
    "kind": "participant",
    "day": str(SOON),
    "starts": "13:00",
    "ends": "14:00",
    "way": "on_site",
    "place": "Rum Ekorren",
}


def held(**more: str) -> dict[str, str]:
    return {"seen_version": "1", "outcome": "held", "attended": "participant", **more}


# The case page


def test_the_case_shows_what_is_to_come_in_order_of_time(client, case):
    a_meeting(case, SOON + A_DAY, place="Senare")
    a_meeting(case, SOON, kind="three_party", starts=time(9), ends=time(10), place="Tidigare")
    text = text_of(client.get(to("participant", case)))
    assert text.index("Tidigare") < text.index("Senare")
    assert "kl. 09:00–10:00" in text
    assert "Socialsekreteraren har inte svarat" in text
    Meeting.objects.filter(kind="three_party").update(
        reply="not_coming", replied_at=timezone.now(), replied_by=a_user(Role.SOCIAL_SECRETARY)
    )
    assert "Socialsekreteraren kommer inte" in text_of(client.get(to("participant", case)))


def test_the_case_asks_to_register_and_to_book(client, case):
    past, wish = a_meeting(case, TODAY - A_DAY), requested(case, request="Resekortet")
    page = client.get(to("participant", case))
    to_do = {one.title: one for one in page.context["to_do"]}
    assert to_do["Registrera mötet"].url == to("meeting_record", case, past.pk)
    assert to_do["Boka trepartsmöte"].url == to("meeting_change", case, wish.pk)
    assert "Resekortet" in text_of(page)
    Meeting.objects.filter(pk=past.pk).update(
        outcome="held", attended=["participant"], decided_at=timezone.now()
    )
    again = client.get(to("participant", case)).context["to_do"]
    assert "Registrera mötet" not in {one.title for one in again}


def test_a_held_meeting_answers_for_contact_on_the_case_page(client, case):
    assert "Ta kontakt" in text_of(client.get(to("participant", case)))
    a_meeting(case, TODAY - timedelta(days=29), outcome="held")
    assert "Ta kontakt" not in text_of(client.get(to("participant", case)))


def test_the_timeline_filters_meetings_and_shows_what_was_agreed(client, case):
    meeting = a_meeting(case, TODAY, outcome="held")
    AgreedPoint.objects.create(meeting=meeting, text="Skicka cv", responsible="participant")
    page = client.get(to("participant", case), {"visa": "moten"})
    assert [event.row for event in page.context["events"]] == [meeting.pk]
    assert "Skicka cv – Deltagaren" in text_of(page)
    assert to("meeting_record", case, meeting.pk) in page.content.decode()


def test_a_manager_reads_and_changes_nothing(as_user, case):
    one = a_meeting(case, SOON)
    manager = as_user(a_user(Role.MANAGER))
    main = manager.get(to("participant", case)).content.decode().partition("<main")[2]
    assert "Rum 3" in main
    assert "<form" not in main and "Boka möte" not in main and "Ställ in" not in main
    for name in ("meeting_change", "meeting_record", "meeting_cancel"):
        assert manager.get(to(name, case, one.pk)).status_code == 403
    assert manager.get(to("meeting_book", case)).status_code == 403


def test_the_case_costs_the_same_with_one_meeting_and_with_fifty(client, case):
    a_meeting(case, TODAY, outcome="held")
    few = queries(client, to("participant", case))
    for n in range(50):
        day = TODAY - timedelta(days=n + 1)
        meeting = a_meeting(case, day, outcome="held" if n % 2 else "", kind="three_party")
        AgreedPoint.objects.create(meeting=meeting, text="Ses igen")
        a_meeting(case, SOON, starts=time(8, n))
    assert queries(client, to("participant", case)) == few <= 20


# The forms


def test_a_meeting_is_booked_moved_registered_and_put_right(client, case):
    page = client.post(to("meeting_book", case), TIME, follow=True)
    assert "kl. 13:00–14:00." in text_of(page)
    meeting = Meeting.objects.get()
    moved = {**TIME, "day": str(TODAY), "starts": "13.30", "seen_version": "1"}
    assert client.post(to("meeting_change", case, meeting.pk), moved).status_code == 302
    form = client.get(to("meeting_record", case, meeting.pk)).context["form"]
    assert form["attended"].value() == ["participant"]
    sent = held(seen_version="2", text1="Skicka cv", responsible1="participant", due_on1=str(SOON))
    page = client.post(to("meeting_record", case, meeting.pk), sent, follow=True)
    assert "Mötet är registrerat: genomfört." in text_of(page)
    assert f"Skicka cv – Deltagaren, senast {SOON}" in text_of(page)
    form = client.get(to("meeting_record", case, meeting.pk)).context["form"]
    assert (form["text1"].value(), form["due_on1"].value()) == ("Skicka cv", SOON)
    again = held(seen_version="3", text1="Skicka brev", text2="Ses igen")
    client.post(to("meeting_record", case, meeting.pk), again)
    assert [one.text for one in AgreedPoint.objects.all()] == ["Skicka brev", "Ses igen"]


def test_a_request_is_booked_or_turned_down(client, case):
    wish = requested(case, request="Resekortet")
    page = client.get(to("meeting_change", case, wish.pk))
    assert "Socialsekreteraren vill ta upp: Resekortet" in text_of(page)
    assert page.context["form"]["kind"].value() == "three_party"
    sent = {**TIME, "kind": "three_party", "seen_version": "1"}
    client.post(to("meeting_change", case, wish.pk), sent)
    wish.refresh_from_db()
    assert wish.day == SOON
    other = requested(case)
    url = to("meeting_cancel", case, other.pk)
    assert "Säg nej" in text_of(client.get(url))
    page = client.post(url, {"seen_version": "1", "why": "Vi ses redan"}, follow=True)
    assert "Mötet är inställt." in text_of(page)


@pytest.mark.parametrize(
    ("sent", "kept", "said"),
    [
        ({"day": str(START - A_DAY)}, "Rum Ekorren", "medan personen är inskriven"),
        ({"starts": "kvart i"}, "Rum Ekorren", "giltig tid"),
        ({"ends": "12:00"}, "12:00", "sluta efter att det har börjat"),
        ({"place": ""}, "13:00", "Skriv var ni ska ses."),
        ({"starts": ""}, "Rum Ekorren", "fyllas i"),
    ],
)
def test_a_booking_refused_keeps_what_was_typed(client, case, sent, kept, said):
    page = client.post(to("meeting_book", case), {**TIME, **sent})
    assert page.status_code == 422
    shown = unescape(page.content.decode())
    assert kept in shown and said in shown
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"attended": "other"}, "Var deltagaren inte med?"),
        ({"outcome": ""}, "fyllas i"),
        ({"outcome": "absent"}, "Ni har kommit överens om något."),
        ({"text8": "", "due_on8": str(SOON)}, "Skriv vad ni kom överens om."),
        ({"due_on1": str(START)}, "Dagen kan inte vara före mötet."),
        ({"due_on1": "snart"}, "giltigt datum"),
    ],
)
def test_a_registration_refused_keeps_what_was_typed(client, case, sent, said):
    meeting = a_meeting(case, TODAY)
    sent = {**held(text1="Skicka cv", text7="Sjunde"), "why": "Därför", **sent}
    page = client.post(to("meeting_record", case, meeting.pk), sent)
    assert page.status_code == 422
    shown = unescape(page.content.decode())
    assert said in shown and "Sjunde" in shown and "Därför" in shown
    assert Meeting.objects.get().outcome == ""


def test_what_somebody_else_changed_can_be_sent_again_as_it_stands(client, case):
    meeting = a_meeting(case, TODAY)
    Meeting.objects.update(version=2, place="Rum 9")
    refused = client.post(to("meeting_record", case, meeting.pk), held(text1="Skicka cv"))
    assert refused.status_code == 409
    form = refused.context["form"]
    assert form["attended"].value() == ["participant"]
    again = held(text1="Skicka cv", seen_version=form["seen_version"].value())
    assert client.post(to("meeting_record", case, meeting.pk), again).status_code == 302


# The start page


def test_the_day_has_its_meetings_and_what_waits(client, case, kim):
    coming = a_meeting(case, TODAY, starts=LAST, place="Senare i dag")
    begun = a_meeting(case, TODAY, starts=time(0))
    a_meeting(case, TODAY + A_DAY)
    wish = requested(case, request="Resekortet")
    a_meeting(an_enrolment(START, consultant=a_user()), TODAY, starts=LAST)
    away = a_user()
    an_absence(away, TODAY, TODAY)
    deputy = an_enrolment(START, consultant=away, deputy=kim)
    stood_in = a_meeting(deputy, TODAY, starts=time(23, 58))
    page = client.get("/")
    lists = {one.title: [item.url for item in one.items] for one in page.context["lists"]}
    assert lists["Möten i dag"] == [to("participant", case)]
    covered = {
        one.title: [item.url for item in one.items] for one in page.context["covering"].lists
    }
    assert covered["Möten i dag"] == [to("participant", deputy)]
    assert lists["Möten att registrera"] == [to("meeting_record", case, begun.pk)]
    assert lists["Trepartsmöten att boka"] == [to("meeting_change", case, wish.pk)]
    assert "Senare i dag" in text_of(page) and "Resekortet" in text_of(page)
    shown = AccessRecord.objects.filter(page="/").latest("pk").subjects
    assert {case.participant.public_id, deputy.participant.public_id} <= set(shown)
    Meeting.objects.filter(pk__in=[coming.pk, begun.pk, stood_in.pk, wish.pk]).update(
        outcome="cancelled", why="Sjuk", decided_at=timezone.now()
    )
    titles = {one.title for one in client.get("/").context["lists"]}
    assert not titles & {"Möten i dag", "Möten att registrera", "Trepartsmöten att boka"}


def test_the_start_page_costs_the_same_with_one_meeting_and_with_forty(client, case, kim):
    for n in range(20):
        if n == 1:
            one = queries(client, "/")
        other = an_enrolment(START, consultant=kim)
        a_meeting(other, TODAY, starts=LAST)
        a_meeting(other, TODAY - A_DAY)
        requested(other)
    assert queries(client, "/") == one


def test_every_line_of_the_start_page_opens(client, case, kim):
    """Also when an earlier enrolment of the person was left with a meeting that nobody registered."""
    old = an_enrolment(
        START - 9 * A_DAY, START - A_DAY, participant=case.participant, consultant=kim
    )
    a_meeting(old)
    a_meeting(case, TODAY - A_DAY)
    requested(case)
    lists = client.get("/").context["lists"]
    urls = [item.url for one in lists for item in one.items if "/moten/" in item.url]
    assert len(urls) == 2
    assert [client.get(url).status_code for url in urls] == [200, 200]


def test_a_meeting_of_somebody_else_does_not_exist(client, case):
    other = a_meeting(an_enrolment(START), SOON)
    for name in ("meeting_change", "meeting_record", "meeting_cancel"):
        assert client.get(to(name, case, other.pk)).status_code == 404
        assert client.post(to(name, case, other.pk)).status_code == 404
        assert client.put(to(name, case, other.pk)).status_code == 405
    assert (
        client.get(
            reverse("meeting_book", args=["00000000-0000-4000-8000-000000000000"])
        ).status_code
        == 404
    )
