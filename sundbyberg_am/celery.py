"""The Celery application: `celery -A sundbyberg_am worker`."""

import os
from typing import Any

from celery import Celery, Task
from celery.signals import task_prerun
from django.db import close_old_connections

from .acting import acting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sundbyberg_am.settings")
# `migrate` has checked the program; the checks load all pages, which a worker has no use for.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")


class KnownTask(Task):
    """What a task changes is by nobody, through the task."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run it."""
        with acting(lambda: (None, self.name)):
            return self.run(*args, **kwargs)


@task_prerun.connect  # type: ignore[untyped-decorator]
def see_to_connections(task: Task, **_: Any) -> None:
    """A task goes on with the connection of the one before, if that can still be used."""
    if not task.request.is_eager:  # which is within somebody's transaction
        close_old_connections()


app = Celery("sundbyberg_am", task_cls=KnownTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
