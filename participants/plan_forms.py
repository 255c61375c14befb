"""What is typed when a plan is changed in place, followed up or compared."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Protocol, cast

from django import forms

from sundbyberg_am.forms import ActionForm, seen_version

from .actions.plans import DIRECTIONS
from .forms import GoalForm, StepForm
from .models import Plan, Step, StepState

FOLLOW_UP_AFTER = timedelta(days=90)


class GoalChangeForm(GoalForm):
    """Other words for a goal."""

    seen_version = seen_version()

    class Meta(GoalForm.Meta):
        labels = {"text": "Mål, med deltagarens egna ord"}


class StepChangeForm(StepForm):
    """What a step says, when it is changed."""

    seen_version = seen_version()


class MoveForm(ActionForm):
    """Up or down: the button that was pressed."""

    direction = forms.ChoiceField(choices=[(name, name) for name in DIRECTIONS])


class FollowUpForm(ActionForm):
    """How far each step has come, what was said, and when the plan is followed up next."""

    happened_on = forms.DateField(label="När följde ni upp planen?")
    text = forms.CharField(
        label="Vad sa ni?",
        max_length=19_000,
        help_text="Blir en anteckning. Skriv så att deltagaren känner igen sig.",
        widget=forms.Textarea,
    )
    follow_up_on = forms.DateField(label="Nästa uppföljning")
    new_version = forms.BooleanField(required=False)

    def __init__(self, *args: Any, plan: Plan, today: date, **kwargs: Any) -> None:
        initial = {"happened_on": today, "follow_up_on": today + FOLLOW_UP_AFTER}
        super().__init__(*args, initial=initial, **kwargs)
        self.plan = plan
        for goal in plan.goals.all():
            for step in goal.steps.all():
                self.fields[_name(step)] = forms.ChoiceField(
                    label=step.text,
                    choices=StepState.choices,
                    initial=step.state,
                    widget=forms.Select(attrs={"class": "form-select"}),
                )
                # What was shown is sent along, so that only what the user has changed is changed.
                self.fields[_shown(step)] = forms.ChoiceField(
                    choices=StepState.choices, initial=step.state, widget=forms.HiddenInput
                )

    def clean(self) -> dict[str, Any]:
        """The fields as the action wants them: the states that differ, by step."""
        rest, states = dict(self.cleaned_data), {}
        for goal in self.plan.goals.all():
            for step in goal.steps.all():
                state, shown = rest.pop(_name(step), None), rest.pop(_shown(step), None)
                if state and state != shown:
                    states[step.pk] = state
        return {**rest, "states": states}

    @property
    def goals(self) -> Iterable[tuple[str, list[tuple[Step, forms.BoundField, forms.BoundField]]]]:
        """Each goal's text with its steps: the field of its state, and the state that was shown."""
        for goal in self.plan.goals.all():
            steps = goal.steps.all()
            yield goal.text, [(step, self[_name(step)], self[_shown(step)]) for step in steps]

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields that are about the whole plan."""
        return [self["text"], self["happened_on"], self["follow_up_on"]]


class Numbered(Protocol):
    """One of several versions: its number, and what it is called where one of them is chosen."""

    @property
    def number(self) -> int: ...

    @property
    def label(self) -> str: ...


class CompareForm(forms.Form):
    """Which two versions to compare."""

    fran = forms.TypedChoiceField(label="Version", coerce=int)
    till = forms.TypedChoiceField(label="med version", coerce=int)

    def __init__(self, *args: Any, versions: Iterable[Numbered], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.number, one.label) for one in versions]
        for name in ("fran", "till"):
            cast("forms.ChoiceField", self.fields[name]).choices = choices


def _name(step: Step) -> str:
    return f"steg{step.pk}"


def _shown(step: Step) -> str:
    return f"visat{step.pk}"
