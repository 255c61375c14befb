"""On whose list a referral is: never on nobody's, whatever happens to those who work with it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from referrals import actions, duty
from referrals.duty import on_whose_list
from referrals.models import Referral, Status
from referrals.notice_actions import remind
from sundbyberg_am.access import Role
from sundbyberg_am.actions import change_user
from sundbyberg_am.models import Absence, User
from tests.builders import a_referral, a_user
from tests.participants.builders import an_absence

from .builders import DAY, Cast, a_draft, a_referral_in

pytestmark = pytest.mark.django_db

LEAVE = DAY + timedelta(days=7)


def away(user: User, first: date = DAY, last: date = LEAVE) -> None:
    Absence.objects.create(user=user, from_on=first, until_on=last, created_by=user)


def gone(*users: User) -> None:
    for user in users:
        user.is_active = False
        user.save()


def test_sent_referral_is_with_the_coordinator(cast):
    referral = a_referral_in(Status.SUBMITTED, cast)
    assert on_whose_list(referral, DAY) == [cast.coordinator]


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.COMPLETED])
def test_it_goes_to_the_next_while_somebody_is_away_and_comes_back(cast, status):
    referral = a_referral_in(status, cast)
    away(cast.coordinator)
    assert on_whose_list(referral, DAY) == on_whose_list(referral, LEAVE) == [cast.manager]
    assert on_whose_list(referral, LEAVE + timedelta(days=1)) == [cast.coordinator]
    away(cast.manager)
    assert on_whose_list(referral, DAY) == [cast.coordinator]  # nobody is there: it stays


def test_it_goes_to_a_colleague_first(cast):
    referral = a_referral_in(Status.SUBMITTED, cast)
    other = a_user(Role.COORDINATOR)
    away(cast.coordinator)
    assert on_whose_list(referral, DAY) == [other]


def test_a_unit_with_nobody_left_is_the_administrators(cast):
    referral = a_referral_in(Status.SUBMITTED, cast)
    gone(cast.coordinator, cast.manager)
    assert on_whose_list(referral, DAY) == [cast.administrator]
    assert duty.units_without_receiver() == [(referral.to_unit, 1)]


def test_question_is_with_the_sender_then_the_team_then_the_unit(cast):
    referral = a_referral_in(Status.COMPLETION_ASKED, cast)
    assert on_whose_list(referral, DAY) == [cast.sender]
    away(cast.sender)
    assert on_whose_list(referral, DAY) == [cast.colleague]
    gone(cast.sender)
    assert on_whose_list(referral, LEAVE + timedelta(days=1)) == [cast.colleague]
    gone(cast.colleague)
    assert on_whose_list(referral, DAY) == [cast.coordinator]


def test_a_sender_who_has_changed_team_has_it_no_more(cast):
    referral = a_referral_in(Status.COMPLETION_ASKED, cast)
    cast.sender.unit = cast.stranger.unit
    cast.sender.save()
    assert on_whose_list(referral, DAY) == [cast.colleague]


HOLDERS = (Role.SOCIAL_SECRETARY, Role.COORDINATOR, Role.MANAGER, Role.ADMINISTRATOR)


def listed(user: User, day: date) -> set[Referral]:
    """What the user's start page has of referrals to handle."""
    if user.role == Role.ADMINISTRATOR:
        units = [unit for unit, _ in duty.units_without_receiver()]
        return {row for row in Referral.objects.undecided() if row.to_unit in units}
    return set(duty.list_of(user, day))


def check_nobody_is_forgotten(day: date) -> None:
    users = [user for user in User.objects.active() if user.role in HOLDERS]
    lists = {user: listed(user, day) for user in users}
    at_work = set(User.objects.active()) - set(User.objects.away_on(day))
    for referral in Referral.objects.undecided():
        holders = on_whose_list(referral, day)
        assert holders
        for user in holders:
            assert referral in lists[user], (referral.status, user.role)
        # Whoever could have it and is at work goes before whoever is not.
        unit = {user for user in at_work if user.unit_id == referral.to_unit_id}
        if any(user.role in (Role.COORDINATOR, Role.MANAGER) for user in unit):
            assert set(holders) & at_work


WHO = ("sender", "colleague", "coordinator", "manager")
EVENTS = st.one_of(
    st.tuples(
        st.sampled_from(["submit", "ask", "complete", "withdraw", "return", "register"]), st.none()
    ),
    st.tuples(st.sampled_from(["leave", "deactivate", "activate", "move"]), st.sampled_from(WHO)),
    st.tuples(st.just("days"), st.integers(1, 20)),
)


class NobodyIsForgotten(TestCase):
    """A property of random sequences of events; hypothesis rolls the rows back between them."""

    @settings(
        max_examples=15,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(EVENTS, min_size=3, max_size=10))
    def test_whatever_happens_no_open_referral_is_on_nobodys_list(self, events):
        cast, day = Cast(), DAY
        for status in (Status.SUBMITTED, Status.COMPLETION_ASKED):
            a_referral(
                DAY,
                status=status,
                from_unit=cast.sender.unit,
                sender=cast.sender,
                to_unit=cast.coordinator.unit,
                answer_due_on=DAY + timedelta(days=14),
            )
        for what, argument in events:
            if what == "days":
                day += timedelta(days=argument)
            else:
                try:
                    with transaction.atomic():
                        happen(what, argument, cast, day)
                except ValidationError:
                    pass  # somebody who is not there, or too late: as in life
            check_nobody_is_forgotten(day)


def happen(what: str, who: Any, cast: Cast, day: date) -> None:
    for user in cast.everyone().values():
        user.refresh_from_db()
    user = getattr(cast, who) if who else cast.sender
    referral = Referral.objects.undecided().order_by("-pk").first()
    match what:
        case "submit":
            draft = a_draft(cast.sender)
            actions.submit(draft, level="AM2", level_reason="", today=day, by=cast.sender)
        case "ask" if referral:
            actions.ask_completion(referral, question="När?", by=cast.coordinator)
        case "complete" if referral:
            actions.complete(referral, answer="Nu.", by=cast.colleague)
        case "withdraw" if referral:
            actions.withdraw(referral, reason="Flyttat.", today=day, by=cast.colleague)
        case "return" if referral:
            actions.return_referral(referral, reason="Fel.", today=day, by=cast.manager)
        case "register":
            actions.register_referral(**a_document(day), today=day, by=cast.coordinator)
        case "leave":
            an_absence(user, day, day + timedelta(days=14))
        case "deactivate" | "activate":
            change_user(
                user,
                name=user.name,
                email="",
                role=user.role,
                unit=user.unit,
                is_active=what == "activate",
                by=cast.administrator,
            )
        case "move" if user.role == Role.SOCIAL_SECRETARY:
            user.unit = cast.stranger.unit
            user.save()


def a_document(day: date) -> dict[str, Any]:
    from .builders import a_person

    person = a_person()
    del person["to_unit"], person["today"]
    return {
        **person,
        "initiator": "employment_service",
        "document_on": day,
        "asks_for": "Praktik",
        "level": "",
    }


# Reminders


def told(user: User) -> list[str]:
    return list(user_notices(user).values_list("kind", flat=True))


def user_notices(user: User) -> Any:
    from referrals.models import Notice

    return Notice.objects.filter(user=user).order_by("pk")


def test_reminded_the_day_after_the_last_and_not_before(cast):
    referral = a_referral_in(Status.SUBMITTED, cast)
    assert referral.answer_due_on
    remind(referral, today=referral.answer_due_on)
    assert told(cast.manager) == []
    for _ in range(2):  # again tells nobody again
        remind(referral, today=referral.answer_due_on + timedelta(days=1))
    assert told(cast.coordinator) == ["received", "overdue"]
    assert told(cast.manager) == ["overdue"]


def test_late_question_reminds_the_sender_and_the_manager(cast):
    referral = a_referral_in(Status.COMPLETION_ASKED, cast)
    assert referral.answer_due_on
    remind(referral, today=referral.answer_due_on + timedelta(days=1))
    assert told(cast.sender) == ["completion_asked", "overdue"]
    assert told(cast.manager) == ["overdue"]


def test_the_next_is_told_when_whoever_was_told_is_away(cast):
    referral = a_referral_in(Status.SUBMITTED, cast)
    remind(referral, today=DAY)
    assert told(cast.manager) == []
    away(cast.coordinator)
    for _ in range(2):
        remind(referral, today=DAY)
    assert told(cast.manager) == ["received"]


def test_answered_referral_reminds_nobody(cast):
    referral = a_referral_in(Status.RETURNED, cast)
    remind(referral, today=DAY + timedelta(days=60))
    assert told(cast.manager) == []


# The pages


def start_page(client) -> str:
    return " ".join(client.get("/").content.decode().split())


def test_manager_has_the_inbox_while_the_coordinator_is_away(cast, as_user):
    from django.utils import timezone

    a_referral_in(Status.SUBMITTED, cast)
    today = timezone.localdate()
    Referral.objects.update(submitted_on=today, answer_due_on=today, created_at=timezone.now())
    client = as_user(cast.manager)
    assert "Anvisningar medan samordnaren är borta" not in start_page(client)
    away(cast.coordinator, today, today)
    assert "Anvisningar medan samordnaren är borta" in start_page(client)


def test_administrator_is_told_of_a_unit_that_nobody_is_left_in(cast, as_user):
    referral = a_referral_in(Status.SUBMITTED, cast)
    client = as_user(cast.administrator)
    assert "Enheter där ingen kan ta emot: inga" in start_page(client)
    gone(cast.coordinator, cast.manager)
    page = start_page(client)
    assert "1 anvisning väntar" in page
    assert referral.name not in page
