"""The addresses under /api/v1/."""

from typing import Annotated, Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET
from ninja import Header, NinjaAPI, Path, Status

from referrals.feedback import told
from referrals.meetings import meetings
from referrals.models import MappingForm, Referral
from sundbyberg_am.actions import record_access
from sundbyberg_am.models import Unit, UnitKind

from .door import SystemRequest, SystemToken, TextParser, act_for, answer_refusals
from .schemas import FeedbackOut, MappingOut, Receipt, ReferralIn, ReferralOut, Refusal
from .submitting import submit_from

api = NinjaAPI(
    title="Arbetsmarknad",
    version="1",
    description="Skicka anvisningar och läs hur det går för dem. Reglerna är de som gäller på sidorna.",
    auth=SystemToken(),
    parser=TextParser(),
    openapi_url=None,
    docs_url=None,
)
answer_refusals(api)

UUID_OR_NUMBER = r"^(A-[0-9]{1,18}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$"

ActingUser = Annotated[
    str,
    Header(
        alias="Acting-User", description="Den socialsekreterare i teamet som systemet handlar för."
    ),
]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=100,
        description="Ny för varje anvisning. Samma nyckel och innehåll igen ger samma kvitto.",
    ),
]
Reference = Annotated[
    str, Path(description="Anvisningens nummer eller id.", pattern=UUID_OR_NUMBER)
]


def _responses(status: int, answer: type, *refusals: int) -> dict[int, Any]:
    return {status: answer, **dict.fromkeys((*refusals, 401, 403, 429), Refusal)}


@api.post(
    "/referrals",
    response=_responses(201, Receipt, 400, 409, 413, 415, 422),
    summary="Skicka en anvisning",
    operation_id="submit",
    url_name="api_submit",
)
@transaction.atomic
def submit(request: SystemRequest, data: ReferralIn, acting_as: ActingUser, key: Key) -> Status:
    """Anvisningen skickas hel eller inte alls, och har sedan tio arbetsdagar på sig att besvaras."""
    user = act_for(request, acting_as)
    sent = submit_from(request.auth, data, key=key, today=timezone.localdate(), by=user)
    record_access(request, [sent.public_id])
    return Status(201, Receipt.of(sent))


@api.get(
    "/referrals/{reference}",
    response=_responses(200, ReferralOut, 404, 422),
    summary="Läs hur det står till med en anvisning",
    operation_id="referral",
    url_name="api_referral",
)
@transaction.atomic
def referral(request: SystemRequest, reference: Reference, acting_as: ActingUser) -> ReferralOut:
    """Svarar för anvisningar som teamet har skickat, på sidan eller härifrån."""
    return ReferralOut.of(_open(request, reference, acting_as))


@api.get(
    "/referrals/{reference}/feedback",
    response=_responses(200, FeedbackOut, 404, 422),
    summary="Läs återkopplingen på en anvisning",
    operation_id="feedback",
    url_name="api_feedback",
)
@transaction.atomic
def feedback(request: SystemRequest, reference: Reference, acting_as: ActingUser) -> FeedbackOut:
    """Konsulent, trepartsmöten med överenskommelser, och det som är skickat vid avslutet."""
    found = _open(request, reference, acting_as)
    return FeedbackOut.of(told(found, timezone.localdate()), meetings(found, timezone.localtime()))


@api.get(
    "/mapping",
    response=_responses(200, MappingOut, 404),
    summary="Läs frågorna i kartläggningen",
    operation_id="mapping",
    url_name="api_mapping",
)
def mapping(request: HttpRequest) -> MappingOut:
    """Frågorna som en anvisning svarar på. De säger inget om någon person."""
    form = MappingForm.objects.in_force_on(timezone.localdate())
    if form is None:
        raise Http404
    return MappingOut.of(form, list(Unit.objects.filter(kind=UnitKind.LABOUR_MARKET)))


@login_not_required
@require_GET
def description(request: HttpRequest) -> HttpResponse:
    """The API described in OpenAPI. Open to all: it says nothing of anybody."""
    return JsonResponse(api.get_openapi_schema(path_prefix="/api/v1/"))


def _open(request: SystemRequest, reference: str, acting_as: str) -> Referral:
    """The door to a referral that the team has sent; the showing is on record before it leaves."""
    sent = Referral.objects.sent_by_team_of(act_for(request, acting_as)).for_page()
    is_number = reference.startswith("A-")
    found = sent.with_number(int(reference[2:])) if is_number else sent.with_id(UUID(reference))
    if found is None:
        raise Http404
    record_access(request, [found.public_id])
    return found


# The token stands for the signing in. What a request counts is not taken back with what it does.
urlpatterns = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
for one in urlpatterns:
    one.callback = login_not_required(transaction.non_atomic_requests(one.callback))
urlpatterns.append(path("openapi.json", description, name="api_description"))
