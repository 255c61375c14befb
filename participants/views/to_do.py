"""What should be done in a case: the same rules as the work lists, for one case with all its rows read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from participants.models import (
    Education,
    Enrolment,
    Intervention,
    Plan,
    Sex,
    TeamReview,
    TeamState,
)
from participants.models.work_lists import CONTACT_DUE_DAYS, EXIT_ASSESSMENT_DAYS
from sundbyberg_am.templatetags.swedish import plural

SOON = timedelta(days=14)


@dataclass(frozen=True)
class ToDo:
    """A row of the list at the top of a case, as work_list.html shows it."""

    title: str
    url: str
    detail: str = ""
    due: str = ""
    tone: str = ""


def what_to_do(
    enrolment: Enrolment,
    *,
    level: str | None,
    plan: Plan | None,
    interventions: Sequence[Intervention],
    last_contact_on: date | None,
    progress_due_on: date | None,
    day: date,
    is_paused: bool = False,
    review: TeamReview | None = None,
) -> list[ToDo]:
    """What is missing or due on the day, the most pressing first.

    In a pause nothing is said of plan and contact. `review` is what the Kompetensteam has been asked last.
    """
    public_id = enrolment.participant.public_id

    def page(name: str, *args: object) -> str:
        return reverse(name, args=[public_id, *args])

    found = []
    if not enrolment.is_open:
        if enrolment.is_unconfirmed:
            found.append(
                ToDo(
                    "Bekräfta avslutet",
                    page("exit_confirm"),
                    f"Blev det av: {enrolment.exit_reason}?",
                    f"Avslutad {enrolment.ended_on}",
                    "warning",
                )
            )
        if progress_due_on and (day - progress_due_on).days <= EXIT_ASSESSMENT_DAYS:
            found.append(
                ToDo(
                    "Gör en sista skattning",
                    page("assessment_add"),
                    "Den visar vad tiden hos er har gett.",
                    f"Avslutad {enrolment.ended_on}",
                )
            )
        return found

    if enrolment.consultant is None or not enrolment.consultant.is_active:
        found.append(ToDo("Välj konsulent", page("assign"), "Ingen har ärendet.", "", "danger"))
    if level is None:
        found.append(ToDo("Sätt nivå", page("level_change"), "Nivån saknas."))
    if is_paused:
        pass
    elif plan is None:
        late = enrolment.plan_due_on < day
        found.append(
            ToDo(
                "Gör en handlingsplan",
                page("plan"),
                "Den ska vara fastställd inom 30 dagar.",
                f"{'Skulle varit klar' if late else 'Senast'} {enrolment.plan_due_on}",
                "danger" if late else "neutral",
            )
        )
    elif plan.follow_up_on and plan.follow_up_on <= day + SOON:
        due = plan.follow_up_on <= day
        found.append(
            ToDo(
                "Följ upp planen",
                page("plan_follow_up"),
                "Gå igenom stegen tillsammans och gör en ny version om något ändras.",
                f"Planerad {plan.follow_up_on}",
                "warning" if due else "neutral",
            )
        )
    if progress_due_on and progress_due_on <= day + SOON and not is_paused:
        is_first = progress_due_on == enrolment.started_on
        found.append(
            ToDo(
                "Gör en första skattning" if is_first else "Gör en ny skattning",
                page("assessment_add"),
                "Då syns varje steg framåt sedan."
                if is_first
                else "Se vad som är nytt sedan sist.",
                f"Dags {progress_due_on}",
                "warning" if progress_due_on + SOON < day else "neutral",
            )
        )
    quiet = (day - (last_contact_on or enrolment.started_on)).days
    if quiet >= CONTACT_DUE_DAYS and not is_paused:
        found.append(
            ToDo(
                "Ta kontakt",
                page("note_add"),
                "Skriv en anteckning när ni har hörts.",
                f"{plural(quiet, 'dag,dagar')} sedan sist"
                if last_contact_on
                else "Ingen anteckning än",
                "warning",
            )
        )
    found += [
        ToDo(
            "Avsluta insatsen",
            page("intervention_end", one.pk),
            one.get_kind_display(),
            f"Planerat slut {one.planned_end_on}",
            "warning",
        )
        for one in interventions
        if one.is_late_on(day)
    ]
    found += _for_the_team(enrolment, review, day)
    missing = []
    if enrolment.participant.education == Education.UNKNOWN:
        missing.append("utbildning")
    if enrolment.participant.sex == Sex.UNKNOWN:
        missing.append("kön")
    if missing:
        found.append(
            ToDo("Fyll i uppgifter", page("participant_details"), f"Saknas: {', '.join(missing)}.")
        )
    return found


def _for_the_team(enrolment: Enrolment, review: TeamReview | None, day: date) -> list[ToDo]:
    public_id = enrolment.participant.public_id
    if review is None:
        if day < enrolment.team_from:
            return []
        return [
            ToDo(
                "Ta upp i Kompetensteam",
                reverse("team_put", args=[public_id]),
                "Ärendet har pågått i tio månader.",
                f"Sedan {enrolment.team_from}",
            )
        ]
    match review.state_on(day):
        case TeamState.AWAITING:
            return [
                ToDo(
                    "Skriv teamets rekommendation",
                    reverse("team_recommend", args=[public_id, review.pk]),
                    "Kompetensteamet har haft sitt möte.",
                    f"Möte {review.meeting_on}",
                )
            ]
        case TeamState.FOLLOW_UP_DUE:
            return [
                ToDo(
                    "Följ upp rekommendationen",
                    reverse("team_follow_up", args=[public_id, review.pk]),
                    "Kompetensteamets rekommendation.",
                    f"Planerad {review.follow_up_on}",
                    "warning",
                )
            ]
        case _:
            return []
