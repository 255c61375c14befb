"""Changes to the assessments of progress."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from participants.models import Assessment, DomainSteps, Enrolment, Viewpoint
from sundbyberg_am.conflicts import Conflict
from sundbyberg_am.models import User

from .locking import lock

Steps = Mapping[str, int | None]


@transaction.atomic
def add_assessment(
    enrolment: Enrolment,
    *,
    assessed_on: date,
    occasion: str,
    participant_steps: Steps,
    consultant_steps: Steps,
    today: date,
    by: User | None,
) -> Assessment:
    """Store how it stands in the domains on a day of the enrolment; also after the exit.

    The steps are by domain, None or absent where it is not assessed. Raises ValidationError.
    """
    assessment = Assessment(
        enrolment=lock(enrolment), assessed_on=assessed_on, occasion=occasion, created_by=by
    )
    _check_day(assessment, today)
    assessment.full_clean()
    assessment.save()
    _store_steps(assessment, participant_steps, consultant_steps)
    return assessment


@transaction.atomic
def correct_assessment(
    assessment: Assessment,
    *,
    seen_version: int,
    assessed_on: date,
    occasion: str,
    participant_steps: Steps,
    consultant_steps: Steps,
    today: date,
    by: User,
) -> Assessment:
    """Put an assessment right, unless somebody has done so since `seen_version` was read.

    Raises ValidationError, and Conflict for the latter.
    """
    enrolment = lock(assessment.enrolment)
    assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
    assessment.enrolment = enrolment
    if assessment.version != seen_version:
        saved = Assessment.objects.with_steps().get(pk=assessment.pk)
        raise Conflict(
            "Någon annan har rättat skattningen medan du skrev, så det här sparades inte. Jämför och välj.",
            saved={
                "assessed_on": assessment.assessed_on,
                "occasion": assessment.occasion,
                "participant_steps": saved.steps_of(Viewpoint.PARTICIPANT),
                "consultant_steps": saved.steps_of(Viewpoint.CONSULTANT),
            },
            by=assessment.corrected_by,
            at=assessment.corrected_at,
            version=assessment.version,
        )
    assessment.assessed_on, assessment.occasion = assessed_on, occasion
    assessment.version += 1
    assessment.corrected_at, assessment.corrected_by = timezone.now(), by
    _check_day(assessment, today)
    assessment.full_clean()
    assessment.save()
    assessment.domains.all().delete()
    _store_steps(assessment, participant_steps, consultant_steps)
    return assessment


def _check_day(assessment: Assessment, today: date) -> None:
    """What the constraint says too, here beside the field: the enrolment is locked."""
    if assessment.assessed_on > today:
        raise ValidationError({"assessed_on": "Skattningen kan inte ligga i framtiden."})
    same_day = assessment.enrolment.assessments.on(assessment.assessed_on)
    if same_day.exclude(pk=assessment.pk).exists():
        raise ValidationError(
            {"assessed_on": "Det finns redan en skattning den dagen. Rätta den i stället."}
        )


def _store_steps(assessment: Assessment, participant_steps: Steps, consultant_steps: Steps) -> None:
    rows = [
        DomainSteps(
            assessment=assessment,
            domain=domain,
            participant_step=participant_steps.get(domain),
            consultant_step=consultant_steps.get(domain),
        )
        for domain in dict.fromkeys([*participant_steps, *consultant_steps])
        if participant_steps.get(domain) is not None or consultant_steps.get(domain) is not None
    ]
    if not rows:
        raise ValidationError("Ingenting är bedömt än. Välj ett steg i minst ett område.")
    for row in rows:
        row.clean_fields(
            exclude={"assessment"}
        )  # what holds for several at once, the database says
    DomainSteps.objects.bulk_create(rows)
