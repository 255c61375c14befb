"""What waits in many enrolments: the work lists, computed from the cases and never ticked by hand."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest

# The rows below refer to this file, so theirs are looked up when a query is built.
from participants import models as rows
from sundbyberg_am.models import User

from .enrolment_queries import CaseQuerySet, consultant_name, date_after, full_name

if TYPE_CHECKING:
    from .enrolments import Enrolment

PLAN_DUE_DAYS = 30
CONTACT_DUE_DAYS = 30
TEAM_MONTHS = 10  # from then on the Kompetensteam can be asked
PROGRESS_MONTHS = 3  # from one assessment to the next
EXIT_ASSESSMENT_DAYS = 30  # so long after the exit the last one is asked for
SURVEY_MONTHS = 6  # from one survey to the next
EXIT_SURVEY_DAYS = (
    30  # so long before the exit one counts as the last; so long after it is asked for
)
UNASSESSABLE_EXITS = ("deceased",)
WORK_LIST_SIZE = 50


class EnrolmentQuerySet(CaseQuerySet):
    # Work lists: what to act on, computed. Each adds `matters_on`, the date that makes it matter.

    def without_plan(self, day: date) -> Self:
        """Open for thirty days with no plan adopted; `matters_on` is the last day in time."""
        started_by = day - timedelta(days=PLAN_DUE_DAYS)
        return (
            self.open()
            .not_paused_on(day)
            .filter(started_on__lte=started_by)
            .exclude(plans__adopted_on__isnull=False)
            .annotate(matters_on=date_after(F("started_on"), f"+ {PLAN_DUE_DAYS}"))
        )

    def follow_up_due(self, day: date) -> Self:
        """Whose plan in force should have been followed up by the day."""
        in_force = rows.Plan.objects.adopted().filter(enrolment=OuterRef("pk")).order_by("-number")
        return (
            self.open()
            .not_paused_on(day)
            .annotate(matters_on=Subquery(in_force.values("follow_up_on")[:1]))
            .filter(matters_on__lte=day)
        )

    def without_contact(self, day: date) -> Self:
        """Open and no contact for thirty days; `matters_on` is the last contact, or the start."""
        since = day - timedelta(days=CONTACT_DUE_DAYS)
        return (
            self.open()
            .not_paused_on(day)
            .annotate(matters_on=Coalesce(_last_contact(), F("started_on")))
            .filter(matters_on__lte=since)
        )

    def last_contact_in(self, enrolment: "Enrolment") -> models.QuerySet["Enrolment", date | None]:
        """The day of the newest note or held meeting of the one that is given: one, or None."""
        newest = self.filter(pk=enrolment.pk).annotate(last_contact_on=_last_contact())
        return newest.values_list("last_contact_on", flat=True)

    def progress_due(self, day: date) -> Self:
        """To be assessed by the day: at the start, every third calendar month, and at the exit.

        `matters_on` is when it fell due. After an exit only where there is one to compare with.
        """
        assessments = rows.Assessment.objects.filter(enrolment=OuterRef("pk"))
        at_exit = assessments.filter(
            Q(occasion=rows.Occasion.EXIT) | Q(assessed_on=OuterRef("ended_on"))
        )
        next_on = date_after(F("assessed_on"), f"+ interval '{PROGRESS_MONTHS} months'")
        just_ended = Q(
            ended_on__gte=day - timedelta(days=EXIT_ASSESSMENT_DAYS), assessed_on__isnull=False
        )
        return (
            self.valid()
            .not_paused_on(day)
            .annotate(
                assessed_on=Subquery(
                    assessments.order_by("-assessed_on").values("assessed_on")[:1]
                ),
                matters_on=Coalesce("ended_on", next_on, "started_on"),
            )
            .filter(
                Q(ended_on=None)
                | just_ended & ~Exists(at_exit) & ~Q(exit_reason__code__in=UNASSESSABLE_EXITS),
                matters_on__lte=day,
            )
        )

    def survey_due(self, day: date) -> Self:
        """To be handed the survey by the day: each half-year, and at the exit unless it was lately.

        `matters_on` is when it fell due.
        """
        handouts = rows.SurveyHandout.objects.filter(enrolment=OuterRef("pk"))
        next_on = date_after(
            Coalesce("surveyed_on", "started_on"), f"+ interval '{SURVEY_MONTHS} months'"
        )
        lately = date_after(F("ended_on"), f"- {EXIT_SURVEY_DAYS}")
        just_ended = Q(ended_on__gte=day - timedelta(days=EXIT_SURVEY_DAYS)) & (
            Q(surveyed_on=None) | Q(surveyed_on__lt=lately)
        )
        return (
            self.valid()
            .not_paused_on(day)
            .annotate(
                surveyed_on=Subquery(handouts.order_by("-given_on").values("given_on")[:1]),
                matters_on=Coalesce("ended_on", next_on),
            )
            .filter(
                Q(ended_on=None) | just_ended & ~Q(exit_reason__code__in=UNASSESSABLE_EXITS),
                matters_on__lte=day,
            )
        )

    def planned_end_passed(self, day: date) -> Self:
        """With an ongoing intervention that should have ended; `matters_on` is the earliest such."""
        late = rows.Intervention.objects.open().filter(
            enrolment=OuterRef("pk"), planned_end_on__lt=day
        )
        return (
            self.open()
            .annotate(
                matters_on=Subquery(late.order_by("planned_end_on").values("planned_end_on")[:1])
            )
            .filter(matters_on__isnull=False)
        )

    def enrolled_ten_months(self, day: date) -> Self:
        """Open for ten calendar months, the Kompetensteam's threshold; the day is clipped to the month."""
        return (
            self.open()
            .annotate(matters_on=date_after(F("started_on"), f"+ interval '{TEAM_MONTHS} months'"))
            .filter(matters_on__lte=day)
        )

    def to_put_to_team(self, day: date) -> Self:
        """Open for ten calendar months and never put to the Kompetensteam; `matters_on` as above."""
        asked = rows.TeamReview.objects.filter(enrolment=OuterRef("pk"))
        return self.enrolled_ten_months(day).exclude(Exists(asked))

    def team_follow_up_due(self, day: date) -> Self:
        """Open, with a recommendation of the Kompetensteam that should have been followed up by the day."""
        waiting = rows.TeamReview.objects.filter(enrolment=OuterRef("pk"), followed_up_on=None)
        return (
            self.open()
            .annotate(matters_on=Subquery(waiting.values("follow_up_on")[:1]))
            .filter(matters_on__lte=day)
        )

    def with_start(self) -> Self:
        """All of these; `matters_on` is the start."""
        return self.annotate(matters_on=F("started_on"))

    def exit_unconfirmed(self) -> Self:
        """Ended to work or studies that nobody has confirmed or denied yet."""
        return (
            self.ended()
            .filter(
                exit_confirmed=None,
                exit_reason__kas_class__in=[rows.KasClass.A, rows.KasClass.B],
            )
            .annotate(matters_on=F("ended_on"))
        )

    def correction_due(self) -> Self:
        """Somebody says that something is wrong, and nothing is decided.

        `matters_on` is when it was asked for.
        """
        waiting = rows.Correction.objects.undecided()
        of_each = waiting.filter(enrolment=OuterRef("pk")).order_by("received_on")
        # The few that are asked for are looked up: otherwise each enrolment would be asked of one.
        return (
            self.valid()
            .filter(pk__in=waiting.values("enrolment"))
            .annotate(matters_on=Subquery(of_each.values("received_on")[:1]))
        )

    def with_missing_data(self, day: date) -> Self:
        """Open and begun, without what the figures ask for: level, education or legal sex."""
        return (
            self.open()
            .filter(started_on__lte=day)
            .with_level_on(day)
            .filter(
                Q(level=None)
                | Q(participant__education=rows.Education.UNKNOWN)
                | Q(participant__sex=rows.Sex.UNKNOWN)
            )
            .annotate(matters_on=F("started_on"))
        )

    def without_consultant(self, day: date) -> Self:
        """Open with nobody employed responsible for it on the day; `matters_on` is the start."""
        employed = User.objects.active().filter(pk=OuterRef("consultant_now"))
        return (
            self.open()
            .with_consultant_on(day)
            .exclude(Exists(employed))
            .annotate(matters_on=F("started_on"))
        )

    def for_work_list(self, day: date) -> models.QuerySet:
        """After one of the work lists: its first rows, oldest first, with the level of the day."""
        return (
            self.with_level_on(day)
            .with_consultant_on(day)
            .annotate(
                public_id=F("participant__public_id"),
                name=full_name(),
                consultant_name=consultant_name(),
            )
            .order_by(F("matters_on"), "pk")
            .values_list("public_id", "name", "level", "consultant_name", "matters_on", named=True)[
                :WORK_LIST_SIZE
            ]
        )


def _last_contact() -> Greatest:
    """The day of the newest note or held meeting; the database passes over what there is none of."""
    notes = rows.Note.objects.filter(enrolment=OuterRef("pk")).order_by("-happened_on")
    held = rows.Meeting.objects.held().filter(enrolment=OuterRef("pk")).order_by("-day")
    return Greatest(Subquery(notes.values("happened_on")[:1]), Subquery(held.values("day")[:1]))
