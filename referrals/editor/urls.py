"""Addresses under /listor/kartlaggning/: the mapping form as the office keeps it."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.mapping_versions, name="mapping_versions"),
    path("<int:version>/", views.mapping_version, name="mapping_version"),
    path("<int:version>/ta-tillbaka/", views.mapping_take_back, name="mapping_take_back"),
    path("utkast/", views.mapping_draft, name="mapping_draft"),
    path("utkast/borja/", views.mapping_draft_start, name="mapping_draft_start"),
    path("utkast/forhandsvisning/", views.mapping_preview, name="mapping_preview"),
    path("utkast/gall/", views.mapping_publish, name="mapping_publish"),
    path("utkast/slang/", views.mapping_discard, name="mapping_discard"),
    path("utkast/nytt/", views.mapping_section_add, name="mapping_section_add"),
    path("utkast/<slug:place>/", views.mapping_part_change, name="mapping_part_change"),
    path("utkast/<slug:place>/nytt/", views.mapping_part_add, name="mapping_part_add"),
    path("utkast/<slug:place>/flytta/", views.mapping_part_move, name="mapping_part_move"),
    path("utkast/<slug:place>/ta-bort/", views.mapping_part_remove, name="mapping_part_remove"),
]
