"""Who may do what to a referral, and the only door to one."""

from enum import Enum
from uuid import UUID

from django.http import Http404

from sundbyberg_am.access import Permission, SignedInRequest
from sundbyberg_am.actions import record_access
from sundbyberg_am.models import User

from .models import UNDECIDED, WITH_UNIT, Referral, Status


class Act(Enum):
    """What can be done to a referral: by which side, from which states, and as a refusal names it."""

    CHANGE_PERSON = Permission.SEND_REFERRALS, (Status.DRAFT,), "ändras"
    DELETE = Permission.SEND_REFERRALS, (Status.DRAFT,), "tas bort"
    ANSWER = Permission.SEND_REFERRALS, (Status.DRAFT, Status.COMPLETION_ASKED), "ändras"
    SUBMIT = Permission.SEND_REFERRALS, (Status.DRAFT,), "skickas igen"
    COMPLETE = Permission.SEND_REFERRALS, (Status.COMPLETION_ASKED,), "kompletteras"
    WITHDRAW = Permission.SEND_REFERRALS, UNDECIDED, "återkallas"
    OPEN = Permission.RECEIVE_REFERRALS, UNDECIDED, "öppnas"
    ASK = Permission.RECEIVE_REFERRALS, WITH_UNIT, "skickas tillbaka för komplettering"
    ACCEPT = Permission.RECEIVE_REFERRALS, WITH_UNIT, "tas emot"
    # Also while a question waits, so that a referral whose sender never answers comes to an end.
    RETURN = Permission.RECEIVE_REFERRALS, UNDECIDED, "återlämnas"
    # Ask for a three-party meeting, or answer whether one comes to it.
    MEET = Permission.SEND_REFERRALS, (Status.ACCEPTED,), "leda till ett trepartsmöte"
    # Ask that the case be taken up in the Kompetensteam, and say that feedback is read.
    ASK_TEAM = Permission.SEND_REFERRALS, (Status.ACCEPTED,), "tas upp i Kompetensteamet"
    ACKNOWLEDGE = Permission.SEND_REFERRALS, (Status.ACCEPTED,), "ha någon återkoppling"

    def __init__(self, permission: Permission, states: tuple[Status, ...], verb: str) -> None:
        self.permission = permission
        self.states = states
        self.verb = verb


_STANDS = {
    Status.DRAFT: "ett utkast",
    Status.SUBMITTED: "skickad",
    Status.COMPLETION_ASKED: "skickad och väntar på komplettering",
    Status.COMPLETED: "kompletterad",
    Status.ACCEPTED: "mottagen",
    Status.RETURNED: "återlämnad",
    Status.WITHDRAWN: "återkallad",
}


def refusal(act: Act, referral: Referral, user: User) -> str:
    """Why the user cannot do this to the referral, as a Swedish sentence; empty when it can be done."""
    if act.permission is Permission.SEND_REFERRALS:
        unit, whose = referral.from_unit_id, "avsändarens team"
    else:
        unit, whose = referral.to_unit_id, "samordnaren på den mottagande enheten"
    if not user.may(act.permission) or user.unit_id != unit:
        return f"Det här kan bara {whose} göra."
    if act is Act.ASK and referral.from_unit_id is None:
        return (
            "Anvisningen är registrerad av enheten. Fråga den som skrev direkt, eller återlämna "
            "anvisningen med orsaken."
        )
    if referral.status not in act.states:
        return f"Anvisningen är {_STANDS[Status(referral.status)]} och kan därför inte {act.verb}."
    return ""


def allowed_acts(referral: Referral, user: User) -> set[str]:
    """The names of what the user can do to the referral now, in small letters."""
    return {act.name.lower() for act in Act if not refusal(act, referral, user)}


def open_referral_page(request: SignedInRequest, public_id: UUID) -> Referral:
    """The referral, with what its page shows.

    The showing is on record before it leaves. A referral outside the user's scope – another's draft, too –
    and one that does not exist raise the same Http404.
    """
    referral = find_referral(request, public_id)
    record_access(request, [referral.public_id])
    return referral


def find_referral(request: SignedInRequest, public_id: UUID) -> Referral:
    """The same door for what shows nothing of the referral: a draft on its way in leaves no record."""
    referral = Referral.objects.visible_to(request.user).for_page().with_id(public_id)
    if referral is None:
        raise Http404
    return referral
