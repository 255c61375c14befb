"""Addresses of what people have a right to: to see what is kept of them, and to be removed in time."""

from django.urls import path

from . import extract_views, views

urlpatterns = [
    path("gallring/", views.removal, name="removal"),
    path("deltagare/<uuid:public_id>/registerutdrag/", extract_views.extract, name="extract"),
    path(
        "deltagare/<uuid:public_id>/registerutdrag/<slug:kind>/",
        extract_views.extract_file,
        name="extract_file",
    ),
]
