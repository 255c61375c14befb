"""The Celery application: `celery -A sundbyberg_am worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sundbyberg_am.settings")

app = Celery("sundbyberg_am")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
