"""What is typed about meetings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from sundbyberg_am.forms import ActionForm, ActionModelForm

from .actions import Point
from .models import AgreedPoint, Attendee, Meeting, MeetingKind, MeetingOutcome, Responsible

POINTS = 8
SHOWN_POINTS = 3
CLOCKS = ["%H:%M", "%H:%M:%S", "%H.%M", "%H"]
PRESENT = {
    MeetingKind.PARTICIPANT: [Attendee.PARTICIPANT],
    MeetingKind.THREE_PARTY: [Attendee.PARTICIPANT, Attendee.SOCIAL_SECRETARY],
}


class BookForm(ActionModelForm):
    """When, how and with whom one meets."""

    class Meta:
        model = Meeting
        fields = ("kind", "day", "starts", "ends", "way", "place")
        help_texts = {
            "kind": "Trepartsmöten syns för socialsekreteraren: tid, plats och vad ni kommer överens "
            "om, inget annat.",
            "place": "Behövs om ni ses på plats. Till exempel Jobbcenter, rum 3.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].required = self.fields["starts"].required = True
        for name in ("starts", "ends"):
            self.fields[name] = forms.TimeField(
                label=self.fields[name].label,
                required=name == "starts",
                input_formats=CLOCKS,
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            )


class ChangeForm(BookForm):
    """Another time or place for a meeting."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class CancelForm(ActionForm):
    """Why a meeting is called off."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(label="Varför?", max_length=300)


class RecordForm(ActionForm):
    """How a meeting went, and the points that were agreed."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label="Hur gick det?",
        choices=[
            (outcome.value, outcome.label)
            for outcome in MeetingOutcome
            if outcome != MeetingOutcome.CANCELLED
        ],
        widget=forms.RadioSelect,
    )
    why = forms.CharField(label="Om mötet inte blev av: varför?", max_length=300, required=False)
    attended = forms.MultipleChoiceField(
        label="Vilka var med?",
        help_text="Behövs om mötet blev av.",
        choices=Attendee.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, points: Iterable[AgreedPoint] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, POINTS + 1):
            self.fields[f"text{number}"] = forms.CharField(
                label=f"Punkt {number}", max_length=300, required=False
            )
            self.fields[f"responsible{number}"] = forms.ChoiceField(
                label=f"Ansvarig för punkt {number}",
                choices=[("", "Ingen vald"), *Responsible.choices],
                required=False,
            )
            self.fields[f"due_on{number}"] = forms.DateField(
                label=f"Punkt {number} klar senast",
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
        for number, point in enumerate(points, start=1):
            self.initial[f"text{number}"] = point.text
            self.initial[f"responsible{number}"] = point.responsible
            self.initial[f"due_on{number}"] = point.due_on

    def by_field(self, saved: Mapping[str, Any]) -> Mapping[str, Any]:
        """Each point in the fields where it would be typed."""
        points: Sequence[Point] = saved["points"]
        rest = [Point("")] * (POINTS - len(points))
        rows = {
            f"{name}{number}": getattr(point, name)
            for number, point in enumerate([*points, *rest], start=1)
            for name in ("text", "responsible", "due_on")
        }
        return {**saved, **rows}

    @property
    def head(self) -> list[forms.BoundField]:
        """The fields before the points."""
        return [self[name] for name in ("seen_version", "outcome", "why", "attended")]

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of the points that are shown at once."""
        return self._rows(1, self._shown)

    @property
    def more_rows(self) -> list[list[forms.BoundField]]:
        """The fields of the points that are shown when asked for."""
        return self._rows(self._shown + 1, POINTS)

    def clean(self) -> dict[str, Any]:
        """Gather what was typed into `points`, as the action wants them."""
        typed = super().clean() or self.cleaned_data
        points = []
        for number in range(1, POINTS + 1):
            text: str = typed.pop(f"text{number}", "")
            responsible: str = typed.pop(f"responsible{number}", "")
            due_on: date | None = typed.pop(f"due_on{number}", None)
            if text:
                points.append(Point(text, responsible, due_on))
            elif responsible or due_on:
                self.add_error(f"text{number}", "Skriv vad ni kom överens om.")
        return {**typed, "points": points}

    @property
    def _shown(self) -> int:
        """As many as are written, and one more."""
        written = [
            number
            for number in range(1, POINTS + 1)
            for name in ("text", "responsible", "due_on")
            if self[f"{name}{number}"].value()
        ]
        return min(POINTS, max([SHOWN_POINTS, *(number + 1 for number in written)]))

    def _rows(self, first: int, last: int) -> list[list[forms.BoundField]]:
        return [
            [self[f"{name}{number}"] for name in ("text", "responsible", "due_on")]
            for number in range(first, last + 1)
        ]
