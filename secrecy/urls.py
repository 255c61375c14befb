"""Addresses of what people have a right to: to see what is kept of them, and to be removed in time."""

from django.urls import path

from . import extract_views, log_views, views

urlpatterns = [
    path("atkomstlogg/kontroll/", log_views.log_months, name="log_months"),
    path("atkomstlogg/kontroll/<int:year>-<int:month>/", log_views.log_month, name="log_month"),
    path(
        "atkomstlogg/kontroll/<int:year>-<int:month>/pdf/",
        log_views.log_month_pdf,
        name="log_month_pdf",
    ),
    path("gallring/", views.removal, name="removal"),
    path("deltagare/<uuid:public_id>/registerutdrag/", extract_views.extract, name="extract"),
    path(
        "deltagare/<uuid:public_id>/registerutdrag/<slug:kind>/",
        extract_views.extract_file,
        name="extract_file",
    ),
]
