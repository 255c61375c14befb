"""Several at once on one meeting, in real transactions: one wins, the others get a sentence."""

from datetime import date, time

import pytest

from participants import actions
from participants.actions import Point
from participants.models import AgreedPoint, Meeting
from sundbyberg_am.access import Role
from tests.builders import a_meeting, a_user, an_enrolment
from tests.referrals.test_simultaneous import all_at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

TODAY = date(2026, 11, 24)
CHANGED = actions.meetings.CHANGED_MEANWHILE


def test_the_same_booking_sent_by_many_is_one_meeting():
    case = an_enrolment()
    said = all_at_once(
        *[
            lambda: actions.book_meeting(
                case,
                kind="participant",
                day=TODAY,
                starts=time(13),
                ends=None,
                way="phone",
                place="",
                today=TODAY,
                by=None,
            )
        ]
        * 8
    )
    assert said == ["", *["Det finns redan ett möte i ärendet den tiden."] * 7]
    assert Meeting.objects.count() == 1


def test_a_meeting_registered_by_two_keeps_the_points_of_the_first():
    meeting = a_meeting(an_enrolment(), TODAY)

    def record(text: str) -> None:
        actions.record_meeting(
            meeting,
            seen_version=1,
            outcome="held",
            attended=["participant"],
            why="",
            points=[Point(text), Point(text)],
            today=TODAY,
            by=None,
        )

    assert all_at_once(lambda: record("Första"), lambda: record("Andra")) == ["", CHANGED]
    assert len({point.text for point in AgreedPoint.objects.all()}) == 1
    assert AgreedPoint.objects.count() == 2


def test_a_meeting_moved_and_called_off_at_once_is_one_of_them():
    meeting = a_meeting(an_enrolment(), TODAY)
    said = all_at_once(
        lambda: actions.cancel_meeting(meeting, seen_version=1, why="Sjuk", today=TODAY, by=None),
        lambda: actions.change_meeting(
            meeting,
            seen_version=1,
            kind="participant",
            day=TODAY,
            starts=time(15),
            ends=None,
            way="phone",
            place="",
            today=TODAY,
            by=None,
        ),
    )
    meeting.refresh_from_db()
    moved = meeting.starts == time(15)
    assert said == ["", CHANGED if moved else "Mötet är redan inställt."]
    assert meeting.outcome == ("" if moved else "cancelled")


def test_a_meeting_asked_for_by_many_is_one_request():
    case, by = an_enrolment(), a_user(Role.SOCIAL_SECRETARY)
    said = all_at_once(*[lambda: actions.request_meeting(case, request="Hur det går", by=by)] * 6)
    assert said[0] == ""
    assert {one.split(".")[0] for one in said[1:]} == {"Ett trepartsmöte är redan begärt"}
    assert Meeting.objects.count() == 1
