"""Addresses of what concerns many cases of the unit at once, and of the survey that is open to all."""

from django.urls import path

from .views import emergency, staffing, survey, team

urlpatterns = [
    path("enkat/", survey.survey, name="survey"),
    path("enkat/tack/", survey.survey_thanks, name="survey_thanks"),
    path("nodoppning/", emergency.emergency, name="emergency"),
    path("nodoppning/<uuid:public_id>/", emergency.emergency_case, name="emergency_case"),
    path("nodoppning/<uuid:public_id>/last/", emergency.emergency_read, name="emergency_read"),
    path("atkomstlogg/nodoppningar/", emergency.emergency_list, name="emergency_list"),
    path("kompetensteam/", team.team_list, name="team_list"),
    path("bemanning/", staffing.staffing, name="staffing"),
    path("bemanning/franvaro/", staffing.absence_add, name="absence_add"),
    path("bemanning/franvaro/<int:number>/avsluta/", staffing.absence_end, name="absence_end"),
    path("bemanning/<uuid:public_id>/lamna-over/", staffing.hand_over, name="hand_over"),
    path("bemanning/overlamning/<uuid:public_id>/", staffing.handover, name="handover"),
    path(
        "bemanning/overlamning/<uuid:public_id>/sedd/",
        staffing.handover_seen,
        name="handover_seen",
    ),
    path(
        "bemanning/overlamning/<uuid:public_id>/ta-tillbaka/",
        staffing.handover_take_back,
        name="handover_take_back",
    ),
]
