"""Every address of the program."""

from django.contrib.auth import views as auth
from django.urls import include, path

from . import account, components, first_time, health, start, views

handler500 = "sundbyberg_am.views.server_error"

urlpatterns = [
    path("", start.start, name="start"),
    path("healthz", health.alive, name="health_alive"),
    path("readyz", health.ready, name="health_ready"),
    path("logga-in/", account.SignIn.as_view(), name="login"),
    path("logga-ut/", auth.LogoutView.as_view(), name="logout"),
    path("konto/", account.account, name="account"),
    path("konto/losenord/", account.password_change, name="password_change"),
    path("konto/logga-ut/", account.sign_out_everywhere, name="sign_out_everywhere"),
    path("konto/tips/", first_time.first_time_read, name="first_time_read"),
    path("konto/tid/", account.session_time, name="session_time"),
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
    path("", include("secrecy.urls")),
    path("rapporter/", include("reporting.urls")),
    path("mal/", include("reporting.goals.urls")),
    path("oversikt/", include("reporting.overview.urls")),
]
