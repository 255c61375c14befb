"""Whoever signs in and out, whichever way they take: a line in the log, and what the session remembers.

These are Django's signals, which every way in sends, also one that is not ours. Of a failed attempt stands
only the fingerprint of the name that was typed, the same as the one that the attempts are counted by.
"""

import logging
from time import time

from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from .models import User
from .sessions import BEGAN, BROWSER, SEEN, browser_words
from .sign_in_actions import fingerprint

log = logging.getLogger(__name__)


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **kwargs: object) -> None:
    request.session[BEGAN] = request.session[SEEN] = int(time())
    request.session[BROWSER] = browser_words(request.headers.get("User-Agent", ""))
    way = request.session[BACKEND_SESSION_KEY].rpartition(".")[2]
    log.info("Inloggad: användare %s genom %s", user.pk, way)


@receiver(user_login_failed)
def refused(credentials: dict[str, str], **kwargs: object) -> None:
    log.warning("Inloggning nekad för namnet %s", fingerprint(credentials.get("username", ""))[:12])


@receiver(user_logged_out)
def signed_out(user: User | None, **kwargs: object) -> None:
    if user:
        log.info("Utloggad: användare %s", user.pk)
