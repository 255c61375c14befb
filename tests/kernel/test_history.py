"""Every change to a table about people is in the history, whoever makes it and however."""

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test.utils import isolate_apps
from django.utils import timezone

from participants.history import entries, label_of, thing_of
from participants.models import (
    AgreedPoint,
    ConsultantChange,
    Correction,
    Disclosure,
    Enrolment,
    ExitEvent,
    ExitReason,
    Goal,
    Meeting,
    NamedReader,
    Participant,
    Protection,
    Step,
    SurveyHandout,
    TeamReview,
)
from referrals.models import (
    FeedbackRecord,
    FollowUp,
    MappingForm,
    Notice,
    Referral,
    ReferralEvent,
    TeamRequest,
)
from secrecy.models import RemovalDecision, RemovalEntry
from sundbyberg_am.acting import acting
from sundbyberg_am.celery import app
from sundbyberg_am.models import Change, User
from tests.addresses import one_of_each
from tests.builders import a_participant, a_plan, a_user, an_enrolment

pytestmark = pytest.mark.django_db

RECORDING = """
    SELECT tgrelid::regclass::text,
        array_agg(
            CASE tgtype & 28 WHEN 4 THEN 'INSERT' WHEN 8 THEN 'DELETE' WHEN 16 THEN 'UPDATE' END
            ORDER BY tgtype & 28
        )
    FROM pg_trigger
    WHERE tgfoid = 'sundbyberg_am_record_change'::regproc AND tgenabled = 'O'
    GROUP BY tgrelid
"""
EVERYTHING = ["INSERT", "DELETE", "UPDATE"]


def linked_to_a_person(known: list[type[models.Model]]) -> set[type[models.Model]]:
    """The models of a person, and those that lead to one, whatever way through others."""
    linked: set[type[models.Model]] = {Participant, Referral}
    while more := {
        model
        for model in known
        if model not in linked
        and any(field.related_model in linked for field in model._meta.concrete_fields)
    }:
        linked |= more
    return linked


def in_history() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(RECORDING)
        return {table for table, events in cursor.fetchall() if events == EVERYTHING}


def missing(known: list[type[models.Model]]) -> set[str]:
    return {model._meta.db_table for model in linked_to_a_person(known)} - in_history()


def changes(table: str) -> list[Change]:
    return list(Change.objects.filter(table=table).order_by("pk"))


ALL_MODELS = list(apps.get_models(include_auto_created=True))
KEPT = sorted(linked_to_a_person(ALL_MODELS), key=lambda model: model._meta.db_table)


# Every table


def test_every_model_that_leads_to_a_person_is_in_history():
    assert missing(ALL_MODELS) == set()
    assert len(KEPT) >= 24


@isolate_apps("participants")
def test_a_new_model_fails_until_it_is_in_history():
    class Letter(models.Model):  # noqa: DJ008
        step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "participants"

    assert missing([*ALL_MODELS, Letter]) == {"participants_letter"}
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE participants_letter (id bigint, step_id bigint)")
        cursor.execute("SELECT sundbyberg_am_keep_history('participants_letter', 'NULL,NULL,NULL')")
    assert missing([*ALL_MODELS, Letter]) == set()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE participants_letter DISABLE TRIGGER history_update")
    assert missing([*ALL_MODELS, Letter]) == {"participants_letter"}


def a_row_in_every_table() -> None:
    one_of_each()
    case, referral, user = (
        Enrolment.objects.earliest("pk"),
        Referral.objects.earliest("pk"),
        a_user(),
    )
    now, today = timezone.now(), timezone.localdate()
    form = MappingForm.objects.earliest("pk")
    NamedReader.objects.create(participant=case.participant, user=user, created_by=user)
    AgreedPoint.objects.create(meeting=Meeting.objects.earliest("pk"), text="Ringa")
    ExitEvent.objects.create(
        enrolment=case,
        kind="undone",
        happened_on=today,
        ended_on=today,
        exit_reason=ExitReason.objects.earliest("pk"),
    )
    ConsultantChange.objects.create(enrolment=case, consultant=user, valid_from=today)
    SurveyHandout.objects.create(enrolment=case, given_on=today)
    TeamReview.objects.earliest("pk").members.add(user)
    ReferralEvent.objects.create(referral=referral, kind="submitted")
    FeedbackRecord.objects.create(
        referral=referral, number=9, content={}, sent_at=now, checked_at=now
    )
    TeamRequest.objects.create(referral=referral, question="Hur?", asked_by=user)
    FollowUp.objects.create(
        enrolment=case, form=form, answered_on=today, answers={}, created_by=user
    )
    Correction.objects.create(
        enrolment=case, received_on=today, about="x", wanted="x", created_by=user
    )
    Disclosure.objects.create(
        enrolment=case, disclosed_on=today, ground="own", to="x", purpose="x", created_by=user
    )
    decision = RemovalDecision.objects.create(
        unit=user.unit, year=2026, people=1, decided_at=now, decided_by=user
    )
    RemovalEntry.objects.create(decision=decision, participant=case.participant)
    Notice.objects.create(user=user, referral=referral, kind="submitted", occasion="test")


def test_what_is_recorded_says_whom_it_is_about():
    a_row_in_every_table()
    added = Change.objects.exclude(participant=None, referral=None).values_list("table", flat=True)
    assert set(added) == {model._meta.db_table for model in KEPT}


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model._meta.db_table)
def test_whatever_is_in_history_has_swedish_words(model):
    assert thing_of(model._meta.db_table)
    assert all(label_of(field) for field in model._meta.concrete_fields if not field.generated)


# What is recorded


def test_a_row_that_is_added_leaves_a_trace_without_its_content():
    person = a_participant()
    [change] = changes("participants_participant")
    assert (change.kind, change.row, change.participant) == ("INSERT", person.pk, person.pk)
    assert change.was is None
    assert change.became is None


def test_a_change_tells_the_fields_that_differ_and_no_other():
    person = a_participant(phone="070-1")
    person.phone = "070-2"
    person.touch(None)
    person.save()
    change = changes("participants_participant")[-1]
    assert change.kind == "UPDATE"
    assert (change.was, change.became) == ({"phone": "070-1"}, {"phone": "070-2"})


def test_saving_the_same_again_is_no_change():
    person = a_participant()
    person.touch(None)
    person.save()
    assert [one.kind for one in changes("participants_participant")] == ["INSERT"]


def test_many_rows_and_raw_statements_are_recorded_row_by_row():
    plan = a_plan(an_enrolment())
    goal = Goal.objects.create(plan=plan, text="Ett arbete")
    Step.objects.bulk_create(Step(goal=goal, text=f"Steg {n}") for n in range(3))
    Step.objects.update(state="done")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM participants_step WHERE text = 'Steg 1'")
    found = changes("participants_step")
    assert [one.kind for one in found] == ["INSERT"] * 3 + ["UPDATE"] * 3 + ["DELETE"]
    assert (found[-1].was or {})["text"] == "Steg 1"
    assert {one.enrolment for one in found} == {plan.enrolment_id}
    assert {one.participant for one in found} == {plan.enrolment.participant_id}


def test_rows_removed_together_with_others_are_recorded():
    plan = a_plan(an_enrolment())
    goal = Goal.objects.create(plan=plan, text="Ett arbete")
    Step.objects.create(goal=goal, text="Skriva cv")
    goal.delete()
    assert changes("participants_step")[-1].kind == "DELETE"
    assert changes("participants_step")[-1].enrolment == plan.enrolment_id
    assert (changes("participants_goal")[-1].was or {})["text"] == "Ett arbete"


def test_an_address_is_never_kept_in_history():
    person = a_participant(address="Hemliga gatan 1")
    person.address = ""
    person.protection = Protection.PROTECTED_REGISTRATION
    person.save()
    change = changes("participants_participant")[-1]
    assert (change.was or {})["address"] is None
    assert (change.became or {})["address"] is None
    Participant.objects.filter(pk=person.pk).delete()
    assert "Hemliga" not in str([(one.was, one.became) for one in Change.objects.all()])
    [entry] = entries([change])
    assert [one.instead for one in entry.fields if one.label == "Adress"] == [
        "Ändrades. Vad som stod sparas inte i historiken."
    ]


def test_a_role_that_is_given_is_recorded_and_never_a_password():
    user = a_user()
    user.name, user.password, user.last_login = "Ny", "hemligt", timezone.now()
    user.save()
    change = changes("sundbyberg_am_user")[-1]
    assert change.became == {"name": "Ny"}
    User.objects.filter(pk=user.pk).delete()
    assert "password" not in (changes("sundbyberg_am_user")[-1].was or {"password": ""})


def test_what_is_rolled_back_leaves_nothing():
    before = Change.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        a_participant()
        raise RuntimeError
    assert Change.objects.count() == before


# Who, and through what


def test_a_page_leaves_who_and_which(as_user):
    kim = a_user()
    case = an_enrolment(consultant=kim)
    url = f"/deltagare/{case.participant.public_id}/anteckningar/ny/"
    client = as_user(kim)
    answer = client.post(
        url, {"kind": "meeting", "happened_on": str(timezone.localdate()), "text": "Vi sågs."}
    )
    assert answer.status_code == 302, answer.content.decode()
    [change] = changes("participants_note")
    assert change.user == kim
    assert change.through == "/deltagare/…/anteckningar/ny/"


def test_the_next_who_shares_the_connection_is_somebody_else(as_user):
    kim = a_user()
    as_user(kim).get("/")
    a_participant()
    assert changes("participants_participant")[-1].user is None
    assert changes("participants_participant")[-1].through == ""


def test_the_innermost_counts_and_the_outer_comes_back():
    kim = a_user()
    with acting(lambda: (None, "import_cases")):
        a_participant()
        with acting(lambda: (kim.pk, "/sida/")):
            a_participant()
        a_participant()
    found = changes("participants_participant")
    assert [(one.user, one.through) for one in found] == [
        (None, "import_cases"),
        (kim, "/sida/"),
        (None, "import_cases"),
    ]


def test_what_is_said_of_who_cannot_end_the_statement():
    with acting(lambda: (None, "x', true); DROP TABLE participants_step; --%s")):
        a_participant()
    assert changes("participants_participant")[-1].through == "xtrueDROPTABLEparticipants_step--s"
    assert Step.objects.count() == 0


def test_answers_of_statements_are_their_own_when_who_is_told():
    with acting(lambda: (None, "x")):
        person = a_participant()
        assert Participant.objects.filter(pk=person.pk).update(phone="1") == 1
        assert Participant.objects.filter(pk=0).update(phone="1") == 0
        assert len({one.pk for one in Step.objects.bulk_create([])}) == 0


def test_a_task_is_recorded_as_nobody_through_the_task():
    @app.task(name="tests.a_task")  # type: ignore[untyped-decorator]
    def a_task() -> None:
        a_participant()

    a_task()
    [change] = changes("participants_participant")
    assert (change.user, change.through) == (None, "tests.a_task")
