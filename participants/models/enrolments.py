"""The enrolment: one stretch of time in the unit, its level and its exit."""

from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from sundbyberg_am.models import Unit, User, Versioned

from .enrolment_queries import last_counted
from .people import Participant
from .work_lists import PLAN_DUE_DAYS, TEAM_MONTHS, EnrolmentQuerySet

REOPEN_DAYS = 30

# The day of the end, and of what goes on the last day that there is: an index finds by it what had not ended.
UNTIL = Coalesce("ended_on", Value(date.max))


class Level(models.TextChoices):
    """How much support the person needs; AM1 is nearest to the labour market."""

    AM1 = "AM1", "AM1 – lite stöd"
    AM2 = "AM2", "AM2 – support"
    AM3 = "AM3", "AM3 – extra stöd"


class Initiator(models.TextChoices):
    """Who sent the referral behind an enrolment."""

    SOCIAL_SERVICES = "social_services", "Socialtjänst"
    EMPLOYMENT_SERVICE = "employment_service", "Arbetsförmedlingen"
    INSURANCE_AGENCY = "insurance_agency", "Försäkringskassan"
    SELF = "self", "Individen själv"
    OTHER = "other", "Övrigt"
    UNKNOWN = "unknown", "Uppgift saknas"


class ExitCount(models.TextChoices):
    """What an exit reason counts as."""

    WORK = "work", "Arbete"
    STUDIES = "studies", "Studier"
    GOAL_MET = "goal_met", "Mål uppfyllt"
    OTHER_AUTHORITY = "other_authority", "Annan myndighet"
    OTHER = "other", "Övrigt"


class KasClass(models.TextChoices):
    """Kolada's classes of exits (KAS); A and B only when confirmed."""

    A = "A", "A – arbete"
    B = "B", "B – studier"
    C = "C", "C – annan myndighet eller aktör"
    D = "D", "D – åter beställare"
    E = "E", "E – övrigt"
    UNKNOWN = "unknown", "Uppgift saknas"


class ExitReasonQuerySet(models.QuerySet["ExitReason"]):
    def in_use_on(self, day: date) -> Self:
        """Those that can be chosen on the day."""
        return self.filter(Q(retired_on=None) | Q(retired_on__gte=day))

    def that_count_as(self, counts: list[ExitCount]) -> Self:
        """Those that count as any of these."""
        return self.filter(counts_as__in=counts)


class ExitReason(models.Model):
    """A reason to end an enrolment. The list belongs to the office; a retired reason keeps its history."""

    code = models.SlugField("kod", max_length=40, unique=True)
    label = models.CharField("visas som", max_length=100, unique=True)
    counts_as = models.CharField("räknas som", max_length=20, choices=ExitCount)
    kas_class = models.CharField("KAS-klass", max_length=10, choices=KasClass)
    position = models.PositiveSmallIntegerField("ordning")
    retired_on = models.DateField("används till", null=True, blank=True)

    objects = ExitReasonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        verbose_name = "avslutsorsak"
        verbose_name_plural = "avslutsorsaker"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kas_class=KasClass.A) | Q(counts_as=ExitCount.WORK),
                name="exit_reason_class_a_is_work",
                violation_error_message="KAS-klass A är bara för det som räknas som arbete.",
            ),
            models.CheckConstraint(
                condition=~Q(kas_class=KasClass.B) | Q(counts_as=ExitCount.STUDIES),
                name="exit_reason_class_b_is_studies",
                violation_error_message="KAS-klass B är bara för det som räknas som studier.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def needs_confirmation(self) -> bool:
        """Whether Kolada wants to know that the work or the studies came about."""
        return self.kas_class in (KasClass.A, KasClass.B)

    def is_retired_on(self, day: date) -> bool:
        """Whether the office has stopped using it; the day it is used until is a day of use."""
        return self.retired_on is not None and self.retired_on < day


class Enrolment(Versioned):
    """One stretch of time in the unit. The dates decide whether it is ongoing; both are enrolled days."""

    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="enrolments"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="enhet")
    started_on = models.DateField("inskriven")
    ended_on = models.DateField("avslutad", null=True, blank=True)
    initiator = models.CharField(
        "anvisad av", max_length=20, choices=Initiator, default=Initiator.UNKNOWN
    )
    consultant = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="konsulent",
    )
    deputy = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ersättare",
    )

    exit_reason = models.ForeignKey(
        ExitReason, on_delete=models.PROTECT, null=True, blank=True, verbose_name="avslutsorsak"
    )
    exit_confirmed = models.BooleanField("bekräftat", null=True, blank=True)
    exit_destination = models.CharField("går vidare till", max_length=200, blank=True)
    exited_at = models.DateTimeField(null=True, blank=True)
    exited_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    void_reason = models.CharField("varför felregistrerad", max_length=200, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    consultant_now: int | None  # added by `with_consultant_on`

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = "inskrivning"
        verbose_name_plural = "inskrivningar"
        indexes: ClassVar = [
            models.Index(fields=["started_on"], name="enrolment_started"),
            models.Index(fields=["ended_on"], name="enrolment_ended"),
            models.Index(
                fields=["unit", "started_on", "id"],
                condition=Q(ended_on=None, voided_at=None),
                name="enrolment_open_of_unit",
            ),
            # Those with a day in a period, with what is counted of them: of all, since how many there are of
            # a day is only known of an index without a condition. And the others of a person.
            models.Index(
                UNTIL,
                include=[
                    "started_on",
                    "ended_on",
                    "id",
                    "participant",
                    "initiator",
                    "exit_reason",
                    "exit_confirmed",
                    "voided_at",
                ],
                name="enrolment_counted",
            ),
            models.Index(
                fields=["participant", "ended_on"],
                include=["id"],
                condition=Q(voided_at=None),
                name="enrolment_of_person",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="enrolment_ends_after_start",
                violation_error_message="Avslutet kan inte vara före inskrivningen.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, exit_reason=None, exit_confirmed=None)
                | Q(ended_on__isnull=False, exit_reason__isnull=False),
                name="enrolment_exit_has_reason",
                violation_error_message="Ett avslut ska ha både datum och orsak.",
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, void_reason="")
                | Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason=""),
                name="enrolment_void_has_reason",
                violation_error_message="Skriv varför inskrivningen är felregistrerad.",
            ),
            # Without the extension btree_gist a range of one number stands for "the same person".
            ExclusionConstraint(
                name="enrolment_no_overlap",
                expressions=[
                    (
                        Func(
                            F("participant"),
                            F("participant"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.EQUAL,
                    ),
                    (
                        Func(
                            F("started_on"),
                            F("ended_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(voided_at=None),
                violation_error_message="Personen är redan inskriven under den tiden.",
            ),
        ]

    def __str__(self) -> str:
        return self.case_number

    @property
    def case_number(self) -> str:
        """The number that people say to each other."""
        return f"AM-{self.pk:05}"

    def is_ongoing_on(self, day: date) -> bool:
        """Whether the day is an enrolled day."""
        return self.started_on <= day and (self.ended_on is None or day <= self.ended_on)

    @property
    def is_open(self) -> bool:
        """Whether work can go on: not ended and not registered by mistake."""
        return self.ended_on is None and self.voided_at is None

    def weeks_on(self, day: date) -> Decimal:
        """Weeks enrolled up to the day or the exit, unrounded: days / 7."""
        return Decimal((min(day, self.ended_on or day) - self.started_on).days) / 7

    @property
    def plan_due_on(self) -> date:
        """The last day for the first plan to be adopted in time."""
        return self.started_on + timedelta(days=PLAN_DUE_DAYS)

    @property
    def team_from(self) -> date:
        """The first day when the Kompetensteam can be asked: ten calendar months after the start."""
        year, month = divmod(self.started_on.month - 1 + TEAM_MONTHS, 12)
        first = date(self.started_on.year + year, month + 1, 1)
        last_of_month = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return last_of_month.replace(day=min(self.started_on.day, last_of_month.day))

    def consultant_on(self, day: date) -> User | None:
        """Who has the case on the day: by the newest change that has begun, or else as it stands here."""
        change = self.consultant_changes.select_related("consultant").in_force_on(day)
        return change.consultant if change else self.consultant

    def with_consultant_now(self) -> Self:
        """Itself, of the consultant that it has on the day asked for; a planned handover may have begun.

        It is read `with_consultant_on` that day.
        """
        if self.consultant_now != self.consultant_id:
            self.consultant = User.objects.get(pk=self.consultant_now)
            if self.deputy == self.consultant:
                self.deputy = None
        return self

    @property
    def reopens_until(self) -> date | None:
        """The last day on which the ended enrolment can be continued; later is a new one."""
        return self.ended_on and self.ended_on + timedelta(days=REOPEN_DAYS)

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the exit is to work or studies that nobody has confirmed or denied yet."""
        return (
            self.exit_reason is not None
            and self.exit_reason.needs_confirmation
            and self.exit_confirmed is None
        )

    def check_covers(self, day: date, field: str, sentence: str) -> None:
        """Raise ValidationError with the sentence, at the field, for a day outside the enrolment."""
        if not self.is_ongoing_on(day):
            raise ValidationError({field: sentence})


class LevelChangeQuerySet(models.QuerySet["LevelChange"]):
    def begun_on(self, day: date) -> Self:
        """Those that hold on the day or held before; of an ended enrolment, by its last day."""
        return self.filter(valid_from__lte=last_counted(F("enrolment__ended_on"), day))

    def in_force_on(self, day: date) -> "LevelChange | None":
        """The one of these, of one enrolment, that counts on the day."""
        return self.filter(valid_from__lte=day).order_by("valid_from", "pk").last()

    def last_registered(self) -> "LevelChange | None":
        """The one of these, of one enrolment, that was registered last, whatever day it holds from."""
        return self.select_related("created_by").order_by("pk").last()

    def for_page(self) -> Self:
        """Newest first, with who registered them."""
        return self.select_related("created_by").order_by("-valid_from", "-pk")

    def starting_after(self, day: date) -> Self:
        """Those registered to hold from later than the day."""
        return self.filter(valid_from__gt=day)


class LevelChange(models.Model):
    """The level from a day on; the history of them is the level history. The newest of a day counts."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="level_changes")
    level = models.CharField("nivå", max_length=3, choices=Level)
    valid_from = models.DateField("från och med")
    reason = models.CharField("varför", max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = LevelChangeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["valid_from", "pk"]
        verbose_name = "nivå"
        verbose_name_plural = "nivåer"
        indexes: ClassVar = [
            models.Index(
                fields=["enrolment", "valid_from", "id"], include=["level"], name="level_in_force"
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="level_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.valid_from}"

    def clean(self) -> None:
        """The level holds from a day within the enrolment."""
        super().clean()
        self.enrolment.check_covers(
            self.valid_from, "valid_from", "Dagen ligger utanför inskrivningen. Välj en dag i den."
        )
