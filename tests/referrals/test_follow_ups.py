"""The mapping answered again in a case, and laid beside how it was."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from participants.actions import exit_enrolment
from participants.models import Enrolment, ExitReason
from participants.plan_comparison import Mark
from referrals.follow_up_actions import follow_up
from referrals.mapping_comparison import Filled, change, compare
from referrals.models import FollowUp, MappingForm, Status
from tests.builders import an_enrolment

from .builders import ANSWERS, DAY, a_referral_in
from .reading import queries, text, typed
from .test_mapping import CONTENT

pytestmark = pytest.mark.django_db

BETTER = {**ANSWERS, "job_search": "alone", "self_support": "yes", "swedish": "1"}


def filled(content: dict[str, Any], answers: dict[str, Any], number: int = 1) -> Filled:
    return Filled(number, f"nr {number}", content, answers)


def by_question(before: Filled, after: Filled) -> dict[str, Any]:
    return {pair.question: pair for _, pairs in compare(before, after) for pair in pairs}


def test_compared_question_by_question():
    pairs = by_question(filled(CONTENT, ANSWERS), filled(CONTENT, BETTER, 2))
    assert len(pairs) == sum(len(section["questions"]) for section in CONTENT["sections"])
    changed = [question for question, pair in pairs.items() if pair.mark is Mark.CHANGED]
    assert changed == [
        "Tror ni att personen når egen försörjning på egen hand?",
        "Hur går det att söka arbete?",
        "Hur fungerar svenskan på en arbetsplats?",
    ]
    pair = pairs["Hur går det att söka arbete?"]
    assert (pair.before.answers, pair.after.answers) == (["Behöver stöd"], ["Bra, på egen hand"])


def test_versions_are_compared_by_what_a_question_is_known_by():
    later = deepcopy(CONTENT)
    search = later["sections"][1]["questions"][3]
    search["text"], search["options"][1]["label"] = "Hur söks arbete?", "Med stöd"
    del later["sections"][2]["questions"][1]
    later["sections"][2]["questions"].append({"key": "new", "text": "Ny?", "kind": "text"})
    pairs = by_question(filled(CONTENT, ANSWERS), filled(later, ANSWERS))
    assert pairs["Hur söks arbete?"].mark is Mark.SAME
    assert pairs["Hur söks arbete?"].before.answers == ["Behöver stöd"]
    assert pairs["Ny?"].mark is Mark.NEW
    gone = compare(filled(CONTENT, ANSWERS), filled(later, ANSWERS))[-1]
    assert gone[0] == "Frågor som inte ställs längre"
    assert [(p.mark, p.after, p.before.answers) for p in gone[1] if p.before] == [
        (Mark.GONE, None, ["Ja"])
    ]


def test_needs_that_have_gone_come_and_remain():
    found = change(["Hälsa", "Svenska"], ["Svenska", "Utredning"])
    assert (found.gone, found.same, found.new) == (["Hälsa"], ["Svenska"], ["Utredning"])


# In a case


@pytest.fixture
def case(cast) -> Enrolment:
    enrolment = a_referral_in(Status.ACCEPTED, cast).enrolment
    assert enrolment
    return enrolment


def answered(case, cast, answers=BETTER, today=DAY) -> FollowUp:
    form = MappingForm.objects.in_force_on(today)
    assert form
    return follow_up(case, form, answers=answers, today=today, by=cast.consultant)


def refused(*args: Any, **kwargs: Any) -> str:
    with pytest.raises(ValidationError) as refusal:
        answered(*args, **kwargs)
    return refusal.value.messages[0]


def test_follow_up_is_kept_as_it_was_answered(case, cast):
    found = answered(case, cast, {**BETTER, "more": "  Ord  "})
    assert (found.answered_on, found.created_by, found.form.version) == (DAY, cast.consultant, 1)
    assert found.answers == {**BETTER, "more": "Ord"}


def test_follow_up_refused(case, cast):
    assert "Svar saknas på ”Vad vill personen själv?”" in refused(
        case, cast, {key: value for key, value in BETTER.items() if key != "own_words"}
    )
    assert "hör inte till kartläggningen" in refused(case, cast, {**BETTER, "belief": "9"})
    assert "Vänta till dess" in refused(case, cast, today=DAY - timedelta(days=1))
    exit_enrolment(
        case,
        ended_on=DAY,
        exit_reason=ExitReason.objects.get(code="studies"),
        exit_confirmed=None,
        exit_destination="",
        today=DAY,
        by=cast.consultant,
    )
    assert "Inskrivningen är avslutad" in refused(case, cast)
    assert not FollowUp.objects.exists()


def page_of(name: str, case: Enrolment) -> str:
    return reverse(name, args=[case.participant.public_id])


def test_case_shows_the_mapping_of_the_referral_and_two_side_by_side(case, cast, as_user):
    client = as_user(cast.consultant)
    address = page_of("case_mapping", case)
    assert address in text(client.get(reverse("participant", args=[case.participant.public_id])))
    alone = text(client.get(address))
    assert "svaren talar för AM2" in alone
    assert "Ändrat" not in alone
    answered(case, cast)
    assert "≠" in text(client.get(address))
    both = text(client.get(address))
    assert f"Anvisningen {DAY}, version 1: svaren talar för AM2." in both
    assert "<strong>Nytt:</strong> Stärkt svenska" in both
    assert "Inte längre: Stöd i att söka arbete" in both
    same = text(client.get(address, {"fran": "2", "till": "2"}))
    assert "Inte längre" not in same
    assert client.get(address, {"fran": "9", "till": "x"}).status_code == 200


def test_form_is_answered_again_on_its_page_in_either_version(case, cast, as_user):
    today = timezone.localdate()
    later = deepcopy(CONTENT)
    later["sections"][0]["title"] = "Det nya avsnittet"
    MappingForm.objects.create(version=2, title="Ny", valid_from=today, content=later)
    Enrolment.objects.update(started_on=today)
    client, address = as_user(cast.consultant), page_of("follow_up_add", case)
    assert "Det nya avsnittet" in text(client.get(address))
    assert "Det nya avsnittet" not in text(client.get(f"{address}?version=1"))
    page = client.post(f"{address}?version=1", typed({**BETTER, "own_words": ""}))
    assert page.status_code == 422
    assert 'href="#id_q-own_words">Vad vill personen själv?' in text(page)
    assert text(page).count("checked") == 14
    page = client.post(f"{address}?version=1", typed(BETTER))
    assert page["Location"] == page_of("case_mapping", case)
    assert FollowUp.objects.get().form.version == 1


def test_case_without_a_mapping_says_so_and_can_have_one(cast, as_user):
    case = an_enrolment(timezone.localdate())
    client = as_user(cast.consultant)
    assert "Ingen kartläggning är gjord." in text(client.get(page_of("case_mapping", case)))
    MappingForm.objects.all().delete()
    page = client.get(page_of("follow_up_add", case), follow=True)
    assert "Det finns ingen kartläggning att fylla i." in text(page)


def test_sender_sees_nothing_of_it(case, cast, as_user):
    answered(case, cast, {**BETTER, "more": "Uppföljningsordet"})
    client = as_user(cast.sender)
    assert client.get(page_of("case_mapping", case)).status_code == 403
    referral = client.get(reverse("referral", args=[a_public_id(case)]))
    assert "Uppföljningsordet" not in text(referral)


def a_public_id(case: Enrolment) -> Any:
    from referrals.models import Referral

    return Referral.objects.get(enrolment=case).public_id


def test_number_of_queries_is_fixed(case, cast, as_user):
    client, address = as_user(cast.consultant), page_of("case_mapping", case)
    answered(case, cast)
    few = queries(client, address)
    for _ in range(3):
        answered(case, cast)
    assert queries(client, address) == few
