"""Who has a referral to handle on a day. An open referral is always on somebody's list.

The unit's coordinators have what waits for the unit, the sender what waits for an answer to a question. Where
nobody of them is at work it falls to the next: the manager, the sender's team, the unit again; at last, in a
unit that nobody is left in, the administrator is told that somebody has to be let in there.
"""

from collections.abc import Iterable
from datetime import date

from sundbyberg_am.access import Role
from sundbyberg_am.models import Unit, User

from .models import Referral, ReferralQuerySet, Status


def on_whose_list(referral: Referral, day: date) -> list[User]:
    """Those who have the sent, unanswered referral to handle on the day; never nobody."""
    if referral.status == Status.COMPLETION_ASKED:
        # A team that is away as a whole answers nothing: the unit can wait for it, or return the referral.
        there = _at_work(senders(referral, day))
        return there or receivers(referral.to_unit_id, day)
    return receivers(referral.to_unit_id, day)


def receivers(unit: Unit | int, day: date) -> list[User]:
    """Those who receive for the unit on the day, or the administrators when it has nobody."""
    staff = list(User.objects.of_unit(unit).with_away_until(day))
    coordinators = [user for user in staff if user.role == Role.COORDINATOR]
    managers = [user for user in staff if user.role == Role.MANAGER]
    return (
        _at_work(coordinators)
        or _at_work(managers)
        or coordinators
        or managers
        or list(User.objects.administrators())
    )


def senders(referral: Referral, day: date) -> list[User]:
    """Whom of the sender's team to turn to on the day: the sender, or else the team. May be nobody."""
    if referral.from_unit_id is None:
        return []
    team = [
        user
        for user in User.objects.of_unit(referral.from_unit_id).with_away_until(day)
        if user.role == Role.SOCIAL_SECRETARY
    ]
    sender = [user for user in team if user.pk == referral.sender_id]
    return _at_work(sender) or _at_work(team) or sender or team


def list_of(user: User, day: date) -> ReferralQuerySet:
    """What the user has to handle on the day, as the start page lists it."""
    visible = Referral.objects.visible_to(user)
    if user.role == Role.SOCIAL_SECRETARY:
        return visible.waiting_for_sender()
    if user.role == Role.COORDINATOR or (
        user.role == Role.MANAGER and user in receivers(user.unit_id, day)
    ):
        return visible.for_receivers(day)
    if user.role == Role.MANAGER:
        return visible.past_due(day)
    return visible.none()


def units_without_receiver() -> list[tuple[Unit, int]]:
    """Units that nobody can receive for, with the number of referrals that wait there."""
    return Referral.objects.without_receiver()


def _at_work(users: Iterable[User]) -> list[User]:
    """Those of the users, as `with_away_until` gives them, who are not away."""
    return [user for user in users if getattr(user, "away_until", None) is None]
