"""Where a user is signed in: sessions in the database, which say outside what they hold whose they are.

So a user's are found without looking into everybody's, and one is ended by taking its row away. Settings name
this module as what keeps sessions; Django's own way to keep them, with some columns more.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self, cast

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.crypto import salted_hmac

# In the session: when the sign-in and the latest request were, in seconds, and from which browser, in words.
BEGAN, SEEN, BROWSER = "began", "seen", "browser"
# The first that fits: Edge also says Chrome, Chrome also says Safari, an Android also says Linux.
_PROGRAMS = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_MACHINES = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def browser_words(agent: str) -> str:
    """What a user knows a browser by, from what it says of itself."""
    program, machine = (
        next((word for sign, word in signs.items() if sign in agent), "")
        for signs in (_PROGRAMS, _MACHINES)
    )
    return " på ".join(filter(None, (program, machine))) or "Okänd webbläsare"


class SessionQuerySet(models.QuerySet["Session"]):
    def open_of(self, user: AbstractBaseUser, now: datetime) -> Self:
        """Those that the user is signed in with, the latest begun first."""
        return self.filter(
            user=user,
            proof=user.get_session_auth_hash(),
            expire_date__gt=now,
            began__gt=now - timedelta(seconds=settings.SESSION_COOKIE_AGE),
            seen__gt=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS),
        ).order_by("-began", "pk")


class Session(AbstractBaseSession):
    """One browser; `user` is None until somebody has signed in."""

    user = models.ForeignKey(
        "sundbyberg_am.User", on_delete=models.CASCADE, null=True, related_name="+"
    )
    # What makes it the user's: another after a new password or a sign-out everywhere.
    proof = models.CharField(max_length=64, db_default="")
    began = models.DateTimeField(null=True)
    seen = models.DateTimeField(null=True)
    browser = models.CharField(max_length=40, db_default="")

    objects: ClassVar = SessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "django_session"  # so that nobody is signed out when this version is put in
        verbose_name = "inloggning"
        verbose_name_plural = "inloggningar"

    def __str__(self) -> str:
        return f"inloggning {self.began:%Y-%m-%d}" if self.began else "session"

    @classmethod
    def get_session_store_class(cls) -> type["SessionStore"]:
        """What reads and writes such rows."""
        return SessionStore

    @property
    def mark(self) -> str:
        """What names it on a page; the key itself is as good as a password while the session lasts."""
        said = salted_hmac("sundbyberg_am.sessions", self.session_key, algorithm="sha256")
        return said.hexdigest()[:20]


class SessionStore(DatabaseStore):
    """Django's, which also writes down whose a session is."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Where the rows are."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row that stands for what the session holds."""
        row = cast("Session", super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        row.proof = data.get(HASH_SESSION_KEY, "")
        row.began, row.seen = (_moment(data.get(name)) for name in (BEGAN, SEEN))
        row.browser = data.get(BROWSER, browser_words(""))
        return row


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
