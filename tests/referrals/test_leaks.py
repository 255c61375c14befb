"""A word of its own in every field of a case: a social secretary meets those meant to be told, no other."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from participants import actions as cases
from participants.models import (
    Enrolment,
    ExitReason,
    Goal,
    Note,
    Participant,
    Step,
)
from referrals import notice_actions, tasks
from referrals.models import Notice, Referral, Status
from sundbyberg_am.access import Role
from tests.builders import a_level, a_meeting, a_plan, a_user, an_assessment, an_intervention
from tests.participants.builders import a_pause, a_review
from tests.planting import Planted, models_about_people, plant

from .builders import DAY, Cast, a_referral_in
from .reading import text
from .systems import Caller, a_body, a_token

pytestmark = pytest.mark.django_db

LAST = DAY + timedelta(days=30)
MOST_PAGES = 200
# What the sender's team is meant to see of a case, by model and field.
TOLD = {
    ("enrolment", "exit_destination"),
    ("meeting", "place"),  # of a three-party meeting; checked by the row below
    ("agreedpoint", "text"),
}
# Rows of these must be there, or nothing is tried.
MODELS = {
    *("participant", "enrolment", "levelchange", "plan", "goal", "step", "intervention"),
    *("note", "meeting", "agreedpoint", "teamreview"),
}


def a_case_with_everything(cast: Cast) -> tuple[Referral, int]:
    """An accepted referral with a row of each kind in its case; and the key of the three-party meeting."""
    referral = a_referral_in(Status.ACCEPTED, cast)
    enrolment = referral.enrolment
    assert enrolment
    enrolment.deputy = a_user(Role.CONSULTANT, name="Ersättarordet")
    enrolment.save()
    Note.objects.create(enrolment=enrolment, happened_on=DAY, text="x", created_by=cast.consultant)
    plan = a_plan(enrolment, DAY, participant_agrees=False, disagreement="x")
    Step.objects.create(goal=Goal.objects.create(plan=plan, text="x"), text="x")
    an_intervention(enrolment, DAY, hours_per_week=10)
    a_level(enrolment, "AM1", DAY + timedelta(days=20))
    an_assessment(enrolment, DAY)
    a_pause(enrolment)
    a_review(enrolment)
    a_meeting(enrolment, DAY, outcome="held")
    three = a_meeting(enrolment, DAY + timedelta(days=1), kind="three_party", outcome="held")
    three.points.create(text="x")
    return referral, three.pk


def planted_in_the_case() -> dict[str, Planted]:
    """A word of its own in every text of the case, and none in what the sender wrote."""
    return plant(one for one in models_about_people() if one._meta.app_label == "participants")


def crawl(client) -> tuple[str, set[str], list[str]]:
    """The text reached by links from the start page, the addresses, and those that give a file."""
    waiting, found, files = ["/"], [], []
    seen: set[str] = set()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        page = client.get(address, follow=True)
        if "html" not in page["Content-Type"]:
            files.append(address)
            continue
        found.append(text(page))
        links = re.findall(r'(?:href|action)="(/[^"#]*)', text(page))
        waiting += [link for link in links if not link.startswith(("/static/", "/logga-ut"))]
    return " ".join(found), seen, files


def met(cast: Cast, client, referral: Referral) -> tuple[str, set[str]]:
    """All that can be read: what links lead to, and every address of the case and the unit tried by hand."""
    shown, seen, files = crawl(client)
    assert files == []  # a file that a sender can fetch has to be read here too
    enrolment = referral.enrolment
    assert enrolment
    person = enrolment.participant.public_id
    for address in (
        *(f"/deltagare/{person}/", f"/deltagare/{person}/plan/", "/deltagare/", "/bemanning/"),
        *("/deltagare/export/", "/kompetensteam/", "/rapporter/", "/anvisningar/registrera/"),
    ):
        shown += text(client.get(address, follow=True))
    return shown, seen


def told_by_api(caller: Caller, referral: Referral) -> str:
    """All that a system is answered about the referral, and to trying what is not there for it."""
    number = referral.number_text
    asked = [
        *("mapping", "openapi.json", f"referrals/{number}", f"referrals/{referral.public_id}"),
        *(f"referrals/{number}/feedback", f"referrals/{referral.public_id}/feedback"),
        *("referrals", f"referrals/{number}/events", "participants", f"referrals/{number}?all=1"),
    ]
    again = caller.send(a_body(personnummer=referral.personnummer), number)
    assert again.status_code == 422
    return " ".join(text(answer) for answer in (*map(caller.get, asked), again))


def test_only_what_is_meant_to_be_told_is_met(as_user, settings):
    settings.EMAIL_HOST = "mail.example.com"  # the outbox of the tests takes what is sent
    cast = Cast()
    for user in (cast.sender, cast.colleague, cast.consultant):
        user.email = f"{user.username}@example.com"
        user.save()
    referral, three_party = a_case_with_everything(cast)
    planted = planted_in_the_case()
    assert {one.model for one in planted.values()} >= MODELS
    assert len(planted) > 20
    enrolment = Enrolment.objects.get()
    Enrolment.objects.filter(pk=enrolment.pk).update(
        ended_on=LAST,
        exit_reason=ExitReason.objects.get(code="studies"),
        exited_at=timezone.now(),
        exited_by=cast.consultant,
        exit_destination="zqexitqz",
    )
    planted["zqexitqz"] = Planted("enrolment", "exit_destination", enrolment.pk, frozenset())
    token = a_token(cast.sender.unit)
    for sent in (False, True):  # while nothing is sent of the exit, and after
        if sent:
            tasks.send_due_feedback()
        for user in (cast.sender, cast.colleague):
            shown, seen = met(cast, as_user(user), referral)
            assert f"/anvisningar/{referral.public_id}/" in seen
            assert len(seen) < MOST_PAGES
            told = {planted[word] for word in planted if word in shown}
            assert {(one.model, one.field) for one in told} == (
                TOLD if sent else TOLD - {("enrolment", "exit_destination")}
            )
            assert {one.pk for one in told if one.model == "meeting"} == {three_party}
            assert "Ersättarordet" not in shown
            by_api = told_by_api(Caller(user, token=token), referral)
            assert {planted[word] for word in planted if word in by_api} == told
            assert "Ersättarordet" not in by_api
        stranger = Caller(cast.stranger, name=f"Ett annat, {sent}")
        by_api = told_by_api(stranger, referral)
        assert [word for word in planted if word in by_api] == []
    for notice in Notice.objects.to_mail(timezone.now()):
        notice_actions.send_notice(notice.pk, at=timezone.now())
    assert len(mail.outbox) >= 2
    mails = " ".join(str(one.message()) + one.body for one in mail.outbox)
    assert [word for word in planted if word in mails] == []
    person = Participant.objects.get()
    for said in (referral.last_name, person.personnummer, referral.number_text):
        assert str(said) not in mails


def test_the_crawl_would_find_a_word_where_it_may_be_read(as_user):
    """The consultant, who may, meets the words by the same crawl: it is not the crawl that is blind."""
    cast = Cast()
    a_case_with_everything(cast)
    planted = planted_in_the_case()
    shown, _, files = crawl(as_user(cast.consultant))
    assert files
    met_by = {planted[word].model for word in planted if word in shown}
    assert {"participant", "note", "goal", "step", "intervention", "meeting"} <= met_by


def test_sender_may_read_what_the_team_itself_wrote(as_user):
    cast = Cast()
    referral = a_referral_in(Status.ACCEPTED, cast)
    assert referral.enrolment
    cases.request_meeting(referral.enrolment, request="Egetordet", by=cast.sender)
    assert "Egetordet" in crawl(as_user(cast.colleague))[0]
