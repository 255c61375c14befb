"""The list of whom to remove in the year, and the decision."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import get_text_list
from django.views.decorators.http import require_http_methods

from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.actions import record_access
from sundbyberg_am.forms import ActionForm
from sundbyberg_am.templatetags.swedish import plural

from . import actions
from .due import list_of_year
from .models import RemovalDecision


class RemovalForm(ActionForm):
    """The decision about a list that somebody has read."""

    seen = forms.CharField(widget=forms.HiddenInput)
    has_read = forms.BooleanField(
        label="Jag har läst listan och vet att det inte går att ångra.",
        error_messages={"required": "Läs listan och kryssa i rutan."},
    )

    def clean(self) -> None:
        self.cleaned_data.pop("has_read", None)  # asked for here, and no part of what is decided


@require_http_methods(["GET", "POST"])
@requires(Permission.DECIDE_REMOVAL)
def removal(request: SignedInRequest) -> HttpResponse:
    """Everybody of the unit whose time has come, and what has been decided before."""
    now, user = timezone.now(), request.user
    form = RemovalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        decision = form.apply(actions.decide_removal, now=now, by=user)
        if decision is not None:
            messages.success(
                request,
                f"Beslutat: {plural(decision.people, 'person,personer')} gallras inom kort.",
            )
            return redirect("removal")
    due, kept = list_of_year(timezone.localdate(now).year, user=user)
    subjects = [subject for one in due for subject in one.subjects]
    record_access(request, subjects)
    seen = actions.digest_of(subjects)
    if form.is_bound:
        form.retype("seen", seen)
    else:
        form.initial["seen"] = seen
    context = {
        "form": form,
        "due": due,
        "kept": kept,
        "decisions": RemovalDecision.objects.of_unit(user.unit),
        "years": settings.REMOVE_AFTER_YEARS,
        "kept_days": get_text_list([str(day) for day in sorted(settings.KEPT_BIRTH_DAYS)], "eller"),
    }
    return render(request, "secrecy/removal.html", context, status=form.status)
