"""When the clock rings: as Celery says, and also after the server's clock has been put back.

Celery would be silent until the time of the last ringing comes anew: an hour, for a clock an hour fast.
"""

import time
from datetime import datetime
from typing import Any

from celery.beat import PersistentScheduler
from celery.schedules import schedstate, schedule


class Every(schedule):
    """Every so many seconds."""

    def is_due(self, last_run_at: datetime) -> Any:
        """Whether to ring, and in how many seconds to ask again."""
        if self.maybe_make_aware(last_run_at) > self.maybe_make_aware(self.now()):
            return schedstate(True, self.seconds)
        return super().is_due(last_run_at)


class Beat(PersistentScheduler):
    """The clock; it looks through all that it has to do again when the time has gone backwards."""

    latest = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Ring what is due, and say in how many seconds to look again."""
        now = time.time()
        if now < self.latest:
            self._heap = None
        self.latest = now
        return super().tick(*args, **kwargs)
