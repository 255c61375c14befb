"""Every address of the program."""

from django.contrib.auth import views as auth
from django.urls import include, path

from . import (
    account,
    city_sign_in,
    components,
    confirming,
    first_time,
    health,
    metrics,
    own_factors,
    second_step,
    start,
    views,
)

handler400 = "sundbyberg_am.views.bad_request"
handler500 = "sundbyberg_am.views.server_error"

urlpatterns = [
    path("", start.start, name="start"),
    path("healthz", health.alive, name="health_alive"),
    path("readyz", health.ready, name="health_ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("logga-in/", account.SignIn.as_view(), name="login"),
    path("logga-in/kod/", second_step.sign_in_code, name="sign_in_code"),
    path("logga-in/kommun/", city_sign_in.city_start, name="city_start"),
    path("logga-in/kommun/svar/", city_sign_in.city_return, name="city_return"),
    path("logga-in/kommun/saml/", city_sign_in.saml_answer, name="saml_answer"),
    path("logga-in/kommun/saml/svar/", city_sign_in.saml_return, name="saml_return"),
    path("logga-in/kommun/saml/om/", city_sign_in.saml_description, name="saml_description"),
    path("logga-ut/", auth.LogoutView.as_view(), name="logout"),
    path("konto/", account.account, name="account"),
    path("konto/bekrafta/", confirming.confirm, name="confirm"),
    path("konto/bekrafta/kommun/", city_sign_in.city_confirm, name="city_confirm"),
    path("konto/losenord/", account.password_change, name="password_change"),
    path("konto/logga-ut/", account.sign_out_everywhere, name="sign_out_everywhere"),
    path("konto/inloggningar/andra/", account.other_sessions_end, name="other_sessions_end"),
    path("konto/inloggningar/<str:mark>/", account.session_end, name="session_end"),
    path("konto/tips/", first_time.first_time_read, name="first_time_read"),
    path("konto/kommun/", city_sign_in.city_link, name="city_link"),
    path("konto/kommun/koppla/", city_sign_in.city_link_confirm, name="city_link_confirm"),
    path("konto/app/", own_factors.code_app_add, name="code_app_add"),
    path("konto/passnyckel/", own_factors.passkey_add, name="passkey_add"),
    path("konto/reservkoder/", own_factors.spare_codes, name="spare_codes"),
    path("konto/andra-steg/<int:pk>/ta-bort/", own_factors.factor_remove, name="factor_remove"),
    path("konto/tid/", account.session_time, name="session_time"),
    path("anvandare/", views.user_list, name="user_list"),
    path("anvandare/ny/", views.user_add, name="user_add"),
    path("anvandare/behorigheter/", city_sign_in.role_claim_list, name="role_claim_list"),
    path("anvandare/behorigheter/ny/", city_sign_in.role_claim_add, name="role_claim_add"),
    path(
        "anvandare/behorigheter/<int:pk>/", city_sign_in.role_claim_change, name="role_claim_change"
    ),
    path(
        "anvandare/behorigheter/<int:pk>/ta-bort/",
        city_sign_in.role_claim_remove,
        name="role_claim_remove",
    ),
    path("anvandare/system/", include("referrals.system_urls")),
    path("anvandare/<uuid:public_id>/", views.user_change, name="user_change"),
    path("anvandare/<uuid:public_id>/losenord/", views.user_password, name="user_password"),
    path(
        "anvandare/<uuid:public_id>/andra-steg/",
        views.user_factors_remove,
        name="user_factors_remove",
    ),
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
