"""What each side gets to know, and what nobody outside does."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from participants import actions as participants
from participants.models import ExitReason, Goal, Note, Participant, Step
from referrals.feedback_actions import send_feedback
from referrals.models import Referral, Status
from sundbyberg_am.access import Role
from sundbyberg_am.models import AccessRecord
from tests.builders import a_level, a_plan, a_user, an_intervention

from .builders import DAY, Cast, a_draft, a_referral_in

pytestmark = pytest.mark.django_db

PAGES = [
    "referral",
    "referral_person",
    "mapping",
    "referral_send",
    "referral_delete",
    "referral_ask",
    "referral_complete",
    "referral_accept",
    "referral_return",
    "referral_withdraw",
]
RECEIVING = {"referral_ask", "referral_accept", "referral_return"}

# Words that stand nowhere but in the field they are planted in.
NEVER = [
    *("Notordet", "Planordet", "Stegordet", "Oenigordet", "Anordnarordet", "Adressordet"),
    *("Kontaktordet", "070-nyttnummer", "ny@example.org", "Nivåordet", "Ersättarordet"),
    *("Nytolk", "gymnasial", "Nyförnamn", "Arbetsplatsordet"),
]


def a_full_case(cast: Cast) -> Referral:
    """An accepted referral whose case has a word of its own in every field."""
    referral = a_referral_in(Status.ACCEPTED, cast)
    enrolment = referral.enrolment
    assert enrolment is not None
    enrolment.deputy = a_user(Role.CONSULTANT, name="Ersättarordet")
    enrolment.save()
    Participant.objects.filter(pk=enrolment.participant_id).update(
        address="Adressordet 1",
        contact_preference="Kontaktordet",
        phone="070-nyttnummer",
        email="ny@example.org",
        interpreter_language="Nytolk",
        first_name="Nyförnamn",
        education="secondary",
    )
    Note.objects.create(
        enrolment=enrolment, happened_on=DAY, text="Notordet", created_by=cast.consultant
    )
    plan = a_plan(enrolment, DAY, participant_agrees=False, disagreement="Oenigordet")
    goal = Goal.objects.create(plan=plan, text="Planordet")
    Step.objects.create(goal=goal, text="Stegordet")
    an_intervention(
        enrolment, DAY, provider="Anordnarordet", workplace="Arbetsplatsordet", hours_per_week=10
    )
    a_level(enrolment, "AM1", DAY + timedelta(days=20))
    enrolment.level_changes.update(reason="Nivåordet")
    return referral


def with_exit(referral: Referral, cast: Cast) -> None:
    assert referral.enrolment is not None
    participants.exit_enrolment(
        referral.enrolment,
        ended_on=DAY + timedelta(days=30),
        exit_reason=ExitReason.objects.get(code="studies"),
        exit_confirmed=None,
        exit_destination="Destinationsordet",
        today=DAY + timedelta(days=30),
        by=cast.consultant,
    )
    send_feedback(referral.pk, today=DAY + timedelta(days=30))


def text_of(client, referral: Referral) -> str:
    """Everything the user can be shown of the referral, on every page that opens."""
    pages = [client.get(reverse("referral_list"))]
    for name in PAGES:
        pages.append(client.get(reverse(name, args=[referral.public_id]), follow=True))
    return " ".join(page.content.decode() for page in pages if page.status_code == 200)


def test_sender_sees_status_consultant_and_start_while_it_goes_on(cast, as_user):
    referral = a_full_case(cast)
    for user in (cast.sender, cast.colleague):
        text = text_of(as_user(user), referral)
        assert cast.consultant.name in text
        assert "23 november 2026" in text
        assert [word for word in NEVER if word in text] == []
        assert "Jobbsökaraktivitet" not in text
        assert "AM1" not in text


def test_sender_sees_the_feedback_after_the_exit_and_nothing_else(cast, as_user):
    referral = a_full_case(cast)
    with_exit(referral, cast)
    text = text_of(as_user(cast.colleague), referral)
    for told in (
        *("23 november 2026", "23 december 2026", cast.consultant.name, "AM1"),
        *("Teoretiska studier", "Inte än", "Destinationsordet"),
        *("Jobbsökaraktivitet/coachning", "2026-11-23", "2026-12-23"),
    ):
        assert told in text, told
    assert [word for word in NEVER if word in text] == []


def test_coordinator_and_manager_see_that_it_was_accepted_and_not_the_case(cast, as_user):
    referral = a_full_case(cast)
    with_exit(referral, cast)
    for user in (cast.coordinator, cast.manager):
        text = text_of(as_user(user), referral)
        assert "Mottagen" in text
        assert cast.coordinator.name in text
        assert [
            word
            for word in (*NEVER, "Destinationsordet", "Teoretiska", "Jobbsök", cast.consultant.name)
            if word in text
        ] == []


def test_mistaken_enrolment_is_called_that_and_no_more(cast, as_user):
    referral = a_full_case(cast)
    with_exit(referral, cast)
    assert referral.enrolment is not None
    participants.void_enrolment(
        referral.enrolment, void_reason="Felorsaksordet", by=cast.consultant
    )
    text = text_of(as_user(cast.sender), referral)
    assert "Inskrivningen efter den här anvisningen var felregistrerad." in text
    never = [*NEVER, "Felorsaksordet", "Destinationsordet", "Teoretiska", cast.consultant.name]
    assert [word for word in never if word in text] == []


def test_sender_is_not_told_of_later_enrolments(cast, as_user):
    referral = a_full_case(cast)
    with_exit(referral, cast)
    assert referral.enrolment is not None
    later = participants.enrol(
        referral.enrolment.participant,
        unit=cast.manager.unit,
        started_on=DAY + timedelta(days=200),
        initiator="self",
        level="AM3",
        consultant=cast.consultant,
        by=cast.consultant,
    )
    text = text_of(as_user(cast.sender), referral)
    assert later.case_number not in text
    assert "11 juni 2027" not in text


def without_tokens(content: bytes) -> bytes:
    """The page without what differs from one request to the next."""
    return re.sub(
        rb'(csrfmiddlewaretoken" value|X-CSRFToken&quot;: &quot;|X-CSRFToken": )[^>]*', b"", content
    )


def permitted(name: str) -> set[str]:
    """Who has the permission of the page; the names are those of the cast."""
    senders, receivers = {"sender", "colleague", "stranger"}, {"coordinator", "other_coordinator"}
    if name == "referral":
        return senders | receivers | {"manager"}
    return receivers | {"manager"} if name in RECEIVING else senders


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("name", PAGES)
def test_page_by_role(cast, as_user, status, name):
    """403 without the permission; outside the scope the very page of one that does not exist."""
    referral = a_referral_in(status, cast)
    here = reverse(name, args=[referral.public_id])
    nowhere = reverse(name, args=[uuid4()])
    scope = {"sender", "colleague"}
    if status != Status.DRAFT:
        scope |= {"coordinator", "manager"}
    for who, user in cast.everyone().items():
        client = as_user(user)
        page, unknown = client.get(here), client.get(nowhere)
        if who not in permitted(name):
            assert page.status_code == unknown.status_code == 403, who
        elif who in scope:
            assert page.status_code in (200, 302), who
            assert unknown.status_code == 404
        else:
            assert page.status_code == unknown.status_code == 404, who
            assert without_tokens(page.content) == without_tokens(unknown.content)
        shown = who in permitted(name) and who in scope
        assert AccessRecord.objects.filter(user=user).exists() is shown, who


def test_nobody_signed_out_comes_in(cast, client):
    referral = a_referral_in(Status.SUBMITTED, cast)
    for name in PAGES:
        page = client.get(reverse(name, args=[referral.public_id]))
        assert page.status_code == 302
        assert page["Location"].startswith(reverse("login"))


def test_list_shows_own_rows_only(cast, as_user):
    sent = a_referral_in(Status.SUBMITTED, cast, first_name="Synlig")
    a_draft(cast.sender, first_name="Utkastet")
    a_draft(cast.stranger, first_name="Främmande")
    shown = {
        user: [
            word
            for word in ("Synlig", "Utkastet", "Främmande")
            if word in as_user(user).get(reverse("referral_list")).content.decode()
        ]
        for user in (
            *(cast.sender, cast.colleague, cast.stranger),
            *(cast.coordinator, cast.manager, cast.other_coordinator),
        )
    }
    assert shown == {
        cast.sender: ["Synlig", "Utkastet"],
        cast.colleague: ["Synlig", "Utkastet"],
        cast.stranger: ["Främmande"],
        cast.coordinator: ["Synlig"],
        cast.manager: ["Synlig"],
        cast.other_coordinator: [],
    }
    records = AccessRecord.objects.filter(user=cast.coordinator)
    assert {tuple(record.subjects) for record in records} == {(sent.public_id,)}
    assert not AccessRecord.objects.filter(user=cast.other_coordinator).exists()


def test_somebody_who_changes_team_leaves_the_referrals_behind(cast, as_user):
    referral = a_referral_in(Status.SUBMITTED, cast)
    cast.sender.unit = cast.stranger.unit
    cast.sender.save()
    assert (
        as_user(cast.sender).get(reverse("referral", args=[referral.public_id])).status_code == 404
    )
    assert (
        as_user(cast.colleague).get(reverse("referral", args=[referral.public_id])).status_code
        == 200
    )


def test_names_and_numbers_stay_out_of_texts_about_a_referral(cast):
    referral = a_referral_in(Status.SUBMITTED, cast)
    for text in (str(referral), repr(referral), str(referral.events.last()), str(referral.form)):
        assert "Amina" not in text
        assert (referral.personnummer or "") not in text
    assert referral.birth_date != date(2026, 11, 23)
