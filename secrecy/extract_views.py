"""The extract of a person: the page that gives it out, and its files."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from participants.access import open_case
from sundbyberg_am.access import Permission, SignedInRequest, requires

from .extract import as_json, as_pdf, extract_of

FILES = {"pdf": (as_pdf, "application/pdf"), "json": (as_json, "application/json")}


@require_GET
@requires(Permission.GIVE_EXTRACTS)
def extract(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What an extract is, and where to get it."""
    enrolment = open_case(request, public_id)
    context = {"enrolment": enrolment, "participant": enrolment.participant}
    return render(request, "secrecy/extract.html", context)


@require_GET
@requires(Permission.GIVE_EXTRACTS)
def extract_file(request: SignedInRequest, public_id: UUID, kind: str) -> HttpResponse:
    """The extract as a file, made now."""
    enrolment = open_case(request, public_id)
    if kind not in FILES:
        raise Http404
    write, content_type = FILES[kind]
    found = extract_of(enrolment.participant, user=request.user, today=timezone.localdate())
    return HttpResponse(
        write(found),
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="registerutdrag-{enrolment.case_number}.{kind}"'
        },
    )
