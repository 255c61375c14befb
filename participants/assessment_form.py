"""What is typed when somebody is assessed: a day, and a step or none in each domain and view."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.forms.boundfield import BoundWidget

from sundbyberg_am.forms import ActionForm

from .domains import FIRST_STEP, LAST_STEP, NOT_ASSESSED, Domain
from .models import Assessment, Occasion, Viewpoint

STEPS = range(FIRST_STEP, LAST_STEP + 1)


@dataclass(frozen=True)
class Choice:
    """A line of a domain: a step and what it means, with a button for each view."""

    step: int | None
    meaning: str
    buttons: tuple[tuple[Viewpoint, BoundWidget], ...]


class AssessmentForm(ActionForm):
    """A new assessment. Nothing is chosen beforehand: what is left alone is not assessed."""

    assessed_on = forms.DateField(label="Dag")
    occasion = forms.ChoiceField(label="Tillfälle", choices=Occasion.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.general = list(self.fields)
        for domain in Domain:
            for view in Viewpoint:
                self.fields[_field(view, domain)] = forms.TypedChoiceField(
                    label=f"{domain.label}, {view.label.lower()}",
                    choices=[("", NOT_ASSESSED), *((step, step) for step in STEPS)],
                    coerce=int,
                    empty_value=None,
                    required=False,
                    widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                )

    def clean(self) -> dict[str, Any]:
        """The steps of each view by domain, as the action wants them."""
        cleaned = {name: self.cleaned_data.get(name) for name in self.general}
        for view in Viewpoint:
            cleaned[f"{view}_steps"] = {
                str(domain): self.cleaned_data.get(_field(view, domain)) for domain in Domain
            }
        return cleaned

    @property
    def about(self) -> list[forms.BoundField]:
        """The fields that are not of a domain."""
        return [self[name] for name in self.general]

    @property
    def domains(self) -> Iterator[tuple[Domain, list[Choice]]]:
        """Each domain with its lines: the steps from low to high, and last that it is not assessed."""
        for domain in Domain:
            buttons = [(view, list(self[_field(view, domain)])) for view in Viewpoint]
            yield (
                domain,
                [
                    Choice(
                        place or None,
                        domain.anchor(place) if place else NOT_ASSESSED,
                        tuple((view, choices[place]) for view, choices in buttons),
                    )
                    for place in (*STEPS, 0)
                ],
            )


class CorrectAssessmentForm(AssessmentForm):
    """An assessment as it stands, to be put right."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, assessment: Assessment, data: Mapping[str, Any] | None) -> Self:
        """The form with what the assessment says; after with_steps()."""
        initial: dict[str, Any] = {
            "assessed_on": assessment.assessed_on,
            "occasion": assessment.occasion,
            "seen_version": assessment.version,
        }
        for view in Viewpoint:
            for domain, step in assessment.steps_of(view).items():
                initial[f"{view}_{domain}"] = step
        return cls(data, initial=initial)

    def by_field(self, saved: Mapping[str, Any]) -> Mapping[str, Any]:
        """Each step in the field where it would be chosen."""
        steps = {
            _field(view, domain): saved[f"{view}_steps"].get(domain)
            for view in Viewpoint
            for domain in Domain
        }
        return {**saved, **steps}


def _field(view: Viewpoint, domain: Domain) -> str:
    return f"{view}_{domain}"
