"""The pages that a role is led to, in the order of its day."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from .access import Permission
from .middleware import seconds_left


@dataclass(frozen=True)
class Link:
    """A place in the navigation."""

    label: str
    url: str
    current: bool


_PLACES = (
    (None, "Start", "start"),
    (Permission.READ_REFERRALS, "Anvisningar", "referral_list"),
    (Permission.READ_CASES, "Deltagare", "participant_list"),
    (Permission.READ_CASES, "Kompetensteam", "team_list"),
    (Permission.READ_CASES, "Bemanning", "staffing"),
    (Permission.READ_OVERVIEW, "Översikt", "overview"),
    (Permission.READ_OVERVIEW, "Mål", "board_goals"),
    (Permission.READ_REPORTS, "Rapporter", "report_list"),
    (Permission.DECIDE_REMOVAL, "Gallring", "removal"),
    (Permission.KEEP_LISTS, "Listor", "offer_list"),
    (Permission.MANAGE_USERS, "Användare", "user_list"),
    (Permission.REVIEW_LOG, "Åtkomstlogg", "access_log"),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation`, `show_search` and `minutes_left` for whoever is signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": [], "show_search": False}
    here = "/" + request.path.split("/")[1]
    links = []
    for permission, label, name in _PLACES:
        if permission is None or user.may(permission):
            url = reverse(name)
            links.append(Link(label, url, url.rstrip("/") == here.rstrip("/")))
    return {
        "navigation": links,
        "show_search": user.may(Permission.READ_CASES),
        "minutes_left": ceil(seconds_left(request)[0] / 60),
    }
