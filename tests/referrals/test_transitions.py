"""Every act from every state by every role: those that are allowed work, all others say why not."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from referrals import actions
from referrals.access import Act, allowed_acts
from referrals.feedback_actions import acknowledge, ask_team
from referrals.meeting_actions import ask_for_meeting
from referrals.models import EventKind, Referral, Status
from sundbyberg_am.models import User

from .builders import ANSWERS, DAY, Cast, a_feedback_record, a_person, a_referral_in

pytestmark = pytest.mark.django_db

SENDERS = {"sender", "colleague"}
RECEIVERS = {"coordinator", "manager"}
UNDECIDED = {"submitted", "completion_asked", "completed"}
WITH_UNIT = {"submitted", "completed"}

# act → who may, from which states, to which state. Written out here a second time on purpose.
TABLE: dict[Act, tuple[set[str], set[str], str | None]] = {
    Act.CHANGE_PERSON: (SENDERS, {"draft"}, "draft"),
    Act.DELETE: (SENDERS, {"draft"}, None),
    Act.ANSWER: (SENDERS, {"draft", "completion_asked"}, ""),
    Act.SUBMIT: (SENDERS, {"draft"}, "submitted"),
    Act.COMPLETE: (SENDERS, {"completion_asked"}, "completed"),
    Act.WITHDRAW: (SENDERS, UNDECIDED, "withdrawn"),
    Act.OPEN: (RECEIVERS, UNDECIDED, ""),
    Act.ASK: (RECEIVERS, WITH_UNIT, "completion_asked"),
    Act.ACCEPT: (RECEIVERS, WITH_UNIT, "accepted"),
    Act.RETURN: (RECEIVERS, UNDECIDED, "returned"),
    Act.MEET: (SENDERS, {"accepted"}, ""),
    Act.ASK_TEAM: (SENDERS, {"accepted"}, ""),
    Act.ACKNOWLEDGE: (SENDERS, {"accepted"}, ""),
}

STANDS = {
    "draft": "är ett utkast",
    "submitted": "är skickad",
    "completion_asked": "väntar på komplettering",
    "completed": "är kompletterad",
    "accepted": "är mottagen",
    "returned": "är återlämnad",
    "withdrawn": "är återkallad",
}

EVENTS = {
    Act.SUBMIT: EventKind.SUBMITTED,
    Act.COMPLETE: EventKind.COMPLETED,
    Act.WITHDRAW: EventKind.WITHDRAWN,
    Act.ASK: EventKind.COMPLETION_ASKED,
    Act.ACCEPT: EventKind.ACCEPTED,
    Act.RETURN: EventKind.RETURNED,
}


def doing(act: Act, referral: Referral, by: User, cast: Cast) -> Callable[[], object]:
    calls: dict[Act, Callable[[], object]] = {
        Act.CHANGE_PERSON: lambda: actions.change_person(referral, **a_person(), by=by),
        Act.DELETE: lambda: actions.delete_draft(referral, by=by),
        Act.ANSWER: lambda: actions.save_answers(referral, answers=ANSWERS, by=by),
        Act.SUBMIT: lambda: actions.submit(
            referral, level="AM2", level_reason="", today=DAY, by=by
        ),
        Act.COMPLETE: lambda: actions.complete(referral, answer="Ja.", by=by),
        Act.WITHDRAW: lambda: actions.withdraw(referral, reason="Flyttat.", today=DAY, by=by),
        Act.OPEN: lambda: actions.open_referral(referral, by=by),
        Act.ASK: lambda: actions.ask_completion(referral, question="När?", by=by),
        Act.ACCEPT: lambda: actions.accept(
            referral, started_on=DAY, consultant=cast.consultant, today=DAY, by=by
        ),
        Act.RETURN: lambda: actions.return_referral(
            referral, reason="Fel enhet.", today=DAY, by=by
        ),
        Act.MEET: lambda: ask_for_meeting(referral, request="Hur det går.", today=DAY, by=by),
        Act.ASK_TEAM: lambda: ask_team(
            referral, question="Vad har vi inte prövat?", today=DAY + timedelta(days=400), by=by
        ),
        Act.ACKNOWLEDGE: lambda: acknowledge(referral, number=1, by=by),
    }
    return calls[act]


@pytest.mark.parametrize("act", Act, ids=lambda act: act.name)
@pytest.mark.parametrize("status", Status.values)
def test_act_from_state_by_role(status, act):
    cast = Cast()
    referral = a_referral_in(status, cast)
    if status == Status.ACCEPTED:  # which the sender is told of
        a_feedback_record(referral)
    who, states, after = TABLE[act]
    for name, user in cast.everyone().items():
        allowed = name in who and status in states
        with transaction.atomic():
            assert (act.name.lower() in allowed_acts(referral, user)) is allowed, name
            do = doing(act, referral, user, cast)
            if allowed:
                events = referral.events.count()
                do()
                left = Referral.objects.filter(pk=referral.pk).values_list("status", flat=True)
                assert list(left) == ([] if after is None else [after or status]), name
                if act in EVENTS:
                    last = referral.events.last()
                    assert (last.kind, last.by) == (EVENTS[act], user)
                    assert referral.events.count() > events
            else:
                with pytest.raises(ValidationError) as refused, transaction.atomic():
                    do()
                (sentence,) = refused.value.messages
                expected = STANDS[status] if name in who else "Det här kan bara"
                assert expected in sentence, (name, sentence)
                assert sentence.endswith(".")
            transaction.set_rollback(True)


@pytest.mark.parametrize("status", Status.values)
def test_refused_act_changes_nothing(status):
    cast = Cast()
    referral = a_referral_in(status, cast)
    before = Referral.objects.filter(pk=referral.pk).values().get()
    events = referral.events.count()
    for act in Act:
        if status in TABLE[act][1]:
            continue
        user = cast.sender if TABLE[act][0] == SENDERS else cast.coordinator
        with pytest.raises(ValidationError), transaction.atomic():
            doing(act, referral, user, cast)()
    assert Referral.objects.filter(pk=referral.pk).values().get() == before
    assert referral.events.count() == events


def test_deactivated_user_does_nothing():
    cast = Cast()
    referral = a_referral_in(Status.SUBMITTED, cast)
    cast.coordinator.is_active = False
    with pytest.raises(ValidationError, match="Det här kan bara"):
        actions.accept(
            referral,
            started_on=date(2026, 11, 23),
            consultant=cast.consultant,
            today=DAY,
            by=cast.coordinator,
        )
