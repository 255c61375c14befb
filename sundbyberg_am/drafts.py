"""Text is never lost: what is typed in a form is kept while it is written, and offered on the next visit.

A page passes its door and then calls `offer_drafts`; the address that its forms save to passes the same door
and then calls `answer_draft`. See docs/decisions for how text outlives a session.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from .access import SignedInRequest
from .form_keys import FIELD, FormKey, digest
from .forms import ActionForm
from .models import Draft, Submission, User
from .submitting import save_draft, take_turns

# Actions


@transaction.atomic
def discard_draft(key: FormKey) -> None:
    """Throw away what was kept from the form."""
    take_turns(key.user)
    Draft.objects.of_key(key.user, key.nonce).delete()


@transaction.atomic
def remove_old_drafts(now: datetime) -> None:
    """Remove drafts that nobody came back to, and keys that are too old to be sent again."""
    oldest = now - timedelta(days=settings.DRAFT_DAYS)
    Draft.objects.saved_before(oldest).delete()
    Submission.objects.made_before(oldest).delete()


# What pages need


def offer_drafts(
    request: SignedInRequest,
    forms: Mapping[str, ActionForm],
    *,
    subject: UUID | None,
    save_url: str = "",
    page: str = "",
) -> None:
    """Give each form, by name, its key, and a form not sent yet what the user left in it.

    The page's door has been passed. `save_url` is where drafts on the subject are saved while they are
    written; `page` is where the forms are shown, when it is not here.
    """
    filled = {name for name, form in forms.items() if form.visible_fields()}
    found = Draft.objects.of_user(request.user, subject) if filled else []
    drafts = {draft.form: draft for draft in found if draft.form in filled}
    for name, form in forms.items():
        form.key = FormKey(request.user.pk, name, subject, page or request.path)
        form.save_url = save_url if name in filled else ""
        if form.is_bound:
            sent = FormKey.read(form.data.get(FIELD, ""))
            if sent and sent.user == request.user.pk and not form.key_is_used:
                form.key = replace(form.key, nonce=sent.nonce)
        elif draft := drafts.get(name):
            form.key = replace(form.key, nonce=draft.nonce)
            _fill_in(form, draft)


def form_name(request: SignedInRequest) -> str:
    """The name of the one form of an address: its name, and the row within the subject."""
    match = request.resolver_match
    return " ".join(
        [str(match.url_name), *(str(v) for k, v in match.kwargs.items() if k != "public_id")]
    )


def was_shown(request: SignedInRequest, subject: UUID) -> bool:
    """Whether the form that was sent stood on a page that this user was shown, on this subject."""
    key = FormKey.read(request.POST.get(FIELD, ""))
    asked = (request.user.pk, form_name(request), subject)
    return key is not None and (key.user, key.form, key.subject) == asked


def answer_draft(request: SignedInRequest, *, subject: UUID | None, leave_to: str) -> HttpResponse:
    """Save the draft that was sent, or throw it away. The door of the subject has been passed.

    `leave_to` is where somebody goes who throws it away for what is saved.
    """
    key = FormKey.read(request.POST.get(FIELD, ""))
    if key is None or (key.user, key.subject) != (request.user.pk, subject):
        return HttpResponse("Utkastet hör inte till den här sidan. Ladda om sidan.", status=422)
    if "discard" in request.POST:
        discard_draft(key)
        return redirect(leave_to if request.POST["discard"] == "leave" else key.page)
    try:
        save_draft(key, data=request.POST, at=timezone.now())
    except ValidationError as refusal:
        return HttpResponse(refusal.messages[0], status=422)
    return HttpResponse(status=204)


def keep_sent(request: HttpRequest) -> str:
    """Keep a form that was sent without a session as a draft of the one it was made for.

    Gives the address of its page, or nothing when the form has no key. Nothing is read, and what is kept is
    only ever shown to that user, after sign-in and the door of the page.
    """
    key = FormKey.read(request.POST.get(FIELD, "")) if request.method == "POST" else None
    if key is None or not User.objects.active().filter(pk=key.user).exists():
        return ""
    saved = Submission.objects.of_key(key.nonce)
    if saved and saved.digest != digest(request.POST):
        # It was changed after it was saved: another text, under a key of its own.
        key, saved = FormKey(key.user, key.form, key.subject, key.page), None
    if not saved:
        try:
            save_draft(key, data=request.POST, at=timezone.now())
        except ValidationError:
            return ""
    return key.page


def _fill_in(form: ActionForm, draft: Draft) -> None:
    data = MultiValueDict(draft.fields)
    form.kept = draft
    for name, field in form.fields.items():
        html_name = form.add_prefix(name)
        if not field.widget.value_omitted_from_data(data, MultiValueDict(), html_name):
            form.initial[name] = field.widget.value_from_datadict(data, MultiValueDict(), html_name)
