"""Pages of referrals: the list, the way to send one, and its page for both sides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.actions import record_access
from sundbyberg_am.drafts import answer_draft, form_name, offer_drafts
from sundbyberg_am.forms import ActionForm
from sundbyberg_am.replica import from_replica
from sundbyberg_am.templatetags.swedish import long_day

from . import actions
from . import mapping as mapped
from .access import Act, allowed_acts, find_referral, open_referral_page, refusal
from .feedback import Told, told
from .forms import (
    AcceptForm,
    AskForm,
    CompleteForm,
    LevelForm,
    PersonForm,
    ReturnForm,
    WithdrawForm,
)
from .meetings import meetings
from .models import WITH_UNIT, EventKind, Referral, ReferralEvent, Status
from .pages import form_page, posted, question_page, said_of_draft

CLOSED_PAGE = 25


@dataclass(frozen=True)
class Group:
    """Part of the list of referrals."""

    name: str
    title: str
    rows: list[Referral]
    empty_text: str = ""


@dataclass(frozen=True)
class Stop:
    """A place on a referral's way."""

    label: str
    state: str
    detail: str = ""


@require_GET
@requires(Permission.READ_REFERRALS)
@from_replica
def referral_list(request: SignedInRequest) -> HttpResponse:
    """The own team's referrals, or those sent to the own unit: what waits first, then what is answered."""
    today = timezone.localdate()
    visible = Referral.objects.visible_to(request.user)
    before = request.GET.get("fore", "")
    closed = list(visible.closed_page(before, CLOSED_PAGE + 1))
    groups = [Group("closed", "Besvarade och återkallade", closed[:CLOSED_PAGE])]
    sends = request.user.may(Permission.SEND_REFERRALS)
    if not before:
        undecided = list(visible.undecided().for_list())
        if sends:
            drafts = list(visible.drafts().for_list())
            groups = [*_sent_groups(undecided, drafts), *groups]
        else:
            groups = [*_inbox_groups(undecided, today), *groups]
    record_access(request, [row.public_id for group in groups for row in group.rows])
    context = {
        "groups": [group for group in groups if group.rows or group.empty_text],
        "sends": sends,
        "receives": request.user.may(Permission.RECEIVE_REFERRALS),
        "today": today,
        "older": f"?fore={closed[CLOSED_PAGE - 1].pk}" if len(closed) > CLOSED_PAGE else "",
        "before": before,
    }
    return render(request, "referrals/list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.SEND_REFERRALS)
def referral_add(request: SignedInRequest) -> HttpResponse:
    """Begin a referral: whom it is about."""
    form = PersonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        referral = form.apply(actions.draft_referral, today=timezone.localdate(), by=request.user)
        if referral is not None:
            messages.success(request, "Utkastet är sparat.")
            return redirect("mapping", referral.public_id)
    save_url = reverse("referral_add_draft")
    offer_drafts(request, {form_name(request): form}, subject=None, save_url=save_url)
    context = {"form": form, "referral": None, "in_the_way": "", "steps": _sending_steps("Person")}
    return render(request, "referrals/person.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@requires(Permission.SEND_REFERRALS)
def referral_person(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Change whom a draft is about."""
    referral = open_referral_page(request, public_id)
    form = PersonForm(posted(request), instance=referral)
    if request.method == "POST" and form.is_valid():
        changed = form.apply(
            actions.change_person, referral, today=timezone.localdate(), by=request.user
        )
        if changed is not None:
            messages.success(request, "Uppgifterna är sparade.")
            return redirect("mapping", public_id)
    context = {"steps": _sending_steps("Person")}
    return form_page(request, referral, Act.CHANGE_PERSON, form, "referrals/person.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.SEND_REFERRALS)
def mapping(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The mapping, all of it. "Spara utkast" keeps what there is; "Vidare" also asks for what is missing."""
    referral = open_referral_page(request, public_id)
    draft = "draft" in request.POST
    form = mapped.AnswersForm(
        posted(request),
        content=referral.content,
        draft=draft,
        initial=referral.answers,
    )
    if request.method == "POST":
        right = form.is_valid()
        # What can be kept is kept, also when something has to be put right.
        saved = form.apply(actions.save_answers, referral, by=request.user)
        if saved is not None and right:
            if draft:
                messages.success(request, "Svaren är sparade. Du kan fortsätta när du vill.")
                return redirect("referral", public_id)
            following = "referral_send" if saved.status == Status.DRAFT else "referral_complete"
            return redirect(following, public_id)
        if saved is not None:
            messages.info(request, "Det som är rätt ifyllt är sparat.")
    context = {"steps": _sending_steps("Kartläggning")}
    return form_page(request, referral, Act.ANSWER, form, "referrals/mapping.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.SEND_REFERRALS)
def referral_send(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The proposed level and why, the sender's decision, and off it goes."""
    referral = open_referral_page(request, public_id)
    form = LevelForm(posted(request), initial={"level": referral.proposed_level})
    if request.method == "POST" and form.is_valid():
        sent = form.apply(actions.submit, referral, today=timezone.localdate(), by=request.user)
        if sent is not None:
            messages.success(
                request,
                f"Anvisning {sent} är skickad till {sent.to_unit}. "
                f"Du får besked senast {long_day(sent.answer_due_on)}.",
            )
            return redirect("referral", public_id)
    context = {"steps": _sending_steps("Skicka"), **_proposal(referral)}
    return form_page(request, referral, Act.SUBMIT, form, "referrals/send.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.SEND_REFERRALS)
def referral_delete(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Remove a draft."""
    referral = open_referral_page(request, public_id)
    form = ActionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        deleted = form.apply(actions.delete_draft, referral, by=request.user)
        if deleted is not None:
            messages.success(request, "Utkastet är borttaget.")
            return redirect("referral_list")
    return question_page(
        request,
        referral,
        Act.DELETE,
        form,
        title="Ta bort utkastet?",
        lead="Allt som är ifyllt försvinner och går inte att få tillbaka.",
        submit_label="Ta bort",
    )


@require_GET
@requires(Permission.READ_REFERRALS)
def referral(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The referral as both sides see it, with what the user may do to it now."""
    referral = open_referral_page(request, public_id)
    if referral.opened_at is None and not refusal(Act.OPEN, referral, request.user):
        # The one thing a GET writes beside the access record, and of the same kind: that the receiving
        # coordinator has been shown the referral. The sender sees it, and the first time counts.
        opened = actions.open_referral(referral, by=request.user)
        referral.opened_at, referral.opened_by = opened.opened_at, opened.opened_by
    events = list(referral.events.for_page())
    is_sender = referral.from_unit_id == request.user.unit_id
    context = {
        "referral": referral,
        "is_sender": is_sender,
        "acts": allowed_acts(referral, request.user),
        "in_the_way": said_of_draft(request, referral),
        "steps": _steps(referral, events),
        "asked": _asked(events) if referral.status == Status.COMPLETION_ASKED else "",
        **vars(told(referral, timezone.localdate()) if is_sender else Told()),
        "meetings": meetings(referral, timezone.localtime()) if is_sender else None,
        "voided": referral.enrolment is not None and referral.enrolment.voided_at is not None,
        "sections": mapped.answers_shown(referral.content, referral.answers),
        "needs": [need.label for need in mapped.needs(referral.content, referral.answers)],
        "hindrances": mapped.hindrances(referral.content, referral.answers),
        "events": events,
        "today": timezone.localdate(),
    }
    return render(request, "referrals/referral.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.RECEIVE_REFERRALS)
def referral_ask(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask the sender for what is missing."""
    referral = open_referral_page(request, public_id)
    form = AskForm(posted(request))
    if request.method == "POST" and form.is_valid():
        asked = form.apply(actions.ask_completion, referral, by=request.user)
        if asked is not None:
            messages.success(request, "Frågan är skickad till avsändaren.")
            return redirect("referral", public_id)
    return question_page(
        request, referral, Act.ASK, form, title="Be om komplettering", submit_label="Skicka frågan"
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.SEND_REFERRALS)
def referral_complete(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Answer what the unit has asked."""
    referral = open_referral_page(request, public_id)
    form = CompleteForm(
        posted(request), initial={"level": referral.level, "level_reason": referral.level_reason}
    )
    if request.method == "POST" and form.is_valid():
        completed = form.apply(actions.complete, referral, by=request.user)
        if completed is not None:
            messages.success(request, f"Kompletteringen är skickad till {referral.to_unit}.")
            return redirect("referral", public_id)
    context = {"asked": _asked(referral.events.for_page()), **_proposal(referral)}
    return form_page(request, referral, Act.COMPLETE, form, "referrals/complete.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.RECEIVE_REFERRALS)
def referral_accept(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take the person on: when, and with whom."""
    referral = open_referral_page(request, public_id)
    today = timezone.localdate()
    form = AcceptForm(
        posted(request),
        unit=referral.to_unit,
        today=today,
        by=request.user,
        initial={"started_on": today},
    )
    if request.method == "POST" and form.is_valid():
        accepted = form.apply(actions.accept, referral, today=today, by=request.user)
        if accepted is not None:
            consultant = form.cleaned_data["consultant"]
            messages.success(request, f"Anvisningen är mottagen. {consultant.name} är konsulent.")
            return redirect("referral", public_id)
    return question_page(
        request, referral, Act.ACCEPT, form, title="Ta emot", submit_label="Ta emot och skriv in"
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.RECEIVE_REFERRALS)
def referral_return(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Send the referral back with a reason."""
    referral = open_referral_page(request, public_id)
    form = ReturnForm(posted(request))
    if request.method == "POST" and form.is_valid():
        returned = form.apply(
            actions.return_referral, referral, today=timezone.localdate(), by=request.user
        )
        if returned is not None:
            messages.success(request, "Anvisningen är återlämnad.")
            return redirect("referral", public_id)
    return question_page(
        request, referral, Act.RETURN, form, title="Återlämna", submit_label="Återlämna"
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.SEND_REFERRALS)
def referral_withdraw(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take back a referral that waits for an answer."""
    referral = open_referral_page(request, public_id)
    form = WithdrawForm(posted(request))
    if request.method == "POST" and form.is_valid():
        withdrawn = form.apply(
            actions.withdraw, referral, today=timezone.localdate(), by=request.user
        )
        if withdrawn is not None:
            messages.success(request, "Anvisningen är återkallad.")
            return redirect("referral", public_id)
    return question_page(
        request, referral, Act.WITHDRAW, form, title="Återkalla", submit_label="Återkalla"
    )


@require_POST
@requires(Permission.SEND_REFERRALS)
def referral_add_draft(request: SignedInRequest) -> HttpResponse:
    """The same for a referral that is not begun: nobody has been shown."""
    return answer_draft(request, subject=None, leave_to=reverse("referral_list"))


@require_POST
@requires(Permission.READ_REFERRALS)
def referral_draft(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Save what is typed in a form of the referral while it is typed, or throw it away."""
    find_referral(request, public_id)
    referral_url = reverse("referral", args=[public_id])
    return answer_draft(request, subject=public_id, leave_to=referral_url)


def _sent_groups(undecided: list[Referral], drafts: list[Referral]) -> list[Group]:
    """What the sender's team waits for, and what waits for it."""
    asked = [row for row in undecided if row.status == Status.COMPLETION_ASKED]
    return [
        Group("asked", "Väntar på er", asked),
        Group("drafts", "Utkast", drafts),
        Group("sent", "Skickade", [row for row in undecided if row.status in WITH_UNIT]),
    ]


def _inbox_groups(undecided: list[Referral], today: date) -> list[Group]:
    """What has been sent to the unit, by who waits and for how long, nearest deadline first."""
    late = [row for row in undecided if row.is_late_on(today)]

    def in_time(status: Status) -> list[Referral]:
        return [row for row in undecided if row.status == status and row not in late]

    return [
        Group("late", "Svarsdagen har passerat", late),
        Group(
            "new", "Nya", in_time(Status.SUBMITTED), "" if late else "Inget nytt väntar på svar."
        ),
        Group("completed", "Kompletterade", in_time(Status.COMPLETED)),
        Group("asked", "Väntar på avsändaren", in_time(Status.COMPLETION_ASKED)),
    ]


def _proposal(referral: Referral) -> dict[str, object]:
    """The proposed level, the answers that led there, and how many questions are left."""
    level, because = mapped.proposed_level(referral.content, referral.answers)
    left = len(mapped.missing(referral.content, referral.answers))
    return {"level": level, "because": because, "left": left}


def _asked(events: Iterable[ReferralEvent]) -> str:
    """What the unit asked for last."""
    texts = [event.text for event in events if event.kind == EventKind.COMPLETION_ASKED]
    return texts[-1] if texts else ""


def _sending_steps(current: str) -> list[Stop]:
    labels = ["Person", "Kartläggning", "Skicka"]
    here = labels.index(current)
    return [
        Stop(label, "done" if at < here else "current" if at == here else "todo")
        for at, label in enumerate(labels)
    ]


def _steps(referral: Referral, events: list[ReferralEvent]) -> list[Stop]:
    """The referral's way so far, and what is left of it."""
    if referral.status == Status.DRAFT:
        return []
    asked = [event for event in events if event.kind == EventKind.COMPLETION_ASKED]
    waiting = referral.status == Status.COMPLETION_ASKED
    stops = [Stop("Skickad", "done", long_day(referral.submitted_on))]
    if referral.opened_at:
        stops.append(Stop("Öppnad", "done", long_day(timezone.localdate(referral.opened_at))))
    elif referral.is_undecided:
        stops.append(Stop("Inte öppnad än", "current"))
    if asked:
        stops.append(
            Stop("Kompletteras" if waiting else "Kompletterad", "current" if waiting else "done")
        )
    if referral.is_undecided:
        state = "todo" if waiting or not referral.opened_at else "current"
        stops.append(Stop("Besvaras", state, f"senast {long_day(referral.answer_due_on)}"))
    else:
        closed_on = referral.decided_on or referral.withdrawn_on
        stops.append(Stop(referral.get_status_display(), "done", long_day(closed_on)))
    return stops
