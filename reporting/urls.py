"""Addresses of the reports."""

from django.urls import path

from . import figure_views, kas_views, quality_views, views

urlpatterns = [
    path("", views.report_list, name="report_list"),
    path("uppgifter-som-saknas/", quality_views.missing_data, name="missing_data"),
    path("<uuid:public_id>/", views.report, name="report"),
    path("<uuid:public_id>/faststall/", views.report_approve, name="report_approve"),
    path("<uuid:public_id>/kassera/", views.report_discard, name="report_discard"),
    path("<uuid:public_id>/tillkommit/", views.report_late, name="report_late"),
    path("<uuid:public_id>/forsok-igen/", views.report_retry, name="report_retry"),
    path(
        "<uuid:public_id>/offentlig/<slug:kind>/",
        views.report_download,
        {"public": True},
        name="report_download_public",
    ),
    path("<uuid:public_id>/siffra/<slug:code>/", figure_views.figure, name="figure"),
    path(
        "<uuid:public_id>/siffra/<slug:code>/excel/", figure_views.figure_rows, name="figure_rows"
    ),
    path("<uuid:public_id>/kas/", kas_views.kas, name="kas"),
    path("<uuid:public_id>/kas/<slug:kind>/", kas_views.kas_download, name="kas_download"),
    path("<uuid:public_id>/<slug:kind>/", views.report_download, name="report_download"),
]
