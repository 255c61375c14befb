"""The monthly control of the access log: the months, what to look at, the signature and the file."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.forms import ActionModelForm
from sundbyberg_am.templatetags.swedish import moment

from .log_actions import sign_log_review
from .log_control import as_pdf, control, from_data, month_label, months_to_control
from .models import LogReview


class LogReviewForm(ActionModelForm):
    """What whoever looked it through says."""

    class Meta:
        model = LogReview
        fields = ("note",)
        help_texts = {
            "note": "Vad du har tittat på, frågat om och kommit fram till. Skriv inga namn på deltagare."
        }


@require_GET
@requires(Permission.REVIEW_LOG)
def log_months(request: SignedInRequest) -> HttpResponse:
    """The months that are over, and who has signed which."""
    signed = LogReview.objects.by_month()
    months = [
        (first, month_label(first), signed.get(first))
        for first in months_to_control(timezone.localdate())
    ]
    return render(request, "log/months.html", {"months": months})


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW_LOG)
def log_month(request: SignedInRequest, year: int, month: int) -> HttpResponse:
    """What to look at of a month, as it is now or as it was signed."""
    first = _first_of(year, month)
    form = LogReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        review = form.apply(sign_log_review, first, now=timezone.now(), by=request.user)
        if review is not None:
            messages.success(request, f"Kontrollen av {month_label(first)} är signerad.")
            return redirect("log_months")
    review = LogReview.objects.of_month(first)
    context = {
        "first": first,
        "label": month_label(first),
        "review": review,
        "found": from_data(review.found) if review else control(first),
        "form": form,
    }
    return render(request, "log/month.html", context, status=form.status)


@require_GET
@requires(Permission.REVIEW_LOG)
def log_month_pdf(request: SignedInRequest, year: int, month: int) -> HttpResponse:
    """The control of a month as a file."""
    first = _first_of(year, month)
    review = LogReview.objects.of_month(first)
    signed = ["Inte signerad än."]
    if review:
        signed = [f"Signerad {moment(review.reviewed_at)} av {review.reviewed_by.name}."]
    return HttpResponse(
        as_pdf(
            month=month_label(first),
            signed=signed,
            note=review.note if review else "",
            found=from_data(review.found) if review else control(first),
        ),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="loggkontroll-{first:%Y-%m}.pdf"'},
    )


def _first_of(year: int, month: int) -> date:
    """The first day of a month that has ended. Raises Http404 for any other."""
    try:
        first = date(year, month, 1)
    except ValueError:
        raise Http404 from None
    if first >= timezone.localdate().replace(day=1):
        raise Http404
    return first
