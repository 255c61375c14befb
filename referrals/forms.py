"""What is asked of those who send and those who receive a referral. The mapping's form is in mapping.py."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from participants.forms_staffing import staff_label
from participants.meeting_forms import CLOCKS
from participants.models import Enrolment, Level
from sundbyberg_am.forms import NOTHING_CHOSEN, ActionForm, ActionModelForm, PersonnummerField
from sundbyberg_am.models import Unit, UnitKind, User, UserQuerySet

from .models import OTHER_SENDERS, Referral


class PersonForm(ActionModelForm):
    """Whom a referral is about, and which unit it goes to."""

    personnummer = PersonnummerField(
        label="Personnummer eller samordningsnummer",
        today=timezone.localdate,
        help_text="Tio eller tolv siffror.",
        error_messages={"required": "Skriv personnumret, eller varför det saknas."},
    )

    class Meta:
        model = Referral
        fields = (
            "to_unit",
            "personnummer",
            "no_personnummer_reason",
            "birth_date",
            "first_name",
            "last_name",
            "phone",
            "email",
            "interpreter_language",
        )
        labels = {"birth_date": "Födelsedatum", "interpreter_language": "Tolk på språk"}
        help_texts = {
            "no_personnummer_reason": "Fyll bara i om personen inte har något nummer.",
            "birth_date": "Behövs bara om det inte framgår av numret.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(kind=UnitKind.LABOUR_MARKET)
        self.fields["to_unit"] = forms.ModelChoiceField(
            units, label="Mottagande enhet", empty_label="Välj enhet"
        )
        if len(units) == 1:
            self.fields["to_unit"].widget = forms.HiddenInput()
            self.initial["to_unit"] = units[0].pk

    def clean(self) -> dict[str, Any]:
        """A reason stands for the number that is missing."""
        data = super().clean() or self.cleaned_data
        if data.get("no_personnummer_reason") and self.has_error("personnummer", "required"):
            del self.errors["personnummer"]
            data["personnummer"] = None
        return data


class RegisterForm(PersonForm):
    """A referral that has come another way, to the coordinator's own unit."""

    initiator = forms.ChoiceField(
        label="Kommer från",
        choices=[(one.value, one.label) for one in OTHER_SENDERS],
        widget=forms.RadioSelect,
    )
    document_on = forms.DateField(
        label="Handlingens datum",
        help_text="Dagen som står på handlingen, eller då personen ringde.",
    )
    level = forms.ChoiceField(
        label="Nivå", choices=[("", "Vet inte än"), *Level.choices], required=False
    )
    asks_for = forms.CharField(
        label="Vad gäller anvisningen?",
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Det viktigaste ur handlingen, med dina ord.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["to_unit"]


class TeamQuestionForm(ActionForm):
    """What the sender wants the Kompetensteam to take up."""

    question = forms.CharField(
        label="Vad vill du att teamet tar upp?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Konsulenten ser det du skriver och bestämmer mötesdagen.",
    )


class LevelForm(ActionForm):
    """The level, as the sender decides it."""

    level = forms.ChoiceField(label="Nivå", choices=Level.choices, widget=forms.RadioSelect)
    level_reason = forms.CharField(
        label="Varför en annan nivå än den föreslagna",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Behövs bara om du väljer en annan nivå.",
    )


class CompleteForm(LevelForm):
    """The sender's answer to what the unit asked for."""

    answer = forms.CharField(
        label="Ditt svar", max_length=5_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    field_order = ("answer", "level", "level_reason")


class AskForm(ActionForm):
    """What the unit needs to know before it can answer."""

    question = forms.CharField(
        label="Vad behöver kompletteras?",
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Avsändaren ser det du skriver.",
    )


class ReturnForm(ActionForm):
    """Why the unit returns the referral."""

    reason = forms.CharField(
        label="Varför återlämnas anvisningen?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Avsändaren ser det du skriver. Skriv gärna vad nästa steg kan vara.",
    )


class WithdrawForm(ActionForm):
    """Why the sender takes the referral back."""

    reason = forms.CharField(
        label="Varför återkallas anvisningen?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Samordnaren ser det du skriver.",
    )


class ConsultantField(forms.ModelChoiceField):
    """A choice of consultant that shows how many open cases each one has, and who is away."""

    def __init__(
        self, queryset: UserQuerySet, *, open_cases: dict[int, int], **kwargs: Any
    ) -> None:
        super().__init__(queryset, **{"empty_label": NOTHING_CHOSEN, **kwargs})
        self.open_cases = open_cases

    def label_from_instance(self, obj: Any) -> str:
        return staff_label(obj, self.open_cases.get(obj.pk, 0))


class AcceptForm(ActionForm):
    """When the person starts, and with whom.

    Of those who are at work today, the one with the fewest open cases is proposed, and the next as deputy.
    """

    started_on = forms.DateField(label="Startdag", help_text="Den första dagen som inskriven.")
    meeting_day = forms.DateField(
        label="Första mötet, dag",
        required=False,
        help_text="Lämna de tre fälten om mötet tomma om konsulenten bokar det senare.",
    )
    meeting_starts = forms.TimeField(
        label="Första mötet, klockan",
        required=False,
        input_formats=CLOCKS,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    meeting_place = forms.CharField(label="Första mötet, plats", required=False, max_length=200)
    field_order = ("started_on", "consultant", "deputy")

    def __init__(self, *args: Any, unit: Unit, today: date, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        consultants = User.objects.consultants_of(unit).with_away_until(today)
        open_cases = Enrolment.objects.not_hidden_from(by).open().sizes_by_consultant(today)
        self.fields["consultant"] = ConsultantField(
            consultants,
            open_cases=open_cases,
            label="Konsulent",
            help_text="Den som har minst antal ärenden och inte är borta är vald från början.",
        )
        self.fields["deputy"] = ConsultantField(
            consultants,
            open_cases=open_cases,
            label="Ersättare",
            required=False,
            empty_label="Ingen",
        )
        at_work = sorted(
            (one for one in consultants if one.away_until is None),
            key=lambda one: open_cases.get(one.pk, 0),
        )
        for name, proposed in zip(("consultant", "deputy"), at_work, strict=False):
            self.initial.setdefault(name, proposed)
        self.order_fields(self.field_order)
