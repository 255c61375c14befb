"""The program's addresses, a page that does nothing, one that asks one question, and Django's own list."""

from typing import ClassVar

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from participants.models import Enrolment
from sundbyberg_am.urls import handler500  # noqa: F401
from sundbyberg_am.urls import urlpatterns as ours


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """Nothing but the way through the middleware."""
    return HttpResponse("Hej")


def one_query(request: HttpRequest) -> HttpResponse:
    """Session, user and one row, in the frame that every page stands in."""
    newest = Enrolment.objects.filter(pk=1).values("started_on").first()
    return render(request, "benchmarks/one_query.html", {"newest": newest})


site = admin.AdminSite()
site.has_permission = lambda request: request.user.is_authenticated  # type: ignore[method-assign]


class EnrolmentList(admin.ModelAdmin):
    """What somebody would write who wanted the list of participants from Django itself."""

    list_display = ("participant", "started_on", "ended_on", "consultant", "unit")
    list_filter: ClassVar[tuple[str, ...]] = ("unit", "exit_reason")
    search_fields = (
        "participant__first_name",
        "participant__last_name",
        "participant__personnummer",
    )
    list_per_page = 50

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Everybody who has signed in may look, and only that."""
        return True

    def _may_not(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    has_add_permission = has_change_permission = has_delete_permission = _may_not
    has_module_permission = has_view_permission


class TunedEnrolmentList(EnrolmentList):
    """The same, by somebody who has read how to make it quick."""

    list_filter: ClassVar[tuple[str, ...]] = ()
    list_select_related = ("participant", "consultant", "unit")
    show_full_result_count = False
    ordering = ("-started_on", "-id")


class TunedEnrolment(Enrolment):
    class Meta:
        proxy = True
        app_label = "participants"


site.register(Enrolment, EnrolmentList)
site.register(TunedEnrolment, TunedEnrolmentList)

urlpatterns = [
    *ours,
    path("bench/bare/", bare),
    path("bench/one-query/", one_query),
    path("bench/admin/", site.urls),
]
