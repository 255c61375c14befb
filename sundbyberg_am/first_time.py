"""What the start page says of itself until it has been read, for each role, in this browser."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from .access import Role, SignedInRequest

COOKIE = "first-time"  # holds the role whose words have been read, and nothing of anybody
A_YEAR = 365 * 24 * 60 * 60

SAID = {
    Role.CONSULTANT: "Här står det du har att göra i dag. Listorna räknas fram ur ärendena, så en rad "
    "försvinner av sig själv när du har gjort det den gäller.",
    Role.COORDINATOR: "Här står anvisningarna som väntar på svar, de som brådskar först. En rad "
    "försvinner när anvisningen är besvarad.",
    Role.SOCIAL_SECRETARY: "Här följer du teamets anvisningar: vad som väntar på dig, när du får svar "
    "och vad som har hänt sedan.",
    Role.MANAGER: "Här står det som väntar i enheten, och hur året går mot målen.",
    Role.CONTROLLER: "Här står hur året går mot målen. I rapporterna öppnar varje siffra sin "
    "förklaring.",
    Role.ADMINISTRATOR: "Här står om någon enhet saknar den som tar emot anvisningar. Användare och "
    "listor finns i menyn.",
    Role.LOG_REVIEWER: "Här står hur många uppgifter som har visats i dag. I åtkomstloggen står vem "
    "som har sett vad, och varför.",
}


def first_time(request: SignedInRequest) -> str:
    """What is said to the user's role; empty when it has been read."""
    return "" if request.COOKIES.get(COOKIE) == request.user.role else SAID[Role(request.user.role)]


@require_POST
def first_time_read(request: SignedInRequest) -> HttpResponse:
    """Say it no more."""
    answer = redirect("start")
    answer.set_cookie(
        COOKIE,
        request.user.role,
        max_age=A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer
