"""The same code sent by many at the same moment gives one answer."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from participants import actions
from participants.actions.surveys import NO_SUCH_CODE
from participants.models import SurveyAnswer
from participants.models.surveys import Statement
from tests.builders import an_enrolment
from tests.referrals.test_simultaneous import all_at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_a_code_is_used_once_by_many():
    code = actions.give_survey(an_enrolment(), today=date(2026, 3, 31), by=None)
    now = datetime(2026, 3, 31, 12, tzinfo=ZoneInfo("Europe/Stockholm"))
    marks = dict.fromkeys(Statement.values, 3)
    said = all_at_once(
        *[lambda: actions.answer_survey(code, **marks, address="192.0.2.1", now=now)] * 6
    )
    assert said == ["", *[NO_SUCH_CODE] * 5]
    assert SurveyAnswer.objects.count() == 1
