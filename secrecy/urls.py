"""Addresses of what people have a right to: that they are removed in time."""

from django.urls import path

from . import views

urlpatterns = [
    path("gallring/", views.removal, name="removal"),
]
