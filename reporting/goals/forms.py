"""What is typed about goals and indicators."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from django import forms

from sundbyberg_am.forms import ActionForm, ActionModelForm, SeenVersion

from ..figure import Unit
from ..figures import CATALOGUE, all_dimensions
from .degrees import Direction
from .models import BoardGoal, HandUnit, Indicator, Sex

BY_HAND = "Räknas för hand"
UNITS = {Unit.SHARE: "procent", Unit.WEEKS: "veckor", Unit.DAYS: "dagar"}


class NewBoardGoalForm(ActionModelForm):
    """A new goal of a year."""

    class Meta:
        model = BoardGoal
        fields = ("text", "responsible")
        help_texts = {
            "text": "Så som nämnden har beslutat det.",
            "responsible": "Skriv en funktion, till exempel enhetschefen.",
        }


class BoardGoalForm(SeenVersion, NewBoardGoalForm):
    """What a goal is changed to."""

    class Meta(NewBoardGoalForm.Meta):
        pass


class NewIndicatorForm(ActionForm):
    """A new indicator: a figure of the catalogue, or what is counted by hand."""

    figure = forms.ChoiceField(label="Mäts med", required=False)
    member = forms.ChoiceField(
        label="Grupp",
        required=False,
        help_text="Bara för en siffra som systemet räknar.",
    )
    sex = forms.ChoiceField(label="Kön", choices=Sex.choices, initial=Sex.ALL)
    label = forms.CharField(
        label="Indikatorns namn",
        max_length=200,
        required=False,
        help_text="Tomt betyder siffrans eget namn. Det som räknas för hand måste ha ett namn.",
    )
    direction = forms.ChoiceField(label="Utfallet ska vara", choices=Direction.choices)
    target = forms.DecimalField(
        label="Målvärde",
        required=False,
        min_value=0,
        max_digits=9,
        decimal_places=1,
        localize=True,
        help_text="En andel skrivs i procent: 45 betyder 45 %. Går att fylla i senare.",
    )
    hand_unit = forms.ChoiceField(
        label="För hand: räknas i",
        choices=[("", "Räknas inte för hand"), *HandUnit.choices],
        required=False,
    )
    hand_outcome = forms.DecimalField(
        label="För hand: utfall",
        required=False,
        min_value=0,
        max_digits=9,
        decimal_places=1,
        localize=True,
    )
    hand_until = forms.DateField(label="För hand: utfallet gäller till och med", required=False)
    comment = forms.CharField(
        label="Kommentar",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Följer med i rapporten, också i den offentliga.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        figures = self.fields["figure"]
        members = self.fields["member"]
        assert isinstance(figures, forms.ChoiceField)  # noqa: S101 -- for the type checker
        assert isinstance(members, forms.ChoiceField)  # noqa: S101
        figures.choices = [("", BY_HAND), *_figures()]
        members.choices = [("", "Alla"), *_members()]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        dimension, _, member = (found.get("member") or "").partition(":")
        return {**found, "dimension": dimension, "member": member}

    def by_field(self, saved: Mapping[str, Any]) -> Mapping[str, Any]:
        """The group in one field, where the action has two."""
        return {**saved, "member": group_of(saved["dimension"], saved["member"])}


class IndicatorForm(SeenVersion, NewIndicatorForm):
    """What an indicator is changed to."""


def group_of(dimension: str, member: str) -> str:
    """A group as the form sends it: level:AM2; empty for all."""
    return f"{dimension}:{member}" if dimension else ""


def initial_of(one: Indicator) -> dict[str, Any]:
    """An indicator as the form begins."""
    fields = ("figure", "sex", "label", "direction", "hand_unit", "hand_until", "comment")
    return {
        **{name: getattr(one, name) for name in fields},
        "member": group_of(one.dimension, one.member),
        "target": _short(one.target),
        "hand_outcome": _short(one.hand_outcome),
        "seen_version": one.version,
    }


def _short(value: Any) -> Any:
    """Without a decimal that is nought."""
    return int(value) if value is not None and value == int(value) else value


def _figures() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for section, figures in groupby(
        sorted(CATALOGUE, key=lambda one: one.section), key=lambda one: one.section
    ):
        yield (
            section,
            [
                (one.code, f"{one.label} ({UNITS[one.unit]})" if one.unit in UNITS else one.label)
                for one in figures
            ],
        )


def _members() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for key, dimension in all_dimensions().items():
        yield (
            dimension.label,
            [(group_of(key, one.code), one.label) for one in dimension.members],
        )
