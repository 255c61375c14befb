"""The figures of a period as a test looks them up, and the days at its ends."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reporting.counting import FigureValue, count
from reporting.periods import Period
from tests.builders import (
    a_user,
)

pytestmark = pytest.mark.django_db

NEW_YEAR = date(2024, 1, 1)
ENDS = {"2024-T1": date(2024, 4, 30), "2024-T2": date(2024, 8, 31), "2024": date(2024, 12, 31)}
EACH_PERIOD = pytest.mark.parametrize(("code", "last"), ENDS.items())
DAY = timedelta(days=1)
AT = datetime(2024, 6, 1, tzinfo=ZoneInfo("Europe/Stockholm"))


class Counted:
    """The figures of a period, looked up by figure, sex and member."""

    def __init__(self, code: str) -> None:
        self.found = {
            (value.figure, tuple(value.by.items()), value.sex): value
            for value in count(Period.parse(code))
        }

    def __call__(self, figure: str, sex: str = "all", **by: str) -> Any:
        return self.of(figure, sex, **by).value

    def of(self, figure: str, sex: str = "all", **by: str) -> FigureValue:
        return self.found[figure, tuple(by.items()), sex]

    def share(self, figure: str, sex: str = "all", **by: str) -> tuple[int | None, int | None]:
        value = self.of(figure, sex, **by)
        return value.numerator, value.denominator


def voided() -> dict[str, Any]:
    """The fields of an enrolment that was registered by mistake."""
    return {"voided_at": AT, "voided_by": a_user(), "void_reason": "Fel person"}
