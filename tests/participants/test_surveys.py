"""The survey: codes, answers that lead back to nobody, and when it is due."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from participants import actions
from participants.actions.surveys import NO_SUCH_CODE, TOO_MANY_MISSES
from participants.models import (
    Enrolment,
    SurveyAnswer,
    SurveyCode,
    SurveyHandout,
    SurveyMiss,
)
from participants.models.surveys import (
    CODE_LENGTH,
    MISSES_ALLOWED,
    MISSES_WITHIN,
    Statement,
    code_expires_on,
    survey_due_on,
)
from sundbyberg_am.models import Unit
from tests.builders import a_user, an_enrolment
from tests.participants.builders import a_pause

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 31)
NOW = datetime(2026, 3, 31, 12, tzinfo=ZoneInfo("Europe/Stockholm"))
MARKS: dict[str, Any] = dict.fromkeys(Statement.values, 4)
DAY = timedelta(days=1)


def give(case: Enrolment | None = None, today: date = TODAY) -> str:
    return actions.give_survey(case or an_enrolment(), today=today, by=a_user())


def answer(code: str, now: datetime = NOW, **marks: Any) -> SurveyAnswer:
    return actions.answer_survey(code, **{**MARKS, **marks}, address="192.0.2.1", now=now)


def test_a_code_is_long_and_kept_only_as_a_fingerprint():
    code = give()
    bare = code.replace("-", "")
    assert len(bare) == CODE_LENGTH == 12
    (kept,) = SurveyCode.objects.all()
    assert bare not in str(vars(kept))
    assert kept.expires_on == date(2026, 5, 31)
    assert SurveyHandout.objects.get().given_on == TODAY
    assert give() != code


def test_an_answer_uses_up_its_code_however_it_is_typed():
    code = give()
    found = answer(f" {code.lower().replace('-', ' ')} ", use=1)
    assert (found.use, found.whole, found.month) == (1, 4, date(2026, 3, 1))
    assert not SurveyCode.objects.exists()
    with pytest.raises(ValidationError) as refusal:
        answer(code)
    assert refusal.value.message_dict == {"code": [NO_SUCH_CODE]}
    assert SurveyAnswer.objects.count() == 1


def test_nothing_leads_from_an_answer_or_a_code_to_a_participant():
    for model in (SurveyAnswer, SurveyCode):
        related = {f.related_model for f in model._meta.get_fields() if f.is_relation}
        assert related == {Unit}, model
        assert not isinstance(model._meta.pk, models.AutoField)
    kept = {field.name for field in SurveyAnswer._meta.get_fields()}
    assert kept == {"id", "unit", "month", *Statement.values}


def test_a_code_holds_through_its_last_day_and_no_longer():
    code = give()
    last = NOW.replace(month=5, day=31)
    with pytest.raises(ValidationError, match="Koden går inte att använda"):
        answer(code, last + DAY)
    assert answer(code, last).month == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 1, 31), date(2026, 3, 31)),
        (date(2025, 12, 31), date(2026, 2, 28)),
        (date(2026, 11, 5), date(2027, 1, 31)),
    ],
)
def test_the_last_day_of_a_code_does_not_tell_when_it_was_given(day, last):
    assert code_expires_on(day) == last


def test_codes_that_hold_no_more_are_taken_away_when_the_next_is_given():
    give(an_enrolment(date(2025, 1, 1)), date(2025, 10, 1))
    give(an_enrolment(date(2026, 1, 1)))
    assert [code.expires_on for code in SurveyCode.objects.all()] == [date(2026, 5, 31)]


def test_a_mark_outside_the_scale_leaves_the_code_as_it_was():
    code = give()
    with pytest.raises(ValidationError, match="Välj ett av talen"):
        answer(code, clarity=6)
    assert SurveyCode.objects.count() == 1
    assert not SurveyAnswer.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyAnswer.objects.create(unit=Unit.objects.get(), month=TODAY, **MARKS)


def test_guessing_is_stopped_for_a_while_also_with_the_right_code():
    code = give()
    for number in range(MISSES_ALLOWED):
        assert not SurveyMiss.objects.wait("", NOW), number
        actions.count_miss("192.0.2.1", now=NOW)
    with pytest.raises(ValidationError) as refusal:
        answer(code)
    assert refusal.value.messages == [TOO_MANY_MISSES]
    assert "192.0.2.1" not in str([vars(miss) for miss in SurveyMiss.objects.all()])
    other = actions.answer_survey(code, **MARKS, address="192.0.2.2", now=NOW)
    assert other.pk
    actions.count_miss("192.0.2.3", now=NOW + MISSES_WITHIN)
    assert SurveyMiss.objects.count() == 1
    assert answer(give(), NOW + MISSES_WITHIN).pk


@pytest.mark.parametrize(
    ("start", "end", "reason", "sentence"),
    [
        (TODAY + DAY, None, "studies", "Inskrivningen har inte börjat än"),
        (TODAY - 90 * DAY, TODAY - 31 * DAY, "studies", "mer än 30 dagar sedan"),
        (TODAY - 90 * DAY, TODAY, "deceased", "kan inte delas ut efter det här avslutet"),
    ],
)
def test_the_survey_is_not_given_where_there_is_nobody_to_answer(start, end, reason, sentence):
    with pytest.raises(ValidationError, match=sentence):
        give(an_enrolment(start, end, reason=reason))
    assert not SurveyCode.objects.exists()
    assert not SurveyHandout.objects.exists()


def test_the_survey_is_given_until_thirty_days_after_the_exit():
    assert give(an_enrolment(TODAY - 90 * DAY, TODAY - 30 * DAY))


def due(case: Enrolment, day: date) -> bool:
    """By the query and by the fact, which have to say the same."""
    by_query = Enrolment.objects.survey_due(day).filter(pk=case.pk).first()
    on = survey_due_on(case, list(case.survey_handouts.all()))
    if by_query:
        assert by_query.matters_on == on  # type: ignore[attr-defined]
    return by_query is not None


def test_the_survey_is_due_each_half_year():
    case = an_enrolment(date(2025, 8, 31))
    assert not due(case, date(2026, 2, 27))
    assert due(case, date(2026, 2, 28))
    SurveyHandout.objects.create(enrolment=case, given_on=date(2026, 3, 2))
    assert not due(case, date(2026, 9, 1))
    assert due(case, date(2026, 9, 2))


@pytest.mark.parametrize(
    ("given", "reason", "is_due"),
    [
        (None, "studies", True),
        (TODAY - 31 * DAY, "studies", True),
        (TODAY - 30 * DAY, "studies", False),
        (TODAY, "studies", False),
        (None, "deceased", False),
    ],
)
def test_the_survey_is_due_at_the_exit_unless_it_was_lately(given, reason, is_due):
    case = an_enrolment(TODAY - 100 * DAY, TODAY, reason=reason)
    if given:
        SurveyHandout.objects.create(enrolment=case, given_on=given)
    assert due(case, TODAY) is is_due
    assert due(case, TODAY + 30 * DAY) is is_due
    assert not due(case, TODAY + 31 * DAY)


def test_a_pause_waits_with_the_survey():
    case = an_enrolment(date(2025, 8, 31))
    a_pause(case, TODAY - DAY)
    assert not due(case, TODAY)
