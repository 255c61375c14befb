"""The living page of the design: every component in all its states, for those who build pages.

It shows nothing but made-up words, so anybody signed in may open it.
"""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from .access import SignedInRequest
from .day import Item, Trend
from .forms import ActionForm, Compared
from .plots import Bar, BarChart, Series, dot_plot

DAY = date(2026, 11, 23)
MOMENT = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
NAMES = ("Hälsa i vardagen", "Språk", "Nätverk")
COLOURS = (
    *("paper", "surface", "tint", "ink", "muted", "line", "edge"),
    *("accent", "accent-soft", "success", "success-soft"),
    *("warning", "warning-soft", "danger", "danger-soft"),
)


class ExampleForm(ActionForm):
    """Each kind of field."""

    name = forms.CharField(label="Namn", help_text="Som personen själv skriver det.")
    text = forms.CharField(label="Anteckning", widget=forms.Textarea)
    day = forms.DateField(label="Dag", required=False)
    level = forms.ChoiceField(label="Nivå", choices=[("", "Välj"), ("AM1", "AM1 – lite stöd")])
    agrees = forms.ChoiceField(
        label="Är deltagaren med på det?",
        choices=[("yes", "Ja"), ("no", "Nej")],
        widget=forms.RadioSelect,
    )
    who = forms.MultipleChoiceField(
        label="Vilka var med?",
        choices=[("participant", "Deltagaren"), ("sender", "Socialsekreteraren")],
        widget=forms.CheckboxSelectMultiple,
    )
    seen = forms.BooleanField(label="Jag har läst det", required=False)


@require_GET
def components(request: SignedInRequest) -> HttpResponse:
    """Every component in all its states; not on a server, where nobody builds pages."""
    if settings.HTTPS_ONLY:
        raise Http404
    refused = ExampleForm({}, prefix="rattas")
    refused.add_error(None, "Någon annan sparade samtidigt, så det här sparades inte.")
    return render(
        request,
        "components.html",
        {
            "colours": COLOURS,
            "form": ExampleForm(),
            "refused": refused,
            "noticed": SimpleNamespace(
                hints=[SimpleNamespace(sentence="Texten ser ut att ha ett personnummer i sig.")]
            ),
            "changed": _changed_by_somebody(),
            "draft": SimpleNamespace(
                key="exempel", save_url="#utkast", kept=SimpleNamespace(saved_at=MOMENT)
            ),
            "facts": [("Konsulent", "Kim Exempel"), ("Inskriven", DAY), ("Telefon", "")],
            "tones": ("neutral", "info", "success", "warning", "danger"),
            "levels": ("AM1", "AM2", "AM3", ""),
            "steps": [
                SimpleNamespace(label="Person", state="done", detail=f"{DAY}"),
                SimpleNamespace(label="Kartläggning", state="current", detail=""),
                SimpleNamespace(label="Nivå och skicka", state="todo", detail=""),
            ],
            "items": [
                Item("#listor", "Kim Exempel", "AM2 · Karin Konsulent", f"sedan {DAY}"),
                Item("#listor", "Ett mycket långt namn af Ekenstam", "", "sen", "warning"),
            ],
            **_plots(),
        },
    )


def _changed_by_somebody() -> Any:
    """What a form says after a conflict."""
    return SimpleNamespace(
        conflict=SimpleNamespace(at=MOMENT, by=SimpleNamespace(name="Karin Konsulent"), version=2),
        compared=[
            Compared("about", "Vad ska göras?", "Skriva cv", "Ringa kocken", ["Ringa kocken"]),
            Compared("by", "Klart senast", "", "2026-12-01", ["2026-12-01"]),
        ],
    )


def _plots() -> dict[str, Any]:
    groups = (
        ("AM1", Bar(12, "12"), Bar(9, "9")),
        ("AM2", Bar(30, "30"), Bar(None, "–")),
    )
    return {
        "dots": dot_plot(
            NAMES,
            [Series("2026-08-23", [2, 1, None]), Series(f"{DAY}", [3, 1, None])],
            first=1,
            last=5,
            label="Tre områden på en skala från 1 till 5. Samma tal står i tabellen.",
            missing="inte bedömd",
        ),
        "bars": BarChart("Deltagare per nivå", ("2026", "2025"), groups),
        "trend": Trend("Öppna ärenden", [(f"v. {week}", 40 + week % 5) for week in range(36, 48)]),
    }
