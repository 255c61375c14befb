"""Several at once, in real transactions of their own: one wins, the others get a sentence."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from participants.models import Enrolment
from referrals import actions
from referrals.models import NOT_NOW, EventKind, Referral, ReferralEvent, Status
from sundbyberg_am.models import User

from .builders import DAY, Cast, a_draft, a_number, a_referral_in

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def all_at_once(*doings: Callable[[], object]) -> list[str]:
    """What each of them said: the sentences of the refusals, and "" for success."""
    start = Barrier(len(doings))

    def one(do: Callable[[], object]) -> str:
        try:
            start.wait(timeout=10)
            do()
        except ValidationError as refusal:
            return refusal.messages[0]
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(doings)) as threads:
        return sorted(threads.map(one, doings))


def sender_of(draft: Referral) -> User:
    assert draft.sender
    return draft.sender


def submit(draft: Referral) -> Callable[[], object]:
    return lambda: actions.submit(
        draft, level="AM2", level_reason="", today=DAY, by=sender_of(draft)
    )


def test_the_same_draft_submitted_by_many():
    draft = a_draft(Cast().sender)
    said = all_at_once(*[submit(draft)] * 8)
    assert said == ["", *["Anvisningen är skickad och kan därför inte skickas igen."] * 7]
    assert ReferralEvent.objects.filter(kind=EventKind.SUBMITTED).count() == 1


def test_two_teams_with_the_same_person():
    cast, number = Cast(), a_number()
    drafts = [a_draft(user, personnummer=number) for user in (cast.sender, cast.stranger)]
    assert all_at_once(*map(submit, drafts)) == ["", NOT_NOW]
    assert Referral.objects.undecided().count() == 1
    assert ReferralEvent.objects.count() == 1


def test_two_colleagues_with_the_same_person():
    cast, number = Cast(), a_number()
    drafts = [a_draft(user, personnummer=number) for user in (cast.sender, cast.colleague)]
    said = all_at_once(*map(submit, drafts))
    sent = Referral.objects.undecided().get()
    assert said[0] == ""
    assert said[1].startswith(f"Ert team har redan skickat anvisning {sent.number_text}")


def test_accepted_and_withdrawn():
    cast = Cast()
    referral = a_referral_in(Status.SUBMITTED, cast)
    said = all_at_once(
        lambda: actions.withdraw(referral, reason="Flyttat.", today=DAY, by=cast.sender),
        lambda: actions.accept(
            referral, started_on=DAY, consultant=cast.consultant, today=DAY, by=cast.coordinator
        ),
    )
    referral.refresh_from_db()
    assert said[0] == ""
    assert said[1].startswith(
        "Anvisningen är återkallad" if referral.status == "withdrawn" else "Anvisningen är mottagen"
    )
    assert Enrolment.objects.count() == (referral.status == "accepted")


def test_opened_by_many():
    cast = Cast()
    referral = a_referral_in(Status.SUBMITTED, cast)
    said = all_at_once(
        *[lambda: actions.open_referral(referral, by=cast.coordinator)] * 6,
    )
    assert set(said) == {""}
    assert ReferralEvent.objects.filter(kind=EventKind.OPENED).count() == 1
