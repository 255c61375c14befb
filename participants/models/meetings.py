"""Meetings in a case: booked, held or not, and what was agreed there."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, TruncDate
from django.utils import timezone

from sundbyberg_am.models import User, Versioned

from .enrolments import Enrolment
from .of_cases import OfCasesQuerySet
from .work import Responsible
from .work_lists import WORK_LIST_SIZE

if TYPE_CHECKING:
    pass


class MeetingKind(models.TextChoices):
    """Who is meant to meet. Of a three-party meeting the sender's team sees time, place and agreed points."""

    PARTICIPANT = "participant", "Möte med deltagaren"
    THREE_PARTY = "three_party", "Trepartsmöte"
    OTHER = "other", "Annat möte"


class MeetingWay(models.TextChoices):
    """How one meets."""

    ON_SITE = "on_site", "På plats"
    PHONE = "phone", "Telefon"
    VIDEO = "video", "Video"


class MeetingOutcome(models.TextChoices):
    """What became of a meeting. Empty while it is planned, or waits to be registered."""

    HELD = "held", "Genomfört"
    ABSENT = "absent", "Deltagaren kom inte"
    NOT_HELD = "not_held", "Blev inte av"
    CANCELLED = "cancelled", "Inställt"


class Attendee(models.TextChoices):
    """Who was there."""

    PARTICIPANT = "participant", "Deltagaren"
    SOCIAL_SECRETARY = "social_secretary", "Socialsekreteraren"
    OTHER = "other", "Någon annan"


class MeetingReply(models.TextChoices):
    """The social secretary's answer to the time of a three-party meeting."""

    COMING = "coming", "Kommer"
    NOT_COMING = "not_coming", "Kommer inte"


class MeetingQuerySet(OfCasesQuerySet["Meeting"]):
    def undecided(self) -> Self:
        """Those that nobody has said anything about yet: asked for, planned or to be registered."""
        return self.filter(outcome="")

    def held(self) -> Self:
        """Those that came about."""
        return self.filter(outcome=MeetingOutcome.HELD)

    def three_party(self) -> Self:
        """Those with the social secretary."""
        return self.filter(kind=MeetingKind.THREE_PARTY)

    def asked_for(self) -> Self:
        """Those that the social secretary has asked for and nobody has booked."""
        return self.undecided().filter(day=None)

    def coming(self, now: datetime) -> Self:
        """Planned ones that have not begun. `now` is in Swedish time."""
        later_today = Q(day=now.date(), starts__gt=now.time())
        return self.undecided().filter(later_today | Q(day__gt=now.date()))

    def coming_today(self, now: datetime) -> Self:
        """Those of the rest of the day."""
        return self.coming(now).filter(day=now.date())

    def to_register(self, now: datetime) -> Self:
        """Those that have begun, with nothing said of how it went."""
        earlier_today = Q(day=now.date(), starts__lte=now.time())
        return self.undecided().filter(earlier_today | Q(day__lt=now.date()))

    def undecided_after(self, day: date) -> Self:
        """Those that end with an enrolment that ends on the day: planned later, or asked for."""
        return self.undecided().filter(Q(day__gt=day) | Q(day=None))

    def registered_after(self, day: date) -> Self:
        """Those said to have been held, or to have failed, later than the day."""
        cancelled = Q(outcome=MeetingOutcome.CANCELLED)
        return self.exclude(outcome="").exclude(cancelled).filter(day__gt=day)

    def for_page(self) -> Self:
        """In order of time, what is asked for first, with who asked."""
        return self.select_related("requested_by").order_by(
            F("day").asc(nulls_first=True), "starts", "pk"
        )

    def with_points(self) -> Self:
        """In order of time, with what was agreed."""
        return self.for_page().prefetch_related("points")

    def for_work_list(self) -> Self:
        """The first of them, with the case, in order of time."""
        return self.select_related("enrolment__participant").order_by("day", "starts", "pk")[
            :WORK_LIST_SIZE
        ]

    def as_events(self) -> Self:
        """Those that are decided, with `shown_on`, the day, and `told`: what was agreed, or why it failed.

        A meeting that was called off belongs to the day somebody did so.
        """
        points = (
            AgreedPoint.objects.order_by()
            .filter(meeting=OuterRef("pk"))
            .values("meeting")
            .annotate(lines=StringAgg(_line(), delimiter="\n", order_by="pk"))
        )
        called_off = TruncDate("decided_at", tzinfo=timezone.get_default_timezone())
        return self.exclude(outcome="").annotate(
            shown_on=Case(
                When(outcome=MeetingOutcome.CANCELLED, then=called_off), default=F("day")
            ),
            outcome_of_kind=Concat("kind", Value("/"), "outcome"),
            told=Coalesce(Subquery(points.values("lines")), F("why")),
        )


def _line() -> Concat:
    """An agreed point as a line: what, who, and by when."""
    who = Case(
        *(When(responsible=key, then=Value(f" – {label}")) for key, label in Responsible.choices),
        default=Value(""),
    )
    when = Case(
        When(due_on=None, then=Value("")),
        default=Concat(Value(", senast "), Cast("due_on", CharField())),
    )
    return Concat("text", who, when, output_field=CharField())


class Meeting(Versioned):
    """A meeting of a case. A request is one without a day; the day and what was decided tell its state.

    Day and times are those of the clock on the wall in Sweden. A time that the clock skips or shows twice,
    when summer time begins and ends, is nobody's meeting and is refused.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="meetings")
    kind = models.CharField("slag", max_length=20, choices=MeetingKind)
    day = models.DateField("dag", null=True, blank=True)
    starts = models.TimeField("börjar", null=True, blank=True)
    ends = models.TimeField("slutar", null=True, blank=True)
    way = models.CharField(
        "hur ni ses", max_length=10, choices=MeetingWay, default=MeetingWay.ON_SITE
    )
    place = models.CharField("plats, nummer eller länk", max_length=200, blank=True)

    request = models.CharField("vad mötet ska handla om", max_length=300, blank=True)
    requested_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    booked_at = models.DateTimeField(null=True, blank=True)
    booked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reply = models.CharField(
        "socialsekreterarens svar", max_length=10, choices=MeetingReply, blank=True
    )
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    outcome = models.CharField("hur det gick", max_length=10, choices=MeetingOutcome, blank=True)
    attended = ArrayField(
        models.CharField(max_length=20, choices=Attendee),
        verbose_name="vilka var med",
        default=list,
        blank=True,
    )
    why = models.CharField("varför", max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["day", "starts", "pk"]
        verbose_name = "möte"
        verbose_name_plural = "möten"
        indexes: ClassVar = [
            models.Index(
                fields=["day", "starts"], condition=Q(outcome=""), name="meeting_undecided"
            ),
            models.Index(fields=["enrolment", "day"], name="meeting_of_case"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "day", "starts"],
                condition=~Q(outcome=MeetingOutcome.CANCELLED),
                name="meeting_one_at_a_time",
                violation_error_message="Det finns redan ett möte i ärendet den tiden.",
            ),
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(day=None, outcome=""),
                name="meeting_one_request",
                violation_error_message="Ett trepartsmöte är redan begärt. Konsulenten har det på sin lista.",
            ),
            models.CheckConstraint(
                condition=Q(day=None, starts=None, ends=None, booked_at=None, booked_by=None)
                | Q(day__isnull=False, starts__isnull=False, booked_at__isnull=False),
                name="meeting_booked_has_time",
                violation_error_message="Ett bokat möte ska ha dag och tid.",
            ),
            models.CheckConstraint(
                condition=Q(requested_at=None, requested_by=None, request="", day__isnull=False)
                | Q(
                    requested_at__isnull=False,
                    requested_by__isnull=False,
                    kind=MeetingKind.THREE_PARTY,
                )
                & ~Q(request=""),
                name="meeting_is_booked_or_requested",
                violation_error_message="Skriv vad mötet ska handla om.",
            ),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gt=F("starts")),
                name="meeting_ends_after_start",
                violation_error_message="Mötet ska sluta efter att det har börjat.",
            ),
            models.CheckConstraint(
                condition=Q(day=None) | ~Q(way=MeetingWay.ON_SITE) | ~Q(place=""),
                name="meeting_on_site_has_place",
                violation_error_message="Skriv var ni ska ses.",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None, decided_by=None, attended=[], why="")
                | Q(outcome__in=MeetingOutcome.values, decided_at__isnull=False),
                name="meeting_decision_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(day__isnull=False) | Q(outcome__in=["", MeetingOutcome.CANCELLED]),
                name="meeting_without_day_is_not_held",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=[MeetingOutcome.NOT_HELD, MeetingOutcome.CANCELLED])
                | ~Q(why=""),
                name="meeting_failure_has_reason",
                violation_error_message="Skriv varför.",
            ),
            models.CheckConstraint(
                condition=Q(outcome=MeetingOutcome.HELD) & ~Q(attended=[])
                | ~Q(outcome=MeetingOutcome.HELD) & Q(attended=[]),
                name="meeting_held_by_somebody",
                violation_error_message="Välj vilka som var med, om mötet blev av.",
            ),
            models.CheckConstraint(
                condition=Q(reply="", replied_at=None, replied_by=None)
                | Q(
                    reply__in=MeetingReply.values,
                    replied_at__isnull=False,
                    replied_by__isnull=False,
                    day__isnull=False,
                    kind=MeetingKind.THREE_PARTY,
                ),
                name="meeting_reply_is_to_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"möte {self.pk}"

    @property
    def clock(self) -> str:
        """The times as they are read: 13:00–14:00, or 13:00 when nobody has said how long."""
        if self.starts is None:
            return ""
        start = f"{self.starts:%H:%M}"
        return f"{start}–{self.ends:%H:%M}" if self.ends else start

    @property
    def where(self) -> str:
        """How and where one meets, in few words."""
        if self.way == MeetingWay.ON_SITE:
            return self.place
        return f"{self.get_way_display()}, {self.place}" if self.place else self.get_way_display()

    @property
    def is_request(self) -> bool:
        """Whether it is asked for and waits to be booked."""
        return self.day is None and not self.outcome

    @property
    def is_decided(self) -> bool:
        """Whether it is said how it went, or that it is called off."""
        return self.outcome != ""

    def has_begun_by(self, now: datetime) -> bool:
        """Whether its time has come; `now` is in Swedish time."""
        if self.day is None or self.starts is None:
            return False
        return (self.day, self.starts) <= (now.date(), now.time())

    def state_at(self, now: datetime) -> str:
        """Where it stands, in a word or two."""
        if self.outcome:
            return MeetingOutcome(self.outcome).label
        if self.day is None:
            return "Begärt"
        return "Att registrera" if self.has_begun_by(now) else "Planerat"

    def clean(self) -> None:
        """It lies within the enrolment unless it came to nothing, at a time that the clock shows once."""
        super().clean()
        if self.requested_at and not self.request:
            raise ValidationError({"request": "Skriv vad mötet ska handla om."})
        if self.requested_at and self.kind != MeetingKind.THREE_PARTY:
            raise ValidationError(
                {"kind": "Socialsekreteraren bad om mötet. Boka det som trepartsmöte."}
            )
        if self.day is None:
            return
        if self.outcome != MeetingOutcome.CANCELLED:
            self.enrolment.check_covers(
                self.day, "day", "Mötet ska vara medan personen är inskriven. Välj en annan dag."
            )
        for field in ("starts", "ends"):
            if problem := _problem_with(self.day, getattr(self, field)):
                raise ValidationError({field: problem})
        if self.starts and self.ends and self.ends <= self.starts:
            raise ValidationError({"ends": "Mötet ska sluta efter att det har börjat."})
        if self.way == MeetingWay.ON_SITE and not self.place:
            raise ValidationError({"place": "Skriv var ni ska ses."})
        if self.outcome in (MeetingOutcome.NOT_HELD, MeetingOutcome.CANCELLED) and not self.why:
            raise ValidationError({"why": "Skriv varför mötet inte blev av."})
        if self.outcome == MeetingOutcome.HELD:
            self._check_attended()

    def _check_attended(self) -> None:
        if not self.attended:
            raise ValidationError({"attended": "Välj vilka som var med."})
        if self.kind == MeetingKind.PARTICIPANT and Attendee.PARTICIPANT not in self.attended:
            raise ValidationError(
                {"attended": "Var deltagaren inte med? Välj då ”Deltagaren kom inte”."}
            )


class AgreedPoint(models.Model):
    """Something that was agreed in a meeting: a short line, and perhaps who does it and by when."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="points")
    text = models.CharField("överenskommet", max_length=300)
    responsible = models.CharField("ansvarig", max_length=20, choices=Responsible, blank=True)
    due_on = models.DateField("klart senast", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name = "överenskommelse"
        verbose_name_plural = "överenskommelser"

    def __str__(self) -> str:
        return f"överenskommelse {self.pk}"

    def clean(self) -> None:
        """What is agreed is done after it is agreed."""
        super().clean()
        if self.due_on and self.meeting.day and self.due_on < self.meeting.day:
            raise ValidationError({"due_on": "Dagen kan inte vara före mötet."})


def _problem_with(day: date, clock: time | None) -> str:
    """Why the clock does not show the time once on the day, as a sentence; empty when it does."""
    if clock is None:
        return ""
    zone = timezone.get_default_timezone()
    first, second = (
        datetime.combine(day, clock.replace(fold=fold), zone).utcoffset() or timedelta()
        for fold in (0, 1)
    )
    if first < second:
        return f"Klockan ställs fram den natten, så {clock:%H:%M} finns inte. Välj en annan tid."
    if first > second:
        return (
            f"Klockan ställs tillbaka den natten, så {clock:%H:%M} kommer två gånger. "
            "Välj en annan tid."
        )
    return ""
