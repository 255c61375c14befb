"""The screens that the forms of a referral stand on."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from sundbyberg_am.access import SignedInRequest
from sundbyberg_am.actions import record_access
from sundbyberg_am.drafts import form_name, offer_drafts
from sundbyberg_am.forms import ActionForm

from .access import Act, refusal
from .checks import given_away, known_already, told_of, wrong_age
from .models import Referral, Status


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; None for a page that is only read."""
    return request.POST if request.method == "POST" else None


def form_page(
    request: SignedInRequest,
    referral: Referral,
    act: Act,
    form: ActionForm,
    template: str,
    context: Mapping[str, object],
) -> HttpResponse:
    """A form for one act; somebody who comes to it too late is led to the referral and told why."""
    if request.method == "GET" and (refused := refusal(act, referral, request.user)):
        messages.warning(request, refused)
        return redirect("referral", referral.public_id)
    offer_drafts(
        request,
        {form_name(request): form},
        subject=referral.public_id,
        save_url=reverse("referral_draft", args=[referral.public_id]),
    )
    record_refusal(request, form)
    context = {
        "referral": referral,
        "form": form,
        "in_the_way": "" if form.is_bound else said_of_draft(request, referral),
        **context,
    }
    return render(request, template, context, status=form.status)


def said_of_draft(request: SignedInRequest, referral: Referral) -> str:
    """What stands in the way of sending a draft, said before it is filled in; empty for what is sent.

    That somebody is known is told of that person, so it is on record before it is said.
    """
    if referral.status != Status.DRAFT:
        return ""
    today = timezone.localdate()
    if wrong := wrong_age(referral, today):
        return wrong
    if sentence := known_already(referral, today, request.user):
        record_access(request, given_away(referral.personnummer))
    return sentence


def record_refusal(request: SignedInRequest, form: ActionForm) -> None:
    """Put on record those whom the sentences of a refused form tell of, before they are read."""
    if form.is_bound:
        record_access(request, told_of(form.errors.as_data().get(NON_FIELD_ERRORS, [])))


def question_page(
    request: SignedInRequest,
    referral: Referral,
    act: Act,
    form: ActionForm,
    *,
    title: str,
    submit_label: str,
    lead: str = "",
) -> HttpResponse:
    """A page with one short form."""
    context = {"title": title, "submit_label": submit_label, "lead": lead}
    return form_page(request, referral, act, form, "referrals/question.html", context)
