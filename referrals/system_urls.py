"""Addresses of the systems that send referrals, beside the users."""

from django.urls import path

from . import system_views

urlpatterns = [
    path("", system_views.system_list, name="system_list"),
    path("nytt/", system_views.system_add, name="system_add"),
    path("<uuid:public_id>/stang-av/", system_views.system_end, name="system_end"),
]
