"""What whoever watches over the server is told, with the parts there and away."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from sundbyberg_am.models import Heartbeat
from sundbyberg_am.tasks import beat_heart

ROOT = Path(__file__).resolve().parents[2]

# A program whose database and broker are not there.
ALONE = """
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, SERVER_NAME="localhost")
for address in ("/healthz", "/readyz"):
    answer = client.get(address)
    print(answer.status_code, answer.content.decode().strip())
measured = client.get("/metrics", headers={"Authorization": "Bearer x"}).content.decode()
print(*(line for line in measured.splitlines() if line.startswith(("am_database", "am_broker", "am_report"))))
"""


@pytest.mark.django_db
def test_a_worker_that_has_been_silent_for_three_minutes_is_told_of():
    assert Client().get("/readyz").json() == {"database": "ok", "broker": "ok", "worker": "silent"}
    beat_heart()
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "broker": "ok", "worker": "ok"}
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=3))
    assert Client().get("/readyz").json()["worker"] == "silent"


@pytest.mark.django_db
def test_the_heart_has_one_row():
    beat_heart()
    beat_heart()
    assert Heartbeat.objects.count() == 1
    with pytest.raises(IntegrityError):
        Heartbeat.objects.create(pk=2, at=timezone.now())


def test_without_database_and_broker_the_web_server_still_says_how_it_is():
    done = subprocess.run(
        [sys.executable, "-c", ALONE],
        cwd=ROOT,
        env={
            "PATH": os.defpath,
            "DJANGO_SETTINGS_MODULE": "sundbyberg_am.settings",
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
            "BROKER_URL": "redis://127.0.0.1:1/0",
            "SECRET_KEY": "only-here",
            "METRICS_TOKEN": "x",
            "HTTPS_ONLY": "0",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "200 ok",
        '503 {"database": "away", "broker": "away", "worker": "silent"}',
        "am_database_up 0.0 am_broker_up 0.0",
    ]
