"""What is typed about what may be shared, and what has been."""

from typing import Any, cast

from django import forms

from sundbyberg_am.forms import ActionForm, ActionModelForm

from .models import Consent, Disclosure, Enrolment


class ConsentForm(ActionModelForm):
    """What the participant lets be shared."""

    class Meta:
        model = Consent
        fields = ("purpose", "about", "to", "given_on", "until_on")
        help_texts = {
            "purpose": "Till exempel: samordna rehabiliteringen.",
            "about": "Till exempel: planen och hur insatserna har gått.",
            "to": "Till exempel: Försäkringskassan, Sundbyberg.",
            "until_on": "Den sista dagen. Lämna tomt om samtycket gäller tills vidare.",
        }


class WithdrawalForm(ActionForm):
    """When the participant changed their mind."""

    withdrawn_on = forms.DateField(label="Återkallat den")


class ConsentChoice(forms.ModelChoiceField):
    """One of the consents of the case, by whom it is to."""

    def label_from_instance(self, consent: Consent) -> str:
        """To whom, and what."""
        return f"{consent.to}: {consent.about}"


class DisclosureForm(ActionModelForm):
    """What was shared, and why it could be."""

    class Meta:
        model = Disclosure
        fields = ("disclosed_on", "about", "to", "purpose", "ground", "consent", "law")
        help_texts = {
            "law": "Skriv det när grunden är lagen, till exempel: OSL 10 kap. 28 §.",
        }

    consent = ConsentChoice(
        queryset=Consent.objects.none(),
        label="Samtycke",
        required=False,
        help_text="Välj det när grunden är att personen har samtyckt.",
    )

    def __init__(self, *args: Any, enrolment: Enrolment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("ConsentChoice", self.fields["consent"]).queryset = enrolment.consents.for_page()
