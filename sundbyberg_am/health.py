"""How the program is, for whoever watches over the server: `/healthz` and `/readyz`. No personal data."""

from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET
from kombu.exceptions import OperationalError

from . import replica
from .celery import app
from .models import Heartbeat

OK, AWAY, SILENT, BEHIND = "ok", "away", "silent", "behind"
SILENT_AFTER = timedelta(minutes=3)  # the heart beats each minute


@login_not_required
@require_GET
@transaction.non_atomic_requests
def alive(request: HttpRequest) -> HttpResponse:
    """The web server answers; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_GET
@transaction.non_atomic_requests
def ready(request: HttpRequest) -> JsonResponse:
    """Each part and how it is. 503 when pages cannot be shown: the other parts only make some things wait."""
    database, worker = _database(timezone.now())
    parts = {"database": database, "broker": _broker(), "worker": worker}
    if settings.DATABASE_REPLICA_URL:
        parts["replica"], parts["replica_behind"] = _replica()
    return JsonResponse(parts, status=200 if database == OK else 503)


def _database(now: datetime) -> tuple[str, str]:
    """How the database is, and what it says of the worker."""
    try:
        _check_migrated()
        beat = Heartbeat.objects.filter(at__gt=now - SILENT_AFTER).exists()
    except Behind:
        return BEHIND, SILENT
    except Error:
        return AWAY, SILENT
    return OK, OK if beat else SILENT


class Behind(Exception):
    """The tables are not yet those of the code."""


@cache
def _check_migrated() -> None:
    """Raise Behind until the tables are those of the code; once they are, it is not asked again."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Behind


def _replica() -> tuple[str, str]:
    """How the replica is, and how much it is behind."""
    try:
        missing, seconds = replica.behind()
    except Error:
        return AWAY, ""
    return BEHIND if seconds > replica.BEHIND_AT_MOST else OK, f"{missing} bytes, {seconds:.1f} s"


def _broker() -> str:
    """How the queue is."""
    try:
        with app.connection_for_write() as queue:
            queue.ensure_connection(max_retries=1, timeout=2)
    except (OSError, OperationalError):
        return AWAY
    return OK
