"""Addresses under /mal/: the board's goals and their indicators."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.board_goals, name="board_goals"),
    path("<int:year>/", views.board_goals, name="board_goals_of"),
    path("<int:year>/nytt/", views.board_goal_add, name="board_goal_add"),
    path("<int:year>/kopiera/", views.board_goals_copy, name="board_goals_copy"),
    path("namndmal/<int:pk>/", views.board_goal_change, name="board_goal_change"),
    path("namndmal/<int:pk>/ta-bort/", views.board_goal_remove, name="board_goal_remove"),
    path("namndmal/<int:pk>/indikator/", views.indicator_add, name="indicator_add"),
    path("indikator/<int:pk>/", views.indicator_change, name="indicator_change"),
    path("indikator/<int:pk>/ta-bort/", views.indicator_remove, name="indicator_remove"),
]
