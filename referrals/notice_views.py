"""The user's notices."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from sundbyberg_am.access import SignedInRequest
from sundbyberg_am.forms import ActionForm

from . import notice_actions as actions
from .models import Notice
from .notices import address_of

SHOWN = 50


class SeenForm(ActionForm):
    """The newest notice that the page showed."""

    newest = forms.IntegerField(widget=forms.HiddenInput)


@dataclass(frozen=True)
class Line:
    """A notice as it is read: it names nobody."""

    url: str
    text: str
    number: str
    at: datetime
    is_seen: bool


@require_GET
def notice_list(request: SignedInRequest) -> HttpResponse:
    """What the user has been told, the newest first. It names nobody, so nobody is put on record."""
    notices = list(Notice.objects.of_user(request.user)[:SHOWN])
    lines = [
        Line(
            url=address_of(one),
            text=one.get_kind_display(),
            number=one.referral.number_text,
            at=one.created_at,
            is_seen=one.seen_at is not None,
        )
        for one in notices
    ]
    context = {
        "lines": lines,
        "unseen": sum(not line.is_seen for line in lines),
        "newest": max((one.pk for one in notices), default=0),
    }
    return render(request, "referrals/notices.html", context)


@require_POST
def notices_seen(request: SignedInRequest) -> HttpResponse:
    """Note that the user has seen what the page showed; what has come since stays new."""
    form = SeenForm(request.POST)
    if form.is_valid() and form.apply(actions.see_notices, by=request.user) is not None:
        messages.success(request, "Meddelandena är markerade som sedda.")
    return redirect("notice_list")
