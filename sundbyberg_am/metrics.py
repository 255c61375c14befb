"""What is measured of the program, for Prometheus: `/metrics`. No personal data.

Requests are counted by each process of the web server, in files that the one who is asked adds up; everything
else is read from the database and the broker when somebody asks.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import MiddlewareNotUsed
from django.db import Error, transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET
from kombu.exceptions import OperationalError
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from reporting.models import ReportRun, RunState

from .celery import app
from .models import Heartbeat
from .replica import behind

if settings.METRICS_FOLDER:  # it must be there when something is counted
    Path(settings.METRICS_FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)

REQUESTS = Counter("am_requests", "Answers, by the name of the view", ["view", "status"])
SECONDS = Histogram(
    "am_request_seconds",
    "Seconds to the answer",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


def measured(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Every answer is counted, when there is somebody who asks for it."""
    if not settings.METRICS_TOKEN:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else "none"
        REQUESTS.labels(view, response.status_code).inc()
        SECONDS.labels(view).observe(time.perf_counter() - began)
        return response

    return middleware


@login_not_required
@require_GET
@transaction.non_atomic_requests
def metrics(request: HttpRequest) -> HttpResponse:
    """All of it, for whoever has the token; not there when there is none."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").encode()
    if not compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse("Fel nyckel.\n", status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = REGISTRY
    if settings.METRICS_FOLDER:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    facts = CollectorRegistry()
    facts.register(Facts())
    text = generate_latest(registry) + generate_latest(facts)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


class Facts(Collector):
    """How the parts are just now."""

    def collect(self) -> Iterator[Metric]:
        """What the database says, and the broker; of one that is away, only that it is."""
        parts = {"database": _of_database, "broker": _of_broker}
        if settings.DATABASE_REPLICA_URL:
            parts["replica"] = _of_replica
        for name, ask in parts.items():
            try:
                found = list(ask())
            except (Error, OSError, OperationalError, RedisError):
                found = []
            yield _gauge(f"am_{name}_up", f"Whether the {name} answers", len(found) > 0)
            yield from found


def _of_database() -> Iterator[Metric]:
    states = dict(ReportRun.objects.order_by().values_list("state").annotate(Count("pk")))
    runs = GaugeMetricFamily("am_report_runs", "Reports, by their state", labels=["state"])
    for state in RunState:
        runs.add_metric([state], states.get(state, 0))
    yield runs
    if heart := Heartbeat.objects.first():
        age = (timezone.now() - heart.at).total_seconds()
        yield _gauge("am_heartbeat_age_seconds", "Since the worker was heard of", age)


def _of_broker() -> Iterator[Metric]:
    with app.connection_for_read() as connection:
        connection.ensure_connection(max_retries=1, timeout=2)
        waiting = connection.default_channel.client.llen(app.conf.task_default_queue)
    yield _gauge("am_queue_messages", "Tasks that no worker has taken yet", waiting)


def _of_replica() -> Iterator[Metric]:
    missing, seconds = behind()
    yield _gauge(
        "am_replica_behind_bytes", "Of the database's log, not yet in the replica", missing
    )
    yield _gauge("am_replica_behind_seconds", "Since the latest change that is there", seconds)


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value=value)
