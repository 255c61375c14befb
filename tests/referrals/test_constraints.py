"""What the database itself refuses, whoever asks and however."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from referrals.models import Referral, Status

from .builders import Cast, a_draft, a_number, a_referral_in

pytestmark = pytest.mark.django_db


def sql_refused(referral: Referral, change: str, *values: Any) -> str:
    """The name of the constraint that refuses the update."""
    with (
        pytest.raises(IntegrityError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE referrals_referral SET {change} WHERE id = %s",  # noqa: S608
            [*values, referral.pk],
        )
    name: str = refused.value.__cause__.diag.constraint_name
    return name


def changed(referral: Referral, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE referrals_referral SET {change} WHERE id = %s",  # noqa: S608
            [referral.pk],
        )


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("other", Status.values)
def test_status_cannot_change_without_its_dates(status, other):
    """Of the pairs of states, only those that carry the same dates can be exchanged by hand."""
    undecided = {Status.SUBMITTED, Status.COMPLETION_ASKED, Status.COMPLETED}
    referral = a_referral_in(status, Cast())
    if status == other or {status, other} <= undecided:
        changed(referral, f"status = '{other}'")
    else:
        assert sql_refused(referral, "status = %s", other) == "referral_status_has_its_dates"


@pytest.mark.parametrize(
    ("status", "change"),
    [
        (Status.DRAFT, "submitted_on = '2026-11-23'"),
        (Status.DRAFT, "answer_due_on = '2026-11-23'"),
        (Status.DRAFT, "withdrawn_on = '2026-11-23'"),
        (Status.SUBMITTED, "submitted_on = NULL"),
        (Status.SUBMITTED, "answer_due_on = NULL"),
        (Status.SUBMITTED, "decided_on = '2026-11-23'"),
        (Status.COMPLETION_ASKED, "withdrawn_on = '2026-11-23'"),
        (Status.ACCEPTED, "enrolment_id = NULL"),
        (Status.ACCEPTED, "decided_on = NULL"),
        (Status.ACCEPTED, "submitted_on = NULL"),
        (Status.ACCEPTED, "withdrawn_on = '2026-11-23'"),
        (Status.RETURNED, "return_reason = ''"),
        (Status.RETURNED, "decided_by_id = NULL"),
        (Status.RETURNED, "decided_on = NULL"),
        (Status.WITHDRAWN, "withdrawn_on = NULL"),
        (Status.WITHDRAWN, "decided_on = '2026-11-23'"),
    ],
)
def test_state_keeps_its_dates_and_decisions(status, change):
    referral = a_referral_in(status, Cast())
    assert sql_refused(referral, change) == "referral_status_has_its_dates"


def test_unknown_status():
    assert sql_refused(a_referral_in(Status.SUBMITTED, Cast()), "status = 'lost'")


def test_decided_before_submitted():
    referral = a_referral_in(Status.RETURNED, Cast())
    constraint = sql_refused(referral, "decided_on = %s", date(2026, 11, 22))
    assert constraint == "referral_decided_after_submitted"


@pytest.mark.parametrize("change", ["opened_at = NULL", "opened_by_id = NULL"])
def test_opened_at_travels_with_opened_by(change):
    referral = a_referral_in(Status.RETURNED, Cast())
    assert sql_refused(referral, change) == "referral_opened_by_somebody"


@pytest.mark.parametrize(
    "change",
    ["personnummer = NULL", "personnummer = '123'", "no_personnummer_reason = 'saknas'"],
)
def test_number_or_reason(change):
    referral = a_draft(Cast().sender)
    assert sql_refused(referral, change) == "referral_number_or_reason"


def test_one_undecided_referral_a_person():
    cast, number = Cast(), a_number()
    a_referral_in(Status.COMPLETION_ASKED, cast, personnummer=number)
    draft = a_draft(cast.stranger, personnummer=number)
    constraint = sql_refused(
        draft, "status = 'submitted', submitted_on = '2026-11-23', answer_due_on = '2026-12-07'"
    )
    assert constraint == "referral_one_undecided_per_person"


def test_one_referral_an_enrolment():
    cast = Cast()
    first = a_referral_in(Status.ACCEPTED, cast)
    second = a_referral_in(Status.ACCEPTED, cast)
    assert "enrolment" in sql_refused(second, "enrolment_id = %s", first.enrolment_id)
