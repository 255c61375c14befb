"""Feedback as it was sent: once, anew when it is put right, read by the team; and questions to the team."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from participants import actions as cases
from participants.models import Enrolment, ExitReason
from referrals import tasks
from referrals.feedback import records
from referrals.feedback_actions import acknowledge, ask_team, send_feedback
from referrals.models import FeedbackRecord, Notice, NoticeKind, Referral, Status, TeamRequest
from sundbyberg_am.access import Role
from tests.builders import a_referral, a_user, an_enrolment, an_intervention

from .builders import DAY, a_referral_in
from .reading import queries, text, url

pytestmark = pytest.mark.django_db

ENDED = DAY + timedelta(days=30)
TEN_MONTHS = date(2027, 9, 23)


def case_of(referral: Referral) -> Enrolment:
    assert referral.enrolment
    return referral.enrolment


def ended(cast, *, reason: str = "studies") -> Referral:
    """An accepted referral whose case has ended."""
    referral = a_referral_in(Status.ACCEPTED, cast)
    cases.exit_enrolment(
        case_of(referral),
        ended_on=ENDED,
        exit_reason=ExitReason.objects.get(code=reason),
        exit_confirmed=None,
        exit_destination="Komvux",
        today=ENDED,
        by=cast.consultant,
    )
    return Referral.objects.for_page().get(pk=referral.pk)


def sweep() -> None:
    tasks.send_due_feedback()


def numbers() -> list[int]:
    return list(FeedbackRecord.objects.order_by("pk").values_list("number", flat=True))


def test_feedback_is_sent_once_when_the_case_has_ended(cast):
    referral = ended(cast)
    sweep()
    sweep()
    assert numbers() == [1]
    (told,) = records(referral)
    assert told.told.exit
    assert (told.told.exit.ended_on, told.told.exit.destination) == (ENDED, "Komvux")
    notices = Notice.objects.filter(kind=NoticeKind.FEEDBACK)
    assert [one.user for one in notices] == [cast.sender]


def test_nothing_is_sent_while_it_goes_on_nor_to_nobody(cast):
    a_referral_in(Status.ACCEPTED, cast)
    a_referral(enrolment=an_enrolment(date(2026, 1, 12), date(2026, 3, 1)))  # no team sent it
    sweep()
    assert numbers() == []


def test_what_was_sent_stays_and_a_correction_is_a_new_one(cast):
    referral = ended(cast)
    sweep()
    cases.confirm_exit(case_of(referral), exit_confirmed=True, today=ENDED, by=cast.consultant)
    sweep()
    sweep()
    assert numbers() == [1, 2]
    last, first = records(referral)
    assert last.told.exit and first.told.exit
    assert (first.told.exit.confirmed, last.told.exit.confirmed) == ("Inte än", "Ja")
    assert Notice.objects.filter(kind=NoticeKind.CORRECTION, user=cast.sender).count() == 1


def test_an_intervention_put_right_afterwards_is_told(cast):
    referral = ended(cast)
    intervention = an_intervention(case_of(referral), DAY, ENDED)
    sweep()
    intervention.outcome = "completed"
    intervention.touch(cast.consultant)
    intervention.save()
    sweep()
    last, first = records(referral)
    assert last.told.exit and first.told.exit
    assert first.told.exit.interventions[0].outcome == ""
    assert last.told.exit.interventions[0].outcome != ""


def test_a_change_that_the_team_is_not_told_of_sends_nothing(cast):
    referral = ended(cast)
    sweep()
    referral.enrolment.touch(cast.consultant)
    referral.enrolment.save()
    sweep()
    assert numbers() == [1]
    assert not FeedbackRecord.objects.referrals_to_tell().exists()


def test_exit_taken_back_is_told_and_the_page_says_so(cast, as_user):
    referral = ended(cast)
    sweep()
    cases.reopen_enrolment(case_of(referral), today=ENDED, by=cast.consultant)
    sweep()
    assert numbers() == [1, 2]
    page = text(as_user(cast.sender).get(url("referral", referral)))
    assert "Avslutet som ni fick återkoppling om är borttaget." in page
    assert cast.consultant.name in page


def test_exit_shows_only_as_it_was_sent(cast, as_user):
    referral = ended(cast)
    client = as_user(cast.sender)
    assert "Komvux" not in text(client.get(url("referral", referral)))
    sweep()
    assert "Komvux" in text(client.get(url("referral", referral)))


def test_mistaken_enrolment_is_not_told_of(cast):
    referral = ended(cast)
    cases.void_enrolment(case_of(referral), void_reason="Fel person", by=cast.consultant)
    sweep()
    assert numbers() == []
    assert send_feedback(referral.pk, today=ENDED) is None


def test_feedback_goes_to_the_team_when_the_sender_has_left(cast):
    ended(cast)
    cast.sender.is_active = False
    cast.sender.save()
    sweep()
    told = Notice.objects.filter(kind=NoticeKind.FEEDBACK)
    assert [one.user for one in told] == [cast.colleague]


# Read by the team


def test_any_of_the_team_says_that_it_is_read_and_the_first_time_counts(cast, as_user):
    referral = ended(cast)
    sweep()
    assert "Återkoppling att läsa" in text(as_user(cast.sender).get("/"))
    address = url("referral", referral) + "aterkoppling/1/last/"
    assert as_user(cast.colleague).post(address).status_code == 302
    as_user(cast.sender).post(address)
    record = FeedbackRecord.objects.get()
    assert record.acknowledged_by == cast.colleague
    page = text(as_user(cast.sender).get(url("referral", referral)))
    assert f"Läst av {cast.colleague.name}" in page
    assert "Återkoppling att läsa: ingen" in text(as_user(cast.sender).get("/"))


def test_what_is_corrected_is_read_anew(cast):
    referral = ended(cast)
    sweep()
    acknowledge(referral, number=1, by=cast.sender)
    cases.confirm_exit(case_of(referral), exit_confirmed=True, today=ENDED, by=cast.consultant)
    sweep()
    with pytest.raises(ValidationError, match="har rättats"):
        acknowledge(referral, number=1, by=cast.sender)
    assert acknowledge(referral, number=2, by=cast.sender).acknowledged_by == cast.sender


def test_nothing_to_read_yet(cast, as_user):
    referral = a_referral_in(Status.ACCEPTED, cast)
    with pytest.raises(ValidationError, match="ingen återkoppling att läsa än"):
        acknowledge(referral, number=1, by=cast.sender)
    answer = as_user(cast.sender).post(
        url("referral", referral) + "aterkoppling/1/last/", follow=True
    )
    assert "ingen återkoppling att läsa än" in text(answer)


def test_unit_and_strangers_acknowledge_nothing(cast, as_user):
    referral = ended(cast)
    sweep()
    address = url("referral", referral) + "aterkoppling/1/last/"
    assert as_user(cast.coordinator).post(address).status_code == 403
    assert as_user(cast.stranger).post(address).status_code == 404
    assert as_user(cast.sender).get(address).status_code == 405
    assert FeedbackRecord.objects.get().acknowledged_at is None


# The Kompetensteam


def asked(referral: Referral, cast, day: date = TEN_MONTHS) -> TeamRequest:
    return ask_team(referral, question="Vad har vi inte prövat?", today=day, by=cast.sender)


def test_sender_asks_the_team_from_ten_months_and_the_consultant_has_it(cast, as_user):
    referral = a_referral_in(Status.ACCEPTED, cast)
    with pytest.raises(ValidationError, match="från tio månader"):
        asked(referral, cast, TEN_MONTHS - timedelta(days=1))
    asked(referral, cast)
    start = text(as_user(cast.consultant).get("/"))
    assert "Vad har vi inte prövat?" in start
    assert Notice.objects.filter(kind=NoticeKind.TEAM_ASKED).get().user == cast.consultant
    with pytest.raises(ValidationError, match="Ni har redan frågat"):
        asked(referral, cast)


def test_deputy_is_told_while_the_consultant_is_away(cast):
    from tests.participants.builders import an_absence

    referral = a_referral_in(Status.ACCEPTED, cast)
    deputy = a_user(Role.CONSULTANT)
    referral.enrolment.deputy = deputy
    referral.enrolment.save()
    an_absence(cast.consultant, TEN_MONTHS)
    asked(referral, cast)
    assert Notice.objects.filter(kind=NoticeKind.TEAM_ASKED).get().user == deputy


def test_question_is_answered_when_the_case_is_put_to_the_team(cast):
    referral = a_referral_in(Status.ACCEPTED, cast)
    asked(referral, cast)
    assert TeamRequest.objects.waiting().count() == 1
    cases.put_to_team(
        case_of(referral),
        question="Vad har vi inte prövat?",
        meeting_on=TEN_MONTHS + timedelta(days=7),
        members=[],
        other_members="Teamet",
        today=TEN_MONTHS,
        by=cast.consultant,
    )
    assert TeamRequest.objects.waiting().count() == 0


def test_question_without_text_or_case(cast):
    referral = a_referral_in(Status.ACCEPTED, cast)
    with pytest.raises(ValidationError, match="Skriv vad teamet ska ta upp"):
        ask_team(referral, question=" ", today=TEN_MONTHS, by=cast.sender)
    with pytest.raises(ValidationError, match="Inskrivningen är avslutad"):
        asked(ended(cast), cast)


def test_page_asks_and_keeps_what_was_typed_when_refused(cast, as_user):
    referral = a_referral_in(Status.ACCEPTED, cast)
    answer = as_user(cast.sender).post(url("team_ask", referral), {"question": "Svårt läge"})
    assert answer.status_code == 422  # today it has not gone on for ten months
    assert "Svårt läge" in text(answer)
    assert not TeamRequest.objects.exists()


def test_page_costs_the_same_however_much_has_been_sent(cast, as_user):
    referral = ended(cast)
    sweep()
    client = as_user(cast.sender)
    before = queries(client, url("referral", referral))
    content = FeedbackRecord.objects.get().content
    FeedbackRecord.objects.bulk_create(
        FeedbackRecord(
            referral=referral,
            number=number,
            content=content,
            sent_at=timezone.now(),
            checked_at=timezone.now(),
        )
        for number in range(2, 12)
    )
    assert queries(client, url("referral", referral)) == before
