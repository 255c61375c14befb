"""What is typed about who is at work and who has which cases."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms

from sundbyberg_am.access import Permission
from sundbyberg_am.forms import ActionForm, ActionModelForm
from sundbyberg_am.models import Absence, User
from sundbyberg_am.templatetags.swedish import plural

from .models import Enrolment, TeamReview


def staff_label(user: Any, size: int) -> str:
    """A consultant with the size of the caseload and, of one `with_away_until`, when they are back."""
    away = f", borta till {user.away_until}" if getattr(user, "away_until", None) else ""
    return f"{user.name}, {plural(size, 'ärende,ärenden')}{away}"


class AbsenceForm(ActionModelForm):
    """When somebody is away: oneself, or for a manager anybody in the unit."""

    class Meta:
        model = Absence
        fields = ("user", "from_on", "until_on")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = cast("forms.ModelChoiceField", self.fields["user"])
        who.queryset = User.objects.of_unit(by.unit)
        self.initial.setdefault("user", by.pk)
        if not by.may(Permission.REGISTER_ABSENCES):
            who.queryset = who.queryset.filter(pk=by.pk)
            who.widget = forms.HiddenInput()


class HandoverForm(ActionForm):
    """Which of a consultant's cases go to whom, and from when."""

    valid_from = forms.DateField(label="Från och med", help_text="I dag, eller en dag längre fram.")
    to = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="Tar emot",
        help_text="Väljer du flera delas ärendena ut i tur och ordning, till den som har minst.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Välj minst en som tar emot."},
    )
    everything = forms.BooleanField(required=False)
    cases = forms.ModelMultipleChoiceField(
        Enrolment.objects.none(),
        label="Eller bara vissa ärenden",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Välj minst ett ärende.",
            "invalid_choice": "Ett av ärendena finns inte. Läs om sidan och välj igen.",
        },
    )

    def __init__(
        self,
        *args: Any,
        consultant: User,
        rows: Sequence[Any],
        today: date,
        by: User,
        **kwargs: Any,
    ) -> None:
        """`rows` are the consultant's cases as `for_handover` gives them."""
        super().__init__(*args, **kwargs)
        self.whole_caseload = [row.pk for row in rows]
        self.by = by
        sizes = Enrolment.objects.visible_to(by).open().sizes_by_consultant(today)
        self.fields[
            "everything"
        ].label = f"Hela ärendemängden, {plural(len(rows), 'ärende,ärenden')}"
        to = cast("forms.ModelMultipleChoiceField", self.fields["to"])
        others = User.objects.consultants_of(by.unit).exclude(pk=consultant.pk)
        to.queryset = others
        to.choices = [
            (one.pk, staff_label(one, sizes.get(one.pk, 0)))
            for one in others.with_away_until(today)
        ]
        # One that has ended since the page was opened is still read, so that the refusal can count it.
        cases = cast("forms.ModelMultipleChoiceField", self.fields["cases"])
        cases.queryset = Enrolment.objects.visible_to(by)
        cases.choices = [
            (row.pk, ", ".join(filter(None, [row.name, row.level, _planned(row)]))) for row in rows
        ]

    def clean(self) -> dict[str, Any]:
        """All cases stand for those that are not chosen one by one."""
        data = super().clean() or self.cleaned_data
        if data.pop("everything", False):
            self.errors.pop("cases", None)
            data["cases"] = list(
                Enrolment.objects.visible_to(self.by).with_ids(self.whole_caseload)
            )
        return data


class TeamForm(ActionModelForm):
    """What the Kompetensteam is asked, when, and who is there."""

    class Meta:
        model = TeamReview
        fields = ("question", "meeting_on", "members", "other_members")
        help_texts = {
            "members": "Välj minst en, eller skriv namn i nästa fält.",
            "other_members": "Till exempel: Sofia Exempel, ekonomiskt bistånd.",
        }
        widgets = {
            "question": forms.Textarea(attrs={"rows": 4}),
            "members": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = cast("forms.ModelMultipleChoiceField", self.fields["members"])
        members.queryset = User.objects.of_unit(by.unit)


class RecommendForm(ActionForm):
    """What the team recommends."""

    recommendation = forms.CharField(
        label="Vad rekommenderar teamet?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    follow_up_on = forms.DateField(label="Följs upp")


class TeamFollowUpForm(ActionForm):
    """How it went."""

    follow_up_note = forms.CharField(
        label="Hur gick det?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Vad har gjorts av det som rekommenderades, och vad blev det av det?",
    )


def _planned(row: Any) -> str:
    return f"lämnas över {row.moves_on}" if row.moves_on else ""
