"""The screen that every form of a case stands on."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from participants.models import Enrolment
from sundbyberg_am.access import SignedInRequest
from sundbyberg_am.drafts import form_name, offer_drafts
from sundbyberg_am.forms import ActionForm


def form_page(
    request: SignedInRequest,
    enrolment: Enrolment,
    form: ActionForm,
    *,
    title: str,
    submit_label: str,
    lead: str = "",
    quote: str = "",
    answers: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """The form under the participant's name.

    `quote` is a text that it is about; `answers` are needs and what answers them.
    """
    offer_case_drafts(request, enrolment, {form_name(request): form})
    context = {
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "form": form,
        "title": title,
        "submit_label": submit_label,
        "lead": lead,
        "quote": quote,
        "answers": answers,
    }
    page = "_form.html" if in_place(request) else "form.html"
    return render(request, f"participants/{page}", context, status=form.status)


def in_place(request: HttpRequest) -> bool:
    """Whether htmx asks, to put the answer in its place on the page that is open."""
    return request.headers.get("HX-Request") == "true"


def offer_case_drafts(
    request: SignedInRequest, enrolment: Enrolment, forms: dict[str, ActionForm], page: str = ""
) -> None:
    """Give the forms of a case page their keys, and the texts that the user left in them."""
    subject = enrolment.participant.public_id
    save_url = reverse("draft", args=[subject])
    offer_drafts(request, forms, subject=subject, save_url=save_url, page=page)


def to_case(enrolment: Enrolment, anchor: str = "") -> HttpResponse:
    """Back to the case page, at a place in it."""
    response = redirect("participant", enrolment.participant.public_id)
    if anchor:
        response["Location"] += f"#{anchor}"
    return response
