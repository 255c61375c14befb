"""What the unit does together: who is away, handovers, pauses, and the Kompetensteam."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from participants.bulk import store
from participants.models import (
    ConsultantChange,
    Enrolment,
    Handover,
    HandoverNotice,
    Pause,
    TeamReview,
)
from sundbyberg_am.models import Absence, User

from .fates import Stay, at_work, at_work_before, later
from .moments import a_moment
from .office import FORMER_UNTIL, Office

FIRST_ABSENCE, FORTNIGHT = date(2023, 1, 2), timedelta(days=14)
TEAM_SHARE = 0.7  # of those who stay for ten months
QUESTIONS = (
    "Praktik och kurser har inte lett till arbete. Vad har vi inte prövat?",
    "Personen orkar tio timmar i veckan. Är målet rimligt, och vem mer behöver vara med?",
    "Svenskan är hindret, och sfi går långsamt. Hur går vi vidare?",
    "Är arbetsmarknadsenheten rätt plats, eller behövs ett annat stöd först?",
)
RECOMMENDATIONS = (
    "Fördjupad arbetsbedömning under åtta veckor. Trepartsmöte med socialsekreteraren efter halva tiden.",
    "Språkstöd på en arbetsplats i stället för kurs. Öka tiden stegvis, två timmar i taget.",
    "Kontakta vården tillsammans med personen. Behåll arbetsträningen på den nivå som fungerar.",
)
FOLLOW_UPS = (
    "Bedömningen är klar. Personen klarar halvtid med anpassning, och planen är ändrad efter det.",
    "Språkstödet har hjälpt. Arbetsgivaren vill förlänga.",
    "Kontakten är tagen. Vi fortsätter som förut och tar ett nytt möte om tre månader.",
)


@dataclass(frozen=True)
class Case:
    """An enrolment with the fate that it came of."""

    enrolment: Enrolment
    stay: Stay
    key: str


def store_together(office: Office, cases: Sequence[Case], today: date) -> None:
    """Store what concerns these cases and those who work with them, by the day."""
    store(_absences(office, today))
    _store_pauses(cases, today)
    if today > FORMER_UNTIL:
        _store_handover(office, [case for case in cases if case.stay.was_taken_over])
    _store_reviews(office, cases, today)


def _absences(office: Office, today: date) -> list[Absence]:
    """Somebody is always away, two weeks at a time and in turn, but never the one who is shown first."""
    absences, day, turn = [], FIRST_ABSENCE, 0
    others = office.consultants[1:]
    while day <= today + FORTNIGHT:
        user = others[turn % len(others)]
        until_on = day + FORTNIGHT - timedelta(days=1)
        absences.append(Absence(user=user, from_on=day, until_on=until_on, created_by=user))
        day, turn = day + FORTNIGHT, turn + 1
    return absences


def _store_pauses(cases: Sequence[Case], today: date) -> None:
    pauses = []
    for case in cases:
        fate = case.stay.pause
        if fate is None or fate.started_on > today:
            continue
        is_known = fate.is_planned or fate.ended_on <= today
        by = case.enrolment.consultant
        pauses.append(
            Pause(
                enrolment=case.enrolment,
                kind=fate.kind,
                started_on=fate.started_on,
                ended_on=fate.ended_on if is_known else None,
                created_at=a_moment(fate.started_on, f"pause {case.key}"),
                created_by=by,
                ended_by=by if is_known else None,
            )
        )
    store(pauses)


def _store_handover(office: Office, cases: Sequence[Case]) -> None:
    """What the one who left had that went on: handed over to those who stayed."""
    valid_from = FORMER_UNTIL + timedelta(days=1)
    at = a_moment(at_work_before(FORMER_UNTIL - timedelta(days=4)), "handover")
    handover = Handover(
        unit=office.unit,
        consultant=office.former,
        valid_from=valid_from,
        created_at=at,
        created_by=office.manager,
    )
    changes: list[ConsultantChange] = []
    receivers: dict[int, User] = {}
    for case in cases:
        receiver = office.consultant(case.stay.consultant)
        receivers[receiver.pk] = receiver
        changes += [
            ConsultantChange(
                enrolment=case.enrolment,
                consultant=office.former,
                valid_from=case.stay.started_on,
                created_at=a_moment(case.stay.started_on, f"first {case.key}"),
                created_by=office.coordinator,
            ),
            ConsultantChange(
                enrolment=case.enrolment,
                consultant=receiver,
                valid_from=valid_from,
                handover=handover,
                created_at=at,
                created_by=office.manager,
            ),
        ]
    seen_at = a_moment(at_work(valid_from), "handover seen")
    notices = [
        HandoverNotice(handover=handover, user=user, seen_at=seen_at)
        for user in (office.former, *receivers.values())
    ]
    store([handover], changes, notices)


def _store_reviews(office: Office, cases: Sequence[Case], today: date) -> None:
    long = [case for case in cases if case.enrolment.team_from <= min(today, case.stay.ended_on)]
    ended = [case for case in long if case.enrolment.ended_on]
    reviews = [review for case in ended if (review := _past_review(office, case))]
    # Those that go on stand in every state by turns, the oldest furthest on.
    going_on = sorted(
        (case for case in long if case.enrolment.ended_on is None),
        key=lambda case: (case.stay.started_on, case.key),
    )
    for turn, case in enumerate(going_on):
        days = (today - case.enrolment.team_from).days
        review = _review_now(office, case, turn % len(_COURSES), days, today)
        if review:
            reviews.append(review)
    store(reviews)
    member = TeamReview.members.through
    member.objects.bulk_create(
        member(teamreview=review, user=user)
        for review in reviews
        for user in (review.created_by, office.manager)
    )


# Days from today to the meeting, the recommendation, its follow-up, and the note about it.
_COURSES: tuple[tuple[int | None, ...], ...] = (
    (-80, -78, -20, -9),
    (-45, -44, -2, None),
    (-5, None, None, None),
    (8, None, None, None),
    (),
    (-12, -12, 30, None),
)


def _review_now(
    office: Office, case: Case, course: int, days: int, today: date
) -> TeamReview | None:
    """Where the turn puts it, or to come when ten months are too recent for that."""
    steps = _COURSES[course]
    if not steps:
        return None
    if (steps[0] or 0) < -days:
        steps = (8, None, None, None)
    meeting, recommended, follow_up, noted = (
        None if step is None else today + timedelta(days=step) for step in steps
    )
    return _review(office, case, meeting or today, recommended, follow_up, noted)


def _past_review(office: Office, case: Case) -> TeamReview | None:
    rng = Random(f"team {case.key}")
    if rng.random() > TEAM_SHARE:
        return None
    meeting = later(rng, case.enrolment.team_from, 10, 35)
    recommended = later(rng, meeting, 0, 6)
    follow_up = later(rng, recommended, 45, 70)
    noted = later(rng, follow_up, 0, 14)
    last = case.stay.ended_on
    if meeting > last:
        return None
    if recommended > last:
        return _review(office, case, meeting, None, None, None)
    return _review(office, case, meeting, recommended, follow_up, noted if noted <= last else None)


def _review(
    office: Office,
    case: Case,
    meeting_on: date,
    recommended_on: date | None,
    follow_up_on: date | None,
    noted_on: date | None,
) -> TeamReview:
    rng = Random(f"team texts {case.key}")
    consultant = office.consultant(case.stay.consultant)
    put_on = max(case.enrolment.team_from, meeting_on - timedelta(days=14))
    sender = rng.choice(office.senders)
    review = TeamReview(
        enrolment=case.enrolment,
        question=rng.choice(QUESTIONS),
        meeting_on=meeting_on,
        other_members=f"{sender.name}, ekonomiskt bistånd",
        put_on=min(put_on, meeting_on),
        created_at=a_moment(put_on, f"team {case.key}"),
        created_by=consultant,
    )
    if recommended_on:
        review.recommendation = rng.choice(RECOMMENDATIONS)
        review.recommended_on, review.recommended_by = recommended_on, consultant
        review.follow_up_on = follow_up_on
    if noted_on:
        review.follow_up_note = rng.choice(FOLLOW_UPS)
        review.followed_up_on, review.followed_up_by = noted_on, consultant
    return review
