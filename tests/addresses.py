"""Every address: what it is about and which roles it lets in; and one of each thing there is to be about."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from participants.models import (
    ExitReason,
    Goal,
    ListedWord,
    Note,
    Step,
)
from referrals.editor.actions import start_draft
from referrals.models import SendingSystem
from reporting.models import ReportFile
from sundbyberg_am.access import Role
from sundbyberg_am.models import User
from tests.builders import (
    a_consent,
    a_correction,
    a_meeting,
    a_plan,
    a_role_claim,
    a_unit,
    a_user,
    an_assessment,
    an_enrolment,
    an_intervention,
    an_offer,
)
from tests.participants.builders import a_handover, a_pause, a_review, an_absence, an_opening
from tests.referrals.builders import Cast, a_draft, a_referral_in
from tests.referrals.systems import a_token
from tests.reporting.builders import a_board_goal, an_approved_report, an_indicator

METHODS = frozenset(["get", "head", "options", "post", "put", "patch", "delete", "trace"])
EVERYONE = frozenset(Role)
CONSULTANT = frozenset({Role.CONSULTANT})
CASE_READERS = frozenset({Role.CONSULTANT, Role.MANAGER})
SENDER = frozenset({Role.SOCIAL_SECRETARY})
RECEIVERS = frozenset({Role.COORDINATOR, Role.MANAGER})
REFERRAL_READERS = frozenset({Role.SOCIAL_SECRETARY, Role.COORDINATOR, Role.MANAGER})
REPORT_READERS = frozenset({Role.MANAGER, Role.CONTROLLER})
MANAGER = frozenset({Role.MANAGER})
UNIT_STAFF = frozenset({Role.CONSULTANT, Role.COORDINATOR, Role.MANAGER})
LOG_REVIEWER = frozenset({Role.LOG_REVIEWER})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
LIST_KEEPERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Address:
    """Who is let in; what it is about, as `things` names it; which method; who sends, when not all do."""

    roles: frozenset[Role]
    about: str = ""
    method: str = "get"
    more: dict[str, Any] = field(default_factory=dict)
    senders: frozenset[Role] | None = None

    def lets_in(self, method: str) -> frozenset[Role]:
        return self.senders if self.senders is not None and method == "post" else self.roles


ADDRESSES = {
    "start": Address(EVERYONE),
    "logout": Address(EVERYONE, method="post"),
    "shortcuts": Address(EVERYONE),
    "components": Address(EVERYONE),
    "user_list": Address(ADMINISTRATOR),
    "user_add": Address(ADMINISTRATOR),
    "user_change": Address(ADMINISTRATOR, "user"),
    "user_password": Address(ADMINISTRATOR, "user"),
    "user_factors_remove": Address(ADMINISTRATOR, "user"),
    "role_claim_list": Address(ADMINISTRATOR),
    "role_claim_add": Address(ADMINISTRATOR),
    "role_claim_change": Address(ADMINISTRATOR, more={"pk": "role claim"}),
    "role_claim_remove": Address(ADMINISTRATOR, more={"pk": "role claim"}),
    "system_list": Address(ADMINISTRATOR),
    "system_add": Address(ADMINISTRATOR),
    "system_end": Address(ADMINISTRATOR, "system"),
    "access_log": Address(LOG_REVIEWER),
    "log_months": Address(LOG_REVIEWER),
    "log_month": Address(LOG_REVIEWER, more={"year": 2026, "month": 1}),
    "log_month_pdf": Address(LOG_REVIEWER, more={"year": 2026, "month": 1}),
    "account": Address(EVERYONE),
    "confirm": Address(EVERYONE),
    "password_change": Address(EVERYONE),
    "other_sessions_end": Address(EVERYONE),
    "code_app_add": Address(EVERYONE),
    "passkey_add": Address(EVERYONE),
    "spare_codes": Address(EVERYONE),
    "sign_out_everywhere": Address(EVERYONE, method="post"),
    "session_time": Address(EVERYONE),
    "first_time_read": Address(EVERYONE, method="post"),
    # opened in an emergency: for whoever opened it, and whoever answers for the case
    "emergency": Address(UNIT_STAFF),
    "emergency_case": Address(UNIT_STAFF, "foreign"),
    "emergency_read": Address(MANAGER, "opening", "post"),
    "emergency_list": Address(LOG_REVIEWER),
    # the case
    "participant_list": Address(CASE_READERS),
    "participant_export": Address(CASE_READERS),
    "participant": Address(CASE_READERS, "case"),
    "draft": Address(CONSULTANT, "case", "post"),
    "participant_details": Address(CONSULTANT, "case"),
    "assign": Address(CONSULTANT, "case"),
    "level_change": Address(CONSULTANT, "case"),
    "exit": Address(CONSULTANT, "case"),
    "exit_confirm": Address(CONSULTANT, "case"),
    "reopen": Address(CONSULTANT, "case"),
    "void": Address(CONSULTANT, "case"),
    "sharing": Address(CASE_READERS, "case"),
    "consent_add": Address(CONSULTANT, "case"),
    "consent_withdraw": Address(CONSULTANT, "case", more={"pk": "consent"}),
    "correction_add": Address(CONSULTANT, "case"),
    "correction_decide": Address(MANAGER, "case", more={"pk": "correction"}),
    "disclosure_add": Address(CONSULTANT, "case"),
    "protection": Address(CASE_READERS, "case"),
    "history": Address(CASE_READERS, "case"),
    "note_add": Address(CONSULTANT, "case"),
    "note_correct": Address(CONSULTANT, "case", more={"pk": "note"}),
    "intervention_add": Address(CONSULTANT, "case"),
    "intervention_change": Address(CONSULTANT, "case", more={"pk": "intervention"}),
    "intervention_end": Address(CONSULTANT, "case", more={"pk": "intervention"}),
    "meeting_book": Address(CONSULTANT, "case"),
    "meeting_change": Address(CONSULTANT, "case", more={"pk": "meeting"}),
    "meeting_record": Address(CONSULTANT, "case", more={"pk": "meeting"}),
    "meeting_cancel": Address(CONSULTANT, "case", more={"pk": "meeting"}),
    "progress": Address(CASE_READERS, "case"),
    "assessment_add": Address(CONSULTANT, "case"),
    "assessment_correct": Address(CONSULTANT, "case", more={"pk": "assessment"}),
    "case_mapping": Address(CASE_READERS, "case"),
    "follow_up_add": Address(CONSULTANT, "case"),
    "survey_give": Address(CONSULTANT, "case"),
    "pause_add": Address(CONSULTANT, "case"),
    "pause_end": Address(CONSULTANT, "case", more={"pk": "pause"}),
    "team_put": Address(CONSULTANT, "case"),
    "team_recommend": Address(CONSULTANT, "case", more={"pk": "review"}),
    "team_follow_up": Address(CONSULTANT, "case", more={"pk": "review"}),
    "plan": Address(CASE_READERS, "case"),
    "plan_start": Address(CONSULTANT, "case", "post"),
    "goal_add": Address(CONSULTANT, "case", "post"),
    "goal_remove": Address(CONSULTANT, "case", "post", {"pk": "goal"}),
    "step_add": Address(CONSULTANT, "case", "post", {"pk": "goal"}),
    "step_remove": Address(CONSULTANT, "case", "post", {"pk": "step"}),
    "step_state": Address(CONSULTANT, "case", "post", {"pk": "step"}),
    "plan_adopt": Address(CONSULTANT, "case", "post"),
    # the lists of the office
    "offer_list": Address(LIST_KEEPERS),
    "offer_add": Address(LIST_KEEPERS),
    "offer_change": Address(LIST_KEEPERS, more={"pk": "offer"}),
    "offer_end": Address(LIST_KEEPERS, more={"pk": "offer"}),
    "word_list": Address(LIST_KEEPERS),
    "word_add": Address(LIST_KEEPERS),
    "word_change": Address(LIST_KEEPERS, more={"pk": "word"}),
    "word_remove": Address(LIST_KEEPERS, method="post", more={"pk": "word"}),
    "template_list": Address(LIST_KEEPERS),
    "template_change": Address(LIST_KEEPERS, more={"kind": "call"}),
    "reason_list": Address(LIST_KEEPERS),
    "reason_add": Address(LIST_KEEPERS),
    "reason_retire": Address(LIST_KEEPERS, more={"pk": "reason"}),
    "mapping_versions": Address(LIST_KEEPERS),
    "mapping_version": Address(LIST_KEEPERS, more={"version": 1}),
    "mapping_take_back": Address(LIST_KEEPERS, method="post", more={"version": 1}),
    "mapping_draft": Address(LIST_KEEPERS),
    "mapping_draft_start": Address(LIST_KEEPERS, method="post"),
    "mapping_preview": Address(LIST_KEEPERS),
    "mapping_publish": Address(LIST_KEEPERS),
    "mapping_discard": Address(LIST_KEEPERS),
    "mapping_section_add": Address(LIST_KEEPERS),
    "mapping_part_add": Address(LIST_KEEPERS, more={"place": "1-2"}),
    "mapping_part_change": Address(LIST_KEEPERS, more={"place": "1-2-1"}),
    "mapping_part_move": Address(LIST_KEEPERS, method="post", more={"place": "1-2"}),
    "mapping_part_remove": Address(LIST_KEEPERS, method="post", more={"place": "1-2"}),
    "goal_change": Address(CONSULTANT, "case", "post", {"pk": "goal"}),
    "goal_move": Address(CONSULTANT, "case", "post", {"pk": "goal"}),
    "step_change": Address(CONSULTANT, "case", "post", {"pk": "step"}),
    "step_move": Address(CONSULTANT, "case", "post", {"pk": "step"}),
    "plan_follow_up": Address(CONSULTANT, "case"),
    "plan_compare": Address(CASE_READERS, "case"),
    "plan_pdf": Address(CASE_READERS, "case", more={"pk": "adopted"}),
    # the unit: a consultant hands over only the own cases, which the tests of that page show
    "team_list": Address(CASE_READERS),
    "staffing": Address(CASE_READERS),
    "absence_add": Address(CASE_READERS),
    "absence_end": Address(MANAGER, method="post", more={"number": "absence"}),
    "hand_over": Address(MANAGER, "user"),
    "handover": Address(CASE_READERS, "handover"),
    "handover_seen": Address(CASE_READERS, "handover", "post"),
    "handover_take_back": Address(CASE_READERS, "handover", "post"),
    # the referral
    "referral_list": Address(REFERRAL_READERS),
    "referral_add": Address(SENDER),
    "referral_add_draft": Address(SENDER, method="post"),
    "referral": Address(REFERRAL_READERS, "referral"),
    "referral_draft": Address(REFERRAL_READERS, "referral", "post"),
    "referral_person": Address(SENDER, "draft"),
    "mapping": Address(SENDER, "draft"),
    "referral_send": Address(SENDER, "draft"),
    "referral_delete": Address(SENDER, "draft"),
    "referral_ask": Address(RECEIVERS, "referral"),
    "referral_complete": Address(SENDER, "referral"),
    "referral_accept": Address(RECEIVERS, "referral"),
    "referral_return": Address(RECEIVERS, "referral"),
    "referral_withdraw": Address(SENDER, "referral"),
    "referral_register": Address(RECEIVERS),
    "referral_register_draft": Address(RECEIVERS, method="post"),
    "notice_list": Address(EVERYONE),
    "notices_seen": Address(EVERYONE, method="post"),
    "feedback_acknowledge": Address(SENDER, "accepted", "post", {"number": "1"}),
    "team_ask": Address(SENDER, "accepted"),
    "meeting_ask": Address(SENDER, "accepted"),
    "meeting_reply": Address(SENDER, "accepted", more={"pk": "three-party meeting"}),
    "removal": Address(MANAGER),
    "extract": Address(MANAGER, "case"),
    "extract_file": Address(MANAGER, "case", more={"kind": "json"}),
    # reports
    "report_list": Address(REPORT_READERS, senders=MANAGER),
    "report": Address(REPORT_READERS, "report"),
    "report_download": Address(REPORT_READERS, "report", more={"kind": "excel"}),
    "report_download_public": Address(REPORT_READERS, "report", more={"kind": "excel"}),
    "missing_data": Address(CASE_READERS),
    "figure": Address(REPORT_READERS, "report", more={"code": "participants"}),
    "figure_rows": Address(MANAGER, "report", more={"code": "participants"}),
    "kas": Address(REPORT_READERS, "report"),
    "kas_download": Address(REPORT_READERS, "report", more={"kind": "csv"}),
    "report_late": Address(REPORT_READERS, "report"),
    "report_approve": Address(MANAGER, "report", "post"),
    "report_discard": Address(MANAGER, "report", "post"),
    "report_retry": Address(MANAGER, "report", "post"),
    # the goals, and how the year stands
    "overview": Address(REPORT_READERS),
    "board_goals": Address(REPORT_READERS),
    "board_goals_of": Address(REPORT_READERS, more={"year": 2026}),
    "board_goal_add": Address(MANAGER, more={"year": 2026}),
    "board_goals_copy": Address(MANAGER, method="post", more={"year": 2026}),
    "board_goal_change": Address(MANAGER, more={"pk": "board goal"}),
    "board_goal_remove": Address(MANAGER, method="post", more={"pk": "board goal"}),
    "indicator_add": Address(MANAGER, more={"pk": "board goal"}),
    "indicator_change": Address(MANAGER, more={"pk": "indicator"}),
    "indicator_remove": Address(MANAGER, method="post", more={"pk": "indicator"}),
}
OPEN_TO_ALL = {"login", "sign_in_code", "city_start", "city_return", "survey", "survey_thanks"} | {
    "saml_answer",
    "saml_return",
    "saml_description",
}
# Of one user alone, or only there when the city has a sign-in, which the tests of those pages show.
OF_ONESELF = {"factor_remove", "city_link", "city_link_confirm", "city_confirm", "session_end"}
# Not for users: whoever has no token gets 401, which the tests of the API show; its description is open, and
# so is how the program is, where there is nothing of anybody; what is measured has a token of its own.
OF_SYSTEMS = {"api_submit", "api_referral", "api_feedback", "api_mapping", "api_description"} | {
    "health_alive",
    "health_ready",
    "metrics",
}
# What another unit has is another's; users and reports belong to all who may open them.
OF_A_UNIT = ("case", "draft", "referral", "accepted", "handover", "foreign", "opening")


def one_of_each() -> dict[str, Any]:
    """Made in the units that builders use."""
    cast = Cast()
    users = {role: a_user(role) for role in Role}
    start_draft(by=cast.administrator)
    enrolment = an_enrolment(timezone.localdate() - timedelta(days=40))
    adopted = a_plan(enrolment, enrolment.started_on)
    plan = a_plan(enrolment)
    goal = Goal.objects.create(plan=plan, text="Hitta ett arbete")
    author = a_user()
    run = an_approved_report(a_user(Role.MANAGER))
    for kept in ("xlsx", "pub-xlsx"):
        ReportFile.objects.create(run=run, format=kept, content=b"x")
    accepted = a_referral_in("accepted", cast)
    assert accepted.enrolment
    foreign = an_enrolment(unit=a_unit("Jobbcenter"))
    for role in UNIT_STAFF:
        an_opening(foreign, users[role])
    voided = an_enrolment(voided_at=timezone.now(), voided_by=author, void_reason="Fel person")
    return {
        "users": users,
        "foreign": foreign.participant.public_id,
        "opening": an_opening(enrolment, cast.other_coordinator).public_id,
        "voided": voided.participant.public_id,
        "case": enrolment.participant.public_id,
        "note": Note.objects.create(
            enrolment=enrolment, happened_on=enrolment.started_on, text="Möte", created_by=author
        ).pk,
        "intervention": an_intervention(enrolment, enrolment.started_on).pk,
        "meeting": a_meeting(enrolment).pk,
        "offer": an_offer().pk,
        "word": ListedWord.objects.all()[0].pk,
        "reason": ExitReason.objects.all()[0].pk,
        "adopted": adopted.pk,
        "assessment": an_assessment(enrolment, enrolment.started_on).pk,
        "consent": a_consent(enrolment, by=author).pk,
        "correction": a_correction(enrolment, by=author).pk,
        "pause": a_pause(enrolment).pk,
        "review": a_review(enrolment).pk,
        "absence": an_absence(author).pk,
        "handover": a_handover(author).public_id,
        "goal": goal.pk,
        "step": Step.objects.create(goal=goal, text="Skriva cv").pk,
        "draft": a_draft(cast.sender).public_id,
        "referral": a_referral_in("submitted", cast).public_id,
        "accepted": accepted.public_id,
        "three-party meeting": a_meeting(accepted.enrolment, kind="three_party").pk,
        "user": author.public_id,
        "role claim": a_role_claim().pk,
        "system": a_system(cast).public_id,
        "report": run.public_id,
        "board goal": a_board_goal().pk,
        "indicator": an_indicator().pk,
    }


def a_system(cast: Cast) -> SendingSystem:
    a_token(cast.sender.unit)
    return SendingSystem.objects.get()


def url_of(name: str, things: dict[str, Any], public_id: UUID | None = None) -> str:
    address = ADDRESSES[name]
    arguments = {key: things.get(thing, thing) for key, thing in address.more.items()}
    if address.about:
        arguments["public_id"] = public_id or things[address.about]
    return reverse(name, kwargs=arguments)


def ask(user: User, name: str, url: str, method: str = "") -> HttpResponse:
    """What the user is answered; a form is sent with nothing that it asks for."""
    client = Client()
    client.force_login(user)
    method = method or ADDRESSES[name].method
    asked: Callable[..., HttpResponse] = getattr(client, method)
    return asked(url) if method == "get" else asked(url, {"sent": "yes"})


def methods_of(name: str) -> set[str]:
    """The methods that an address says it takes, by the decorator that every view of ours has outermost."""
    view = views(get_resolver().url_patterns)[name]
    if name == "logout":  # Django's own
        return {"post"}
    said = inspect.getclosurevars(view).nonlocals["request_method_list"]
    return {method.lower() for method in said}


def views(patterns: list[URLPattern | URLResolver]) -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for one in patterns:
        if isinstance(one, URLResolver):
            found |= views(one.url_patterns)
        else:
            found[str(one.name)] = one.callback
    return found


MATRIX = [(name, method) for name in ADDRESSES for method in sorted(methods_of(name))]
