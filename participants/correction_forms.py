"""What is typed about a correction: what is wrong, and the decision."""

from django import forms

from sundbyberg_am.forms import ActionForm, ActionModelForm

from .models import Correction, CorrectionOutcome


class CorrectionForm(ActionModelForm):
    """What the participant says is wrong."""

    class Meta:
        model = Correction
        fields = ("received_on", "about", "wanted")
        help_texts = {"about": "Vilken uppgift, och var den står."}


class CorrectionDecisionForm(ActionForm):
    """What is done about it."""

    outcome = forms.ChoiceField(
        label="Beslut", choices=CorrectionOutcome.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="Varför",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Behövs när något inte rättas. Personen får läsa det.",
    )
