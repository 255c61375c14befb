"""What is typed about the parts of the mapping form, and when a version begins to hold."""

from django import forms

from participants.models import Level, Need
from referrals.models import MappingForm
from sundbyberg_am.forms import ActionForm, ActionModelForm, SeenVersion

from .content import KINDS, OPTION, QUESTION, SECTION


class SectionForm(ActionForm):
    """A section: its heading, and what is said to whoever fills it in."""

    title = forms.CharField(label="Rubrik", max_length=100)
    help = forms.CharField(label="Hjälptext", max_length=300, required=False)


class QuestionForm(ActionForm):
    """A question, and how it is answered."""

    text = forms.CharField(
        label="Fråga",
        max_length=200,
        help_text="Ändra bara orden i en fråga som har använts. En fråga om något annat läggs till som "
        "ny, så att svaren går att jämföra.",
    )
    help = forms.CharField(label="Hjälptext", max_length=300, required=False)
    kind = forms.ChoiceField(
        label="Hur besvaras den?", choices=list(KINDS.items()), widget=forms.RadioSelect
    )
    required = forms.BooleanField(
        label="Behöver besvaras innan anvisningen skickas", required=False
    )


class OptionForm(ActionForm):
    """An answer to choose, and what it speaks for."""

    label = forms.CharField(label="Svar", max_length=150)
    level = forms.ChoiceField(
        label="Talar för",
        choices=[("", "Ingen nivå"), *Level.choices],
        required=False,
        help_text="Den lägsta nivå som svaret talar för. Formuläret föreslår den högsta av dem.",
    )
    needs = forms.MultipleChoiceField(
        label="Visar behov av",
        choices=Need.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    hindrance = forms.CharField(
        label="Hinder",
        max_length=100,
        required=False,
        help_text="Det som svaret säger står i vägen, i några ord.",
    )


class ChangeSectionForm(SeenVersion, SectionForm):
    """What a section is changed to."""


class ChangeQuestionForm(SeenVersion, QuestionForm):
    """What a question is changed to."""


class ChangeOptionForm(SeenVersion, OptionForm):
    """What an answer is changed to."""


# The form of a part by how deep it stands: a new one, and one that is changed.
NEW: dict[int, type[ActionForm]] = {
    SECTION: SectionForm,
    QUESTION: QuestionForm,
    OPTION: OptionForm,
}
CHANGE: dict[int, type[ActionForm]] = {
    SECTION: ChangeSectionForm,
    QUESTION: ChangeQuestionForm,
    OPTION: ChangeOptionForm,
}


class PublishForm(ActionModelForm):
    """The name of the version, and its first day."""

    class Meta:
        model = MappingForm
        fields = ("title", "valid_from")
        help_texts = {
            "valid_from": "Anvisningar som någon redan har börjat på behåller sin version.",
        }
