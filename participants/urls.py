"""Addresses under /deltagare/. A child row is always reached through its case."""

from django.urls import include, path

from .views import (
    case,
    drafts,
    enrolment,
    history,
    listing,
    meeting,
    pauses,
    plan,
    plan_follow_up,
    plan_reading,
    progress,
    protection,
    survey,
    team,
    work,
)

urlpatterns = [
    path("", listing.participant_list, name="participant_list"),
    path("excel/", listing.participant_export, name="participant_export"),
    path(
        "<uuid:public_id>/",
        include(
            [
                path("", case.participant, name="participant"),
                path("utkast/", drafts.draft, name="draft"),
                path("uppgifter/", case.participant_details, name="participant_details"),
                path("historik/", history.history, name="history"),
                path("skydd/", protection.protection, name="protection"),
                path("konsulent/", enrolment.assign, name="assign"),
                path("niva/", enrolment.level_change, name="level_change"),
                path("avslut/", enrolment.exit_enrolment, name="exit"),
                path("avslut/bekrafta/", enrolment.exit_confirm, name="exit_confirm"),
                path("ateroppna/", enrolment.reopen, name="reopen"),
                path("felregistrerad/", enrolment.void, name="void"),
                path("paus/ny/", pauses.pause_add, name="pause_add"),
                path("paus/<int:pk>/avsluta/", pauses.pause_end, name="pause_end"),
                path("kompetensteam/ny/", team.team_put, name="team_put"),
                path(
                    "kompetensteam/<int:pk>/rekommendation/",
                    team.team_recommend,
                    name="team_recommend",
                ),
                path(
                    "kompetensteam/<int:pk>/uppfoljning/",
                    team.team_follow_up,
                    name="team_follow_up",
                ),
                path("anteckningar/ny/", work.note_add, name="note_add"),
                path("anteckningar/<int:pk>/ratta/", work.note_correct, name="note_correct"),
                path("insatser/ny/", work.intervention_add, name="intervention_add"),
                path(
                    "insatser/<int:pk>/andra/", work.intervention_change, name="intervention_change"
                ),
                path("insatser/<int:pk>/avsluta/", work.intervention_end, name="intervention_end"),
                path("moten/nytt/", meeting.meeting_book, name="meeting_book"),
                path("moten/<int:pk>/andra/", meeting.meeting_change, name="meeting_change"),
                path("moten/<int:pk>/registrera/", meeting.meeting_record, name="meeting_record"),
                path("moten/<int:pk>/stall-in/", meeting.meeting_cancel, name="meeting_cancel"),
                path("utveckling/", progress.progress, name="progress"),
                path("utveckling/ny/", progress.assessment_add, name="assessment_add"),
                path(
                    "utveckling/<int:pk>/ratta/",
                    progress.assessment_correct,
                    name="assessment_correct",
                ),
                path("enkat/", survey.survey_give, name="survey_give"),
                path("plan/", plan.plan, name="plan"),
                path("plan/ny/", plan.plan_start, name="plan_start"),
                path("plan/mal/", plan.goal_add, name="goal_add"),
                path("plan/mal/<int:pk>/", plan.goal_change, name="goal_change"),
                path("plan/mal/<int:pk>/flytta/", plan.goal_move, name="goal_move"),
                path("plan/mal/<int:pk>/ta-bort/", plan.goal_remove, name="goal_remove"),
                path("plan/mal/<int:pk>/steg/", plan.step_add, name="step_add"),
                path("plan/steg/<int:pk>/", plan.step_change, name="step_change"),
                path("plan/steg/<int:pk>/flytta/", plan.step_move, name="step_move"),
                path("plan/steg/<int:pk>/ta-bort/", plan.step_remove, name="step_remove"),
                path("plan/steg/<int:pk>/lage/", plan.step_state, name="step_state"),
                path("plan/faststall/", plan.plan_adopt, name="plan_adopt"),
                path("plan/uppfoljning/", plan_follow_up.plan_follow_up, name="plan_follow_up"),
                path("plan/jamfor/", plan_reading.plan_compare, name="plan_compare"),
                path("plan/<int:pk>/pdf/", plan_reading.plan_pdf, name="plan_pdf"),
            ]
        ),
    ),
]
