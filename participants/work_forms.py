"""What is typed about notes and interventions: forms that ask for a second look before they save."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, cast

from django import forms
from django.utils.html import format_html, format_html_join

from sundbyberg_am.forms import ActionModelForm, SeenVersion, seen_version
from sundbyberg_am.second_look import Hint, SecondLook

from .hints import hints_about_offer, hints_in_text
from .models import Intervention, InterventionKind, ListedWord, Note, NoteTemplate, Offer


class TextHints(SecondLook):
    """A form whose long texts are looked through for personnummer and the words of the office's list.

    `texts` names the fields. `today` is only for the century of a personnummer with ten digits.
    """

    texts: ClassVar[Sequence[str]] = ("text",)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def look(self) -> list[Hint]:
        words = ListedWord.objects.in_order()
        hints = {
            hint.about: hint
            for name in self.texts
            for hint in hints_in_text(self.cleaned_data[name] or "", words, today=self.today)
        }
        return list(hints.values())


class NoteForm(TextHints, ActionModelForm):
    """What happened. `templates` are what a note of each kind can begin with."""

    class Meta:
        model = Note
        fields = ("kind", "happened_on", "text")

    def __init__(self, *args: Any, templates: Sequence[NoteTemplate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if templates and not self.is_bound:
            links = format_html_join(
                ", ",
                '<a href="?mall={}">{}</a>',
                ((one.kind, one.get_kind_display()) for one in templates),
            )
            self.fields["text"].help_text = format_html("Börja med en mall: {}.", links)
            self.fields["kind"].widget.attrs["data-templates"] = _as_json(templates)


class CorrectionForm(TextHints, ActionModelForm):
    """What a note should have said."""

    seen_version = seen_version()

    class Meta:
        model = Note
        fields = ("text",)
        labels: ClassVar = {"text": "Rätt text"}


class InterventionForm(SecondLook, ActionModelForm):
    """Something arranged for the person: an offer of the catalogue, or a kind and who provides it.

    `today` is the day for which the offers are listed, until a start is typed.
    """

    class Meta:
        model = Intervention
        fields = (
            "offer",
            "kind",
            "provider",
            "workplace",
            "need",
            "hours_per_week",
            "started_on",
            "planned_end_on",
        )
        labels: ClassVar = {"offer": "Erbjudande ur utbudet", "kind": "Slag av insats"}
        help_texts: ClassVar = {
            "offer": "Passar inget? Lämna det tomt och välj slag och anordnare här nedanför.",
            "kind": "Behövs bara när inget erbjudande är valt.",
            "provider": "Om det inte är ett erbjudande: till exempel en förening eller ett företag.",
            "workplace": "Var personen är, till exempel ”Skolköket på Demoskolan”.",
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].required = False
        # Every offer is accepted, also one that is not listed for the day: that is only a hint.
        offer = cast("forms.ModelChoiceField", self.fields["offer"])
        offer.choices = self._offers(today)

    def _offers(self, today: date) -> list[tuple[str, Any]]:
        """The offers to choose from, by kind, with what a consultant should know beforehand."""
        typed, chosen = self["started_on"].data, str(self["offer"].data or "")
        try:
            day = forms.DateField().clean(typed) if typed else today
        except forms.ValidationError:
            day = today
        also = int(chosen[:18]) if chosen.isascii() and chosen.isdigit() else None
        groups: dict[str, list[tuple[int, str]]] = {}
        for one in Offer.objects.to_choose_on(day, also=also).with_taken_on(day).in_order():
            groups.setdefault(one.kind, []).append((one.pk, _told(one, day)))
        kinds = [kind for kind in InterventionKind if kind in groups]
        return [("", "Välj"), *((str(kind.label), groups[kind]) for kind in kinds)]

    def look(self) -> list[Hint]:
        offer, starts_on = self.cleaned_data["offer"], self.cleaned_data["started_on"]
        if offer is None:
            return []
        counted = Offer.objects.with_taken_on(starts_on).get(pk=offer.pk)
        return hints_about_offer(counted, starts_on=starts_on)


class InterventionChangeForm(SeenVersion, ActionModelForm):
    """What may change while an intervention goes on."""

    class Meta:
        model = Intervention
        fields = ("need", "workplace", "hours_per_week", "planned_end_on")


def _told(offer: Offer, day: date) -> str:
    if offer.has_ended_by(day):
        return f"{offer.name} (slutade {offer.valid_to})"
    if offer.begins_after(day):
        return f"{offer.name} (från {offer.valid_from})"
    return f"{offer.name} (fullt)" if offer.is_full else offer.name


def _as_json(templates: Sequence[NoteTemplate]) -> str:
    return json.dumps({one.kind: one.text for one in templates})
