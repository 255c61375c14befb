"""The mapping in a case: as the sender answered it, answered again, and two of them side by side."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from participants.access import open_case
from participants.models import Enrolment
from participants.plan_forms import CompareForm
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.drafts import form_name, offer_drafts

from .follow_up_actions import follow_up
from .mapping import AnswersForm
from .mapping_comparison import Filled, change, compare
from .models import FollowUp, MappingForm, Referral
from .pages import posted


@require_GET
@requires(Permission.READ_CASES)
def case_mapping(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Two of the case's mappings side by side: the first and the last until others are chosen."""
    enrolment = open_case(request, public_id)
    filled = {one.number: one for one in _filled(enrolment)}
    ends = [*filled, 0]
    form = CompareForm(
        {"fran": ends[0], "till": max(filled, default=0), **request.GET.dict()},
        versions=filled.values(),
    )
    form.fields["fran"].label, form.fields["till"].label = "Först", "Sedan"
    chosen = form.cleaned_data if form.is_valid() else {}
    before, after = (filled.get(chosen.get(name, 0)) for name in ("fran", "till"))
    context = {
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "form": form,
        "enough": len(filled) > 1,
        "before": before,
        "after": after,
        "sections": compare(before, after) if before and after else [],
        "needs": change(before.needs, after.needs) if before and after else None,
        "hindrances": change(before.hindrances, after.hindrances) if before and after else None,
        "may_answer": request.user.may(Permission.WORK_ON_CASES) and enrolment.is_open,
    }
    return render(request, "referrals/case_mapping.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def follow_up_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Answer the mapping again: in the version that holds, or in that of the referral."""
    enrolment = open_case(request, public_id)
    today = timezone.localdate()
    versions = _versions(enrolment)
    asked = request.GET.get("version", "")
    named = [one for one in versions if str(one.version) == asked]
    mapping = next(iter([*named, *versions]), None)
    if mapping is None:
        messages.warning(request, "Det finns ingen kartläggning att fylla i.")
        return redirect("case_mapping", public_id)
    form = AnswersForm(posted(request), content=mapping.content)
    if request.method == "POST" and form.is_valid():
        saved = form.apply(follow_up, enrolment, mapping, today=today, by=request.user)
        if saved is not None:
            messages.success(request, "Kartläggningen är sparad. Här står den bredvid den förra.")
            return redirect("case_mapping", public_id)
    save_url = reverse("draft", args=[public_id])
    page = request.get_full_path()
    offer_drafts(
        request, {form_name(request): form}, subject=public_id, save_url=save_url, page=page
    )
    context = {
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "form": form,
        "mapping": mapping,
        "others": [one for one in versions if one != mapping],
    }
    return render(request, "referrals/follow_up.html", context, status=form.status)


def _referral(enrolment: Enrolment) -> Referral | None:
    return Referral.objects.for_page().by_enrolment([enrolment.pk]).get(enrolment.pk)


def _versions(enrolment: Enrolment) -> list[MappingForm]:
    """Those that can be answered: the one that holds today first, then the referral's."""
    referral = _referral(enrolment)
    found = [MappingForm.objects.in_force_on(timezone.localdate()), referral and referral.form]
    return list(dict.fromkeys(one for one in found if one))


def _filled(enrolment: Enrolment) -> list[Filled]:
    """The case's mappings in the order they were answered, numbered from one."""
    referral = _referral(enrolment)
    found = []
    if referral and referral.form and referral.answers:
        label = f"Anvisningen {referral.submitted_on}, version {referral.form.version}"
        found.append((label, referral.form, referral.answers))
    for one in FollowUp.objects.of_case(enrolment):
        label = f"Uppföljning {one.answered_on}, version {one.form.version}"
        found.append((label, one.form, one.answers))
    return [
        Filled(number, label, form.content, answers)
        for number, (label, form, answers) in enumerate(found, start=1)
    ]
