"""Referrals that come another way than through the program, as the coordinator registers them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.drafts import answer_draft, form_name, offer_drafts
from sundbyberg_am.templatetags.swedish import long_day

from . import actions
from .forms import RegisterForm
from .pages import posted, record_refusal


@require_http_methods(["GET", "POST"])
@requires(Permission.RECEIVE_REFERRALS)
def referral_register(request: SignedInRequest) -> HttpResponse:
    """Register a referral from another authority, the person, or somebody else."""
    form = RegisterForm(posted(request))
    if request.method == "POST" and form.is_valid():
        referral = form.apply(
            actions.register_referral, today=timezone.localdate(), by=request.user
        )
        if referral is not None:
            messages.success(
                request,
                f"Anvisning {referral} är registrerad. Svara senast {long_day(referral.answer_due_on)}.",
            )
            return redirect("referral", referral.public_id)
    record_refusal(request, form)
    save_url = reverse("referral_register_draft")
    offer_drafts(request, {form_name(request): form}, subject=None, save_url=save_url)
    return render(request, "referrals/register.html", {"form": form}, status=form.status)


@require_POST
@requires(Permission.RECEIVE_REFERRALS)
def referral_register_draft(request: SignedInRequest) -> HttpResponse:
    """Save what is typed while it is typed, or throw it away: nobody has been shown."""
    return answer_draft(request, subject=None, leave_to=reverse("referral_list"))
