"""The screen that every form of the office's lists stands on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sundbyberg_am.forms import ActionForm
from sundbyberg_am.models import Versioned

# The address of each list and its name.
LISTS = {
    "offer_list": "Utbud",
    "word_list": "Ord i anteckningar",
    "template_list": "Mallar för anteckningar",
    "reason_list": "Avslutsorsaker",
    "mapping_versions": "Kartläggning",
}


def tabs(current: str) -> list[tuple[str, str, bool]]:
    """Address, name and whether it is the one shown, for each list."""
    return [(reverse(name), label, name == current) for name, label in LISTS.items()]


def list_form_page(
    request: HttpRequest,
    form: ActionForm,
    *,
    title: str,
    submit_label: str,
    back: str,
    back_label: str = "",
    lead: str = "",
    row: Versioned | None = None,
) -> HttpResponse:
    """The form under the list's name; of a `row` it says who changed it last."""
    context = {
        "form": form,
        "title": title,
        "submit_label": submit_label,
        "back_url": reverse(back),
        "back_label": back_label or LISTS[back],
        "lead": lead,
        "row": row,
    }
    return render(request, "lists/form.html", context, status=form.status)
