"""The form that orders a report."""

from datetime import date
from itertools import groupby, islice
from typing import Any

from django import forms

from sundbyberg_am.forms import ActionForm

from .periods import Period

YEARS = 6


class OrderForm(ActionForm):
    """Which report; from the start the one whose period ended last."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_year = groupby(Period.begun(today), key=lambda period: period.first_day.year)
        self.fields["period_code"] = forms.ChoiceField(
            label="Rapport",
            choices=[
                (str(year), [(period.code, period.label) for period in periods])
                for year, periods in islice(by_year, YEARS)
            ],
            initial=Period.latest_finished(today).code,
        )
