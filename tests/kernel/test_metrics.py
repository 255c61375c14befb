"""What Prometheus is told, and whom it is told to."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from reporting.models import ReportRun
from sundbyberg_am.models import Heartbeat
from tests.builders import a_user, an_enrolment

pytestmark = pytest.mark.django_db
ALLOWED = {"Authorization": "Bearer en nyckel"}


def told() -> dict[str, float]:
    answer = Client().get("/metrics", headers=ALLOWED)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    lines = re.findall(r"^(am_\S+) (\S+)$", answer.content.decode(), re.M)
    return {name: float(value) for name, value in lines}


def test_without_a_token_of_its_own_there_is_nothing(settings):
    assert not settings.METRICS_TOKEN
    assert Client().get("/metrics", headers=ALLOWED).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer en annan", "en nyckel", "Bearer \xff"])
def test_without_the_right_token_nothing_is_told(settings, given):
    settings.METRICS_TOKEN = "en nyckel"
    answer = Client().get("/metrics", headers={"Authorization": given})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert b"am_" not in answer.content


def test_answers_are_counted_by_view_and_status_and_name_nobody(settings, as_user):
    settings.METRICS_TOKEN = "en nyckel"
    user = a_user()
    person = an_enrolment(consultant=user).participant
    before = told()
    seen = 'am_requests_total{status="200",view="participant"}'
    client = as_user(user)
    for _ in range(2):
        assert client.get(f"/deltagare/{person.public_id}/").status_code == 200
    assert client.get("/finns-inte/").status_code == 404
    after = told()
    assert after[seen] - before.get(seen, 0) == 2
    assert after['am_requests_total{status="404",view="none"}'] >= 1
    assert after['am_request_seconds_count{view="participant"}'] >= 2
    text = Client().get("/metrics", headers=ALLOWED).content.decode()
    for private in (str(person.public_id), person.last_name, user.username, "deltagare/"):
        assert private not in text


def test_how_the_parts_are_is_read_when_somebody_asks(settings):
    settings.METRICS_TOKEN = "en nyckel"
    facts = told()
    assert (facts["am_database_up"], facts["am_broker_up"]) == (1, 1)
    assert facts["am_queue_messages"] >= 0
    assert "am_heartbeat_age_seconds" not in facts
    Heartbeat.objects.create(pk=1, at=timezone.now() - timedelta(minutes=2))
    ReportRun.objects.create(period_code="2022", ordered_by=a_user())
    facts = told()
    assert 120 <= facts["am_heartbeat_age_seconds"] < 180
    assert facts['am_report_runs{state="waiting"}'] == 1
    assert facts['am_report_runs{state="failed"}'] == 0
