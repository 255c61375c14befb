"""Addresses under /listor/: what the office keeps."""

from django.urls import path

from .views import lists, offers

urlpatterns = [
    path("", offers.offer_list, name="offer_list"),
    path("utbud/nytt/", offers.offer_add, name="offer_add"),
    path("utbud/<int:pk>/", offers.offer_change, name="offer_change"),
    path("utbud/<int:pk>/avsluta/", offers.offer_end, name="offer_end"),
    path("ord/", lists.word_list, name="word_list"),
    path("ord/nytt/", lists.word_add, name="word_add"),
    path("ord/<int:pk>/", lists.word_change, name="word_change"),
    path("ord/<int:pk>/ta-bort/", lists.word_remove, name="word_remove"),
    path("mallar/", lists.template_list, name="template_list"),
    path("mallar/<slug:kind>/", lists.template_change, name="template_change"),
    path("avslutsorsaker/", lists.reason_list, name="reason_list"),
    path("avslutsorsaker/ny/", lists.reason_add, name="reason_add"),
    path("avslutsorsaker/<int:pk>/", lists.reason_retire, name="reason_retire"),
]
