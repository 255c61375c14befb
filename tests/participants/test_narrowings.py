"""Counted in the transaction itself: a replica with the same count knows of everybody who may not be seen."""

import pytest
from django.db import connection

from participants.models import NamedReader, Participant, Protection
from sundbyberg_am.models import Narrowing
from tests.builders import a_participant, a_user

CONFIDENTIAL = Protection.CONFIDENTIAL


@pytest.fixture
def counted(db):
    """How many times more than the last time it was asked."""
    seen = 0

    def times() -> int:
        nonlocal seen
        with connection.cursor() as cursor:  # as when the transaction ends
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        before, seen = seen, sum(Narrowing.objects.values_list("count", flat=True))
        return seen - before

    times()
    return times


def test_whoever_may_no_longer_be_seen_is_counted(counted):
    person = a_participant()
    assert counted() == 0
    Participant.objects.filter(pk=person.pk).update(protection=CONFIDENTIAL)
    assert counted() == 1
    a_participant(protection=CONFIDENTIAL)
    assert counted() == 1
    reader = NamedReader.objects.create(participant=person, user=a_user(), created_by=a_user())
    assert counted() == 0
    reader.delete()
    assert counted() == 1


def test_other_changes_are_not_counted(counted):
    person = a_participant(protection=CONFIDENTIAL)
    assert counted() == 1
    Participant.objects.filter(pk=person.pk).update(first_name="Bosse")
    Participant.objects.filter(pk=person.pk).update(protection="")
    assert counted() == 0
