"""The mapping answered again while a case goes on, to be laid beside how it was."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Count
from django.utils import timezone

from participants.models import Enrolment
from sundbyberg_am.models import User

from .mapping import MappingForm


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def of_case(self, enrolment: Enrolment) -> Self:
        """Those of the enrolment, the earliest first, with the version and who answered."""
        return (
            self.filter(enrolment=enrolment)
            .select_related("form", "created_by")
            .order_by("answered_on", "pk")
        )

    def sizes_by_form(self) -> dict[int, int]:
        """How many there are on each version of the mapping, by its id."""
        return dict(self.order_by().values_list("form").annotate(size=Count("pk")))


class FollowUp(models.Model):
    """The mapping as it was answered on a day of the case. Put right by answering again."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(MappingForm, on_delete=models.PROTECT, related_name="+")
    answered_on = models.DateField("besvarad")
    answers = models.JSONField("svar")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["answered_on", "pk"]
        verbose_name = "uppföljande kartläggning"
        verbose_name_plural = "uppföljande kartläggningar"

    def __str__(self) -> str:
        return f"kartläggning {self.answered_on}"
