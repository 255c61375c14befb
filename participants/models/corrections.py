"""That a participant says that something is wrong in what is kept, and what was decided about it."""

from datetime import date
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from sundbyberg_am.models import User

from .enrolments import Enrolment
from .of_cases import OfCasesQuerySet
from .progress import months_later

MONTHS_TO_ANSWER = 1  # dataskyddsförordningen art. 12.3


class CorrectionOutcome(models.TextChoices):
    """What was decided (dataskyddsförordningen art. 16)."""

    CORRECTED = "corrected", "Rättat"
    PARTLY = "partly", "Rättat till en del"
    REFUSED = "refused", "Inte rättat"


WITH_REASON = (CorrectionOutcome.PARTLY, CorrectionOutcome.REFUSED)


class CorrectionQuerySet(OfCasesQuerySet["Correction"]):
    def for_page(self) -> Self:
        """Newest first, with who registered and who decided."""
        return self.select_related("created_by", "decided_by").order_by("-received_on", "-pk")

    def undecided(self) -> Self:
        """Those that wait for a decision."""
        return self.filter(outcome="")


class Correction(models.Model):
    """What the participant says is wrong, what is right instead, and the decision.

    The decision corrects nothing by itself: what was wrong is changed where it stands, and the history has
    both. What is not corrected stays here, in the participant's words.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="corrections")
    received_on = models.DateField("begärt den")
    about = models.TextField("vad som är fel", max_length=2000)
    wanted = models.TextField("vad personen säger är rätt", max_length=2000)
    outcome = models.CharField("beslut", max_length=10, choices=CorrectionOutcome, blank=True)
    reason = models.TextField("varför inte, eller inte allt", max_length=2000, blank=True)
    decided_on = models.DateField("beslutat", null=True, blank=True)
    decided_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="beslutat av",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["received_on", "pk"]
        verbose_name = "begäran om rättelse"
        verbose_name_plural = "begäran om rättelse"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome="", decided_on=None, decided_by=None)
                | ~Q(outcome="") & Q(decided_on__isnull=False, decided_by__isnull=False),
                name="correction_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_on=None) | Q(decided_on__gte=F("received_on")),
                name="correction_decided_after_received",
                violation_error_message="Beslutet kan inte vara före den dag då rättelsen begärdes.",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=WITH_REASON) | ~Q(reason=""),
                name="correction_refused_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"begäran om rättelse {self.pk}"

    @property
    def answer_by(self) -> date:
        """The last day to answer the participant."""
        return months_later(self.received_on, MONTHS_TO_ANSWER)

    @property
    def is_to_be_told(self) -> bool:
        """Whether those who have been given what was wrong are to hear of it (art. 19)."""
        return self.outcome in (CorrectionOutcome.CORRECTED, CorrectionOutcome.PARTLY)

    def clean(self) -> None:
        """A decision against the participant has a reason."""
        super().clean()
        if self.outcome in WITH_REASON and not self.reason:
            raise ValidationError({"reason": "Skriv varför. Personen har rätt att få veta det."})
