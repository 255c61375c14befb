"""The catalogue of offers, kept by the office, and which needs each kind of intervention answers."""

from datetime import date, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Lower

from sundbyberg_am.models import Versioned

from .people import name_key
from .work import Audience, InterventionKind, InterventionOutcome, Need

# An offer that ended lately can still be chosen, with a warning: registration often comes afterwards.
RECENT = timedelta(days=30)

# Which kinds of intervention answer which need. The needs are those that the mapping asks about.
NEED_ANSWERED_BY: dict[Need, frozenset[InterventionKind]] = {
    Need.JOB_SEARCH: frozenset({InterventionKind.JOB_SEARCH, InterventionKind.MATCHING}),
    Need.GUIDANCE: frozenset({InterventionKind.GUIDANCE, InterventionKind.ORIENTATION_COURSE}),
    Need.EXPERIENCE: frozenset(
        {
            InterventionKind.PLACEMENT_PUBLIC,
            InterventionKind.PLACEMENT_PRIVATE,
            InterventionKind.MUNICIPAL_EMPLOYMENT,
            InterventionKind.SUMMER_JOB,
        }
    ),
    Need.AUTHORITIES: frozenset({InterventionKind.JOB_SEARCH, InterventionKind.MATCHING}),
    Need.MOTIVATION: frozenset(
        {InterventionKind.JOB_SEARCH, InterventionKind.GUIDANCE, InterventionKind.OTHER}
    ),
    Need.HEALTH: frozenset({InterventionKind.WORK_TRIAL, InterventionKind.OTHER}),
    Need.SKILLS: frozenset(
        {
            InterventionKind.ORIENTATION_COURSE,
            InterventionKind.SKILLS_MAPPING,
            InterventionKind.OTHER,
        }
    ),
    Need.SWEDISH: frozenset(
        {
            InterventionKind.ORIENTATION_COURSE,
            InterventionKind.PLACEMENT_PUBLIC,
            InterventionKind.PLACEMENT_PRIVATE,
            InterventionKind.OTHER,
        }
    ),
    Need.INVESTIGATION: frozenset(
        {
            InterventionKind.WORK_TRIAL,
            InterventionKind.SKILLS_MAPPING,
            InterventionKind.OTHER,
        }
    ),
    Need.ADAPTED_WORK: frozenset(
        {InterventionKind.WORK_TRIAL, InterventionKind.MUNICIPAL_EMPLOYMENT}
    ),
}


class OfferQuerySet(models.QuerySet["Offer"]):
    def to_choose_on(self, day: date, *, also: int | None = None) -> Self:
        """Those for an intervention that starts about the day: valid then, later, or until lately.

        `also` is the key of one that has been chosen already.
        """
        lately = max(day, date.min + RECENT) - RECENT
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=lately) | Q(pk=also))

    def with_taken_on(self, day: date) -> Self:
        """Adds `taken`: how many have a place on the day.

        A place is held from the start of an intervention to its real end, both days included. The
        planned end frees none, since it often passes. What came to nothing, and cases that were
        registered by mistake, hold none.
        """
        held = (
            Q(interventions__started_on__lte=day)
            & (Q(interventions__ended_on=None) | Q(interventions__ended_on__gte=day))
            & ~Q(interventions__outcome=InterventionOutcome.NOT_STARTED)
            & Q(interventions__enrolment__voided_at=None)
        )
        return self.annotate(taken=Count("interventions", filter=held))

    def in_order(self) -> list["Offer"]:
        """By name, as a Swedish reader looks for it, and kind."""
        return sorted(self, key=lambda one: (name_key(one.name), one.kind, one.pk))


class Offer(Versioned):
    """What can be arranged for participants: by whom, for whom, how many places, from when to when.

    Ended offers are kept, since interventions refer to them.
    """

    name = models.CharField("namn", max_length=100)
    kind = models.CharField("slag av insats", max_length=30, choices=InterventionKind)
    provider = models.CharField("anordnare", max_length=200, blank=True)
    audience = models.CharField("individuell eller generell", max_length=20, choices=Audience)
    places = models.PositiveSmallIntegerField("platser", null=True, blank=True)
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True, blank=True)
    description = models.CharField("kort beskrivning", max_length=300, blank=True)

    objects = OfferQuerySet.as_manager()

    # Set by `with_taken_on`.
    taken: int

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        verbose_name = "erbjudande"
        verbose_name_plural = "utbud"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=InterventionKind.values), name="offer_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="offer_audience_is_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="offer_ends_after_start",
                violation_error_message="Sista dagen kan inte vara före den första.",
            ),
            models.CheckConstraint(
                condition=Q(places=None) | Q(places__gte=1),
                name="offer_places_are_possible",
                violation_error_message="Antalet platser ska vara minst 1. Tomt betyder ingen gräns.",
            ),
            models.UniqueConstraint(
                Lower("name"),
                "kind",
                condition=Q(valid_to=None),
                name="offer_name_and_kind_unique",
                violation_error_message="Det finns redan ett erbjudande med samma namn och slag "
                "utan slutdatum. Ändra eller avsluta det i stället.",
            ),
            # What an intervention's offer and kind together refer to: see the migration.
            models.UniqueConstraint(fields=["id", "kind"], name="offer_id_and_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    def has_ended_by(self, day: date) -> bool:
        """Whether the last day lies before the day."""
        return self.valid_to is not None and self.valid_to < day

    def begins_after(self, day: date) -> bool:
        """Whether the first day lies after the day."""
        return self.valid_from > day

    @property
    def is_full(self) -> bool:
        """Whether no place is left on the day that `with_taken_on` was asked for."""
        return self.places is not None and self.taken >= self.places
