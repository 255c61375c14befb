"""Who is away when: the days, who may say so, and what is refused."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sundbyberg_am.access import Role
from sundbyberg_am.actions import end_absence, register_absence
from sundbyberg_am.models import Absence, User
from tests.builders import a_unit, a_user
from tests.participants.builders import an_absence

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


def test_the_first_and_the_last_day_are_days_away():
    user = a_user()
    an_absence(user, TODAY, TODAY + 3 * DAY)
    away = [day for day in range(-1, 6) if User.objects.away_on(TODAY + day * DAY)]
    assert away == [0, 1, 2, 3]
    assert User.objects.with_away_until(TODAY).get(pk=user.pk).away_until == TODAY + 3 * DAY
    assert User.objects.with_away_until(TODAY - DAY).get(pk=user.pk).away_until is None


def test_whoever_has_left_is_absent_but_not_away():
    left, here = a_user(is_active=False), a_user()
    assert list(User.objects.absent_on(TODAY)) == [left]
    assert not User.objects.away_on(TODAY)
    assert here not in User.objects.absent_on(TODAY)


def registered(user: User, **given) -> Absence:
    return register_absence(
        user, **{"from_on": TODAY, "until_on": TODAY, "today": TODAY, "by": user, **given}
    )


def test_register_absence_by_oneself_and_by_the_manager_of_the_unit():
    user, manager = a_user(), a_user(Role.MANAGER)
    assert registered(user, from_on=TODAY - 2 * DAY).created_by == user
    later = registered(user, from_on=TODAY + DAY, until_on=TODAY + 9 * DAY, by=manager)
    assert (later.user, later.created_by) == (user, manager)


def test_register_absence_refuses_for_somebody_else():
    user = a_user()
    elsewhere = a_user(Role.MANAGER, unit=a_unit("En annan enhet"))
    for other in (a_user(), elsewhere):
        with pytest.raises(ValidationError, match="bara registrera frånvaro för dig själv"):
            registered(user, by=other)
    gone = a_user(is_active=False)
    with pytest.raises(ValidationError, match="för dig själv"):
        registered(gone, by=a_user(Role.MANAGER))


@pytest.mark.parametrize(
    ("from_on", "until_on", "sentence"),
    [
        (TODAY - 5 * DAY, TODAY - DAY, "Den dagen har redan varit"),
        (TODAY + 2 * DAY, TODAY + DAY, "Sista dagen kan inte vara före den första"),
        (TODAY + 10 * DAY, TODAY + 12 * DAY, "Det finns redan en frånvaro"),
        (TODAY + DAY, TODAY + 5 * DAY, "Det finns redan en frånvaro"),
    ],
)
def test_register_absence_refuses_days_that_cannot_be(from_on, until_on, sentence):
    user = a_user()
    an_absence(user, TODAY + 5 * DAY, TODAY + 10 * DAY)
    with pytest.raises(ValidationError, match=sentence):
        registered(user, from_on=from_on, until_on=until_on)
    assert Absence.objects.count() == 1
    an_absence(a_user(), TODAY + 5 * DAY, TODAY + 10 * DAY)  # another's are another's


def test_the_database_refuses_two_absences_that_share_a_day():
    user = a_user()
    an_absence(user, TODAY, TODAY + DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(
            user=user, from_on=TODAY + DAY, until_on=TODAY + 2 * DAY, created_by=user
        )


def test_end_absence_makes_yesterday_the_last_day_or_takes_it_away():
    user, manager = a_user(), a_user(Role.MANAGER)
    begun = an_absence(user, TODAY - 3 * DAY, TODAY + DAY)
    ended = end_absence(begun, today=TODAY, by=user)
    assert ended and ended.until_on == TODAY - DAY
    planned = an_absence(user, TODAY, TODAY + DAY)
    assert end_absence(planned, today=TODAY, by=manager) is None
    assert Absence.objects.get() == begun


def test_end_absence_refuses_somebody_elses_and_one_that_is_over():
    absence = an_absence(a_user(), TODAY - 3 * DAY, TODAY - DAY)
    with pytest.raises(ValidationError, match="bara avsluta din egen"):
        end_absence(absence, today=TODAY, by=a_user())
    with pytest.raises(ValidationError, match="redan slut"):
        end_absence(absence, today=TODAY, by=absence.user)
