"""Notices: that there is something to handle or to read, in the program and by e-mail.

A notice is also the outbox: a mail that is not sent yet is a row that says so, and nothing is lost while the
mail server is away. It names nobody, neither here nor in the mail.
"""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from sundbyberg_am.models import User

from .referrals import Referral


class NoticeKind(models.TextChoices):
    """What a notice is about."""

    RECEIVED = "received", "Ny anvisning att besvara"
    COMPLETED = "completed", "Kompletterad anvisning att besvara"
    COMPLETION_ASKED = "completion_asked", "Anvisning att komplettera"
    OVERDUE = "overdue", "Svarsdagen har passerat"
    MEETING_ASKED = "meeting_asked", "Trepartsmöte att boka"
    TEAM_ASKED = "team_asked", "Fråga till Kompetensteamet"
    ACCEPTED = "accepted", "Anvisningen är mottagen"
    RETURNED = "returned", "Anvisningen är återlämnad"
    WITHDRAWN = "withdrawn", "Anvisningen är återkallad"
    GIVEN = "given", "Du har fått en ny deltagare"
    FEEDBACK = "feedback", "Återkoppling att läsa"
    CORRECTION = "correction", "Rättad återkoppling att läsa"


# What somebody waits for; the others are only news.
TO_HANDLE = (
    NoticeKind.RECEIVED,
    NoticeKind.COMPLETED,
    NoticeKind.COMPLETION_ASKED,
    NoticeKind.OVERDUE,
    NoticeKind.MEETING_ASKED,
    NoticeKind.TEAM_ASKED,
)
# Led to the case, which is the consultant's; all others to the referral.
ABOUT_THE_CASE = (NoticeKind.GIVEN, NoticeKind.MEETING_ASKED, NoticeKind.TEAM_ASKED)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of_user(self, user: User) -> Self:
        """The user's own, newest first, with what leads to the page."""
        return (
            self.filter(user=user)
            .select_related("referral__enrolment__participant")
            .order_by("-created_at", "-pk")
        )

    def unseen(self) -> Self:
        """Those that the user has not said to have seen."""
        return self.filter(seen_at=None)

    def news(self) -> Self:
        """Those that nobody has to act on; what waits for an act stands on the work lists."""
        return self.exclude(kind__in=TO_HANDLE)

    def to_mail(self, at: datetime) -> Self:
        """Those whose mail is still to be sent, and may be tried at the moment; oldest first."""
        return self.filter(
            Q(next_try_at=None) | Q(next_try_at__lte=at),
            by_mail=True,
            mailed_at=None,
            user__is_active=True,
        ).order_by("pk")

    def to_mail_of(self, referral: Referral, occasion: str) -> list[int]:
        """The keys of those of one occasion whose mail is still to be sent."""
        waiting = self.filter(referral=referral, occasion=occasion, by_mail=True, mailed_at=None)
        return list(waiting.order_by("pk").values_list("pk", flat=True))

    def held(self, pk: int) -> "Notice | None":
        """The one with this key, held to the end of the transaction; None while somebody else holds it."""
        return (
            self.select_related("user")
            .select_for_update(skip_locked=True, of=("self",))
            .filter(pk=pk)
            .first()
        )

    def mark_seen(self, newest: int, at: datetime) -> int:
        """Note that those up to the one with this key were seen at the moment; gives how many they were."""
        return self.order_by().filter(pk__lte=newest).update(seen_at=at)


class Notice(models.Model):
    """Somebody is told once of one thing that has happened to a referral."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField("vad", max_length=20, choices=NoticeKind)
    # What happened, as the same thing is always named: so nobody is told of it twice.
    occasion = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    by_mail = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "meddelande"
        verbose_name_plural = "meddelanden"
        indexes: ClassVar = [
            models.Index(fields=["user", "-created_at"], name="notice_of_user"),
            models.Index(
                fields=["next_try_at"],
                condition=Q(by_mail=True, mailed_at=None),
                name="notice_to_mail",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "referral", "kind", "occasion"], name="notice_told_once"
            ),
            models.CheckConstraint(
                condition=Q(mailed_at=None) | Q(by_mail=True), name="notice_mailed_if_meant_to"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_about_the_case(self) -> bool:
        """Whether it leads to the case and not to the referral."""
        return self.kind in ABOUT_THE_CASE

    @property
    def subject(self) -> str:
        """The mail's subject, which says nothing of whom or what."""
        if self.kind in TO_HANDLE:
            return "Du har en anvisning att hantera"
        return "Det finns nytt om en anvisning"
