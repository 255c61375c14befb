"""The work with a person: plan, interventions and notes."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import NullIf
from django.utils import timezone

from sundbyberg_am.models import User, Versioned

from .enrolments import UNTIL, Enrolment

if TYPE_CHECKING:
    from .offers import Offer


class Audience(models.TextChoices):
    """Whom a kind of intervention is built for."""

    INDIVIDUAL = "individual", "Individuell"
    GENERAL = "general", "Generell"


class InterventionKind(models.TextChoices):
    """SKR's categories of municipal labour-market interventions, KAS's and the unit's."""

    WORK_TRIAL = "work_trial", "Arbetsprövning/-träning"
    JOB_SEARCH = "job_search", "Jobbsökaraktivitet/coachning"
    ORIENTATION_COURSE = "orientation_course", "Orienterande eller vägledande kurs"
    MATCHING = "matching", "Matchning"
    PLACEMENT_PUBLIC = "placement_public", "Arbetspraktik, offentlig arbetsgivare"
    PLACEMENT_PRIVATE = "placement_private", "Arbetspraktik, privat arbetsgivare"
    GUIDANCE = "guidance", "Studie-, yrkes- och arbetsvägledning"
    MUNICIPAL_EMPLOYMENT = "municipal_employment", "Kommunal arbetsmarknadsanställning"
    SUMMER_JOB = "summer_job", "Feriejobb/-praktik"
    SKILLS_MAPPING = "skills_mapping", "Kartläggning av tidigare förvärvad kompetens"
    OTHER = "other", "Övriga insatser"

    @property
    def audience(self) -> Audience:
        """General: the same for a group. Individual: shaped for one person."""
        return Audience.GENERAL if self in _GENERAL_KINDS else Audience.INDIVIDUAL


_GENERAL_KINDS = frozenset(
    {
        InterventionKind.JOB_SEARCH,
        InterventionKind.ORIENTATION_COURSE,
        InterventionKind.SUMMER_JOB,
    }
)


class InterventionOutcome(models.TextChoices):
    """How an intervention ended."""

    COMPLETED = "completed", "Genomförd"
    INTERRUPTED = "interrupted", "Avbruten"
    NOT_STARTED = "not_started", "Blev inte av"


class Need(models.TextChoices):
    """What a person needs on the way to work or studies; answered by some kinds of intervention."""

    JOB_SEARCH = "job_search", "Stöd i att söka arbete"
    GUIDANCE = "guidance", "Studie- och yrkesvägledning"
    EXPERIENCE = "experience", "Referenser och arbetslivserfarenhet"
    AUTHORITIES = "authorities", "Hjälp i kontakten med Arbetsförmedlingen"
    MOTIVATION = "motivation", "Stöd och motivation i samtal"
    HEALTH = "health", "Stärkt hälsa"
    SKILLS = "skills", "Stärkt kompetens"
    SWEDISH = "swedish", "Stärkt svenska"
    INVESTIGATION = "investigation", "Fördjupad utredning"
    ADAPTED_WORK = "adapted_work", "Arbetsprövning eller arbetsträning"


class PlanQuerySet(models.QuerySet["Plan"]):
    def adopted(self) -> Self:
        """Those that hold or have held."""
        return self.filter(adopted_on__isnull=False)

    def adopted_after(self, day: date) -> Self:
        """Those adopted later than the day."""
        return self.filter(adopted_on__gt=day)

    def drafts(self) -> Self:
        """Those that are being written."""
        return self.filter(adopted_on=None)

    def newest(self) -> "Plan | None":
        """The last one begun of these, of one enrolment: the draft, if there is one."""
        return self.order_by("number").last()

    def in_force(self) -> "Plan | None":
        """The one of these, of one enrolment, that holds."""
        return self.adopted().order_by("number").last()

    def for_page(self) -> Self:
        """Newest first, with goals and steps."""
        return (
            self.select_related("adopted_by").prefetch_related("goals__steps").order_by("-number")
        )


class Plan(Versioned):
    """A version of the action plan. Not adopted = a draft; the adopted one with the highest number holds."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="plans")
    number = models.PositiveSmallIntegerField("version")
    follow_up_on = models.DateField("följs upp", null=True, blank=True)
    adopted_on = models.DateField("fastställd", null=True, blank=True)
    adopted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    participant_agrees = models.BooleanField("deltagaren är med på planen", null=True, blank=True)
    disagreement = models.CharField("varför inte", max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["number"]
        verbose_name = "handlingsplan"
        verbose_name_plural = "handlingsplaner"
        indexes: ClassVar = [
            models.Index(fields=["enrolment", "adopted_on"], name="plan_adopted"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "number"],
                name="plan_number_unique",
                violation_error_message="Det finns redan en plan med det numret.",
            ),
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(adopted_on=None),
                name="plan_one_draft",
                violation_error_message="Det finns redan ett utkast. Fortsätt på det.",
            ),
            models.CheckConstraint(
                condition=~Q(participant_agrees=False) | ~Q(disagreement=""),
                name="plan_disagreement_has_reason",
                violation_error_message="Skriv varför deltagaren inte är med på planen.",
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.number}"

    @property
    def label(self) -> str:
        """Which version it is, to choose among several."""
        return f"{self.number}, {self.adopted_on or 'utkast'}"

    @property
    def steps(self) -> "list[Step]":
        """Every step towards its goals, without those that came to nothing."""
        steps = (step for goal in self.goals.all() for step in goal.steps.all())
        return [step for step in steps if step.state != StepState.CANCELLED]

    @property
    def steps_done(self) -> int:
        """How many of the steps are taken."""
        return sum(step.state == StepState.DONE for step in self.steps)

    def clean(self) -> None:
        """A plan is adopted, and followed up, from the first day of the enrolment."""
        super().clean()
        start = self.enrolment.started_on
        if self.adopted_on and self.adopted_on < start:
            raise ValidationError({"adopted_on": "Planen kan inte fastställas före inskrivningen."})
        if self.follow_up_on and self.follow_up_on < (self.adopted_on or start):
            raise ValidationError(
                {"follow_up_on": "Uppföljningen ska vara efter att planen börjat."}
            )


class GoalQuerySet(models.QuerySet["Goal"]):
    def of_enrolment(self, enrolment: Enrolment) -> Self:
        """Those of every version of the plan."""
        return self.filter(plan__enrolment=enrolment)

    def in_draft_of(self, enrolment: Enrolment) -> Self:
        """Those that can be changed."""
        return self.filter(plan__enrolment=enrolment, plan__adopted_on=None)


class Goal(Versioned):
    """A goal in the participant's own words."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="goals")
    text = models.CharField("mål", max_length=300)
    position = models.PositiveSmallIntegerField("ordning", default=0, editable=False)

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        verbose_name = "mål"
        verbose_name_plural = "mål"

    def __str__(self) -> str:
        return f"mål {self.pk}"

    @property
    def remaining(self) -> "list[Step]":
        """The steps that are still to be taken: those under way first, then by when they are due."""
        steps = [step for step in self.steps.all() if step.is_unfinished]
        return sorted(
            steps, key=lambda step: (step.state != StepState.ONGOING, step.due_on or date.max)
        )

    @property
    def behind(self) -> "list[Step]":
        """The steps that are taken or came to nothing."""
        return [step for step in self.steps.all() if not step.is_unfinished]


class StepKind(models.TextChoices):
    """What a step consists of."""

    OWN = "own", "Egen aktivitet"
    INTERVENTION = "intervention", "Insats"
    CONTACT = "contact", "Kontakt med myndighet eller vård"
    INVESTIGATION = "investigation", "Utredning"
    OTHER = "other", "Annat"


class Responsible(models.TextChoices):
    """Who sees to it that a step is taken."""

    PARTICIPANT = "participant", "Deltagaren"
    CONSULTANT = "consultant", "Konsulenten"
    SOCIAL_SECRETARY = "social_secretary", "Socialsekreteraren"
    OTHER = "other", "Annan"


class StepState(models.TextChoices):
    """How far a step has come."""

    PLANNED = "planned", "Planerat"
    ONGOING = "ongoing", "Pågår"
    DONE = "done", "Klart"
    CANCELLED = "cancelled", "Blev inte av"


UNFINISHED = (StepState.PLANNED, StepState.ONGOING)


class StepQuerySet(models.QuerySet["Step"]):
    def unfinished(self) -> Self:
        """Those that remain to be taken."""
        return self.filter(state__in=UNFINISHED)

    def of_plan(self, plan: Plan) -> Self:
        """Those towards any goal of the plan."""
        return self.filter(goal__plan=plan)

    def of_enrolment(self, enrolment: Enrolment) -> Self:
        """Those of every version of the plan."""
        return self.filter(goal__plan__enrolment=enrolment)

    def in_draft_of(self, enrolment: Enrolment) -> Self:
        """Those that can be changed."""
        return self.of_enrolment(enrolment).filter(goal__plan__adopted_on=None)


class Step(Versioned):
    """A step towards a goal."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="steps")
    text = models.CharField("steg", max_length=300)
    kind = models.CharField("slag", max_length=20, choices=StepKind, default=StepKind.OWN)
    responsible = models.CharField(
        "ansvarig", max_length=20, choices=Responsible, default=Responsible.PARTICIPANT
    )
    due_on = models.DateField("klart senast", null=True, blank=True)
    state = models.CharField("läge", max_length=10, choices=StepState, default=StepState.PLANNED)
    position = models.PositiveSmallIntegerField("ordning", default=0, editable=False)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        verbose_name = "steg"
        verbose_name_plural = "steg"

    def __str__(self) -> str:
        return f"steg {self.pk}"

    @property
    def is_unfinished(self) -> bool:
        """Whether it is still to be taken."""
        return self.state in UNFINISHED

    def is_late_on(self, day: date) -> bool:
        """Whether it should have been taken before the day."""
        return self.is_unfinished and self.due_on is not None and self.due_on < day


class InterventionQuerySet(models.QuerySet["Intervention"]):
    def open(self) -> Self:
        """Those that have not ended; also one that begins later."""
        return self.filter(ended_on=None)

    def starting_after(self, day: date) -> Self:
        """Those registered to begin later than the day, without those that came to nothing."""
        return self.filter(started_on__gt=day).exclude(outcome=InterventionOutcome.NOT_STARTED)

    def for_page(self) -> Self:
        """Newest first, with the offer and who changed it."""
        return self.select_related("offer", "changed_by").order_by("-started_on", "-pk")

    def of_offer(self, offer: "Offer") -> Self:
        """Those that the offer is used for, or has been."""
        return self.filter(offer=offer)

    def with_where(self) -> Self:
        """Adds `where_text`: the same words as `where`, for a query that reads no rows."""
        parts = ("offer__name", NullIf("provider", Value("")), NullIf("workplace", Value("")))
        return self.annotate(
            where_text=Func(
                Value(", "), *parts, function="concat_ws", output_field=models.TextField()
            )
        )


class Intervention(Versioned):
    """Something arranged for the person: a placement, a course, guidance."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="interventions")
    kind = models.CharField("insats", max_length=30, choices=InterventionKind)
    offer = models.ForeignKey(
        "Offer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interventions",
        verbose_name="erbjudande",
    )
    provider = models.CharField("annan anordnare", max_length=200, blank=True)
    workplace = models.CharField("arbetsplats", max_length=200, blank=True)
    need = models.CharField("svarar mot behovet", max_length=20, choices=Need, blank=True)
    hours_per_week = models.DecimalField(
        "timmar i veckan", max_digits=4, decimal_places=1, null=True, blank=True
    )
    started_on = models.DateField("start")
    planned_end_on = models.DateField("planerat slut", null=True, blank=True)
    ended_on = models.DateField("slut", null=True, blank=True)
    outcome = models.CharField("resultat", max_length=20, choices=InterventionOutcome, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = InterventionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["started_on", "pk"]
        verbose_name = "insats"
        verbose_name_plural = "insatser"
        indexes: ClassVar = [
            models.Index(fields=["ended_on"], name="intervention_ended"),
            # Those had on a day of a period, with what is counted of them; of all, as of enrolments.
            models.Index(
                UNTIL,
                include=[
                    "started_on",
                    "ended_on",
                    "planned_end_on",
                    "id",
                    "enrolment",
                    "kind",
                    "offer",
                    "provider",
                    "need",
                    "outcome",
                ],
                name="intervention_counted",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=InterventionKind.values), name="intervention_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="intervention_ends_after_start",
                violation_error_message="Slutet kan inte vara före starten.",
            ),
            models.CheckConstraint(
                condition=Q(planned_end_on=None) | Q(planned_end_on__gte=F("started_on")),
                name="intervention_plans_end_after_start",
                violation_error_message="Planerat slut kan inte vara före starten.",
            ),
            models.CheckConstraint(
                condition=Q(hours_per_week=None)
                | Q(hours_per_week__gt=0, hours_per_week__lte=Decimal(60)),
                name="intervention_hours_are_possible",
                violation_error_message="Timmar i veckan ska vara mellan 0,5 och 60.",
            ),
            models.CheckConstraint(
                condition=Q(offer=None) | Q(provider=""),
                name="intervention_has_offer_or_provider",
                violation_error_message="Välj ett erbjudande eller skriv en annan anordnare, inte båda.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_on}"

    @property
    def where(self) -> str:
        """The offer or the provider, and the workplace, as far as they are known."""
        by = self.offer.name if self.offer else self.provider
        return ", ".join(part for part in (by, self.workplace) if part)

    def is_late_on(self, day: date) -> bool:
        """Whether it should have ended before the day."""
        return (
            self.ended_on is None and self.planned_end_on is not None and self.planned_end_on < day
        )

    def clean(self) -> None:
        """An intervention starts while the person is enrolled, and is of its offer's kind."""
        super().clean()
        if self.offer and self.offer.kind != self.kind:
            raise ValidationError(
                {
                    "kind": f"Erbjudandet är av slaget ”{self.offer.get_kind_display()}”. Lämna fältet "
                    "tomt, eller välj det slaget."
                }
            )
        self.enrolment.check_covers(
            self.started_on,
            "started_on",
            "Insatsen ska börja medan personen är inskriven. Välj en annan dag.",
        )


class NoteKind(models.TextChoices):
    """What a note is about."""

    MEETING = "meeting", "Möte"
    CALL = "call", "Telefon eller meddelande"
    CONTACT = "contact", "Kontakt med andra"
    OBSERVATION = "observation", "Iakttagelse"
    OTHER = "other", "Annat"


class NoteQuerySet(models.QuerySet["Note"]):
    def correcting(self, note: "Note") -> "Note | None":
        """The one that stands in the place of the note, if it has been corrected."""
        return self.filter(corrects=note).select_related("created_by").first()


class Note(models.Model):
    """What happened, as the consultant wrote it. Corrected by a new note that shows the old."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField("typ", max_length=20, choices=NoteKind, default=NoteKind.MEETING)
    happened_on = models.DateField("dag")
    text = models.TextField("anteckning", max_length=20_000)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["happened_on", "pk"]
        verbose_name = "anteckning"
        verbose_name_plural = "anteckningar"
        indexes: ClassVar = [
            models.Index(fields=["enrolment", "-happened_on", "-id"], name="note_newest")
        ]

    def __str__(self) -> str:
        return f"anteckning {self.pk}"
