"""The case page, and what is done to the participant as a person."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from participants import actions, case_questions
from participants.access import open_case
from participants.forms import DetailsForm
from participants.models import Enrolment, Participant, Sex
from participants.models.timeline import EventKey, EventKind, timeline
from sundbyberg_am.access import Permission, SignedInRequest, requires

from .form_page import form_page, in_place, to_case
from .meeting import open_meetings
from .progress import progress_panel
from .standing import standing
from .survey import survey_panel
from .to_do import what_to_do

EVENTS = 20
WHOLE_PAGE = {"Retarget": "#innehall", "Reselect": "#innehall", "Reswap": "outerHTML"}
EVENT_FILTERS = {
    "": ("Allt", list(EventKind)),
    "anteckningar": ("Anteckningar", [EventKind.NOTE]),
    "moten": ("Möten", [EventKind.MEETING]),
    "insatser": ("Insatser", [EventKind.INTERVENTION_START, EventKind.INTERVENTION_END]),
    "plan": ("Planer", [EventKind.PLAN]),
    "utveckling": ("Utveckling", [EventKind.ASSESSMENT]),
    "inskrivning": (
        "Inskrivning och nivå",
        [
            EventKind.ENROLMENT,
            EventKind.LEVEL,
            EventKind.EXIT,
            EventKind.EXIT_CHANGED,
            EventKind.VOIDED,
            EventKind.CONSULTANT,
            EventKind.PAUSE_START,
            EventKind.PAUSE_END,
        ],
    ),
    "kompetensteam": (
        "Kompetensteam",
        [EventKind.TEAM_QUESTION, EventKind.TEAM_RECOMMENDATION, EventKind.TEAM_FOLLOW_UP],
    ),
}


@require_GET
@requires(Permission.READ_CASES)
def participant(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The case: who it is, how it stands, what to do, and everything that has happened."""
    today = timezone.localdate()
    enrolment = open_case(request, public_id)
    request.user.unit = enrolment.unit  # the same row, so that it is not asked for again
    levels = case_questions.levels(enrolment)
    level = next((one.level for one in levels if one.valid_from <= today), None)
    plans = case_questions.plans(enrolment)
    plan = next((one for one in plans if one.adopted_on), None)
    interventions = case_questions.interventions(enrolment)
    panel = progress_panel(enrolment, case_questions.assessments(enrolment))
    user = request.user
    everywhere = case_questions.enrolments(
        user.pk, enrolment.unit_id, enrolment.participant, today, role=user.role
    )
    meetings = open_meetings(enrolment, timezone.localtime())

    visa = request.GET.get("visa", "")
    visa = visa if visa in EVENT_FILTERS else ""
    before = EventKey.parse(request.GET.get("fore", ""))
    events = timeline(everywhere, kinds=EVENT_FILTERS[visa][1], before=before, size=EVENTS + 1)
    stand = standing(enrolment, today)
    person = enrolment.participant
    readers = person.named_readers.names() if person.protection else []
    survey = survey_panel(enrolment, today, is_paused=stand["pause_now"] is not None)
    context = {
        **stand,
        **survey,
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "level": level or "",
        "levels": levels,
        "contact": contact(enrolment.participant),
        "facts": facts(enrolment, today),
        "weeks": int(enrolment.weeks_on(today)),
        "plan": plan,
        "progress": f"{plan.steps_done} av {len(plan.steps)}" if plan else "",
        "draft": next((one for one in plans if not one.adopted_on), None),
        "ongoing": [one for one in interventions if one.ended_on is None],
        "past": [one for one in interventions if one.ended_on],
        "panel": panel,
        "earlier": [one for one in everywhere if one != enrolment],
        "meetings": meetings,
        "to_do": what_to_do(
            enrolment,
            level=level,
            plan=plan,
            interventions=interventions,
            last_contact_on=case_questions.last_contact(enrolment)[0],
            progress_due_on=panel.due_on,
            is_paused=stand["pause_now"] is not None,
            review=stand["review_now"],
            day=today,
        )
        + meetings.to_do
        + survey["survey_to_do"],
        "events": events[:EVENTS],
        "event_filters": [(key, label) for key, (label, _) in EVENT_FILTERS.items()],
        "visa": visa,
        "older": f"?visa={visa}&fore={events[EVENTS - 1].key}#handelser"
        if len(events) > EVENTS
        else "",
        "newest": f"?visa={visa}#handelser" if before else "",
        "may_give_extract": request.user.may(Permission.GIVE_EXTRACTS),
        "may_protect": request.user.may(Permission.PROTECT_IDENTITIES),
        "readers": readers,
        "may_work": request.user.may(Permission.WORK_ON_CASES),
        "may_reopen": enrolment.reopens_until is not None and today <= enrolment.reopens_until,
        "today": today,
    }
    response = render(request, "participants/case.html", context)
    if in_place(request):
        # Something was changed in place and htmx has followed the redirect: much else may have changed.
        for name, value in WHOLE_PAGE.items():
            response[f"HX-{name}"] = value
    return response


@require_http_methods(["GET", "POST"])
@requires(Permission.WORK_ON_CASES)
def participant_details(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Change name, contact details and what the figures ask for."""
    enrolment = open_case(request, public_id)
    person = enrolment.participant
    form = DetailsForm(
        request.POST or None, instance=person, initial={"seen_version": person.version}
    )
    if request.method == "POST" and form.is_valid():
        saved = form.apply(actions.update_details, person, by=request.user)
        if saved is not None:
            messages.success(request, "Uppgifterna är sparade.")
            return to_case(enrolment)
    return form_page(
        request, enrolment, form, title="Uppgifter om deltagaren", submit_label="Spara"
    )


def contact(person: Participant) -> list[tuple[str, str]]:
    """What is known of how to reach the person; what is rarely asked for only when it is known."""
    told = [
        ("Adress", person.address),
        ("Når personen bäst", person.contact_preference),
        ("Tolk på", person.interpreter_language),
    ]
    return [
        ("Telefon", person.phone),
        ("E-post", person.email),
        *(fact for fact in told if fact[1]),
    ]


def facts(enrolment: Enrolment, today: date) -> list[tuple[str, str]]:
    """What one looks for first about the person and the enrolment."""
    person = enrolment.participant
    age = person.age_on(today)
    return [
        ("Inskriven", str(enrolment.started_on)),
        ("Anvisad av", enrolment.get_initiator_display()),
        ("Ålder", "" if age is None else f"{age} år"),
        ("Kön", Sex(person.sex).label),
        ("Utbildning", person.get_education_display()),
    ]
