"""The start page: what the role has to act on today, computed from the rows and never ticked by hand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from participants.models import Education, EmergencyOpening, Enrolment, Handover, Meeting, Sex
from participants.models.work_lists import EnrolmentQuerySet
from referrals.meetings import coming_meetings
from referrals.models import Referral
from reporting.goals.reading import read_chain
from reporting.models import ReportRun

from .access import Role, SignedInRequest
from .actions import record_access
from .day import Case, Covering, Day, Goals, Item, Stat, Trend, WorkList
from .first_time import first_time
from .models import AccessRecord, User
from .prepared import prepared
from .referral_lists import (
    feedback_to_read,
    late_referrals,
    news,
    questions_to_team,
    referral_list,
    to_receive,
    units_without_receiver,
)
from .templatetags.rows import address
from .templatetags.swedish import long_day, moment, plural

WEEKDAYS = "måndag tisdag onsdag torsdag fredag lördag söndag".split()  # noqa: SIM905
TREND_WEEKS = 12


@require_GET
def start(request: SignedInRequest) -> HttpResponse:
    """The day of whoever has signed in."""
    user, today = request.user, timezone.localdate()
    day = _DAYS[Role(user.role)](user, today)
    record_access(request, dict.fromkeys(day.subjects))
    return render(
        request,
        "start.html",
        {
            "first_time": first_time(request),
            "heading": f"{WEEKDAYS[today.weekday()].capitalize()} {long_day(today)}",
            # A list with nothing in it is a line at the foot: the eye goes to what waits.
            "lists": [one for one in day.lists if one.items],
            "quiet": [one for one in day.lists if not one.items],
            "stats": day.stats,
            "caseload": day.caseload,
            "covering": day.covering,
            "trends": day.trends,
            "goals": day.goals,
        },
    )


def _consultant(user: User, today: date) -> Day:
    own = _kept(user, today)
    lists, subjects = _case_lists(_OF_CONSULTANT, _kept, user, today)
    meetings, met = _meeting_lists(own.newest_of_each(), timezone.localtime())
    asked, asking = questions_to_team(own)
    kept = _caseload(user.pk, user.unit_id or 0, role=user.role, day=today)
    covering, covered = _covering(user, today)
    return Day(
        [*meetings, asked, _handovers(user), news(user), *lists],
        [],
        [*met, *asking, *subjects, *(row.public_id for row in kept), *covered],
        [_case(row, today) for row in kept],
        covering,
    )


# Whose cases it is about, as the user may see them on a day.
Whose = Callable[[User, date], EnrolmentQuerySet]


def _kept(user: User, day: date) -> EnrolmentQuerySet:
    return Enrolment.objects.visible_to(user).kept_by(user, day)


def _covered(user: User, day: date) -> EnrolmentQuerySet:
    return Enrolment.objects.visible_to(user).covered_by(user, day)


def _of_unit(user: User, day: date) -> EnrolmentQuerySet:
    return Enrolment.objects.visible_to(user)


@dataclass(frozen=True)
class _Waiting:
    """A work list of cases: what is looked for in some cases on a day, and how a row of it is said."""

    title: str
    find: Callable[[Any, date], Any]
    page: str = "participant"
    when: str = "inskriven {}"
    tone: str = ""


# What a consultant acts on; only the newest enrolment of somebody is assessed.
_OF_CONSULTANT = (
    _Waiting(
        "Plan saknas",
        lambda own, day: own.without_plan(day),
        "plan",
        "skulle varit klar {}",
        "warning",
    ),
    _Waiting(
        "Uppföljning av plan",
        lambda own, day: own.follow_up_due(day),
        "plan_follow_up",
        "skulle följas upp {}",
    ),
    _Waiting(
        "Dags för skattning",
        lambda own, day: own.newest_of_each().progress_due(day),
        "assessment_add",
        "sedan {}",
    ),
    _Waiting(
        "Enkät att dela ut",
        lambda own, day: own.newest_of_each().survey_due(day),
        "survey_give",
        "sedan {}",
    ),
    _Waiting(
        "Insats efter planerat slut", lambda own, day: own.planned_end_passed(day), when="slut {}"
    ),
    _Waiting(
        "Ingen kontakt på 30 dagar",
        lambda own, day: own.without_contact(day),
        "note_add",
        "senast {}",
    ),
    _Waiting(
        "Att ta upp i Kompetensteam",
        lambda own, day: own.to_put_to_team(day),
        "team_put",
        "sedan {}",
    ),
    _Waiting(
        "Uppföljning av rekommendation",
        lambda own, day: own.team_follow_up_due(day),
        when="skulle följas upp {}",
        tone="warning",
    ),
    _Waiting(
        "Avslut att bekräfta",
        lambda own, day: own.exit_unconfirmed(),
        "exit_confirm",
        "avslutad {}",
    ),
    _Waiting("Uppgifter saknas", lambda own, day: own.with_missing_data(day)),
)
_OF_MANAGER = (
    _Waiting("Utan konsulent", lambda cases, day: cases.without_consultant(day), tone="warning"),
    _Waiting(
        "Plan saknas", lambda cases, day: cases.without_plan(day), when="skulle varit klar {}"
    ),
    _Waiting(
        "Avslut att bekräfta", lambda cases, day: cases.exit_unconfirmed(), when="avslutad {}"
    ),
    _Waiting(
        "Rättelser att besluta",
        lambda cases, day: cases.correction_due(),
        "sharing",
        "begärd {}",
        "warning",
    ),
)
_EVERYBODY = (_Waiting("Deltagare", lambda cases, day: cases.ongoing_on(day).with_start()),)


def _covering(user: User, today: date) -> tuple[Covering | None, list[Any]]:
    """What the user answers for as deputy today, and the public ids of those shown."""
    cases: Any = _covered(user, today)
    colleagues = cases.open().consultants_on(today).with_away_until(today)
    headings = [
        f"Du ersätter {one.name} till {one.away_until}"
        if one.away_until
        else f"Du ersätter {one.name}, som inte arbetar kvar"
        for one in colleagues
    ]
    if not headings:
        return None, []
    lists, subjects = _case_lists(_OF_CONSULTANT, _covered, user, today)
    meetings, met = _meeting_lists(cases.newest_of_each(), timezone.localtime())
    caseload, shown = _case_lists(_EVERYBODY, _covered, user, today)
    asked, asking = questions_to_team(cases)
    waiting = filter(_has_items, [*meetings, asked, *lists])
    return Covering(headings, [*waiting, *caseload]), [*met, *asking, *subjects, *shown]


def _has_items(one: WorkList) -> bool:
    return bool(one.items)


def _handovers(user: User) -> WorkList:
    """Cases that have come or gone, until the user says that it is seen."""
    items = [
        Item(
            url=reverse("handover", args=[one.public_id]),
            title=f"{plural(one.size, 'ärende,ärenden')} "
            + ("lämnas över från dig" if one.consultant == user else f"från {one.consultant.name}"),
            detail="Läs vilka, och säg att du har sett det",
            due=f"från {one.valid_from}",
        )
        for one in Handover.objects.visible_to(user).unseen_by(user)
    ]
    return WorkList("Överlämningar", items, "Överlämningar: inget nytt")


def _manager(user: User, today: date) -> Day:
    cases = Enrolment.objects.visible_to(user)
    lists, subjects = _case_lists(_OF_MANAGER, _of_unit, user, today)
    sent = Referral.objects.visible_to(user)
    late = late_referrals(user, today)
    drafts = [
        Item(reverse("report", args=[run.public_id]), run.label, "Väntar på dig")
        for run in ReportRun.objects.visible_to(user).to_approve()
    ]
    reports = WorkList("Rapporter att fastställa", drafts, "Inga rapporter att fastställa")
    stats = [
        Stat("Pågående inskrivningar", cases.ongoing_on(today).count()),
        Stat("Obesvarade anvisningar", sent.undecided().count()),
    ]
    trends = [
        *_trend("Pågående inskrivningar", cases, today),
        *_trend("Obesvarade anvisningar", sent, today),
    ]
    opened, opening = _emergencies(user)
    return Day(
        [*late[0], opened, news(user), *lists, reports],
        stats,
        [*late[1], *opening, *subjects],
        trends=trends,
        goals=_goals(user, today),
    )


def _emergencies(user: User) -> tuple[WorkList, list[Any]]:
    """Cases of the unit that were opened in an emergency, until somebody has read why; and whose they are."""
    found = list(EmergencyOpening.objects.to_answer_for(user).unread()[:10])
    items = [
        Item(
            url=reverse("emergency"),
            title=f"{one.user.name} har öppnat {one.enrolment}",
            detail=one.reason,
            due=moment(one.at),
            tone="warning",
        )
        for one in found
    ]
    return WorkList("Nödöppnade ärenden", items, "Nödöppnade ärenden: inga"), [
        one.subject for one in found
    ]


def _coordinator(user: User, today: date) -> Day:
    sent = Referral.objects.visible_to(user)
    lists, subjects = to_receive(sent.undecided(), today)
    stats = [Stat("Att besvara", sent.with_unit().count())]
    trends = _trend("Obesvarade anvisningar", sent, today)
    return Day([*lists, news(user)], stats, subjects, trends=trends)


def _social_secretary(user: User, today: date) -> Day:
    own = Referral.objects.visible_to(user)
    shown = [
        referral_list("Att komplettera", own.waiting_for_sender(), today),
        referral_list("Utkast att skicka", own.drafts_of(user), today),
        referral_list("Besvarade de senaste två veckorna", own.answered_recently(today), today),
    ]
    shown.insert(1, _three_party_list(user, timezone.localtime()))
    shown.insert(2, feedback_to_read(user))
    stats = [Stat("Väntar på svar", own.undecided().count(), "Hela teamets anvisningar")]
    return Day(
        [*(one[0] for one in shown), news(user)],
        stats,
        [pk for one in shown for pk in one[1]],
        trends=_trend("Teamets anvisningar som väntar på svar", own, today),
    )


def _trend(title: str, rows: Any, today: date) -> list[Trend]:
    """How many there have been, the same day of each week; nothing where there have been none."""
    days = [today - timedelta(weeks=weeks) for weeks in reversed(range(TREND_WEEKS))]
    sizes = rows.sizes_on(days)
    weeks = [f"v. {day.isocalendar().week}" for day in days]
    return [Trend(title, list(zip(weeks, sizes, strict=True)))] if any(sizes) else []


def _controller(user: User, today: date) -> Day:
    items = [
        Item(
            reverse("report", args=[run.public_id]),
            run.label,
            f"Fastställd {timezone.localdate(run.approved_at)}",
        )
        for run in ReportRun.objects.visible_to(user).for_list()[:10]
    ]
    reports = WorkList("Fastställda rapporter", items, "Inga fastställda rapporter än")
    return Day([reports], [], [], goals=_goals(user, today))


def _goals(user: User, today: date) -> Goals | None:
    """This year against its targets, as the latest report has it."""
    run = ReportRun.objects.visible_to(user).latest_of_year(today.year)
    chain = read_chain(run.content) if run and run.content else None
    if not run or not chain:
        return None
    indicators = [one for goal in chain.goals for one in goal.indicators]
    return Goals(run.label, reverse("report", args=[run.public_id]), indicators)


def _administrator(user: User, today: date) -> Day:
    stats = [Stat("Aktiva användare", User.objects.active().count())]
    return Day([units_without_receiver()], stats, [])


def _log_reviewer(user: User, today: date) -> Day:
    return Day([], [Stat("Visningar i dag", AccessRecord.objects.of_day(today).count())], [])


_DAYS: dict[Role, Callable[[User, date], Day]] = {
    Role.CONSULTANT: _consultant,
    Role.MANAGER: _manager,
    Role.COORDINATOR: _coordinator,
    Role.SOCIAL_SECRETARY: _social_secretary,
    Role.CONTROLLER: _controller,
    Role.ADMINISTRATOR: _administrator,
    Role.LOG_REVIEWER: _log_reviewer,
}


def _case(row: Any, today: date) -> Case:
    missing = [
        word
        for word, is_missing in (
            ("nivå", row.level is None),
            ("plan", row.plan_in_force is None),
            ("utbildning", row.participant__education == Education.UNKNOWN),
            ("kön", row.participant__sex == Sex.UNKNOWN),
        )
        if is_missing
    ]
    if row.started_on > today:
        enrolled = f"börjar {row.started_on}"
    else:
        enrolled = plural(row.weeks, "vecka,veckor") if row.weeks else "mindre än en vecka"
    return Case(
        url=address(row.public_id, "participant"),
        name=row.name,
        level=row.level or "",
        enrolled=enrolled,
        step=row.step or "",
        step_due_on=row.step_due_on,
        is_late=row.step_due_on is not None and row.step_due_on < today,
        missing=", ".join(missing),
    )


@prepared
def _rows(user: int, unit: int, *, role: str, day: date, whose: Whose, waiting: _Waiting) -> Any:
    cases = whose(User(pk=user, unit_id=unit, role=role), day)
    return waiting.find(cases, day).for_work_list(day)


@prepared
def _caseload(user: int, unit: int, *, role: str, day: date) -> Any:
    return _kept(User(pk=user, unit_id=unit, role=role), day).open().for_caseload(day)


def _case_lists(
    wanted: Iterable[_Waiting], whose: Whose, user: User, today: date
) -> tuple[list[WorkList], list[Any]]:
    """Work lists of cases, one query each, and the public ids of those on them."""
    lists, subjects = [], []
    for one in wanted:
        rows = _rows(
            user.pk, user.unit_id or 0, role=user.role, day=today, whose=whose, waiting=one
        )
        subjects += [row.public_id for row in rows]
        items = [
            Item(
                url=address(row.public_id, one.page),
                title=row.name,
                detail=" · ".join(filter(None, [row.level, row.consultant_name])),
                due=one.when.format(row.matters_on),
                tone=one.tone,
            )
            for row in rows
        ]
        lists.append(WorkList(one.title, items, f"{one.title}: inget att göra"))
    return lists, subjects


def _meeting_lists(own: Any, now: datetime) -> tuple[list[WorkList], list[Any]]:
    """The day's meetings, those to register and those to book, and the public ids of those on them."""
    meetings = Meeting.objects.in_cases(own)
    wanted = (
        ("Möten i dag", meetings.coming_today(now), "participant", ""),
        ("Möten att registrera", meetings.to_register(now), "meeting_record", "warning"),
        ("Trepartsmöten att boka", meetings.asked_for(), "meeting_change", ""),
    )
    lists, subjects = [], []
    for title, found, page, tone in wanted:
        items = []
        for one in found.for_work_list():
            person = one.enrolment.participant
            place = [person.public_id] if page == "participant" else [person.public_id, one.pk]
            subjects.append(person.public_id)
            items.append(
                Item(
                    url=reverse(page, args=place),
                    title=person.name,
                    detail=one.request
                    if one.is_request
                    else f"{one.get_kind_display()} · {one.where}",
                    due=f"begärt {timezone.localdate(one.requested_at)}"
                    if one.is_request
                    else _when(one.day, one.clock, now),
                    tone=tone,
                )
            )
        lists.append(WorkList(title, items, f"{title}: inga"))
    return lists, subjects


def _three_party_list(user: User, now: datetime) -> tuple[WorkList, list[Any]]:
    """The team's three-party meetings to come, and the public ids of the referrals that led there."""
    coming = coming_meetings(user, now)
    items = [
        Item(
            url=reverse("referral", args=[one.referral.public_id]) + "#moten",
            title=one.referral.name,
            detail=f"{_when(one.meeting.day, one.meeting.clock, now)} · {one.meeting.where}",
            due=one.meeting.reply or "Svara",
            tone="" if one.meeting.reply else "warning",
        )
        for one in coming
    ]
    title = "Kommande trepartsmöten"
    return WorkList(title, items, f"{title}: inga"), [one.referral.public_id for one in coming]


def _when(day: date | None, clock: str, now: datetime) -> str:
    """The time of a meeting, as short as it can be; empty when it has none."""
    if day is None:
        return ""
    return clock if day == now.date() else f"{day} {clock}"
