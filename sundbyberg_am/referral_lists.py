"""The lists of the start pages that are about referrals: what waits, and what is new."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from referrals import duty
from referrals.models import FeedbackRecord, Notice, Referral, Status, TeamRequest
from referrals.notices import address_of

from .day import Item, WorkList
from .models import User
from .templatetags.swedish import plural

NEWS = 5
Listed = tuple[WorkList, list[Any]]


def referral_list(title: str, referrals: Any, today: date) -> Listed:
    """A work list of referrals, one query, and the public ids of those on it."""
    return _listed(title, referrals.for_work_list(), today)


def to_receive(undecided: Any, today: date) -> tuple[list[WorkList], list[Any]]:
    """What has been sent to the unit: late, new, completed, and what waits for the sender."""
    rows = list(undecided.for_work_list())
    late = [row for row in rows if row.is_late_on(today)]
    titles = {
        Status.SUBMITTED: "Nya anvisningar",
        Status.COMPLETED: "Kompletterade anvisningar",
        Status.COMPLETION_ASKED: "Väntar på komplettering",
    }
    lists = [_listed("Svarsdagen har passerat", late, today)[0]]
    for status, title in titles.items():
        in_time = [row for row in rows if row.status == status and row not in late]
        lists.append(_listed(title, in_time, today)[0])
    return lists, [row.public_id for row in rows]


def late_referrals(user: User, today: date) -> tuple[list[WorkList], list[Any]]:
    """What a manager has to see to: what is late, and everything while no coordinator is at work."""
    rows = list(duty.list_of(user, today).for_work_list())
    late = [row for row in rows if row.is_late_on(today)]
    in_time = [row for row in rows if row not in late]
    lists = [_listed("Anvisningar efter svarsdagen", late, today)[0]]
    if in_time:
        lists.append(_listed("Anvisningar medan samordnaren är borta", in_time, today)[0])
    return lists, [row.public_id for row in rows]


def questions_to_team(cases: Any) -> Listed:
    """What senders have asked the Kompetensteam about these cases, and the public ids of those on it."""
    items, subjects = [], []
    for one in TeamRequest.objects.waiting().in_cases(cases):
        person = one.referral.enrolment.participant  # type: ignore[union-attr]
        subjects.append(person.public_id)
        items.append(
            Item(
                url=reverse("team_put", args=[person.public_id]),
                title=person.name,
                detail=one.question,
                due=f"begärt {timezone.localdate(one.asked_at)}",
            )
        )
    title = "Socialsekreterarens frågor till Kompetensteamet"
    return WorkList(title, items, f"{title}: inga"), subjects


def feedback_to_read(user: User) -> Listed:
    """The feedback to the user's team that nobody has said to have read, and the referrals' public ids."""
    rows = list(FeedbackRecord.objects.to_acknowledge(user))
    items = [
        Item(
            url=reverse("referral", args=[one.referral.public_id]),
            title=one.referral.name,
            detail=one.referral.number_text,
            due=f"skickad {timezone.localdate(one.sent_at)}",
        )
        for one in rows
    ]
    work_list = WorkList("Återkoppling att läsa", items, "Återkoppling att läsa: ingen")
    return work_list, [one.referral.public_id for one in rows]


def news(user: User) -> WorkList:
    """What has happened that nobody has to act on, until the user says that it is seen. Names nobody."""
    items = [
        Item(
            url=address_of(one),
            title=one.get_kind_display(),
            detail=one.referral.number_text,
            due=f"{timezone.localdate(one.created_at)}",
        )
        for one in Notice.objects.of_user(user).unseen().news()[:NEWS]
    ]
    return WorkList("Nytt sedan sist", items, "Nytt sedan sist: inget")


def units_without_receiver() -> WorkList:
    """Units where referrals wait and nobody is left to receive them; of whom is not said."""
    items = [
        Item(
            url=reverse("user_list"),
            title=unit.name,
            detail="Ingen samordnare eller enhetschef har inloggning där. Lägg till en.",
            due=f"{plural(waiting, 'anvisning väntar,anvisningar väntar')}",
            tone="danger",
        )
        for unit, waiting in duty.units_without_receiver()
    ]
    title = "Enheter där ingen kan ta emot"
    return WorkList(title, items, f"{title}: inga")


def _listed(title: str, referrals: Iterable[Referral], today: date) -> Listed:
    rows = list(referrals)
    items = [
        Item(
            url=reverse("referral", args=[row.public_id]),
            title=row.name,
            detail=f"{row.number_text} · {row.get_status_display()}",
            due=f"svar senast {row.answer_due_on}" if row.is_undecided else "",
            tone="danger" if row.is_late_on(today) else "",
        )
        for row in rows
    ]
    return WorkList(title, items, f"{title}: inget att göra"), [row.public_id for row in rows]
