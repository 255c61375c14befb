"""The API asked everything that its own description allows, and what it does not: no 5xx, no surprise.

API_EXAMPLES says how many requests of each kind are tried for each operation (thousands in a long run).
"""

import os
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from referrals.models import Referral, Status, SystemCall
from sundbyberg_am.wsgi import application

from .builders import Cast, a_referral_in
from .systems import Caller, a_body

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("API_EXAMPLES", "25"))
OPERATIONS = ["submit", "referral", "feedback", "mapping"]
# Not `positive_data_acceptance`: a description says nothing of who is enrolled, or of check digits.
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
    checks.unsupported_method,
    checks.ignored_auth,
]


@pytest.fixture(autouse=True)
def _one_transaction():
    """The application itself is asked, so what ends a request must leave the test's transaction open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def operations(monkeypatch, _one_transaction) -> dict[str, Any]:
    """Each operation of the description that the API gives of itself, by its name."""
    monkeypatch.setattr(SystemCall, "ALLOWED", 10**6)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    found = (one.ok() for one in schema.get_all_operations())
    return {one.definition.raw["operationId"]: one for one in found}


def quickly(examples: int = EXAMPLES) -> settings:
    return settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )


def test_every_operation_is_tried(operations):
    assert sorted(operations) == sorted(OPERATIONS)


@pytest.mark.parametrize(
    ("name", "mode"),
    # In asking for the mapping there is nothing to get wrong.
    [(name, mode) for name in OPERATIONS for mode in GenerationMode][:-1],
)
def test_whatever_is_asked_is_answered_as_described(name, mode, operations, cast: Cast):
    caller = Caller(cast.sender)
    answered = set()

    @quickly()
    @given(case=operations[name].as_strategy(generation_mode=mode), in_name=st.booleans())
    def ask(case: Any, in_name: bool) -> None:
        headers = caller.headers()
        if not in_name:
            del headers["Acting-User"]
        answered.add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)

    ask()
    assert answered - {401}


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.COMPLETION_ASKED, Status.ACCEPTED])
@pytest.mark.parametrize("name", ["referral", "feedback"])
def test_what_is_there_is_told_as_described(name, status, operations, cast: Cast):
    sent = a_referral_in(status, cast)
    for reference in (str(sent.public_id), sent.number_text):
        case = operations[name].Case(path_parameters={"reference": reference})
        answer = case.call_and_validate(
            headers=Caller(cast.sender, name=reference).headers(), checks=CHECKS
        )
        assert answer.status_code == 200


def test_a_referral_with_some_of_its_fields_changed_is_answered_as_described(
    operations, cast: Cast
):
    """Nearly right, so that the forms and the actions are reached, not only the types."""
    caller, answered = Caller(cast.sender), set()
    texts = st.text() | st.sampled_from(["\ud800", "a\0b", "x" * 3_000])
    anything = texts | st.none() | st.integers() | st.lists(st.text(), max_size=2)
    field = st.sampled_from([*a_body(), "birth_date", "email", "level_reason", "phone"])

    @quickly(4 * EXAMPLES)
    @given(changed=st.dictionaries(field, texts | anything, max_size=2), key=st.uuids())
    def ask(changed: dict[str, Any], key: Any) -> None:
        case = operations["submit"].Case(
            body=a_body(**changed), media_type="application/json", method="POST"
        )
        headers = caller.headers(**{"Idempotency-Key": str(key)})
        described = [one for one in CHECKS if one is not checks.negative_data_rejection]
        answered.add(case.call_and_validate(headers=headers, checks=described).status_code)

    ask()
    assert answered >= {201, 400, 422}
    assert Referral.objects.exists()
