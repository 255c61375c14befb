"""What can be asked of the rows that belong to enrolments, whichever they are."""

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from .work_lists import EnrolmentQuerySet

Row = TypeVar("Row", bound=models.Model)


class OfCasesQuerySet(models.QuerySet[Row]):
    """Rows with an `enrolment`."""

    def in_cases(self, enrolments: "EnrolmentQuerySet") -> Self:
        """Those of the enrolments, without those registered by mistake."""
        return self.filter(enrolment__in=enrolments.valid().order_by().values("pk"))
