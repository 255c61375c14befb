"""What a participant types to answer the survey: the code, and a mark for each statement."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from sundbyberg_am.forms import ActionForm

from .models.surveys import CODE_LENGTH, HIGHEST, LOWEST, NO_SUCH_MARK, Statement

CODE_TYPED = 40  # with what people write between the groups
LOWEST_MEANS, HIGHEST_MEANS = "Stämmer inte alls", "Stämmer helt"


class SurveyForm(ActionForm):
    """The survey. Nothing is chosen beforehand."""

    code = forms.CharField(
        label="Din kod",
        max_length=CODE_TYPED,
        help_text="Koden står på pappret som du har fått. Stora eller små bokstäver går lika bra.",
        error_messages={"required": "Skriv koden som står på ditt papper."},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "size": CODE_LENGTH + 4,
            }
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for statement in Statement:
            self.fields[statement] = forms.TypedChoiceField(
                label=statement.label,
                choices=[(number, _meaning(number)) for number in range(LOWEST, HIGHEST + 1)],
                coerce=int,
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                error_messages={"required": NO_SUCH_MARK, "invalid_choice": NO_SUCH_MARK},
            )

    @property
    def statements(self) -> Iterator[BoundField]:
        """The fields of the marks."""
        for statement in Statement:
            yield self[statement]


def _meaning(number: int) -> str:
    """What is said beside a number: what the two ends mean."""
    words = {LOWEST: f" – {LOWEST_MEANS.lower()}", HIGHEST: f" – {HIGHEST_MEANS.lower()}"}
    return f"{number}{words.get(number, '')}"
