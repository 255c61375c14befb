"""What is typed about participants. The actions know the rules; the fields are named as they want them."""

from datetime import date
from typing import Any, cast

from django import forms

from sundbyberg_am.forms import ActionForm, ActionModelForm, seen_version
from sundbyberg_am.models import Unit, User

from .models import (
    Enrolment,
    ExitReason,
    Goal,
    InterventionOutcome,
    Level,
    LevelChange,
    Participant,
    Pause,
    Plan,
    Protection,
    Step,
    StepState,
)

WITHOUT_LEVEL = "saknas"


def _yes_or_no(label: str, yes: str, no: str, **kwargs: Any) -> forms.TypedChoiceField:
    """Two answers that are spelled out, since a box to tick would answer no by itself."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("ja", yes), ("nej", no)],
        coerce=lambda answer: answer == "ja",
        widget=forms.RadioSelect,
        **kwargs,
    )


class ListFilters(forms.Form):
    """Whom the list of participants shows. Anything else than the choices is read as the default."""

    q = forms.CharField(
        label="Namn, personnummer eller ärende", max_length=100, required=False, strip=True
    )
    vilka = forms.ChoiceField(label="Vilka", choices=[("mina", "Mina"), ("alla", "Hela enheten")])
    lage = forms.ChoiceField(
        label="Läge",
        choices=[("pagaende", "Pågående"), ("avslutade", "Avslutade"), ("alla", "Alla")],
    )
    niva = forms.ChoiceField(
        label="Nivå",
        choices=[
            ("", "Alla"),
            *((level, level) for level in Level.values),
            (WITHOUT_LEVEL, "Saknas"),
        ],
        required=False,
    )

    def chosen(self) -> dict[str, str]:
        """The filters by name, with the default for what is none of the choices."""
        self.is_valid()
        defaults = {"q": "", "vilka": "alla", "lage": "alla", "niva": ""}
        return {**defaults, **self.cleaned_data}


class DetailsForm(ActionModelForm):
    """Who the participant is and how to reach them."""

    seen_version = seen_version(required=True)

    class Meta:
        model = Participant
        fields = (
            "first_name",
            "last_name",
            "phone",
            "email",
            "address",
            "contact_preference",
            "interpreter_language",
            "education",
            "registered_sex",
        )


class AssignForm(ActionForm):
    """Who has the case, among those at work in its unit."""

    consultant = forms.ModelChoiceField(User.objects.none(), label="Konsulent")
    deputy = forms.ModelChoiceField(User.objects.none(), label="Ersättare", required=False)
    seen_version = seen_version()

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = User.objects.consultants_of(unit)


NO_PROTECTION = "none"  # an answer like the others, and not an empty one


class ReadersField(forms.ModelMultipleChoiceField):
    """Users with what they do and where."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.get_role_display().lower()}, {obj.unit.name}"


class ProtectionForm(ActionForm):
    """Whether the person's identity is protected, and who may know of the person."""

    protection = forms.TypedChoiceField(
        label="Skydd",
        choices=[(NO_PROTECTION, "Inget skydd"), *Protection.choices],
        coerce=lambda chosen: "" if chosen == NO_PROTECTION else chosen,
        widget=forms.RadioSelect,
        help_text="Vid skyddad folkbokföring tas adressen bort och kan inte sparas igen.",
    )
    readers = ReadersField(
        User.objects.none(),
        label="Får veta att personen finns här",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Den som har ärendet behöver vara med, och minst en chef. Också den som anvisade, om hen "
        "ska kunna följa sin anvisning, och samordnaren.",
    )
    seen_version = seen_version(required=True)

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readers = cast("forms.ModelMultipleChoiceField", self.fields["readers"])
        readers.queryset = User.objects.who_may_know_people(unit)


class LevelForm(ActionModelForm):
    """Another level from a day on."""

    reason = forms.CharField(label="Varför ändras nivån?", max_length=300)
    seen_version = seen_version()

    class Meta:
        model = LevelChange
        fields = ("level", "valid_from", "reason")


class PauseForm(ActionModelForm):
    """Time when nothing is expected to happen."""

    class Meta:
        model = Pause
        fields = ("kind", "started_on", "ended_on")
        help_texts = {
            "kind": "Bara slaget. Skriv inga diagnoser.",
            "ended_on": "Den sista dagen. Lämna tomt om den inte är känd.",
        }


class PauseEndForm(ActionForm):
    """When a pause ends."""

    ended_on = forms.DateField(label="Pausens sista dag")


class InterventionEndForm(ActionForm):
    """How an intervention ended."""

    outcome = forms.ChoiceField(
        label="Hur gick det?", choices=InterventionOutcome.choices, widget=forms.RadioSelect
    )
    ended_on = forms.DateField(
        label="Sista dag", help_text="Om insatsen inte blev av spelar dagen ingen roll."
    )
    seen_version = seen_version()


class ExitForm(ActionModelForm):
    """When and why the enrolment ends."""

    exit_confirmed = forms.TypedChoiceField(
        label="Är arbetet eller studierna bekräftade?",
        help_text="Arbete: anställd på den ordinarie arbetsmarknaden i minst en månad i följd. "
        "Studier: de ger rätt till studiemedel. Andra avslut bekräftas inte.",
        choices=[("", "Vet inte än, eller ett annat avslut"), ("ja", "Ja"), ("nej", "Nej")],
        coerce=lambda answer: answer == "ja",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Enrolment
        fields = ("ended_on", "exit_reason", "exit_confirmed", "exit_destination")
        labels = {"ended_on": "Sista dag", "exit_reason": "Varför avslutas inskrivningen?"}
        help_texts = {"exit_destination": "Till exempel arbetsgivaren eller skolan."}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ended_on"].required = self.fields["exit_reason"].required = True
        reasons = cast("forms.ModelChoiceField", self.fields["exit_reason"])
        reasons.queryset = ExitReason.objects.in_use_on(today)


class ConfirmForm(ActionForm):
    """Whether the work or the studies came about."""

    exit_confirmed = _yes_or_no("Blev det av?", "Ja, det är bekräftat", "Nej, det blev inte av")
    seen_version = seen_version()


class ReopenForm(ActionForm):
    """Nothing to fill in: only to be sure."""


class VoidForm(ActionForm):
    """Why the enrolment should never have been registered."""

    void_reason = forms.CharField(
        label="Varför är den felregistrerad?",
        max_length=200,
        help_text="Till exempel: fel person, eller samma inskrivning två gånger.",
    )


class GoalForm(ActionModelForm):
    """A goal in the participant's own words."""

    class Meta:
        model = Goal
        fields = ("text",)
        labels = {"text": "Nytt mål, med deltagarens egna ord"}


class StepForm(ActionModelForm):
    """A step towards a goal."""

    class Meta:
        model = Step
        fields = ("text", "kind", "responsible", "due_on")
        labels = {"text": "Vad ska göras?"}


class StepStateForm(ActionForm):
    """How far a step has come: the button that was pressed."""

    state = forms.ChoiceField(label="Läge", choices=StepState.choices)
    seen_version = seen_version()


class RemoveForm(ActionForm):
    """Nothing to fill in: only what the user saw of what is taken away."""

    seen_version = seen_version()


class AdoptForm(ActionModelForm):
    """The participant's answer to the plan, and when it is followed up."""

    participant_agrees = _yes_or_no("Är deltagaren med på planen?", "Ja", "Nej")
    seen_version = seen_version()

    class Meta:
        model = Plan
        fields = ("participant_agrees", "disagreement", "adopted_on", "follow_up_on")
        labels = {
            "disagreement": "Om inte, varför?",
            "adopted_on": "Fastställs",
            "follow_up_on": "Följs upp",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adopted_on"].required = self.fields["follow_up_on"].required = True
