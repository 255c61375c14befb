"""What the participant has agreed may be shared, and what has been shared, with whom and on which ground."""

from datetime import date
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from sundbyberg_am.models import User

from .enrolments import Enrolment
from .of_cases import OfCasesQuerySet


class ConsentQuerySet(OfCasesQuerySet["Consent"]):
    def for_page(self) -> Self:
        """Newest first, with who registered it."""
        return self.select_related("created_by").order_by("-given_on", "-pk")

    def holding_on(self, day: date) -> Self:
        """Those that hold on the day; the last day holds, the day of a withdrawal does not."""
        return self.filter(
            Q(until_on=None) | Q(until_on__gte=day),
            Q(withdrawn_on=None) | Q(withdrawn_on__gt=day),
            given_on__lte=day,
        )


class Consent(models.Model):
    """That the participant lets something be shared with somebody, for a purpose. It can be withdrawn."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField("ändamål", max_length=300)
    about = models.CharField("vad som får lämnas", max_length=300)
    to = models.CharField("till vem", max_length=200)
    given_on = models.DateField("gäller från och med")
    until_on = models.DateField("gäller till och med", null=True, blank=True)
    withdrawn_on = models.DateField("återkallat", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="återkallelsen registrerad av",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["given_on", "pk"]
        verbose_name = "samtycke"
        verbose_name_plural = "samtycken"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("given_on")),
                name="consent_ends_after_start",
                violation_error_message="Samtyckets sista dag kan inte vara före den första.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("given_on")),
                name="consent_withdrawn_after_start",
                violation_error_message="Samtycket kan inte återkallas före den dag det börjar gälla.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_by=None)
                | Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False),
                name="consent_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"samtycke {self.pk}"

    def holds_on(self, day: date) -> bool:
        """Whether it holds on the day."""
        return (
            self.given_on <= day
            and (self.until_on is None or day <= self.until_on)
            and (self.withdrawn_on is None or day < self.withdrawn_on)
        )


class DisclosureGround(models.TextChoices):
    """Why something under secrecy could be shared (OSL 10 kap.)."""

    CONSENT = "consent", "Personen har samtyckt"
    OWN = "own", "Lämnat till personen själv"
    DUTY = "duty", "Lagen kräver att uppgiften lämnas"
    LAW = "law", "Lagen tillåter att uppgiften lämnas"


BY_LAW = (DisclosureGround.DUTY, DisclosureGround.LAW)


class DisclosureQuerySet(OfCasesQuerySet["Disclosure"]):
    def for_page(self) -> Self:
        """Newest first, with who registered it."""
        return self.select_related("created_by", "consent").order_by("-disclosed_on", "-pk")


class Disclosure(models.Model):
    """That something about the participant was shared: what, to whom, for what and on which ground."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="disclosures")
    disclosed_on = models.DateField("lämnat den")
    about = models.CharField("vad som lämnades", max_length=300)
    to = models.CharField("till vem", max_length=200)
    purpose = models.CharField("ändamål", max_length=300)
    ground = models.CharField("grund", max_length=10, choices=DisclosureGround)
    consent = models.ForeignKey(
        Consent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="samtycke",
    )
    law = models.CharField("lagrum", max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["disclosed_on", "pk"]
        verbose_name = "utlämnande"
        verbose_name_plural = "utlämnanden"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ground=DisclosureGround.CONSENT, consent__isnull=False)
                | ~Q(ground=DisclosureGround.CONSENT) & Q(consent=None),
                name="disclosure_by_consent_has_one",
            ),
            models.CheckConstraint(
                condition=~Q(ground__in=BY_LAW) | ~Q(law=""),
                name="disclosure_by_law_names_it",
            ),
        ]

    def __str__(self) -> str:
        return f"utlämnande {self.pk}"

    def clean(self) -> None:
        """The ground is told; a consent is of the same case, and holds on the day."""
        super().clean()
        if self.ground in BY_LAW and not self.law:
            raise ValidationError({"law": "Skriv vilket lagrum som är grunden."})
        if self.ground and (self.ground == DisclosureGround.CONSENT) != (self.consent is not None):
            raise ValidationError(
                {"consent": "Välj samtycket när det är grunden, och annars inget."}
            )
        if self.consent and not (
            self.consent.enrolment_id == self.enrolment_id
            and self.consent.holds_on(self.disclosed_on)
        ):
            raise ValidationError(
                {
                    "consent": "Samtycket gällde inte den dagen. Välj ett annat, eller en annan grund."
                }
            )
