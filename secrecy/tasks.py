"""What a worker does for secrecy: it removes, as the only role in the database that may."""

from django.utils import timezone

from sundbyberg_am.celery import app
from sundbyberg_am.roles import as_remover

from . import actions
from .models import RemovalDecision


@app.task  # type: ignore[untyped-decorator]
def carry_out_removal(decision_id: int) -> None:
    """Carry out one decision."""
    with as_remover():
        actions.carry_out(decision_id, now=timezone.now())


@app.task  # type: ignore[untyped-decorator]
def carry_out_removals() -> None:
    """Carry out every decision that is not, since a ring may be lost."""
    with as_remover():
        for decision in RemovalDecision.objects.unfinished():
            actions.carry_out(decision.pk, now=timezone.now())


@app.task  # type: ignore[untyped-decorator]
def remove_by_the_rule() -> None:
    """Remove what nobody decides about."""
    now = timezone.now()
    with as_remover():
        actions.remove_by_the_rule(today=timezone.localdate(now), now=now)
