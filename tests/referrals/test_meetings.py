"""Three-party meetings between the two sides: what the sender sees, asks for and answers."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from participants import actions as cases
from participants.models import AgreedPoint, Enrolment, Meeting
from referrals.meeting_actions import answer_meeting, ask_for_meeting
from referrals.meetings import coming_meetings, meetings
from referrals.models import Referral, Status
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import a_meeting, a_user, an_enrolment

from .builders import DAY, Cast, a_referral_in
from .reading import queries, text, url
from .test_disclosure import NEVER, a_full_case, text_of, with_exit

pytestmark = pytest.mark.django_db

A_DAY = timedelta(days=1)
NOW = timezone.make_aware(datetime.combine(DAY + 10 * A_DAY, time(12)))
TODAY = timezone.localdate()


def a_case_of(cast: Cast) -> tuple[Referral, Enrolment]:
    """An accepted referral, and its case, which is ongoing today whatever day it is."""
    referral = a_referral_in(Status.ACCEPTED, cast)
    assert referral.enrolment
    referral.enrolment.started_on = min(DAY, TODAY)
    referral.enrolment.save()
    return referral, referral.enrolment


def a_three_party(enrolment: Enrolment, day: date | None = None, **fields) -> Meeting:
    return a_meeting(enrolment, day or NOW.date() + A_DAY, kind="three_party", **fields)


# What is told


def test_the_sender_is_told_time_place_and_agreed_points(cast):
    referral, case = a_case_of(cast)
    coming = a_three_party(case, ends=time(11), place="Stadshuset")
    held = a_three_party(case, DAY, outcome="held", attended=["participant"])
    AgreedPoint.objects.create(meeting=held, text="Skickar cv", responsible="participant")
    told = meetings(referral, NOW)
    (soon,), (past,) = told.coming, told.past
    assert (soon.pk, soon.day, soon.clock) == (coming.pk, coming.day, "10:00–11:00")
    assert (soon.where, soon.state, soon.can_reply) == ("Stadshuset", "Bokat", True)
    assert (past.state, past.can_reply) == ("Genomfört", False)
    assert [(one.text, one.responsible) for one in past.points] == [("Skickar cv", "Deltagaren")]


def test_why_a_meeting_failed_is_not_told(cast):
    referral, case = a_case_of(cast)
    for number, outcome in enumerate(("absent", "not_held", "cancelled")):
        a_three_party(case, DAY + number * A_DAY, outcome=outcome, why="Därförordet")
    a_three_party(case, DAY + 3 * A_DAY)
    told = meetings(referral, NOW)
    assert told.coming == []
    states = [one.state for one in told.past]
    assert states == ["Har varit", "Inställt", "Blev inte av", "Blev inte av"]
    assert "Därförordet" not in repr(told)


def test_other_meetings_and_other_enrolments_are_not_told(cast):
    referral, case = a_case_of(cast)
    a_meeting(case, NOW.date() + A_DAY)
    a_meeting(case, NOW.date() + A_DAY, kind="other", starts=time(9))
    a_three_party(an_enrolment(DAY))
    told = meetings(referral, NOW)
    assert (told.coming, told.past) == ([], [])


def test_nothing_is_told_before_the_answer_or_of_a_mistake(cast):
    assert meetings(a_referral_in(Status.SUBMITTED, cast), NOW) is None
    referral, case = a_case_of(cast)
    a_three_party(case)
    cases.void_enrolment(case, void_reason="Fel", by=cast.consultant)
    assert meetings(Referral.objects.get(pk=referral.pk), NOW) is None
    assert coming_meetings(cast.sender, NOW) == []


def test_coming_meetings_are_those_of_the_own_team(cast):
    referral, case = a_case_of(cast)
    later = a_three_party(case, NOW.date() + 2 * A_DAY)
    first = a_three_party(case)
    a_three_party(case, NOW.date())  # began at ten
    for user in (cast.sender, cast.colleague):
        found = coming_meetings(user, NOW)
        assert [one.meeting.pk for one in found] == [first.pk, later.pk]
        assert {one.referral for one in found} == {referral}
    for user in (cast.stranger, cast.coordinator, cast.consultant, cast.manager):
        assert coming_meetings(user, NOW) == []


# The leak test: words that stand nowhere but where they are planted

MEETING_WORDS = [
    *("Vanligplatsen", "Vanligavtalet", "Vanligvarföret", "Annanplatsen", "Trevarföret"),
    *("Frånvarovarföret", "Ogiltigavtalet"),
]
TOLD = ["Treplatsen", "Treavtalet", "Kommandeplatsen", "Frågeordet", "Inställdplatsen"]


def plant(referral: Referral, cast: Cast) -> None:
    case = referral.enrolment
    assert case
    case.started_on = min(DAY, TODAY)
    case.save()
    ordinary = a_meeting(case, DAY, outcome="held", place="Vanligplatsen")
    AgreedPoint.objects.create(meeting=ordinary, text="Vanligavtalet")
    a_meeting(case, DAY + A_DAY, outcome="not_held", why="Vanligvarföret", starts=time(8))
    a_meeting(case, TODAY + A_DAY, kind="other", place="Annanplatsen", starts=time(8))
    held = a_three_party(case, DAY, outcome="held", place="Treplatsen", starts=time(14))
    AgreedPoint.objects.create(meeting=held, text="Treavtalet", responsible="consultant")
    a_three_party(
        case, DAY, outcome="cancelled", why="Trevarföret", place="Inställdplatsen", starts=time(7)
    )
    absent = a_three_party(case, DAY, outcome="absent", why="Frånvarovarföret", starts=time(6))
    AgreedPoint.objects.create(meeting=absent, text="Ogiltigavtalet")
    a_three_party(case, TODAY + A_DAY, place="Kommandeplatsen", decided_by=None)
    ask_for_meeting(referral, request="Frågeordet", today=TODAY, by=cast.sender)


def test_of_the_case_the_sender_sees_meetings_and_nothing_else(cast, as_user):
    referral = a_full_case(cast)
    plant(referral, cast)
    for user in (cast.sender, cast.colleague):
        client = as_user(user)
        shown = text_of(client, referral) + text(client.get("/"))
        assert [word for word in TOLD if word not in shown] == []
        assert [word for word in (*NEVER, *MEETING_WORDS) if word in shown] == []
        assert "Deltagaren kom inte" not in shown
    assert "Kommandeplatsen" in text(as_user(cast.sender).get("/"))


def test_nobody_else_of_the_referrals_sees_the_meetings(cast, as_user):
    referral = a_full_case(cast)
    plant(referral, cast)
    for user in (cast.coordinator, cast.manager, cast.stranger):
        client = as_user(user)
        shown = text_of(client, referral) + text(client.get("/"))
        assert [word for word in (*TOLD, *MEETING_WORDS) if word in shown] == []


def test_agreed_points_stay_readable_after_the_exit(cast, as_user):
    referral = a_full_case(cast)
    assert referral.enrolment
    held = a_three_party(referral.enrolment, DAY, outcome="held")
    AgreedPoint.objects.create(meeting=held, text="Treavtalet")
    with_exit(referral, cast)
    page = as_user(cast.colleague).get(url("referral", referral))
    assert "Treavtalet" in text(page)
    assert "Be om trepartsmöte" not in text(page)


# Asking and answering


def test_the_sender_asks_and_the_consultant_has_it_on_the_list(cast, as_user):
    referral, _ = a_case_of(cast)
    client = as_user(cast.colleague)
    assert "Be om trepartsmöte" in text(client.get(url("referral", referral)))
    page = client.post(url("meeting_ask", referral), {"request": "Resekortet"}, follow=True)
    assert "Konsulenten har fått din fråga om ett möte." in text(page)
    assert "Ni har bett om ett möte" in text(page)
    assert "Be om trepartsmöte" not in text(page)
    lists = as_user(cast.consultant).get("/").context["lists"]
    assert "Trepartsmöten att boka" in {one.title for one in lists}
    again = client.post(url("meeting_ask", referral), {"request": "En gång till"})
    assert again.status_code == 422
    assert "redan begärt" in text(again) and "En gång till" in text(again)
    assert client.post(url("meeting_ask", referral), {"request": " "}).status_code == 422
    assert Meeting.objects.count() == 1


def test_asking_before_the_answer_leads_back_and_says_why(cast, as_user):
    referral = a_referral_in(Status.SUBMITTED, cast)
    client = as_user(cast.sender)
    page = client.get(url("meeting_ask", referral), follow=True)
    assert "Anvisningen är skickad och kan därför inte leda till ett trepartsmöte." in text(page)
    assert client.post(url("meeting_ask", referral), {"request": "Hej"}).status_code == 422


def test_asking_after_the_exit_is_refused(cast, as_user):
    referral = a_full_case(cast)
    with_exit(referral, cast)
    page = as_user(cast.sender).post(url("meeting_ask", referral), {"request": "Hej"})
    assert page.status_code == 422
    assert "Inskrivningen är avslutad, så det går inte att be om ett möte." in text(page)


def test_the_sender_answers_with_one_press_and_can_change_it(cast, as_user):
    referral, case = a_case_of(cast)
    meeting = a_three_party(case, TODAY + A_DAY)
    reply = reverse("meeting_reply", args=[referral.public_id, meeting.pk])
    client = as_user(cast.sender)
    assert "Svara" in text(client.get("/"))
    page = client.post(reply, {"reply": "coming"}, follow=True)
    assert "Konsulenten ser nu att du kommer." in text(page)
    assert "Ditt teams svar: kommer" in text(page)
    assert "Svara" not in text(client.get("/"))
    page = as_user(cast.colleague).post(reply, {"reply": "not_coming"}, follow=True)
    assert "Konsulenten ser nu att du inte kommer." in text(page)
    meeting.refresh_from_db()
    assert (meeting.reply, meeting.replied_by) == ("not_coming", cast.colleague)
    assert client.get(reply).status_code == 200
    for wrong in ({}, {"reply": "kanske"}):
        assert client.post(reply, wrong).status_code == 422
    Meeting.objects.update(outcome="cancelled", why="Sjuk", decided_at=timezone.now())
    refused = client.post(reply, {"reply": "coming"})
    assert refused.status_code == 422
    assert "Mötet är inställt." in text(refused) and "Sjuk" not in text(refused)


def test_a_meeting_that_is_not_told_of_cannot_be_answered(cast, as_user):
    referral, case = a_case_of(cast)
    ordinary = a_meeting(case, NOW.date())
    other = a_three_party(an_enrolment(DAY), NOW.date())
    client = as_user(cast.sender)
    for meeting in (ordinary, other):
        reply = reverse("meeting_reply", args=[referral.public_id, meeting.pk])
        assert client.post(reply, {"reply": "coming"}).status_code == 404
    with pytest.raises(ValidationError, match="inte längre ett trepartsmöte"):
        answer_meeting(referral, meeting=ordinary.pk, reply="coming", today=DAY, by=cast.sender)
    assert not Meeting.objects.exclude(reply="").exists()


def test_strangers_and_other_roles_neither_ask_nor_answer(cast, as_user):
    referral, case = a_case_of(cast)
    meeting = a_three_party(case, TODAY + A_DAY)
    asking = url("meeting_ask", referral)
    reply = reverse("meeting_reply", args=[referral.public_id, meeting.pk])
    for name, user in cast.everyone().items():
        if name in ("sender", "colleague"):
            continue
        expected = 404 if name == "stranger" else 403
        assert as_user(user).post(asking, {"request": "x"}).status_code == expected, name
        assert as_user(user).post(reply, {"reply": "coming"}).status_code == expected, name
        with pytest.raises(ValidationError, match="Det här kan bara avsändarens team göra"):
            ask_for_meeting(referral, request="x", today=TODAY, by=user)
    assert Meeting.objects.get() == meeting
    meeting.refresh_from_db()
    assert meeting.reply == ""


def test_every_showing_is_on_record(cast, as_user):
    referral, case = a_case_of(cast)
    a_three_party(case, TODAY + A_DAY)
    client = as_user(cast.sender)
    client.get("/")
    client.get(url("referral", referral))
    client.get(url("meeting_ask", referral))
    records = AccessRecord.objects.filter(user=cast.sender).order_by("pk")
    assert [(one.page, one.subjects) for one in records] == [
        ("/", [referral.public_id]),
        ("/anvisningar/…/", [referral.public_id]),
        ("/anvisningar/…/mote/", [referral.public_id]),
    ]


def test_the_pages_cost_the_same_with_one_meeting_and_with_thirty(cast, as_user):
    referral, case = a_case_of(cast)
    a_three_party(case, TODAY + A_DAY)
    a_three_party(case, DAY, outcome="held")
    client = as_user(cast.sender)
    pages = ("/", url("referral", referral))
    few = [queries(client, page) for page in pages]
    for n in range(30):
        day = TODAY + (n + 2) * A_DAY
        a_three_party(case, day)
        held = a_three_party(case, DAY, outcome="held", starts=time(11, n))
        AgreedPoint.objects.create(meeting=held, text="Ses igen")
        other = a_case_of(cast)[1]
        a_three_party(other, day)
    assert [queries(client, page) for page in pages] == few


def test_a_deactivated_sender_leaves_the_meetings_to_the_team(cast):
    _, case = a_case_of(cast)
    a_three_party(case)
    cast.sender.is_active = False
    cast.sender.save()
    assert len(coming_meetings(cast.colleague, NOW)) == 1
    assert coming_meetings(cast.sender, NOW) == []
    assert len(coming_meetings(a_user(Role.SOCIAL_SECRETARY, unit=cast.colleague.unit), NOW)) == 1
