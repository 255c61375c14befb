"""What the sender is asked about three-party meetings."""

from django import forms

from participants.models import MeetingReply
from sundbyberg_am.forms import ActionForm


class AskForm(ActionForm):
    """What the meeting should be about."""

    request = forms.CharField(
        label="Vad vill du ta upp?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Konsulenten ser det du skriver och bokar tiden.",
    )


class ReplyForm(ActionForm):
    """Whether somebody of the team comes."""

    reply = forms.ChoiceField(
        label="Kommer du?", choices=MeetingReply.choices, widget=forms.RadioSelect
    )
