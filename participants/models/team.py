"""The Kompetensteam: a case that has come to ten months is looked at by several, and followed up."""

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.aggregates import StringAgg
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from sundbyberg_am.access import Permission
from sundbyberg_am.models import User

from .enrolments import Enrolment

TEAM_PAGE_SIZE = 200


class TeamState(models.TextChoices):
    """How far a case has come in the team; follows from what is filled in and the day."""

    COMING = "coming", "Möte planerat"
    AWAITING = "awaiting", "Väntar på rekommendation"
    RECOMMENDED = "recommended", "Rekommendation att följa upp"
    FOLLOW_UP_DUE = "follow_up_due", "Dags att följa upp"
    DONE = "done", "Uppföljt"


class TeamReviewQuerySet(models.QuerySet["TeamReview"]):
    def visible_to(self, user: User) -> Self:
        """Those of the user's unit, for whoever reads cases; not of one registered by mistake."""
        if not user.may(Permission.READ_CASES):
            return self.none()
        return self.filter(enrolment__in=Enrolment.objects.valid().visible_to(user))

    def unfinished(self) -> Self:
        """Those of open cases that somebody still has to do something about."""
        return self.filter(enrolment__ended_on=None, followed_up_on=None)

    def with_member_names(self) -> Self:
        """Adds `user_names`: the members who are users, in order of name."""
        return self.annotate(
            user_names=Coalesce(
                StringAgg("members__name", delimiter=", ", order_by="members__name"),
                Value(""),
                output_field=models.TextField(),
            )
        )

    def for_page(self) -> Self:
        """Newest first, with the members and who put the question."""
        return self.with_member_names().select_related("created_by").order_by("-meeting_on", "-pk")

    def for_team_page(self) -> Self:
        """By the day of the meeting, with the person: at most TEAM_PAGE_SIZE."""
        return (
            self.select_related("enrolment__participant")
            .only(
                "meeting_on",
                "recommended_on",
                "follow_up_on",
                "followed_up_on",
                "question",
                "enrolment__participant__public_id",
                "enrolment__participant__first_name",
                "enrolment__participant__last_name",
            )
            .order_by("meeting_on", "pk")[:TEAM_PAGE_SIZE]
        )


class TeamReview(models.Model):
    """A case put to the Kompetensteam: the question, the meeting, what came of it. Dates decide its state."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="team_reviews")
    question = models.TextField("frågan till teamet", max_length=2_000)
    meeting_on = models.DateField("mötesdag")
    members = models.ManyToManyField(
        User, related_name="+", blank=True, verbose_name="från enheten"
    )
    other_members = models.CharField("andra som är med", max_length=300, blank=True)
    put_on = models.DateField("anmäld")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    recommendation = models.TextField("teamets rekommendation", max_length=2_000, blank=True)
    follow_up_on = models.DateField("följs upp", null=True, blank=True)
    recommended_on = models.DateField(null=True, blank=True)
    recommended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    follow_up_note = models.TextField("hur gick det", max_length=2_000, blank=True)
    followed_up_on = models.DateField(null=True, blank=True)
    followed_up_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    user_names: str  # added by `with_member_names`

    objects = TeamReviewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["meeting_on", "pk"]
        verbose_name = "ärende i Kompetensteamet"
        verbose_name_plural = "ärenden i Kompetensteamet"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    recommendation="", follow_up_on=None, recommended_on=None, recommended_by=None
                )
                | Q(
                    follow_up_on__isnull=False,
                    recommended_on__isnull=False,
                    recommended_by__isnull=False,
                )
                & ~Q(recommendation=""),
                name="teamreview_recommendation_is_whole",
                violation_error_message="En rekommendation ska ha både text och dag för uppföljning.",
            ),
            models.CheckConstraint(
                condition=Q(follow_up_note="", followed_up_on=None, followed_up_by=None)
                | Q(
                    followed_up_on__isnull=False,
                    followed_up_by__isnull=False,
                    recommended_on__isnull=False,
                )
                & ~Q(follow_up_note=""),
                name="teamreview_follow_up_is_whole",
                violation_error_message="Skriv hur det gick med rekommendationen.",
            ),
            models.CheckConstraint(
                condition=Q(follow_up_on=None) | Q(follow_up_on__gt=F("meeting_on")),
                name="teamreview_follow_up_after_meeting",
                violation_error_message="Uppföljningen ska vara efter mötet.",
            ),
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(followed_up_on=None),
                name="teamreview_one_unfinished",
                violation_error_message="Ärendet är redan hos Kompetensteamet.",
            ),
        ]

    def __str__(self) -> str:
        return f"kompetensteam {self.meeting_on}"

    def state_on(self, day: date) -> TeamState:
        """Where it stands on the day; the day of the meeting it is still to come."""
        if self.followed_up_on:
            return TeamState.DONE
        if self.follow_up_on:
            due = self.follow_up_on <= day
            return TeamState.FOLLOW_UP_DUE if due else TeamState.RECOMMENDED
        return TeamState.COMING if day <= self.meeting_on else TeamState.AWAITING

    def clean(self) -> None:
        """The meeting is while the person is enrolled."""
        super().clean()
        self.enrolment.check_covers(
            self.meeting_on,
            "meeting_on",
            "Mötet ska vara medan personen är inskriven. Välj en annan dag.",
        )
