"""One person referred by twenty at once, on pages and by a system: one referral, and the others are told.

SIMULTANEOUS_SENDINGS says how many times (100 in the long run).
"""

import os
from collections import Counter
from functools import partial

import pytest
from django.urls import reverse

from referrals.models import EventKind, Notice, NoticeKind, Referral, ReferralEvent, SystemCall
from tests.at_once import TIMES, crowd

from .builders import Cast, a_draft, a_number
from .systems import Caller, a_body

__all__ = ["crowd"]

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.xdist_group("simultaneous"),
]

ROUNDS = int(os.environ.get("SIMULTANEOUS_SENDINGS", "3"))


def test_the_same_person_sent_by_page_and_api_at_once(cast: Cast, crowd, as_user, monkeypatch):
    monkeypatch.setattr(SystemCall, "ALLOWED", 10**6)
    users = [cast.sender, cast.colleague]
    token = Caller(cast.sender).token
    won: Counter[str] = Counter()
    for turn in range(ROUNDS):
        number = a_number()
        drafts = [a_draft(user, personnummer=number) for user in users * 2]
        pages = [
            partial(client.post, reverse("referral_send", args=[draft.public_id]), {"level": "AM2"})
            for draft in drafts
            for client in (as_user(cast.sender), as_user(cast.colleague))
        ]
        body = a_body(personnummer=number)
        own_keys = [
            partial(Caller(users[n % 2], token=token).send, body, f"{turn} {n}") for n in range(6)
        ]
        shared_key = [partial(Caller(cast.sender, token=token).send, body, f"{turn}")] * 6
        doings = [*pages, *own_keys, *shared_key]
        assert len(doings) == TIMES
        answers = crowd(doings)

        sent = Referral.objects.of_person(number).undecided().get()
        assert ReferralEvent.objects.filter(kind=EventKind.SUBMITTED, referral=sent).count() == 1
        told = Notice.objects.filter(kind=NoticeKind.RECEIVED, referral=sent)
        assert {notice.user for notice in told} == {cast.coordinator}
        assert len(told) == 1
        by_page = [answer.status_code for answer in answers[:8]]
        by_own, by_shared = answers[8:14], answers[14:]
        receipts = [one for one in (*by_own, *by_shared) if one.status_code == 201]
        if sent in drafts:
            how, expected = "page", (1, 0)
        elif by_shared[0].status_code == 201:
            how, expected = "shared key", (0, 6)
        else:
            how, expected = "own key", (0, 1)
        won[how] += 1
        assert (by_page.count(302), len(receipts)) == expected, (how, answers)
        assert {one.json()["number"] for one in receipts} <= {sent.number_text}
        refused = {one.status_code for one in answers} - {302, 201}
        assert refused == {422}
        # Who was too late has the draft left on the page, and nothing from a system.
        assert Referral.objects.of_person(number).count() == 4 + (how != "page")
    assert won.total() == ROUNDS


def test_of_requests_at_once_as_many_as_allowed_are_answered(cast: Cast, crowd, monkeypatch):
    monkeypatch.setattr(SystemCall, "ALLOWED", 5)
    caller = Caller(cast.sender)
    for _ in range(ROUNDS):
        SystemCall.objects.all().delete()
        answers = Counter(
            one.status_code for one in crowd([partial(caller.get, "mapping")] * TIMES)
        )
        assert answers == {200: 5, 429: TIMES - 5}
