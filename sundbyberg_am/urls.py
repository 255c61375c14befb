"""Every address of the program."""

from django.contrib.auth import views as auth
from django.urls import include, path

from . import components, start, views

urlpatterns = [
    path("", start.start, name="start"),
    path("logga-in/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logga-ut/", auth.LogoutView.as_view(), name="logout"),
    path("anvandare/", views.user_list, name="user_list"),
    path("anvandare/ny/", views.user_add, name="user_add"),
    path("anvandare/system/", include("referrals.system_urls")),
    path("anvandare/<uuid:public_id>/", views.user_change, name="user_change"),
    path("atkomstlogg/", views.access_log, name="access_log"),
    path("kortkommandon/", views.shortcuts, name="shortcuts"),
    path("komponenter/", components.components, name="components"),
    path("anvisningar/", include("referrals.urls")),
    path("api/v1/", include("referrals.api.addresses")),
    path("deltagare/<uuid:public_id>/kartlaggning/", include("referrals.case_urls")),
    path("deltagare/", include("participants.urls")),
    path("listor/kartlaggning/", include("referrals.editor.urls")),
    path("listor/", include("participants.list_urls")),
    path("", include("participants.urls_unit")),
    path("rapporter/", include("reporting.urls")),
    path("mal/", include("reporting.goals.urls")),
    path("oversikt/", include("reporting.overview.urls")),
]
