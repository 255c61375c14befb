"""What is typed about the lists that the office keeps."""

from typing import Any, ClassVar, cast

from django import forms

from sundbyberg_am.forms import ActionForm, ActionModelForm, SeenVersion

from .models import Audience, ExitReason, ListedWord, NoteTemplate, Offer


class NewOfferForm(ActionModelForm):
    """A new offer."""

    class Meta:
        model = Offer
        fields = (
            "name",
            "kind",
            "provider",
            "audience",
            "places",
            "valid_from",
            "valid_to",
            "description",
        )
        help_texts: ClassVar = {
            "provider": "Vem som håller i det, om namnet inte säger det.",
            "places": "Hur många som kan ha plats samtidigt. Tomt betyder ingen gräns.",
            "valid_to": "Tomt betyder tills vidare.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audience = cast("forms.ChoiceField", self.fields["audience"])
        audience.required = False
        audience.choices = [("", "Som för slaget"), *Audience.choices]


class OfferForm(SeenVersion, NewOfferForm):
    """What an offer is changed to."""

    class Meta(NewOfferForm.Meta):
        pass


class OfferEndForm(SeenVersion):
    """The last day of an offer."""

    valid_to = forms.DateField(label="Sista dag")


class NewWordForm(ActionModelForm):
    """A word that does not belong in notes."""

    class Meta:
        model = ListedWord
        fields = ("text", "reason")
        help_texts: ClassVar = {
            "text": "En stjärna sist träffar också böjningar: ”depress*” hittar ”depressionen”.",
            "reason": "Visas för den som skriver. Säg gärna vad man kan skriva i stället.",
        }


class WordForm(SeenVersion, NewWordForm):
    """What a word is changed to."""

    class Meta(NewWordForm.Meta):
        pass


class TemplateForm(SeenVersion, ActionModelForm):
    """What notes of a kind begin with; empty for nothing."""

    text = forms.CharField(
        label="Rubriker",
        max_length=2_000,
        required=False,
        widget=forms.Textarea,
        help_text="En rubrik på varje rad. Tomt betyder ingen mall.",
    )

    class Meta:
        model = NoteTemplate
        fields = ("text",)


class NewReasonForm(ActionModelForm):
    """A new reason to end an enrolment."""

    class Meta:
        model = ExitReason
        fields = ("label", "counts_as", "kas_class")
        help_texts: ClassVar = {
            "counts_as": "Vad avslutet räknas som i rapporterna. Det går inte att ändra efteråt.",
            "kas_class": "A är bara för arbete och B bara för studier.",
        }


class RetireForm(ActionForm):
    """Until when a reason is used."""

    retired_on = forms.DateField(
        label="Sista dag som orsaken används",
        required=False,
        help_text="Tomt betyder att den används tills vidare.",
    )
