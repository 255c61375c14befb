"""A task works on the connection of the one before, and makes another when that is gone."""

import psycopg
import pytest
from celery.signals import task_prerun
from django.conf import settings
from django.db import connection

from sundbyberg_am.celery import app

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@app.task  # type: ignore[untyped-decorator]
def whose_process() -> int:
    """The number of the database's process that answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def run() -> int:
    """As a worker does it."""
    task_prerun.send(sender=whose_process, task=whose_process)
    return whose_process()


def test_one_connection_serves_many_tasks():
    assert run() == run()
    assert app.conf.get("CELERY_DB_REUSE_MAX") == settings.CELERY_DB_REUSE_MAX  # where Celery looks


def test_a_connection_that_is_gone_is_made_again():
    gone = run()
    with psycopg.connect(_url(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [gone])
    assert run() != gone


def _url() -> str:
    info = connection.connection.info
    return f"host={info.host} port={info.port} dbname={info.dbname} user={info.user}"
