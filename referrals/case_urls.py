"""Addresses under /deltagare/<id>/kartlaggning/: the mapping in a case."""

from django.urls import path

from . import follow_up_views

urlpatterns = [
    path("", follow_up_views.case_mapping, name="case_mapping"),
    path("ny/", follow_up_views.follow_up_add, name="follow_up_add"),
]
