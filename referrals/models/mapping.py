"""The mapping form: its versions, which never change, and the next one while it is written."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from sundbyberg_am.models import User, Versioned


class MappingFormQuerySet(models.QuerySet["MappingForm"]):
    def in_force_on(self, day: date) -> "MappingForm | None":
        """The newest version that holds on the day."""
        return self.filter(valid_from__lte=day).order_by("-version").first()

    def newest(self) -> "MappingForm | None":
        """The last version there is, whether or not it holds yet."""
        return self.order_by("-version").first()

    def newest_first(self) -> Self:
        """All versions, with who let each of them hold."""
        return self.select_related("published_by").order_by("-version")

    def with_version(self, version: int) -> "MappingForm | None":
        """The one of the number."""
        return self.filter(version=version).first()


class MappingForm(models.Model):
    """One version of the mapping form, as data. An answered form keeps the version it was answered in.

    A version never changes, which a trigger of the database sees to: a change is a new version, written as a
    `MappingDraft` until it is given its first day.

    `content` is {"sections": [{"title", "help"?, "questions": [question]}]}, where a question is
    {"key", "text", "help"?, "kind": "choice"|"several"|"scale"|"text"|"yes_no", "required"?,
    "options": [{"value", "label", "level"?, "needs"?: [Need], "hindrance"?}]}. An option's `level` is the
    least level that the answer speaks for; the form proposes the highest of them.
    """

    version = models.PositiveSmallIntegerField("version", unique=True)
    title = models.CharField("namn", max_length=100)
    valid_from = models.DateField("gäller från")
    content = models.JSONField("frågor")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MappingFormQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["version"]
        verbose_name = "kartläggning"
        verbose_name_plural = "kartläggningar"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="mappingform_published_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"


class MappingDraftQuerySet(models.QuerySet["MappingDraft"]):
    def current(self) -> "MappingDraft | None":
        """The one that is being written, with who changed it last."""
        return self.select_related("changed_by").order_by("-number").first()


class MappingDraft(Versioned):
    """What will be the next version. Nobody answers it; it can be changed until it is given a first day.

    `content` is as in `MappingForm`, also while something is missing in it.
    """

    # The version it becomes. Unique: two who begin at once begin the same draft.
    number = models.PositiveSmallIntegerField("version", unique=True)
    title = models.CharField("namn", max_length=100)
    content = models.JSONField("frågor")

    objects = MappingDraftQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["number"]
        verbose_name = "utkast till kartläggning"
        verbose_name_plural = "utkast till kartläggningar"

    def __str__(self) -> str:
        return f"utkast till version {self.number}"
