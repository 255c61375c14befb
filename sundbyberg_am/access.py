"""Who may do what: roles, permissions and the one table between them.

A permission answers "may this user do this kind of thing?" and refuses with 403. Which people a user
may see is the other question: it is answered by `visible_to(user)` on the rows, and refuses with 404.
"""

from collections.abc import Callable
from enum import Enum, auto
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

if TYPE_CHECKING:
    from .models import User

P = ParamSpec("P")


class SignedInRequest(HttpRequest):
    """A request as a view gets it: LoginRequiredMiddleware has sent everyone else to sign in.

    Only a name for the type checker; the object is Django's.
    """

    user: "User"
    resolver_match: ResolverMatch


View = Callable[Concatenate[SignedInRequest, P], HttpResponse]


class Role(TextChoices):
    """What a user is employed as. A user has one role."""

    CONSULTANT = "consultant", "Arbetsmarknadskonsulent"
    COORDINATOR = "coordinator", "Samordnare"
    SOCIAL_SECRETARY = "social_secretary", "Socialsekreterare"
    MANAGER = "manager", "Enhetschef"
    CONTROLLER = "controller", "Controller"
    ADMINISTRATOR = "administrator", "Systemförvaltare"
    LOG_REVIEWER = "log_reviewer", "Logggranskare"


class Ground(TextChoices):
    """Why a user may be shown a person: what the need is, as the access log says it."""

    ASSIGNED = "assigned", "Har ärendet"
    DEPUTY = "deputy", "Ersättare i ärendet"
    NAMED = "named", "Behörig läsare"
    UNIT = "unit", "Arbetar på enheten"
    RECEIVER = "receiver", "Tar emot anvisningar"
    MANAGER = "manager", "Chef för enheten"
    TEAM = "team", "Avsändarens team"
    EMERGENCY = "emergency", "Nödöppning"
    REVIEWER = "reviewer", "Granskar loggen"


# The ground of a role when there is none nearer. Who has no ground is shown nobody: KeyError.
GROUND_OF_ROLE: dict[str, Ground] = {
    Role.CONSULTANT: Ground.UNIT,
    Role.COORDINATOR: Ground.RECEIVER,
    Role.MANAGER: Ground.MANAGER,
    Role.SOCIAL_SECRETARY: Ground.TEAM,
    Role.LOG_REVIEWER: Ground.REVIEWER,
}


class Permission(Enum):
    """A kind of thing that a user may do."""

    READ_CASES = auto()  # open participants of the own unit
    WORK_ON_CASES = auto()  # plan, interventions, notes, level, exit
    OPEN_IN_EMERGENCY = auto()  # a case that one may not see, for an hour and with a reason
    ANSWER_FOR_CASES = auto()  # be told when a case of the unit is opened in an emergency
    PROTECT_IDENTITIES = auto()  # say that a person's identity is protected, and who may know
    HAND_OVER_CASES = auto()  # the own caseload to colleagues
    HAND_OVER_FOR_OTHERS = auto()  # anybody's caseload in the unit
    REGISTER_OWN_ABSENCE = auto()  # when one is away oneself
    REGISTER_ABSENCES = auto()  # when anybody in the unit is away
    SEND_REFERRALS = auto()  # map needs, submit, complete and withdraw the own team's referrals
    RECEIVE_REFERRALS = auto()  # ask for completion, accept, return, assign
    READ_REFERRALS = auto()  # open referrals of the own team or to the own unit
    ORDER_REPORTS = auto()  # order and approve reports, read drafts
    READ_REPORTS = auto()  # read and download approved reports
    OPEN_FIGURES = auto()  # see whom a figure counts, of those whose cases one may read
    READ_OVERVIEW = auto()  # this year's figures so far, and the goals
    KEEP_GOALS = auto()  # the board's goals, indicators and targets
    GIVE_EXTRACTS = auto()  # all that is kept of a person, for that person
    DECIDE_CORRECTIONS = auto()  # whether what a person says is wrong is corrected
    DECIDE_REMOVAL = auto()  # that those whose time has come are removed for good
    KEEP_LISTS = auto()  # offers, words, templates and exit reasons
    MANAGE_USERS = auto()  # users, roles and units
    REVIEW_LOG = auto()  # read the access log


ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.CONSULTANT: frozenset(
        {
            Permission.READ_CASES,
            Permission.WORK_ON_CASES,
            Permission.OPEN_IN_EMERGENCY,
            Permission.PROTECT_IDENTITIES,
            Permission.HAND_OVER_CASES,
            Permission.REGISTER_OWN_ABSENCE,
        }
    ),
    Role.COORDINATOR: frozenset(
        {
            Permission.READ_REFERRALS,
            Permission.RECEIVE_REFERRALS,
            Permission.OPEN_IN_EMERGENCY,
        }
    ),
    Role.SOCIAL_SECRETARY: frozenset({Permission.READ_REFERRALS, Permission.SEND_REFERRALS}),
    Role.MANAGER: frozenset(
        {
            Permission.READ_CASES,
            Permission.OPEN_IN_EMERGENCY,
            Permission.ANSWER_FOR_CASES,
            Permission.PROTECT_IDENTITIES,
            Permission.HAND_OVER_CASES,
            Permission.HAND_OVER_FOR_OTHERS,
            Permission.REGISTER_OWN_ABSENCE,
            Permission.REGISTER_ABSENCES,
            Permission.READ_REFERRALS,
            # Stands in for the coordinator: a referral is never with somebody who cannot answer it.
            Permission.RECEIVE_REFERRALS,
            Permission.ORDER_REPORTS,
            Permission.READ_REPORTS,
            Permission.OPEN_FIGURES,
            Permission.READ_OVERVIEW,
            Permission.KEEP_GOALS,
            Permission.GIVE_EXTRACTS,
            Permission.DECIDE_CORRECTIONS,
            Permission.DECIDE_REMOVAL,
            Permission.KEEP_LISTS,
        }
    ),
    Role.CONTROLLER: frozenset({Permission.READ_REPORTS, Permission.READ_OVERVIEW}),
    Role.ADMINISTRATOR: frozenset({Permission.MANAGE_USERS, Permission.KEEP_LISTS}),
    Role.LOG_REVIEWER: frozenset({Permission.REVIEW_LOG}),
}


def requires(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Refuse a view with 403 to those whose role lacks the permission."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.may(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast("View[P]", guarded)

    return decorate
