"""Pages where the office keeps the mapping form: its versions, each as senders see it, and the next one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from participants.list_page import LISTS, list_form_page, tabs
from participants.models import Need
from referrals.mapping import AnswersForm, Content, hindrances, needs, proposed_level
from referrals.models import FollowUp, MappingDraft, MappingForm, Referral
from referrals.pages import posted
from sundbyberg_am.access import Permission, SignedInRequest, requires
from sundbyberg_am.forms import ActionForm
from sundbyberg_am.templatetags.swedish import long_day

from . import actions
from .content import (
    CHOSEN_FROM,
    KINDS,
    OPTION,
    PARTS_OF,
    QUESTION,
    Part,
    Place,
    faults,
    mark_of,
    part_at,
)
from .forms import CHANGE, NEW, PublishForm

NAMES = {1: "avsnitt", 2: "fråga", 3: "svar"}
LIST = "mapping_versions"


@dataclass(frozen=True)
class Row:
    """A part of the draft as the editor shows it, with what it holds and what is wrong with it."""

    place: Place
    part: Part
    first: bool
    last: bool
    faults: list[str]
    rows: list["Row"] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The place as it stands in addresses."""
        return path_of(self.place)

    @property
    def text(self) -> str:
        """What the part says."""
        return str(self.part.get("title") or self.part.get("text") or self.part.get("label") or "")

    @property
    def mark(self) -> int:
        """What the page has shown of the part's own words."""
        return mark_of(self.part)

    @property
    def kind(self) -> str:
        """How a question is answered, in words."""
        return KINDS.get(self.part.get("kind", ""), "")

    @property
    def takes_more(self) -> bool:
        """Whether something can be added in it."""
        return len(self.place) < QUESTION or self.part.get("kind") in CHOSEN_FROM

    @property
    def has_fixed_answers(self) -> bool:
        """Whether its answers belong to how it is answered, so that they only change what they speak for."""
        return self.part.get("kind") == "yes_no"

    @property
    def speaks_for(self) -> str:
        """What an answer speaks for, in words."""
        said = [self.part.get("level", "")]
        said += [str(Need(need).label) for need in self.part.get("needs", [])]
        if hindrance := self.part.get("hindrance"):
            said.append(f"Hinder: {hindrance}")
        return " · ".join(filter(None, said))


@require_GET
@requires(Permission.KEEP_LISTS)
def mapping_versions(request: SignedInRequest) -> HttpResponse:
    """Every version of the form, which holds today, and the draft of the next."""
    today = timezone.localdate()
    forms = MappingForm.objects.newest_first()
    sent, followed_up = Referral.objects.sizes_by_form(), FollowUp.objects.sizes_by_form()
    in_force = next((form for form in forms if form.valid_from <= today), None)
    context = {
        "tabs": tabs(LIST),
        "versions": [
            (form, form == in_force, sent.get(form.pk, 0), followed_up.get(form.pk, 0))
            for form in forms
        ],
        "draft": MappingDraft.objects.current(),
        "today": today,
    }
    return render(request, "lists/mapping_versions.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def mapping_version(request: SignedInRequest, version: int) -> HttpResponse:
    """A version as the sender sees it, to try: what is answered here is kept nowhere."""
    form = MappingForm.objects.with_version(version)
    if form is None:
        raise Http404
    return _trial(request, form.content, str(form), reverse(LIST), LISTS[LIST])


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def mapping_preview(request: SignedInRequest) -> HttpResponse:
    """The draft as the sender will see it, to try."""
    draft = MappingDraft.objects.current()
    if draft is None:
        return _no_draft(request)
    title = f"Förhandsvisning av version {draft.number}"
    return _trial(request, draft.content, title, reverse("mapping_draft"), "Utkast")


@require_POST
@requires(Permission.KEEP_LISTS)
def mapping_draft_start(request: SignedInRequest) -> HttpResponse:
    """Begin the next version, or go on with it."""
    actions.start_draft(by=request.user)
    return redirect("mapping_draft")


@require_GET
@requires(Permission.KEEP_LISTS)
def mapping_draft(request: SignedInRequest) -> HttpResponse:
    """The draft, part by part, with what has to be put right before it can hold."""
    draft = MappingDraft.objects.current()
    if draft is None:
        return _no_draft(request)
    wrong: dict[Place, list[str]] = {}
    for fault in faults(draft.content):
        wrong.setdefault(fault.place, []).append(fault.sentence)
    rows = _rows(draft.content, (), wrong)
    context = {
        "draft": draft,
        "rows": rows,
        "faults": [
            (path_of(place), _text(draft.content, place), sentence)
            for place, sentences in wrong.items()
            for sentence in sentences
        ],
    }
    return render(request, "lists/mapping_draft.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def mapping_section_add(request: SignedInRequest) -> HttpResponse:
    """Add a section."""
    return _add(request, ())


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def mapping_part_add(request: SignedInRequest, place: str) -> HttpResponse:
    """Add a question to a section, or an answer to a question."""
    return _add(request, place_of(place, deepest=QUESTION))


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def mapping_part_change(request: SignedInRequest, place: str) -> HttpResponse:
    """Change a part of the draft."""
    where = place_of(place)
    draft = MappingDraft.objects.current()
    if draft is None:
        return _no_draft(request)
    try:
        part = part_at(draft.content, where)
    except LookupError:
        return _to_draft(request, actions.IS_GONE)
    form = CHANGE[len(where)](posted(request), initial={**part, "seen_version": mark_of(part)})
    if request.method == "POST" and form.is_valid():
        changed = form.apply(actions.change_part, where, by=request.user)
        if changed is not None:
            return redirect(_address(where))
    title = f"Ändra {NAMES[len(where)]}"
    return _form_page(request, form, draft, title=title, submit_label="Spara")


@require_POST
@requires(Permission.KEEP_LISTS)
def mapping_part_move(request: SignedInRequest, place: str) -> HttpResponse:
    """Move a part one step up or down among those beside it."""
    up = request.POST.get("direction") == "upp"
    return _act(
        request,
        place,
        lambda where, seen: actions.move_part(where, seen_version=seen, up=up, by=request.user),
    )


@require_POST
@requires(Permission.KEEP_LISTS)
def mapping_part_remove(request: SignedInRequest, place: str) -> HttpResponse:
    """Take a part away."""

    def remove(where: Place, seen: int) -> Place:
        actions.remove_part(where, seen_version=seen, by=request.user)
        messages.success(request, f"Borttaget: {NAMES[len(where)]}.")
        return where[:-1]

    return _act(request, place, remove)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def mapping_publish(request: SignedInRequest) -> HttpResponse:
    """Let the draft hold from a day on."""
    draft = MappingDraft.objects.current()
    if draft is None:
        return _no_draft(request)
    today = timezone.localdate()
    form = PublishForm(posted(request), initial={"title": draft.title, "valid_from": today})
    if request.method == "POST" and form.is_valid():
        published = form.apply(actions.publish_draft, today=today, by=request.user)
        if published is not None:
            when = long_day(published.valid_from)
            messages.success(request, f"Version {published.version} gäller från {when}.")
            return redirect(LIST)
    title = f"Låt version {draft.number} börja gälla"
    lead = "Därefter ändras den aldrig. En ändring blir nästa version."
    return _form_page(
        request, form, draft, title=title, submit_label="Låt den börja gälla", lead=lead
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def mapping_discard(request: SignedInRequest) -> HttpResponse:
    """Throw the draft away, after a question."""
    draft = MappingDraft.objects.current()
    if draft is None:
        return _no_draft(request)
    form = ActionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actions.discard_draft(by=request.user)
        messages.success(request, "Utkastet är borttaget.")
        return redirect(LIST)
    lead = "Allt som är ändrat i utkastet försvinner. Versionerna finns kvar."
    return _form_page(
        request, form, draft, title="Ta bort utkastet?", submit_label="Ta bort", lead=lead
    )


@require_POST
@requires(Permission.KEEP_LISTS)
def mapping_take_back(request: SignedInRequest, version: int) -> HttpResponse:
    """Make a version that does not hold yet a draft again."""
    form = MappingForm.objects.with_version(version)
    if form is None:
        raise Http404
    try:
        actions.take_back(form, today=timezone.localdate(), by=request.user)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
        return redirect(LIST)
    return redirect("mapping_draft")


def path_of(place: Place) -> str:
    """A place as it stands in addresses: its numbers with a hyphen between."""
    return "-".join(str(number) for number in place)


def place_of(path: str, *, deepest: int = OPTION) -> Place:
    """The place of an address. Raises Http404 for what is none."""
    numbers = path.split("-")
    if len(numbers) > deepest or not all(
        n.isascii() and n.isdigit() and len(n) < 4 for n in numbers
    ):
        raise Http404
    return tuple(int(number) for number in numbers)


def _rows(part: Part, place: Place, wrong: dict[Place, list[str]]) -> list[Row]:
    held = part.get((*PARTS_OF, "")[len(place)], [])
    return [
        Row(
            here := (*place, number),
            one,
            number == 1,
            number == len(held),
            wrong.get(here, []),
            _rows(one, here, wrong),
        )
        for number, one in enumerate(held, start=1)
    ]


def _text(content: Content, place: Place) -> str:
    return Row(place, part_at(content, place), False, False, []).text if place else "Formuläret"


def _address(place: Place) -> str:
    """The draft, at a part of it."""
    return reverse("mapping_draft") + (f"#del-{path_of(place)}" if place else "")


def _no_draft(request: SignedInRequest) -> HttpResponse:
    messages.info(request, "Det finns inget utkast. Gör ett nytt för att ändra kartläggningen.")
    return redirect(LIST)


def _to_draft(request: SignedInRequest, said: str) -> HttpResponse:
    messages.warning(request, said)
    return redirect("mapping_draft")


def _add(request: SignedInRequest, parent: Place) -> HttpResponse:
    draft = MappingDraft.objects.current()
    if draft is None:
        return _no_draft(request)
    try:
        held_by = _text(draft.content, parent) if parent else ""
    except LookupError:
        return _to_draft(request, actions.IS_GONE)
    form = NEW[len(parent) + 1](posted(request))
    if request.method == "POST" and form.is_valid():
        added = form.apply(actions.add_part, parent, by=request.user)
        if added is not None:
            held = part_at(added.content, parent)[PARTS_OF[len(parent)]]
            return redirect(_address((*parent, len(held))))
    title = f"Lägg till {NAMES[len(parent) + 1]}"
    return _form_page(request, form, draft, title=title, submit_label="Lägg till", lead=held_by)


def _act(
    request: SignedInRequest, place: str, action: Callable[[Place, int], Place]
) -> HttpResponse:
    """Do something to the part that was shown, and go to where it leads."""
    where, seen = place_of(place), request.POST.get("seen_version", "")
    if not (seen.isascii() and seen.isdigit()):
        return _to_draft(request, actions.IS_GONE)
    try:
        return redirect(_address(action(where, int(seen))))
    except ValidationError as refusal:
        return _to_draft(request, refusal.messages[0])


def _trial(
    request: SignedInRequest, content: Content, title: str, back_url: str, back_label: str
) -> HttpResponse:
    form = AnswersForm(posted(request), content=content, draft=True)
    context: dict[str, Any] = {
        "form": form,
        "title": title,
        "back_url": back_url,
        "back_label": back_label,
        "level": None,
    }
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data["answers"]
        context["level"], context["because"] = proposed_level(content, answers)
        context["needs"] = [need.label for need in needs(content, answers)]
        context["hindrances"] = hindrances(content, answers)
    return render(request, "lists/mapping_trial.html", context, status=form.status)


def _form_page(
    request: SignedInRequest,
    form: ActionForm,
    draft: MappingDraft,
    *,
    title: str,
    submit_label: str,
    lead: str = "",
) -> HttpResponse:
    return list_form_page(
        request,
        form,
        title=title,
        submit_label=submit_label,
        back="mapping_draft",
        back_label=f"Utkast till version {draft.number}",
        lead=lead,
        row=draft,
    )
