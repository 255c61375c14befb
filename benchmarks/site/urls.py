"""The program's addresses, a page that does nothing, one that asks one question, and Django's own list."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

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
    """What somebody would write who wanted the same rows and columns from Django itself."""

    list_display = ("participant", "number", "level", "weeks", "consultant", "unit")
    list_filter: ClassVar[tuple[str, ...]] = ("unit", "exit_reason")
    ordering = ("participant__last_name", "participant__first_name")
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

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Those of the user's unit."""
        return (
            super()
            .get_queryset(request)
            .filter(unit=getattr(request.user, "unit_id", None), voided_at=None)
        )

    def number(self, one: Enrolment) -> str:
        return (one.participant.personnummer or "")[:8]

    def level(self, one: Enrolment) -> str:
        day = min(one.ended_on or timezone.localdate(), timezone.localdate())
        change = (
            one.level_changes.filter(valid_from__lte=day).order_by("-valid_from", "-pk").first()
        )
        return change.level if change else ""

    def weeks(self, one: Enrolment) -> int:
        return int(one.weeks_on(timezone.localdate()))


class TunedEnrolmentList(EnrolmentList):
    """The same, by somebody who has read how to make it quick."""

    list_filter: ClassVar[tuple[str, ...]] = ()
    list_select_related = ("participant", "consultant", "unit")
    show_full_result_count = False
    ordering = ("participant__name_key", "participant_id")

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the level in the same question."""
        found: Any = super().get_queryset(request)
        return found.with_level_on(timezone.localdate())

    def level(self, one: Any) -> str:
        return one.level or ""


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
