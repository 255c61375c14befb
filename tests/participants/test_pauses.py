"""Pauses: their days, what they silence, and what is refused."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from participants import actions
from participants.models import Enrolment, ExitReason, Pause
from participants.models.timeline import EventKind, timeline
from tests.builders import a_plan, a_user, an_enrolment

from .builders import a_pause
from .reading import TODAY as NOW
from .reading import text_of, to

pytestmark = pytest.mark.django_db

START, TODAY = date(2026, 1, 12), date(2026, 11, 24)
DAY = timedelta(days=1)
cases = Enrolment.objects


def started(enrolment: Enrolment, **given) -> Pause:
    return actions.start_pause(
        enrolment,
        **{"kind": "sickness", "started_on": TODAY, "ended_on": None, "by": None, **given},
    )


def ended(enrolment: Enrolment, ended_on: date) -> Enrolment:
    return actions.exit_enrolment(
        enrolment,
        ended_on=ended_on,
        exit_reason=ExitReason.objects.get(code="moved"),
        exit_confirmed=None,
        exit_destination="",
        today=TODAY,
        by=None,
    )


def test_the_first_and_the_last_day_are_days_of_the_pause():
    case = an_enrolment(START)
    pause = a_pause(case, TODAY, TODAY + 2 * DAY)
    inside = [n for n in range(-1, 4) if Pause.objects.on(TODAY + n * DAY)]
    assert inside == [n for n in range(-1, 4) if pause.is_on(TODAY + n * DAY)] == [0, 1, 2]
    assert a_pause(an_enrolment(START), TODAY).is_on(TODAY + 999 * DAY)


def test_a_pause_silences_plan_follow_up_and_contact_and_nothing_else():
    bare, planned = an_enrolment(START, level=None), an_enrolment(START)
    a_plan(planned, START, follow_up_on=TODAY)
    lists = ("without_plan", "follow_up_due", "without_contact")
    assert all(getattr(cases, name)(TODAY) for name in lists)
    for case in (bare, planned):
        a_pause(case, TODAY, TODAY + DAY)
    for name in lists:
        assert not getattr(cases, name)(TODAY)
        assert not getattr(cases, name)(TODAY + DAY)
        assert getattr(cases, name)(TODAY + 2 * DAY), name
    assert set(cases.enrolled_ten_months(TODAY)) == {bare, planned}
    assert set(cases.ongoing_on(TODAY)) == {bare, planned}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"started_on": START - DAY}, "Pausen ska börja medan personen är inskriven"),
        ({"ended_on": TODAY - DAY}, "sista dag kan inte vara före den första"),
        ({"started_on": TODAY + 20 * DAY}, "Det finns redan en paus"),
        ({"ended_on": TODAY + 10 * DAY}, "Det finns redan en paus"),
        ({"kind": "depression"}, "giltigt"),
    ],
)
def test_start_pause_refuses(given, sentence):
    case = an_enrolment(START)
    a_pause(case, TODAY + 10 * DAY, TODAY + 20 * DAY)
    with pytest.raises(ValidationError, match=sentence):
        started(case, **given)
    assert case.pauses.count() == 1


def test_a_pause_may_follow_another_and_another_case_has_its_own():
    case = an_enrolment(START)
    a_pause(case, TODAY + 10 * DAY, TODAY + 20 * DAY)
    assert started(case, ended_on=TODAY + 9 * DAY).pk
    assert started(case, started_on=TODAY + 21 * DAY).ended_on is None
    assert started(an_enrolment(START)).pk


def test_the_database_refuses_two_pauses_that_share_a_day():
    case = an_enrolment(START)
    a_pause(case, TODAY, TODAY + DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(enrolment=case, kind="other", started_on=TODAY + DAY)


def test_end_pause_sets_the_last_day_also_ahead():
    by = a_user()
    pause = a_pause(an_enrolment(START), TODAY - 5 * DAY)
    actions.end_pause(pause, ended_on=TODAY + 5 * DAY, today=TODAY, by=by)
    actions.end_pause(pause, ended_on=TODAY - 5 * DAY, today=TODAY, by=by)
    pause.refresh_from_db()
    assert (pause.ended_on, pause.ended_by) == (TODAY - 5 * DAY, by)


def test_end_pause_refuses():
    case = an_enrolment(START)
    over = a_pause(case, TODAY - 9 * DAY, TODAY - DAY)
    with pytest.raises(ValidationError, match="Pausen är redan slut"):
        actions.end_pause(over, ended_on=TODAY, today=TODAY, by=None)
    going = a_pause(case, TODAY)
    with pytest.raises(ValidationError, match="kan inte vara före den första"):
        actions.end_pause(going, ended_on=TODAY - DAY, today=TODAY, by=None)
    first = a_pause(an_enrolment(START), TODAY, TODAY + DAY)
    a_pause(first.enrolment, TODAY + 3 * DAY)
    with pytest.raises(ValidationError, match="Det finns redan en paus"):
        actions.end_pause(first, ended_on=TODAY + 3 * DAY, today=TODAY, by=None)


def test_an_exit_ends_the_pause_and_refuses_one_that_begins_later():
    case, by = an_enrolment(START), a_user()
    pause = a_pause(case, START)
    ended(case, TODAY)
    pause.refresh_from_db()
    assert pause.ended_on == TODAY
    with pytest.raises(ValidationError, match="Inskrivningen är avslutad"):
        actions.end_pause(pause, ended_on=TODAY, today=TODAY, by=by)

    other = an_enrolment(START)
    a_pause(other, TODAY + DAY)
    with pytest.raises(ValidationError, match="En paus börjar efter den dagen"):
        ended(other, TODAY)


def test_the_timeline_tells_of_the_pause():
    case = an_enrolment(START)
    by = a_user(name="Kim Konsulent")
    pause = started(case, by=by)
    actions.end_pause(pause, ended_on=TODAY + DAY, today=TODAY, by=by)
    events = timeline(
        cases.all(), kinds=[EventKind.PAUSE_START, EventKind.PAUSE_END], before=None, size=9
    )
    assert [(one.on, one.title, one.by) for one in events] == [
        (TODAY + DAY, "Sista dagen av pausen: sjukdom", "Kim Konsulent"),
        (TODAY, "Paus börjar: sjukdom", "Kim Konsulent"),
    ]


# The pages


def test_a_pause_is_registered_shown_at_the_top_and_ended(client, case):
    said = text_of(
        client.post(
            to("pause_add", case), {"kind": "parental_leave", "started_on": str(NOW)}, follow=True
        )
    )
    assert f"Pausen är sparad. Den börjar {NOW}." in said
    assert said.index("Ärendet är pausat") < said.index("Handlingsplan")
    assert "Ta kontakt" not in said and "Gör en handlingsplan" not in said
    pause = case.pauses.get()
    said = text_of(
        client.post(to("pause_end", case, pause.pk), {"ended_on": str(NOW)}, follow=True)
    )
    assert f"Pausens sista dag är {NOW}." in said


def test_a_pause_refused_keeps_what_was_typed(client, case):
    answer = client.post(
        to("pause_add", case),
        {"kind": "care", "started_on": "2020-01-01", "ended_on": "2020-02-02"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Pausen ska börja medan personen är inskriven" in page
    assert 'value="2020-02-02"' in page and '<option value="care" selected' in page
