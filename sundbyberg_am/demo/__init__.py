"""The demonstration municipality: 2021 to today, the same every time.

What happens to everybody is decided first, to the end and whatever day it is today (`audit.py` for the
years of the audit, `flow.py` for those since, `work.py` for what is done in each case). Then what has
happened by today is stored: the past many rows at a time (`storing.py`), the latest weeks through the
actions (`acting.py`). Only the public ids are new each time.
"""

from datetime import date, timedelta

from django.db import transaction

from participants.models import Participant
from referrals.models import DECIDED
from sundbyberg_am.models import User

from .acting import act
from .catalogue import fill_up
from .fates import Way
from .flow import everything
from .goals import set_goals
from .mapping import store_answered_again, store_second_version
from .office import PEOPLE, SIGN_INS, open_office
from .storing import Rows
from .surveys import store_surveys
from .together import Case, store_together
from .told import store_told

__all__ = ["EARLIEST", "SIGN_INS", "NotEmpty", "seed"]

EARLIEST = date(2021, 2, 1)
RECENT = timedelta(days=14)  # answers since then are given through the actions


class NotEmpty(Exception):
    """There are people or users of the same names in the database already."""


@transaction.atomic
def seed(today: date) -> None:
    """Fill the database with the municipality as it is on the day, EARLIEST or later.

    Raises NotEmpty.
    """
    taken = User.objects.filter(username__in=[username for username, *_ in PEOPLE])
    if Participant.objects.exists() or taken.exists():
        raise NotEmpty
    office = open_office(today)
    store_second_version(office, today)
    rows = Rows(office, today)
    latest, cases = [], []
    for way in everything(today):
        if _is_latest(way, today):
            latest.append(way)
            continue
        enrolment = rows.add(way)
        if enrolment and way.stay:
            cases.append(Case(enrolment, way.stay, way.key))
    rows.store()
    store_together(office, cases, today)
    store_surveys(office, cases, today)
    store_answered_again(office, cases, today)
    for way in latest:
        act(office, way, today)
    store_told(office, today)
    fill_up(office.catalogue, today)
    set_goals(today, office.manager)


def _is_latest(way: Way, today: date) -> bool:
    """Whether the referral waits, or led to a case that has just begun; of those that the city sent."""
    if way.sender is None:
        return False
    if way.status_on(today) not in DECIDED:
        return way.closed_on > today
    return (
        way.stay is not None and way.closed_on > today - RECENT and not way.stay.has_ended_by(today)
    )
