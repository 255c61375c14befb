"""Addresses of referrals."""

from django.urls import path

from . import feedback_views, meeting_views, notice_views, receiving_views, views

urlpatterns = [
    path("", views.referral_list, name="referral_list"),
    path("ny/", views.referral_add, name="referral_add"),
    path("<uuid:public_id>/", views.referral, name="referral"),
    path("registrera/", receiving_views.referral_register, name="referral_register"),
    path(
        "registrera/utkast/",
        receiving_views.referral_register_draft,
        name="referral_register_draft",
    ),
    path("meddelanden/", notice_views.notice_list, name="notice_list"),
    path("meddelanden/sedda/", notice_views.notices_seen, name="notices_seen"),
    path("ny/utkast/", views.referral_add_draft, name="referral_add_draft"),
    path("<uuid:public_id>/utkast/", views.referral_draft, name="referral_draft"),
    path("<uuid:public_id>/person/", views.referral_person, name="referral_person"),
    path("<uuid:public_id>/kartlaggning/", views.mapping, name="mapping"),
    path("<uuid:public_id>/skicka/", views.referral_send, name="referral_send"),
    path("<uuid:public_id>/ta-bort/", views.referral_delete, name="referral_delete"),
    path("<uuid:public_id>/komplettering/", views.referral_ask, name="referral_ask"),
    path("<uuid:public_id>/komplettera/", views.referral_complete, name="referral_complete"),
    path("<uuid:public_id>/ta-emot/", views.referral_accept, name="referral_accept"),
    path("<uuid:public_id>/aterlamna/", views.referral_return, name="referral_return"),
    path("<uuid:public_id>/aterkalla/", views.referral_withdraw, name="referral_withdraw"),
    path(
        "<uuid:public_id>/aterkoppling/<int:number>/last/",
        feedback_views.feedback_acknowledge,
        name="feedback_acknowledge",
    ),
    path("<uuid:public_id>/kompetensteam/", feedback_views.team_ask, name="team_ask"),
    path("<uuid:public_id>/mote/", meeting_views.meeting_ask, name="meeting_ask"),
    path(
        "<uuid:public_id>/moten/<int:pk>/svar/", meeting_views.meeting_reply, name="meeting_reply"
    ),
]
