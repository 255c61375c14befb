"""The other lists of the office: words, templates and exit reasons."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from participants import actions
from participants.list_forms import (
    NewReasonForm,
    NewWordForm,
    RetireForm,
    TemplateForm,
    WordForm,
)
from participants.list_page import list_form_page, tabs
from participants.models import ExitReason, ListedWord, NoteKind, NoteTemplate
from sundbyberg_am.access import Permission, SignedInRequest, requires


@require_GET
@requires(Permission.KEEP_LISTS)
def word_list(request: SignedInRequest) -> HttpResponse:
    """Words that do not belong in notes."""
    context = {"tabs": tabs("word_list"), "words": ListedWord.objects.in_order()}
    return render(request, "lists/words.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def word_add(request: SignedInRequest) -> HttpResponse:
    """Add a word."""
    form = NewWordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        word = form.apply(actions.add_word, by=request.user)
        if word is not None:
            messages.success(request, f"”{word.text}” finns nu i listan.")
            return redirect("word_list")
    return list_form_page(
        request, form, title="Nytt ord", submit_label="Lägg till", back="word_list"
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def word_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a word or its reason."""
    word = get_object_or_404(ListedWord, pk=pk)
    form = WordForm(request.POST or None, instance=word, initial={"seen_version": word.version})
    if request.method == "POST" and form.is_valid():
        changed = form.apply(actions.change_word, word, by=request.user)
        if changed is not None:
            messages.success(request, f"”{changed.text}” är ändrat.")
            return redirect("word_list")
    return list_form_page(
        request, form, title=f"”{word.text}”", submit_label="Spara", back="word_list", row=word
    )


@require_POST
@requires(Permission.KEEP_LISTS)
def word_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a word off the list; twice does no harm."""
    text = actions.remove_word(pk, by=request.user)
    messages.success(request, f"”{text}” är borttaget." if text else "Ordet var redan borttaget.")
    return redirect("word_list")


@require_GET
@requires(Permission.KEEP_LISTS)
def template_list(request: SignedInRequest) -> HttpResponse:
    """Each kind of note and what it begins with."""
    texts = {template.kind: template.text for template in NoteTemplate.objects.all()}
    kinds = [(kind.value, kind.label, texts.get(kind, "")) for kind in NoteKind]
    context = {"tabs": tabs("template_list"), "kinds": kinds}
    return render(request, "lists/templates.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def template_change(request: SignedInRequest, kind: str) -> HttpResponse:
    """Set what notes of a kind begin with."""
    if kind not in NoteKind.values:
        raise Http404
    template = NoteTemplate.objects.of_kind(kind)
    seen = {"seen_version": template.version if template else 0}
    form = TemplateForm(request.POST or None, instance=template, initial=seen)
    label = NoteKind(kind).label
    if request.method == "POST" and form.is_valid():
        saved = form.apply(actions.set_note_template, kind, by=request.user)
        if not form.errors:
            done = "är sparad" if saved else "är borttagen"
            messages.success(request, f"Mallen för ”{label}” {done}.")
            return redirect("template_list")
        template = NoteTemplate.objects.of_kind(kind)
    return list_form_page(
        request,
        form,
        title=f"Mall: {label}",
        submit_label="Spara",
        back="template_list",
        lead="Det här står från början i en ny anteckning av typen.",
        row=template,
    )


@require_GET
@requires(Permission.KEEP_LISTS)
def reason_list(request: SignedInRequest) -> HttpResponse:
    """Why an enrolment can end, and what that counts as."""
    today = timezone.localdate()
    reasons = list(ExitReason.objects.all())
    context = {
        "tabs": tabs("reason_list"),
        "reasons": [one for one in reasons if not one.is_retired_on(today)],
        "retired": [one for one in reasons if one.is_retired_on(today)],
    }
    return render(request, "lists/reasons.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def reason_add(request: SignedInRequest) -> HttpResponse:
    """Add a reason."""
    form = NewReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.apply(actions.add_exit_reason, by=request.user)
        if reason is not None:
            messages.success(request, f"”{reason.label}” går nu att välja.")
            return redirect("reason_list")
    return list_form_page(
        request, form, title="Ny avslutsorsak", submit_label="Lägg till", back="reason_list"
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LISTS)
def reason_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stop using a reason after a day, or use it again."""
    reason = get_object_or_404(ExitReason, pk=pk)
    form = RetireForm(
        request.POST if request.method == "POST" else None,
        initial={"retired_on": reason.retired_on},
    )
    if request.method == "POST" and form.is_valid():
        changed = form.apply(actions.retire_exit_reason, reason, by=request.user)
        if changed is not None:
            until = f"används till {changed.retired_on}" if changed.retired_on else "används"
            messages.success(request, f"”{changed.label}” {until}.")
            return redirect("reason_list")
    return list_form_page(
        request,
        form,
        title=reason.label,
        submit_label="Spara",
        back="reason_list",
        lead=f"Räknas som {reason.get_counts_as_display().lower()}, KAS-klass "
        f"{reason.get_kas_class_display()}. Redan avslutade inskrivningar behåller orsaken.",
    )
