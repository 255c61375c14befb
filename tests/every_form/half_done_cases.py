"""The actions that no form of `one_of_each()` comes through to, each with something to do it to."""

from collections.abc import Callable, Iterator
from datetime import time, timedelta
from functools import partial
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone

from participants import actions as participants
from participants.actions import emergencies, surveys
from participants.models import Enrolment, Goal, Note, Step
from referrals import actions as referrals
from referrals import feedback_actions, meeting_actions, notice_actions, system_actions
from referrals.editor import actions as editor
from referrals.editor.content import mark_of, part_at
from referrals.models import MappingDraft, MappingForm, Notice
from reporting import actions as reporting
from reporting.content import fingerprint
from reporting.goals import actions as goals
from reporting.models import ReportRun, RunState
from sundbyberg_am import factor_actions, identity_actions, sign_in_actions
from sundbyberg_am.access import Role
from sundbyberg_am.factors import factors_of
from sundbyberg_am.identity import Identity
from sundbyberg_am.models import Session
from tests.builders import (
    a_meeting,
    a_participant,
    a_plan,
    a_role_claim,
    a_unit,
    a_user,
    an_enrolment,
)
from tests.participants.builders import a_handover, a_recommended_review, an_opening
from tests.referrals.builders import Cast, a_feedback_record, a_referral_in
from tests.referrals.systems import Caller
from tests.reporting.builders import a_board_goal
from tests.signing_in import signed_in

Cases = Iterator[Callable[[], Any]]
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
LATER = TODAY + timedelta(days=7)


def cases() -> Iterator[tuple[str, Callable[[], Any]]]:
    """The full name of each action and a call of it, good until the next is asked for."""
    for group in (_of_cases, _of_plans, _of_referrals, _of_sign_ins, _of_the_rest):
        for call in group():
            action = call.func  # type: ignore[attr-defined]
            yield f"{action.__module__}.{action.__name__}", call


def _of_cases() -> Cases:
    by = a_user()
    manager, other = a_user(Role.MANAGER), a_user()
    long_ago = TODAY - timedelta(days=400)
    case = an_enrolment(long_ago, consultant=by)
    ended = an_enrolment(long_ago, TODAY - timedelta(days=3))
    yield partial(
        participants.enrol,
        a_participant(),
        unit=a_unit(),
        started_on=TODAY,
        initiator="self",
        level="AM2",
        consultant=by,
        by=by,
    )
    yield partial(participants.assign, case, consultant=other, deputy=by, today=TODAY, by=by)
    yield partial(participants.confirm_exit, ended, exit_confirmed=True, today=TODAY, by=by)
    yield partial(participants.reopen_enrolment, ended, today=TODAY, by=by)
    yield partial(
        participants.start_pause,
        case,
        kind="parental_leave",
        started_on=TODAY,
        ended_on=None,
        by=by,
    )
    yield partial(
        participants.hand_over,
        by,
        cases=[case],
        to=[other],
        valid_from=TODAY,
        today=TODAY,
        by=manager,
    )
    yield partial(participants.mark_handover_seen, a_handover(by), by=by)
    meeting = a_meeting(case, LATER, kind="three_party")
    yield partial(
        participants.cancel_meeting, meeting, seen_version=1, why="Sjuk", today=TODAY, by=by
    )
    yield partial(participants.reply_to_meeting, meeting, reply="coming", today=TODAY, by=by)
    yield partial(
        participants.put_to_team,
        case,
        question="Hur går vi vidare?",
        meeting_on=LATER,
        members=[by, other],
        other_members="",
        today=TODAY,
        by=by,
    )
    yield partial(
        participants.follow_up_recommendation,
        a_recommended_review(case, long_ago, TODAY),
        follow_up_note="Det gick bra.",
        today=TODAY,
        by=by,
    )
    note = Note.objects.create(enrolment=case, happened_on=TODAY, text="Mote", created_by=by)
    yield partial(participants.correct_note, note, text="Möte", by=by)
    foreign = an_enrolment(unit=a_unit("Jobbcenter"))
    number = foreign.participant.personnummer or ""
    yield partial(
        emergencies.open_in_emergency, number=number, reason="Ringer om hot " * 2, now=NOW, by=by
    )
    yield partial(emergencies.count_emergency_miss, now=NOW, by=by)
    yield partial(emergencies.mail_of_emergency, an_opening(foreign, by).pk, at=NOW)
    given = surveys.give_survey(case, today=TODAY, by=by)
    marks = dict.fromkeys(("respect", "influence", "clarity", "use", "whole"), 4)
    yield partial(surveys.answer_survey, given, **marks, address="192.0.2.1", now=NOW)
    yield partial(surveys.count_miss, "192.0.2.1", now=NOW)


def _of_plans() -> Cases:
    by = a_user()
    plan = a_plan(an_enrolment(TODAY, consultant=by))
    goal, second = (
        Goal.objects.create(plan=plan, text=text, position=n) for n, text in enumerate("ab")
    )
    step, _ = (Step.objects.create(goal=goal, text=text, position=n) for n, text in enumerate("cd"))
    yield partial(participants.start_plan, an_enrolment(TODAY, consultant=by), by=by)
    yield partial(participants.change_goal, goal, text="Ett jobb", by=by)
    yield partial(participants.move_goal, second, direction="upp", by=by)
    yield partial(participants.remove_goal, goal, by=by)
    yield partial(
        participants.change_step,
        step,
        text="Cv",
        kind="own",
        responsible="other",
        due_on=None,
        by=by,
    )
    yield partial(participants.move_step, step, direction="ner", by=by)
    yield partial(participants.remove_step, step, by=by)
    yield partial(participants.set_step_state, step, state="done", by=by)


def _of_referrals() -> Cases:
    cast = Cast()
    asked = a_referral_in("completion_asked", cast)
    yield partial(referrals.complete, asked, answer="Förmiddagar.", by=cast.sender)
    yield partial(referrals.open_referral, a_referral_in("submitted", cast), by=cast.coordinator)
    yield partial(
        notice_actions.remind, a_referral_in("submitted", cast), today=LATER + timedelta(days=60)
    )
    accepted = a_referral_in("accepted", cast)
    a_feedback_record(accepted)
    case = accepted.enrolment
    assert case
    yield partial(feedback_actions.acknowledge, accepted, number=1, by=cast.sender)
    much_later = case.team_from + timedelta(days=1)
    yield partial(
        feedback_actions.ask_team, accepted, question="Vad nu?", today=much_later, by=cast.sender
    )
    meeting = a_meeting(case, LATER, kind="three_party", starts=time(15))
    yield partial(
        meeting_actions.answer_meeting,
        accepted,
        meeting=meeting.pk,
        reply="coming",
        today=TODAY,
        by=cast.sender,
    )
    left = a_referral_in("accepted", cast)
    assert left.enrolment
    Enrolment.objects.filter(pk=left.enrolment.pk).update(
        ended_on=LATER, exit_reason=_ended().exit_reason
    )
    yield partial(feedback_actions.send_feedback, left.pk, today=LATER)
    notice = Notice.objects.filter(mailed_at=None)[0]
    Notice.objects.filter(pk=notice.pk).update(by_mail=True)
    yield partial(notice_actions.send_notice, notice.pk, at=NOW + timedelta(days=1))
    yield partial(system_actions.count_call, Caller(cast.sender, name="Ett annat").system, now=NOW)


def _ended() -> Enrolment:
    return an_enrolment(TODAY - timedelta(days=9), TODAY)


def _of_sign_ins() -> Cases:
    user, administrator = a_user(), a_user(Role.ADMINISTRATOR)
    secret, step = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", int(NOW.timestamp()) // 30
    code = format_hotp_value(hotp_value(secret, step))
    add_app = partial(factor_actions.add_app, user, secret=secret, code=code, now=NOW, by=user)
    yield add_app
    add_app()
    yield partial(factor_actions.pass_second_step, user, code="000 000", credential=None, now=NOW)
    yield partial(factor_actions.renew_spare_codes, user, by=user)
    yield partial(factor_actions.remove_factor, factors_of(user)[0], by=user)
    yield partial(factor_actions.remove_factors, user, by=administrator)
    value = a_role_claim("am-alla").value
    new, other = (
        Identity("https://i.example.se", who, "Anna", "", "anna", (value,)) for who in ("1", "2")
    )
    yield partial(
        sign_in_actions.give_first_password,
        a_user(),
        password="fyra gula båtar 47",
        now=NOW,
        by=administrator,
    )
    yield partial(identity_actions.admit, new)
    yield partial(identity_actions.link, user, other, by=user)
    signed_in(user)
    yield partial(sign_in_actions.end_session, Session.objects.get(user=user), by=user)


def _of_the_rest() -> Cases:
    administrator, manager = a_user(Role.ADMINISTRATOR), a_user(Role.MANAGER)
    MappingDraft.objects.all().delete()
    yield partial(editor.start_draft, by=administrator)
    newest = MappingForm.objects.newest()
    assert newest
    later = MappingForm.objects.create(
        version=newest.version + 1,
        title="Nästa",
        valid_from=LATER,
        content=newest.content,
        published_at=NOW,
        published_by=administrator,
    )
    yield partial(editor.take_back, later, today=TODAY, by=administrator)
    seen = mark_of(part_at(editor.start_draft(by=administrator).content, (1, 1)))
    yield partial(editor.remove_part, (1, 1), seen_version=seen, by=administrator)
    ready = {
        "finished_at": NOW,
        "content": {},
        "fingerprint": fingerprint({}),
        "ordered_by": manager,
    }
    draft = ReportRun.objects.create(period_code="2022", state=RunState.READY, **ready)
    yield partial(reporting.approve, draft, by=manager)
    yield partial(reporting.discard, draft, by=manager)
    failed = ReportRun.objects.create(
        period_code="2022", state=RunState.FAILED, failure="Fel", tries=3, ordered_by=manager
    )
    yield partial(reporting.retry, failed, by=manager)
    yield partial(reporting.order_due_report, today=TODAY.replace(month=1, day=2))
    a_board_goal(TODAY.year)
    yield partial(goals.copy_goals, TODAY.year + 1, today=TODAY, by=manager)
    yield partial(sign_in_actions.count_miss, "nagon", now=NOW)
    yield partial(sign_in_actions.forget_misses, "nagon")
