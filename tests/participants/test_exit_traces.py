"""What is done to an exit afterwards, and a registration by mistake, leave their trace in the case."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from participants import actions
from participants.models import Enrolment, ExitEvent
from participants.models.timeline import EventKind, timeline
from tests.builders import a_unit, a_user, an_enrolment

from .reading import START as BEGAN
from .reading import TODAY as NOW
from .reading import text_of, to

pytestmark = pytest.mark.django_db

START, ENDED, TODAY = date(2026, 1, 12), date(2026, 11, 2), date(2026, 11, 24)
DAY = timedelta(days=1)
KINDS = [EventKind.EXIT, EventKind.EXIT_CHANGED, EventKind.VOIDED]


def told(case: Enrolment, kinds=KINDS) -> list[tuple]:
    same = Enrolment.objects.of_same_person(case)
    return [
        (one.on, one.title, one.text, one.by)
        for one in timeline(same, kinds=kinds, before=None, size=9)
    ]


def test_reopening_keeps_the_exit_with_who_registered_it():
    first, second = a_user(), a_user(name="Kim Konsulent")
    case = an_enrolment(
        START, ENDED, exit_confirmed=True, exit_destination="Bageriet", exited_by=first
    )
    actions.reopen_enrolment(case, today=TODAY, by=second)
    kept = ExitEvent.objects.get()
    assert (kept.kind, kept.happened_on, kept.created_by) == ("undone", TODAY, second)
    assert (kept.ended_on, kept.exit_reason.code, kept.exit_confirmed) == (
        ENDED,
        "work_unsubsidised",
        True,
    )
    assert (kept.exit_destination, kept.exited_by) == ("Bageriet", first)
    label = kept.exit_reason.label
    assert told(case) == [(TODAY, "Öppnad igen", f"Avslut {ENDED}: {label}", "Kim Konsulent")]


def test_reopening_refused_keeps_nothing():
    case = an_enrolment(START, ENDED)
    with pytest.raises(ValidationError):
        actions.reopen_enrolment(case, today=ENDED + 31 * DAY, by=None)
    an_enrolment(ENDED + DAY, participant=case.participant)
    with pytest.raises(ValidationError, match="redan inskriven"):
        actions.reopen_enrolment(case, today=TODAY, by=None)
    assert not ExitEvent.objects.exists()


def test_each_answer_about_the_exit_is_told_and_the_same_again_is_not():
    by = a_user(name="Kim Konsulent")
    case = an_enrolment(START, ENDED)
    for day, answer in ((TODAY, True), (TODAY + DAY, True), (TODAY + 2 * DAY, False)):
        actions.confirm_exit(case, exit_confirmed=answer, today=day, by=by)
    assert [(on, title) for on, title, _, _ in told(case)] == [
        (TODAY + 2 * DAY, "Avslutet blev inte av"),
        (TODAY, "Avslutet bekräftat"),
        (ENDED, "Avslutad: " + case.exit_reason.label),
    ]
    before = list(ExitEvent.objects.order_by("pk").values_list("exit_confirmed", flat=True))
    assert before == [None, True]


def test_a_registration_by_mistake_is_told_in_the_persons_other_case_of_the_unit():
    by = a_user(name="Kim Konsulent")
    wrong = an_enrolment(START, ENDED)
    case = an_enrolment(ENDED + DAY, participant=wrong.participant)
    elsewhere = an_enrolment(
        date(2025, 1, 7), date(2025, 2, 7), participant=case.participant, unit=a_unit("Annan")
    )
    for one in (wrong, elsewhere):
        actions.void_enrolment(one, void_reason="Fel person", by=by)
    visible = Enrolment.objects.visible_to(by).of_same_person(case)
    events = timeline(visible, kinds=[EventKind.VOIDED], before=None, size=9)
    assert [(one.on, one.title, one.text, one.by) for one in events] == [
        (
            timezone.localdate(),
            f"Felregistrerad: {wrong.case_number}",
            "Fel person",
            "Kim Konsulent",
        )
    ]


@pytest.mark.parametrize("blank", ["", "   "])
def test_void_and_level_change_refuse_a_reason_of_nothing(blank):
    case = an_enrolment(START)
    with pytest.raises(ValidationError, match="Skriv varför inskrivningen är felregistrerad"):
        actions.void_enrolment(case, void_reason=blank, by=a_user())
    with pytest.raises(ValidationError, match="Skriv varför nivån ändras"):
        actions.change_level(
            case, level="AM1", valid_from=TODAY, reason=blank, today=TODAY, by=None
        )


def test_the_case_page_tells_that_it_was_opened_again(client, kim):
    case = an_enrolment(BEGAN, NOW, consultant=kim)
    page = text_of(client.post(to("reopen", case), follow=True))
    assert "Inskrivningen är öppen igen." in page
    assert f"Öppnad igen Avslut {NOW}: " in page
