"""How people come to the unit: the referral, the mapping behind it, and each event on its way."""

import uuid
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from participants.models import Enrolment, Initiator, Level, Participant
from sundbyberg_am.access import Permission, Role
from sundbyberg_am.models import Unit, User
from sundbyberg_am.personnummer import Personnummer

from .mapping import MappingForm


class Status(models.TextChoices):
    """Where a referral stands. A decision is an event, so the status is stored, tied to its dates."""

    DRAFT = "draft", "Utkast"
    SUBMITTED = "submitted", "Skickad"
    COMPLETION_ASKED = "completion_asked", "Väntar på komplettering"
    COMPLETED = "completed", "Kompletterad"
    ACCEPTED = "accepted", "Mottagen"
    RETURNED = "returned", "Återlämnad"
    WITHDRAWN = "withdrawn", "Återkallad"


# Waiting for the unit, waiting for anyone, and answered.
WITH_UNIT = (Status.SUBMITTED, Status.COMPLETED)
UNDECIDED = (*WITH_UNIT, Status.COMPLETION_ASKED)
DECIDED = (Status.ACCEPTED, Status.RETURNED)
CLOSED = (*DECIDED, Status.WITHDRAWN)
CLOSED_ON = Coalesce("decided_on", "withdrawn_on")

# Those whose referrals the unit registers; social services sends its own.
OTHER_SENDERS = (
    Initiator.EMPLOYMENT_SERVICE,
    Initiator.INSURANCE_AGENCY,
    Initiator.SELF,
    Initiator.OTHER,
)

RECENT_DAYS = 14

# Said of a person who is enrolled and of one whom others have referred: a sender learns not even which.
NOT_NOW = (
    "Anvisningen kan inte skickas för den här personen just nu. Ring samordnaren på "
    "arbetsmarknadsenheten."
)


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, user: User) -> Self:
        """The own team's, or those sent to the own unit; never another's draft.

        What is sent of somebody with a protected identity is there only for the readers who are named. A
        draft holds what the team itself has written, and says nothing of whether anybody is known here.
        """
        if not user.may(Permission.READ_REFERRALS):
            return self.none()
        sent = Q(to_unit=user.unit_id) & ~Q(status=Status.DRAFT)
        hidden = Participant.objects.hidden_from(user)
        numbers = hidden.exclude(personnummer=None).values("personnummer")
        of_hidden = Q(enrolment__participant__in=hidden) | Q(personnummer__in=numbers)
        return self.filter(Q(from_unit=user.unit_id) | sent).exclude(
            of_hidden & ~Q(status=Status.DRAFT)
        )

    def drafts(self) -> Self:
        """Those not sent yet."""
        return self.filter(status=Status.DRAFT)

    def drafts_of(self, user: User) -> Self:
        """The user's drafts, and those of colleagues who have left: nobody else has them to finish."""
        there = Q(sender__is_active=True, sender__unit=user.unit_id)
        return self.drafts().filter(Q(sender=user) | ~there, from_unit=user.unit_id)

    def with_unit(self) -> Self:
        """Those that wait for the unit to act."""
        return self.filter(status__in=WITH_UNIT)

    def inbox(self, day: date) -> Self:
        """Those that wait for the unit to act, with `is_overdue` on the day."""
        return self.with_unit().annotate(is_overdue=Q(answer_due_on__lt=day))

    def overdue(self, day: date) -> Self:
        """Those that the unit should have answered before the day."""
        return self.inbox(day).filter(is_overdue=True)

    def waiting_for_sender(self) -> Self:
        """Those where the unit has asked the sender for more."""
        return self.filter(status=Status.COMPLETION_ASKED)

    def undecided(self) -> Self:
        """Sent and not yet answered or withdrawn."""
        return self.filter(status__in=UNDECIDED)

    def sizes_on(self, days: Iterable[date]) -> list[int]:
        """How many waited at the end of each day, sent and neither answered nor withdrawn; in one query."""
        days = list(days)
        counts = {
            f"on_{day:%Y%m%d}": Count(
                "pk",
                filter=Q(submitted_on__lte=day)
                & (Q(decided_on=None) | Q(decided_on__gt=day))
                & (Q(withdrawn_on=None) | Q(withdrawn_on__gt=day)),
            )
            for day in days
        }
        # Those that were closed before are most of all, and left out before anything is counted.
        closed_lately = Q(status__in=CLOSED, closed_on__gte=min(days))
        lately = self.annotate(closed_on=CLOSED_ON).filter(Q(status__in=UNDECIDED) | closed_lately)
        return list(lately.aggregate(**counts).values())

    def past_due(self, day: date) -> Self:
        """Those without an answer whose last day for one is before the day, whoever they wait for."""
        return self.undecided().filter(answer_due_on__lt=day)

    def for_receivers(self, day: date) -> Self:
        """What those who receive have to handle: what waits for the unit, and what is late or left alone."""
        late = Q(answer_due_on__lt=day)
        team = User.objects.filter(role=Role.SOCIAL_SECRETARY, unit=OuterRef("from_unit")).exclude(
            pk__in=User.objects.absent_on(day).values("pk")
        )
        return self.undecided().filter(Q(status__in=WITH_UNIT) | late | ~Exists(team))

    def without_receiver(self) -> list[tuple[Unit, int]]:
        """Units where somebody waits and nobody can receive, with how many wait."""
        staff = User.objects.active().filter(
            role__in=(Role.COORDINATOR, Role.MANAGER), unit=OuterRef("to_unit")
        )
        waiting = self.undecided().filter(~Exists(staff))
        sizes = dict(waiting.order_by().values_list("to_unit").annotate(size=Count("pk")))
        return [(unit, sizes[unit.pk]) for unit in Unit.objects.filter(pk__in=sizes)]

    def answered_recently(self, day: date) -> Self:
        """Those that the unit answered on the day or the two weeks before it."""
        first = day - timedelta(days=RECENT_DAYS)
        return self.filter(status__in=DECIDED, decided_on__range=(first, day))

    def closed(self) -> Self:
        """Answered or withdrawn, the latest first, with `closed_on`."""
        return (
            self.filter(status__in=CLOSED)
            .annotate(closed_on=CLOSED_ON)
            .select_related("from_unit", "to_unit", "sender")
            .order_by("-closed_on", "-pk")
        )

    def closed_page(self, before: str, size: int) -> Self:
        """The first rows of `closed()`, or those that follow the one with this number."""
        closed = self.closed()
        if before.isascii() and before.isdigit() and len(before) <= 18:
            last = closed.filter(pk=before).values("closed_on")
            closed = closed.filter(
                Q(closed_on__lt=Subquery(last)) | Q(closed_on=Subquery(last), pk__lt=before)
            )
        return closed[:size]

    def of_person(self, personnummer: str | None) -> Self:
        """Those for the person; none for a person without a number, who cannot be recognised."""
        return self.filter(personnummer=personnummer) if personnummer else self.none()

    def taken_on_from_team_of(self, user: User) -> Self:
        """The accepted ones that the user's own team sent."""
        return self.visible_to(user).filter(from_unit=user.unit_id, status=Status.ACCEPTED)

    def sent_by_team_of(self, user: User) -> Self:
        """What the user's own team has sent; no drafts."""
        return self.visible_to(user).filter(from_unit=user.unit_id).exclude(status=Status.DRAFT)

    def by_enrolment(self, enrolments: Collection[int]) -> "dict[int | None, Referral]":
        """Those that became the enrolments with these ids, by the id."""
        return {row.enrolment_id: row for row in self.filter(enrolment__in=enrolments)}

    def for_list(self) -> Self:
        """What a list of referrals shows, nearest deadline first."""
        return self.select_related("from_unit", "to_unit", "sender").order_by(
            "answer_due_on", "-pk"
        )

    def for_work_list(self) -> Self:
        """What a start page shows: the person, the deadline and the other side."""
        return self.for_list()

    def for_page(self) -> Self:
        """What the page of a referral shows."""
        return self.select_related(
            "from_unit",
            "to_unit",
            "sender",
            "form",
            "opened_by",
            "decided_by",
            "registered_by",
            "enrolment__consultant",
            "enrolment__exit_reason",
        )

    def sizes_by_form(self) -> dict[int, int]:
        """How many there are on each version of the mapping, by its id."""
        found = self.exclude(form=None).order_by().values_list("form").annotate(size=Count("pk"))
        return dict(found)

    def locked(self, pk: int) -> "Referral | None":
        """The one with this key as it stands now, held to the end of the transaction."""
        return self.select_for_update(of=("self",)).filter(pk=pk).first()

    def with_id(self, public_id: uuid.UUID) -> "Referral | None":
        """The one with this public id, if it is among these."""
        return self.filter(public_id=public_id).first()

    def with_number(self, number: int) -> "Referral | None":
        """The one whose number people say to each other, if it is among these."""
        return self.filter(pk=number).first()


class Referral(models.Model):
    """A request that the unit takes a person on, with what the sender knows.

    The person stands here as the sender wrote it: a sender never learns from the form whether somebody
    is known to the unit. Accepting links the referral to the enrolment it became.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    initiator = models.CharField(
        "från", max_length=20, choices=Initiator, default=Initiator.SOCIAL_SERVICES
    )
    from_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="avsändande team",
    )
    sender = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="avsändare",
    )
    to_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name="mottagande enhet"
    )

    personnummer = models.CharField(
        "personnummer eller samordningsnummer", max_length=12, null=True, blank=True
    )
    no_personnummer_reason = models.CharField(
        "varför personnummer saknas", max_length=200, blank=True
    )
    birth_date = models.DateField("född", null=True, blank=True)
    first_name = models.CharField("förnamn", max_length=100)
    last_name = models.CharField("efternamn", max_length=100)
    phone = models.CharField("telefon", max_length=50, blank=True)
    email = models.EmailField("e-post", blank=True)
    interpreter_language = models.CharField(
        "tolk på", max_length=50, blank=True, help_text="Lämna tomt om tolk inte behövs."
    )

    form = models.ForeignKey(
        MappingForm, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answers = models.JSONField("svar", default=dict, blank=True)
    proposed_level = models.CharField("föreslagen nivå", max_length=3, choices=Level, blank=True)
    level = models.CharField("nivå", max_length=3, choices=Level, blank=True)
    level_reason = models.CharField("varför en annan nivå", max_length=300, blank=True)

    # Of one that came on paper or by telephone: the date of the document, and who registered it.
    document_on = models.DateField("handlingens datum", null=True, blank=True)
    registered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    status = models.CharField("läge", max_length=20, choices=Status, default=Status.DRAFT)
    submitted_on = models.DateField("skickad", null=True, blank=True)
    answer_due_on = models.DateField("svar senast", null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField("besvarad", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    return_reason = models.CharField("varför återlämnad", max_length=500, blank=True)
    withdrawn_on = models.DateField("återkallad", null=True, blank=True)
    enrolment = models.OneToOneField(
        Enrolment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = "anvisning"
        verbose_name_plural = "anvisningar"
        indexes: ClassVar = [
            models.Index(fields=["submitted_on"], name="referral_submitted"),
            models.Index(fields=["decided_on"], name="referral_decided"),
            models.Index(
                CLOSED_ON.desc(),
                F("id").desc(),
                condition=Q(status__in=CLOSED),
                name="referral_closed",
            ),
            models.Index(fields=["to_unit", "status", "answer_due_on"], name="referral_inbox"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                # "Is not null" is said, since a check that comes out as null is passed.
                condition=(
                    Q(personnummer__isnull=False, personnummer__regex=r"^\d{12}$")
                    & Q(no_personnummer_reason="")
                    | Q(personnummer=None) & ~Q(no_personnummer_reason="")
                ),
                name="referral_number_or_reason",
                violation_error_message="Skriv personnumret, eller varför det saknas.",
            ),
            models.UniqueConstraint(
                fields=["personnummer"],
                condition=Q(status__in=UNDECIDED),
                name="referral_one_undecided_per_person",
                violation_error_message=NOT_NOW,
            ),
            # The state machine's dates and decisions, row by row: what a status means.
            models.CheckConstraint(
                name="referral_status_has_its_dates",
                condition=Q(
                    status=Status.DRAFT,
                    submitted_on=None,
                    answer_due_on=None,
                    decided_on=None,
                    withdrawn_on=None,
                    enrolment=None,
                )
                | Q(
                    status__in=UNDECIDED,
                    submitted_on__isnull=False,
                    answer_due_on__isnull=False,
                    decided_on=None,
                    withdrawn_on=None,
                    enrolment=None,
                )
                | Q(
                    status=Status.ACCEPTED,
                    submitted_on__isnull=False,
                    decided_on__isnull=False,
                    withdrawn_on=None,
                    enrolment__isnull=False,
                )
                | Q(
                    status=Status.RETURNED,
                    submitted_on__isnull=False,
                    decided_on__isnull=False,
                    decided_by__isnull=False,
                    withdrawn_on=None,
                    enrolment=None,
                )
                & ~Q(return_reason="")
                | Q(
                    status=Status.WITHDRAWN,
                    submitted_on__isnull=False,
                    decided_on=None,
                    withdrawn_on__isnull=False,
                    enrolment=None,
                ),
            ),
            models.CheckConstraint(
                condition=Q(decided_on=None) | Q(decided_on__gte=F("submitted_on")),
                name="referral_decided_after_submitted",
                violation_error_message="Anvisningen kan inte besvaras före den dag den skickades.",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None, opened_by=None)
                | Q(opened_at__isnull=False, opened_by__isnull=False),
                name="referral_opened_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(document_on=None, registered_by=None)
                | Q(document_on__isnull=False, registered_by__isnull=False, from_unit=None),
                name="referral_registered_from_a_document",
            ),
            models.CheckConstraint(
                condition=Q(document_on=None) | Q(document_on__lte=F("submitted_on")),
                name="referral_document_before_registration",
                violation_error_message="Handlingens datum kan inte ligga efter dagen den registreras.",
            ),
        ]

    def __str__(self) -> str:
        return self.number_text

    @property
    def number_text(self) -> str:
        """The number that people say to each other."""
        return f"A-{self.pk:05}"

    @property
    def name(self) -> str:
        """First and last name, as the sender wrote them."""
        return f"{self.first_name} {self.last_name}"

    @property
    def number(self) -> Personnummer | None:
        """The personnummer or samordningsnummer as a value, if there is one."""
        return Personnummer(self.personnummer) if self.personnummer else None

    @property
    def is_undecided(self) -> bool:
        """Whether it is sent and not yet answered or withdrawn."""
        return self.status in UNDECIDED

    def is_late_on(self, day: date) -> bool:
        """Whether the last day for an answer is before the day, and there is none."""
        return self.is_undecided and self.answer_due_on is not None and self.answer_due_on < day

    @property
    def content(self) -> dict[str, Any]:
        """The questions that it answers; none for one that was registered without a mapping."""
        return self.form.content if self.form else {"sections": []}

    def age_on(self, day: date) -> int | None:
        """Whole years on the day; None when the birth date is unknown."""
        return Participant(birth_date=self.birth_date).age_on(day)

    def clean(self) -> None:
        """A level other than the proposed one is explained."""
        super().clean()
        is_other = self.level and self.proposed_level and self.level != self.proposed_level
        if is_other and not self.level_reason:
            raise ValidationError(
                {"level_reason": "Skriv varför du väljer en annan nivå än den föreslagna."}
            )


class EventKind(models.TextChoices):
    """What happened to a referral."""

    SUBMITTED = "submitted", "Skickad"
    OPENED = "opened", "Öppnad"
    COMPLETION_ASKED = "completion_asked", "Komplettering begärd"
    COMPLETED = "completed", "Kompletterad"
    ACCEPTED = "accepted", "Mottagen"
    RETURNED = "returned", "Återlämnad"
    WITHDRAWN = "withdrawn", "Återkallad"


class ReferralEventQuerySet(models.QuerySet["ReferralEvent"]):
    def for_page(self) -> Self:
        """What has happened, in order, with who did it."""
        return self.select_related("by__unit").order_by("at", "pk")

    def of_kind(self, kind: str) -> Self:
        """Those of the kind, in order, with who did it."""
        return self.filter(kind=kind).for_page()


class ReferralEvent(models.Model):
    """One event on a referral's way, with what was said. Both sides see it."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField("händelse", max_length=20, choices=EventKind)
    text = models.TextField("text", max_length=5_000, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReferralEventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        verbose_name = "händelse"
        verbose_name_plural = "händelser"

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
