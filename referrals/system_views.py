"""The administrator's pages of the systems that send referrals."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.forms import ActionForm, ActionModelForm
from sundbyberg_am.models import Unit, UnitKind

from . import system_actions
from .models import SendingSystem
from .pages import posted


class SystemForm(ActionModelForm):
    """A system to let in, and the team that it acts for."""

    class Meta:
        model = SendingSystem
        fields = ("name", "unit")
        help_texts = {
            "name": "Så att det går att känna igen, till exempel programmets namn.",
            "unit": "Systemet får göra det som teamets socialsekreterare får, i deras namn.",
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        teams = Unit.objects.filter(kind=UnitKind.SOCIAL_ASSISTANCE)
        self.fields["unit"].queryset = teams  # type: ignore[attr-defined]


@require_GET
@requires(Permission.MANAGE_USERS)
def system_list(request: SignedInRequest) -> HttpResponse:
    """Every system that is or has been let in."""
    return render(request, "systems/list.html", {"systems": SendingSystem.objects.for_list()})


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def system_add(request: SignedInRequest) -> HttpResponse:
    """Let a system in. Its token is shown in the answer, once: nothing that is kept tells it."""
    form = SystemForm(posted(request))
    if request.method == "POST" and form.is_valid():
        token = form.apply(system_actions.add_system, by=request.user)
        if token is not None:
            context = {"token": token, **form.cleaned_data}
            return render(request, "systems/token.html", context)
    return _form_page(request, form, "Nytt system", "Ta fram en nyckel")


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def system_end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Let a system in no more."""
    system = get_object_or_404(SendingSystem, public_id=public_id)
    form = ActionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        ended = form.apply(system_actions.end_system, system, by=request.user)
        if ended is not None:
            messages.success(request, f"{ended.name} släpps inte in längre.")
            return redirect("system_list")
    lead = (
        "Nyckeln slutar gälla genast och går inte att öppna igen. Det som är skickat påverkas inte."
    )
    return _form_page(request, form, f"Stäng av {system.name}?", "Stäng av", lead)


def _form_page(
    request: SignedInRequest, form: ActionForm, title: str, submit_label: str, lead: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "submit_label": submit_label,
        "lead": lead,
        "back_url": reverse("system_list"),
        "back_label": "System",
        "row": None,
    }
    return render(request, "lists/form.html", context, status=form.status)
