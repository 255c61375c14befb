"""What each action does, refuses and leaves as it was."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from participants.models import Enrolment, Level, Participant
from referrals import actions
from referrals.models import NOT_NOW, EventKind, MappingForm, Referral, Status
from sundbyberg_am.access import Role
from sundbyberg_am.models import UnitKind
from tests.builders import a_participant, a_personnummer, a_unit, a_user, an_enrolment

from .builders import ANSWERS, DAY, a_draft, a_number, a_person, a_referral_in

pytestmark = pytest.mark.django_db

KEPT = "Det du har skrivit är sparat som utkast."


def refused(action, *args, **kwargs) -> dict[str, list[str]]:
    """The sentences of a refusal, by field."""
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        action(*args, **kwargs)
    error = refusal.value
    if not hasattr(error, "error_dict"):
        return {"": error.messages}
    return {field.replace("__all__", ""): texts for field, texts in error.message_dict.items()}


# Draft


def test_draft_belongs_to_the_senders_team_and_has_the_form_in_force(cast):
    MappingForm.objects.create(
        version=2, title="Senare", valid_from=DAY + timedelta(days=1), content={"sections": []}
    )
    referral = actions.draft_referral(**a_person(), by=cast.sender)
    assert (referral.status, referral.from_unit, referral.sender, referral.initiator) == (
        Status.DRAFT,
        cast.sender.unit,
        cast.sender,
        "social_services",
    )
    assert referral.form.version == 1
    later = actions.draft_referral(**a_person(today=DAY + timedelta(days=1)), by=cast.sender)
    assert later.form.version == 2


def test_draft_without_any_form(cast):
    MappingForm.objects.all().delete()
    assert refused(actions.draft_referral, **a_person(), by=cast.sender) == {
        "": ["Det finns ingen kartläggning att fylla i. Be systemförvaltaren lägga in en."]
    }


def test_draft_by_somebody_who_does_not_send(cast):
    for user in (cast.coordinator, cast.manager, cast.consultant):
        sentences = refused(actions.draft_referral, **a_person(), by=user)
        assert sentences == {"": ["Det här kan bara avsändarens team göra."]}


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"personnummer": None}, "personnummer", "Skriv personnumret, eller varför det saknas."),
        (
            {"no_personnummer_reason": "Är asylsökande"},
            "no_personnummer_reason",
            "Personnumret är ifyllt. Ta bort den här texten.",
        ),
        (
            {"birth_date": date(1999, 1, 1)},
            "birth_date",
            "Födelsedatumet stämmer inte med personnumret.",
        ),
        (
            {
                "personnummer": None,
                "no_personnummer_reason": "Saknar",
                "birth_date": DAY + timedelta(days=1),
            },
            "birth_date",
            "Födelsedatumet har inte varit än.",
        ),
        ({"first_name": ""}, "first_name", "Detta fält får inte vara tomt."),
    ],
)
def test_person_refused(cast, fields, field, sentence):
    sentences = refused(actions.draft_referral, **a_person(**fields), by=cast.sender)
    assert field in sentences
    assert sentence in sentences[field] or field == "first_name"
    draft = a_draft(cast.sender)
    assert refused(actions.change_person, draft, **a_person(**fields), by=cast.sender) == sentences


def test_person_is_sent_to_a_labour_market_unit(cast):
    office = a_unit("Stadsledningskontoret", UnitKind.OFFICE)
    sentences = refused(actions.draft_referral, **a_person(to_unit=office), by=cast.sender)
    assert sentences == {"to_unit": ["Välj en arbetsmarknadsenhet."]}


def test_birth_date_follows_from_the_number(cast):
    draft = a_draft(cast.sender, personnummer=a_personnummer(date(1985, 3, 14)))
    assert draft.birth_date == date(1985, 3, 14)
    draft = actions.change_person(
        draft,
        **a_person(
            personnummer=None,
            no_personnummer_reason="Har sökt samordningsnummer",
            birth_date=date(1990, 5, 6),
        ),
        by=cast.colleague,
    )
    assert (draft.personnummer, draft.birth_date) == (None, date(1990, 5, 6))


def test_draft_is_deleted(cast):
    draft = a_draft(cast.sender)
    actions.delete_draft(draft, by=cast.colleague)
    assert not Referral.objects.filter(pk=draft.pk).exists()
    assert refused(actions.save_answers, draft, answers={}, by=cast.sender) == {
        "": ["Utkastet finns inte längre. Någon i teamet har tagit bort det."]
    }


# Answers


def test_answers_are_kept_however_few(cast):
    draft = a_draft(cast.sender, answers={"belief": "1"})
    assert (draft.answers, draft.proposed_level) == ({"belief": "1"}, "AM2")
    draft = actions.save_answers(draft, answers={}, by=cast.sender)
    assert (draft.answers, draft.proposed_level) == ({}, "AM1")


def test_answers_that_do_not_belong_are_refused(cast):
    draft = a_draft(cast.sender)
    assert refused(actions.save_answers, draft, answers={"moon": "1"}, by=cast.sender) == {
        "": ["Några av svaren hör inte till kartläggningen. Ladda om sidan."]
    }
    draft.refresh_from_db()
    assert draft.answers == ANSWERS


def test_answers_keep_the_version_they_were_given_in(cast):
    draft = a_draft(cast.sender)
    MappingForm.objects.create(
        version=2, title="Ny", valid_from=date(2026, 1, 1), content={"sections": []}
    )
    draft = actions.save_answers(draft, answers=ANSWERS, by=cast.sender)
    assert (draft.form.version, draft.answers) == (1, ANSWERS)


def test_level_follows_new_answers_while_it_is_the_proposed_one(cast):
    referral = a_referral_in(Status.COMPLETION_ASKED, cast)
    referral = actions.save_answers(
        referral, answers=ANSWERS | {"earlier": "several"}, by=cast.sender
    )
    assert (referral.proposed_level, referral.level) == ("AM3", "AM3")


def test_level_that_was_decided_stays_with_new_answers(cast):
    referral = actions.submit(
        a_draft(cast.sender), level="AM1", level_reason="Har fått jobb.", today=DAY, by=cast.sender
    )
    actions.ask_completion(referral, question="När?", by=cast.coordinator)
    referral = actions.save_answers(
        referral, answers=ANSWERS | {"earlier": "several"}, by=cast.sender
    )
    assert (referral.proposed_level, referral.level) == ("AM3", "AM1")


# Submit


def test_submit(cast):
    draft = a_draft(cast.sender)
    sent = actions.submit(draft, level="AM2", level_reason="", today=DAY, by=cast.colleague)
    assert (sent.status, sent.submitted_on, sent.answer_due_on, sent.level) == (
        Status.SUBMITTED,
        date(2026, 11, 23),
        date(2026, 12, 7),
        "AM2",
    )
    assert [(event.kind, event.by) for event in sent.events.all()] == [
        (EventKind.SUBMITTED, cast.colleague)
    ]
    assert sent.sender == cast.sender


def test_submit_names_what_is_missing(cast):
    answers = {key: value for key, value in ANSWERS.items() if key != "capacity"}
    draft = a_draft(cast.sender, answers=answers)
    sentences = refused(
        actions.submit, draft, level="AM2", level_reason="", today=DAY, by=cast.sender
    )
    assert sentences == {
        "": [
            "Kartläggningen är inte klar. Svar saknas på ”Hur mycket orkar personen vara med i veckan?”."
        ]
    }
    draft = actions.save_answers(draft, answers={}, by=cast.sender)
    (sentence,) = refused(
        actions.submit, draft, level="AM2", level_reason="", today=DAY, by=cast.sender
    )[""]
    assert sentence.endswith(" och 12 till.")


def test_submit_with_another_level_asks_why(cast):
    draft = a_draft(cast.sender)
    for reason in ("", "   "):
        assert refused(
            actions.submit, draft, level="AM3", level_reason=reason, today=DAY, by=cast.sender
        ) == {"level_reason": ["Skriv varför du väljer en annan nivå än den föreslagna."]}
    sent = actions.submit(
        draft, level="AM3", level_reason="Kraven är höga.", today=DAY, by=cast.sender
    )
    assert (sent.proposed_level, sent.level, sent.level_reason) == ("AM2", "AM3", "Kraven är höga.")


@pytest.mark.parametrize("level", ["", "AM4"])
def test_submit_without_a_level(cast, level):
    draft = a_draft(cast.sender)
    assert refused(
        actions.submit, draft, level=level, level_reason="", today=DAY, by=cast.sender
    ) == {"level": ["Välj en nivå."]}


@pytest.mark.parametrize(
    ("born", "allowed"),
    [
        (date(2010, 11, 23), True),  # turns 16 on the day
        (date(2010, 11, 24), False),
        (date(1960, 11, 24), True),  # turns 66 the day after
        (date(1960, 11, 23), False),
    ],
)
def test_submit_at_the_ages_of_the_unit(cast, born, allowed):
    draft = a_draft(cast.sender, personnummer=a_personnummer(born))
    if allowed:
        assert actions.submit(draft, level="AM2", level_reason="", today=DAY, by=cast.sender)
    else:
        sentence, kept = refused(
            actions.submit, draft, level="AM2", level_reason="", today=DAY, by=cast.sender
        )[""]
        assert kept == KEPT
        assert sentence.startswith("Arbetsmarknadsenheten tar emot den som är 16–65 år.")
        assert "Ring samordnaren" in sentence


def test_submit_without_a_known_birth_date(cast):
    draft = a_draft(cast.sender, personnummer=None, no_personnummer_reason="Har inget än")
    sentence, kept = refused(
        actions.submit, draft, level="AM2", level_reason="", today=DAY, by=cast.sender
    )[""]
    assert kept == KEPT
    assert sentence.startswith("Födelsedatum saknas. Fyll i det")


def submitting(cast, number, by=None):
    draft = a_draft(by or cast.sender, personnummer=number)
    return refused(
        actions.submit, draft, level="AM2", level_reason="", today=DAY, by=by or cast.sender
    )


@pytest.mark.parametrize("ended_on", [None, DAY, DAY + timedelta(days=3)])
@pytest.mark.parametrize("started_on", [DAY - timedelta(days=30), DAY])
def test_submit_for_somebody_enrolled(cast, started_on, ended_on):
    number = a_number()
    an_enrolment(started_on, ended_on, participant=a_participant(personnummer=number))
    assert submitting(cast, number) == {"": [NOT_NOW, KEPT]}


def test_submit_for_somebody_others_have_referred(cast):
    number = a_number()
    theirs = a_draft(cast.stranger, personnummer=number)
    actions.submit(theirs, level="AM2", level_reason="", today=DAY, by=cast.stranger)
    assert submitting(cast, number) == {"": [NOT_NOW, KEPT]}


def test_refusal_is_the_same_whether_enrolled_or_referred(cast):
    enrolled, referred = a_number(), a_number()
    an_enrolment(DAY, participant=a_participant(personnummer=enrolled))
    a_referral_in(Status.SUBMITTED, cast, personnummer=referred)
    assert submitting(cast, enrolled, cast.stranger) == submitting(cast, referred, cast.stranger)


def test_submit_for_somebody_the_own_team_has_referred(cast):
    number = a_number()
    first = a_referral_in(Status.COMPLETION_ASKED, cast, personnummer=number)
    sentence, kept = submitting(cast, number, cast.colleague)[""]
    assert kept == KEPT
    assert first.number_text in sentence
    assert "Fortsätt på den" in sentence


def test_submit_for_somebody_enrolled_after_the_own_teams_referral(cast):
    number = a_number()
    first = a_referral_in(Status.ACCEPTED, cast, personnummer=number)
    sentence, _ = submitting(cast, number, cast.colleague)[""]
    assert f"redan inskriven efter ert teams anvisning {first.number_text}" in sentence
    assert submitting(cast, number, cast.stranger) == {"": [NOT_NOW, KEPT]}


@pytest.mark.parametrize("status", [Status.DRAFT, Status.RETURNED, Status.WITHDRAWN])
def test_submit_again_after_one_that_came_to_nothing(cast, status):
    number = a_number()
    a_referral_in(status, cast, personnummer=number)
    again = a_draft(cast.stranger, personnummer=number)
    assert actions.submit(again, level="AM2", level_reason="", today=DAY, by=cast.stranger)


def test_submit_for_somebody_whose_enrolment_has_ended_or_was_a_mistake(cast):
    ended, mistaken = (a_participant(personnummer=a_number()) for _ in range(2))
    an_enrolment(DAY - timedelta(days=30), DAY - timedelta(days=1), participant=ended)
    enrolment = an_enrolment(DAY - timedelta(days=30), participant=mistaken)
    Enrolment.objects.filter(pk=enrolment.pk).update(
        voided_at="2026-11-20T10:00Z", voided_by=cast.consultant, void_reason="Fel person"
    )
    for participant in (ended, mistaken):
        draft = a_draft(cast.sender, personnummer=participant.personnummer)
        assert actions.submit(draft, level="AM2", level_reason="", today=DAY, by=cast.sender)


def test_refused_submission_is_still_a_draft_with_everything_in_it(cast):
    number = a_number()
    an_enrolment(DAY, participant=a_participant(personnummer=number))
    draft = a_draft(cast.sender, personnummer=number)
    refused(actions.submit, draft, level="AM2", level_reason="", today=DAY, by=cast.sender)
    draft.refresh_from_db()
    assert (draft.status, draft.answers, draft.submitted_on) == (Status.DRAFT, ANSWERS, None)
    assert not draft.events.exists()


# Open, ask, complete


def test_open_counts_the_first_time(cast):
    referral = a_referral_in(Status.SUBMITTED, cast)
    first = actions.open_referral(referral, by=cast.coordinator)
    second_coordinator = a_user(Role.COORDINATOR)
    again = actions.open_referral(referral, by=second_coordinator)
    assert (again.opened_at, again.opened_by) == (first.opened_at, cast.coordinator)
    kinds = [event.kind for event in referral.events.all()]
    assert kinds == [EventKind.SUBMITTED, EventKind.OPENED]


def test_whoever_acts_on_a_referral_has_opened_it(cast):
    for status in (Status.COMPLETION_ASKED, Status.ACCEPTED, Status.RETURNED):
        referral = a_referral_in(status, cast)
        assert referral.opened_by == cast.coordinator
        assert EventKind.OPENED in {event.kind for event in referral.events.all()}


def test_question_and_answer_are_events_of_both_sides(cast):
    referral = a_referral_in(Status.COMPLETED, cast)
    said = [(event.kind, event.text) for event in referral.events.all()][2:]
    assert said == [
        (EventKind.COMPLETION_ASKED, "Vilka tider passar?"),
        (EventKind.COMPLETED, "Förmiddagar."),
    ]
    assert referral.answer_due_on == date(2026, 12, 7)


def test_empty_texts_are_refused(cast):
    referral = a_referral_in(Status.SUBMITTED, cast)
    assert "question" in refused(
        actions.ask_completion, referral, question=" ", by=cast.coordinator
    )
    assert "reason" in refused(
        actions.return_referral, referral, reason=" ", today=DAY, by=cast.coordinator
    )
    assert "reason" in refused(actions.withdraw, referral, reason="", today=DAY, by=cast.sender)
    asked = a_referral_in(Status.COMPLETION_ASKED, cast)
    assert "answer" in refused(actions.complete, asked, answer=" ", by=cast.sender)


def test_complete_with_answers_missing(cast):
    referral = a_referral_in(Status.COMPLETION_ASKED, cast)
    actions.save_answers(referral, answers={}, by=cast.sender)
    (sentence,) = refused(actions.complete, referral, answer="Klart.", by=cast.sender)[""]
    assert sentence.startswith("Kartläggningen är inte klar.")


def test_complete_can_change_the_level(cast):
    referral = a_referral_in(Status.COMPLETION_ASKED, cast)
    assert "level_reason" in refused(
        actions.complete, referral, answer="Klart.", level="AM3", by=cast.sender
    )
    referral = actions.complete(
        referral, answer="Klart.", level="AM3", level_reason="Orkar mindre nu.", by=cast.sender
    )
    assert (referral.level, referral.status) == ("AM3", Status.COMPLETED)


# Accept


def test_accept_registers_enrols_and_assigns(cast):
    deputy = a_user(Role.CONSULTANT)
    referral = a_referral_in(Status.COMPLETED, cast)
    day = DAY + timedelta(days=3)
    referral = actions.accept(
        referral,
        started_on=day + timedelta(days=4),
        consultant=cast.consultant,
        deputy=deputy,
        today=day,
        by=cast.coordinator,
    )
    assert (referral.status, referral.decided_on, referral.decided_by) == (
        Status.ACCEPTED,
        day,
        cast.coordinator,
    )
    enrolment = referral.enrolment
    assert enrolment
    assert (enrolment.unit, enrolment.started_on, enrolment.initiator) == (
        referral.to_unit,
        date(2026, 11, 30),
        "social_services",
    )
    assert (enrolment.consultant, enrolment.deputy) == (cast.consultant, deputy)
    assert [change.level for change in enrolment.level_changes.all()] == [Level.AM2]
    person = enrolment.participant
    assert (person.personnummer, person.name, person.phone, person.email) == (
        referral.personnummer,
        "Amina Yusuf",
        "070-123 45 67",
        "amina@example.se",
    )


def test_accept_finds_the_participant_who_was_here_before(cast):
    participant = a_participant(personnummer=a_number())
    an_enrolment(date(2025, 1, 7), date(2025, 6, 1), participant=participant)
    referral = a_referral_in(Status.ACCEPTED, cast, personnummer=participant.personnummer)
    assert referral.enrolment.participant == participant


@pytest.mark.parametrize("days", [-1, 61])
def test_accept_on_a_day_that_cannot_be(cast, days):
    referral = a_referral_in(Status.SUBMITTED, cast)
    sentences = refused(
        actions.accept,
        referral,
        started_on=DAY + timedelta(days=days),
        consultant=cast.consultant,
        today=DAY,
        by=cast.coordinator,
    )
    assert set(sentences) == {"started_on"}


@pytest.mark.parametrize("days", [0, 60])
def test_accept_on_the_first_and_last_day(cast, days):
    referral = a_referral_in(Status.SUBMITTED, cast)
    assert actions.accept(
        referral,
        started_on=DAY + timedelta(days=days),
        consultant=cast.consultant,
        today=DAY,
        by=cast.coordinator,
    )


def test_refused_acceptance_leaves_nothing_behind(cast):
    referral = a_referral_in(Status.SUBMITTED, cast)
    people = Participant.objects.count()
    elsewhere = a_user(Role.CONSULTANT, unit=cast.other_coordinator.unit)
    refused(
        actions.accept,
        referral,
        started_on=DAY,
        consultant=elsewhere,
        today=DAY,
        by=cast.coordinator,
    )
    assert Participant.objects.count() == people
    referral.refresh_from_db()
    assert (referral.status, referral.opened_at) == (Status.SUBMITTED, None)
    assert referral.events.count() == 1


def test_return_keeps_the_reason(cast):
    referral = a_referral_in(Status.RETURNED, cast)
    assert (referral.return_reason, referral.decided_on) == ("Fel enhet.", DAY)
    assert referral.events.last().text == "Fel enhet."


def test_withdraw_keeps_the_day_and_the_reason(cast):
    referral = a_referral_in(Status.WITHDRAWN, cast)
    assert (referral.withdrawn_on, referral.decided_on) == (DAY, None)
    assert referral.events.last().text == "Har fått arbete."
