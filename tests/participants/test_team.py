"""The Kompetensteam: from ten months, through question and recommendation to the follow-up."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from participants import actions
from participants.models import Enrolment, TeamReview, TeamState
from participants.models.timeline import EventKind, timeline
from sundbyberg_am.access import Role
from tests.builders import a_unit, a_user, an_enrolment

from .builders import a_recommended_review, a_review

pytestmark = pytest.mark.django_db

START, TODAY = date(2026, 1, 12), date(2026, 11, 24)
DAY = timedelta(days=1)
cases = Enrolment.objects


def put(enrolment: Enrolment, **given) -> TeamReview:
    by = given.pop("by", None) or a_user()
    return actions.put_to_team(
        enrolment,
        **{
            "question": "Hur går vi vidare?",
            "meeting_on": TODAY,
            "members": [by],
            "other_members": "",
            "today": TODAY,
            "by": by,
            **given,
        },
    )


@pytest.mark.parametrize(
    ("started_on", "reached_on"),
    [
        (date(2026, 1, 12), date(2026, 11, 12)),
        (date(2026, 4, 30), date(2027, 2, 28)),
        (date(2023, 4, 30), date(2024, 2, 29)),
        (date(2025, 2, 28), date(2025, 12, 28)),
        (date(2026, 3, 1), date(2027, 1, 1)),
    ],
)
def test_team_from_is_the_day_of_the_list(started_on, reached_on):
    case = an_enrolment(started_on)
    assert case.team_from == reached_on
    assert [
        row.matters_on for row in cases.to_put_to_team(reached_on).for_work_list(reached_on)
    ] == [reached_on]
    assert not cases.to_put_to_team(reached_on - DAY)


def test_a_case_put_to_the_team_once_is_not_to_be_put_again():
    case = an_enrolment(START)
    a_recommended_review(
        case,
        TODAY - 90 * DAY,
        TODAY - 30 * DAY,
        follow_up_note="Det gick bra.",
        followed_up_on=TODAY,
        followed_up_by=a_user(),
    )
    assert not cases.to_put_to_team(TODAY)
    assert put(case).pk  # but may be


def test_state_follows_from_the_days():
    case = an_enrolment(START)
    review = a_review(case, TODAY)
    assert review.state_on(TODAY - DAY) == review.state_on(TODAY) == TeamState.COMING
    assert review.state_on(TODAY + DAY) == TeamState.AWAITING
    actions.recommend(
        review,
        recommendation="Praktik",
        follow_up_on=TODAY + 9 * DAY,
        today=TODAY,
        by=a_user(),
    )
    review.refresh_from_db()
    assert review.state_on(TODAY + 8 * DAY) == TeamState.RECOMMENDED
    assert review.state_on(TODAY + 9 * DAY) == TeamState.FOLLOW_UP_DUE
    assert not cases.team_follow_up_due(TODAY + 8 * DAY)
    due = cases.team_follow_up_due(TODAY + 9 * DAY)
    assert [row.matters_on for row in due.for_work_list(TODAY)] == [TODAY + 9 * DAY]
    actions.follow_up_recommendation(
        review, follow_up_note="Praktiken började.", today=TODAY, by=a_user()
    )
    review.refresh_from_db()
    assert review.state_on(TODAY) == TeamState.DONE
    assert not cases.team_follow_up_due(TODAY + 99 * DAY)


def test_put_to_team_keeps_the_question_and_who_is_there():
    by, other = a_user(name="Kim Konsulent"), a_user(Role.MANAGER, name="Eva Chef")
    case = an_enrolment(START)
    put(case, by=by, members=[by, other], other_members="Sofia, ekonomiskt bistånd")
    review = case.team_reviews.for_page().get()
    assert review.user_names == "Eva Chef, Kim Konsulent"
    assert (review.other_members, review.put_on) == ("Sofia, ekonomiskt bistånd", TODAY)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"members": [], "other_members": " "}, "Välj minst en som är med"),
        ({"meeting_on": START - DAY}, "Mötet ska vara medan personen är inskriven"),
        ({"question": ""}, "får inte vara tomt|Detta fält måste"),
        ({"today": date(2026, 11, 11)}, "från tio månader. För det här ärendet är det 2026-11-12"),
    ],
)
def test_put_to_team_refuses(given, sentence):
    with pytest.raises(ValidationError, match=sentence):
        put(an_enrolment(START), **given)
    assert not TeamReview.objects.exists()


def test_put_to_team_refuses_somebody_elsewhere_a_second_time_and_an_ended_case():
    case = an_enrolment(START)
    with pytest.raises(ValidationError, match="Välj dem som arbetar på Arbetsmarknadsenheten"):
        put(case, members=[a_user(unit=a_unit("En annan enhet"))])
    put(case)
    with pytest.raises(ValidationError, match="Ärendet är redan hos Kompetensteamet"):
        put(case)
    with pytest.raises(ValidationError, match="Inskrivningen är avslutad"):
        put(an_enrolment(START, TODAY))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"today": TODAY - DAY}, f"Mötet är {TODAY}"),
        ({"recommendation": " "}, "Skriv vad teamet rekommenderar"),
        ({"follow_up_on": TODAY}, "Välj en dag efter i dag"),
    ],
)
def test_recommend_refuses(given, sentence):
    review = a_review(an_enrolment(START), TODAY)
    with pytest.raises(ValidationError, match=sentence):
        actions.recommend(
            review,
            **{
                "recommendation": "Praktik",
                "follow_up_on": TODAY + DAY,
                "today": TODAY,
                "by": a_user(),
                **given,
            },
        )


def test_recommend_and_follow_up_are_written_once():
    by = a_user()
    review = a_review(an_enrolment(START), TODAY)
    with pytest.raises(ValidationError, match="inte gett någon rekommendation än"):
        actions.follow_up_recommendation(review, follow_up_note="Bra.", today=TODAY, by=by)

    def recommended() -> None:
        actions.recommend(
            review, recommendation="Praktik", follow_up_on=TODAY + DAY, today=TODAY, by=by
        )

    recommended()
    with pytest.raises(ValidationError, match="redan skriven"):
        recommended()
    with pytest.raises(ValidationError, match="Skriv hur det gick"):
        actions.follow_up_recommendation(review, follow_up_note=" ", today=TODAY, by=by)
    actions.follow_up_recommendation(review, follow_up_note="Bra.", today=TODAY, by=by)
    with pytest.raises(ValidationError, match="redan uppföljd"):
        actions.follow_up_recommendation(review, follow_up_note="Bra.", today=TODAY, by=by)


@pytest.mark.parametrize(
    "broken",
    [
        {"recommendation": "Praktik"},
        {"follow_up_on": TODAY + DAY},
        {"follow_up_note": "Bra."},
        {"followed_up_on": TODAY},
    ],
)
def test_the_database_refuses_half_a_recommendation_or_follow_up(broken):
    review = a_review(an_enrolment(START), TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamReview.objects.filter(pk=review.pk).update(**broken)


def test_the_team_page_has_the_own_units_open_cases():
    mine = a_review(an_enrolment(START), TODAY)
    a_review(an_enrolment(START, TODAY), TODAY)
    a_review(an_enrolment(START, unit=a_unit("En annan enhet")), TODAY)
    voided = a_review(an_enrolment(START), TODAY)
    Enrolment.objects.filter(pk=voided.enrolment_id).update(
        voided_at="2026-02-01T12:00Z", voided_by=a_user(), void_reason="Fel person"
    )
    shown = TeamReview.objects.visible_to(a_user(Role.MANAGER)).unfinished().for_team_page()
    assert list(shown) == [mine]
    assert not TeamReview.objects.visible_to(a_user(Role.COORDINATOR))


def test_the_timeline_tells_of_question_recommendation_and_follow_up():
    by = a_user(name="Kim Konsulent")
    review = put(an_enrolment(START), by=by)
    actions.recommend(
        review, recommendation="Praktik", follow_up_on=TODAY + DAY, today=TODAY, by=by
    )
    actions.follow_up_recommendation(review, follow_up_note="Bra.", today=TODAY + DAY, by=by)
    kinds = [EventKind.TEAM_QUESTION, EventKind.TEAM_RECOMMENDATION, EventKind.TEAM_FOLLOW_UP]
    events = timeline(cases.all(), kinds=kinds, before=None, size=9)
    assert [(one.on, one.title, one.text, one.by) for one in events] == [
        (TODAY + DAY, "Rekommendationen följdes upp", "Bra.", by.name),
        (TODAY, "Kompetensteamets rekommendation", "Praktik", by.name),
        (TODAY, f"Anmäld till Kompetensteamet, möte {TODAY}", "Hur går vi vidare?", by.name),
    ]
