"""The program's own settings, and beside its pages those that they are compared with."""

from sundbyberg_am.settings import *

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.admin", "benchmarks.site"]
ROOT_URLCONF = "benchmarks.site.urls"
LOGGING = {"version": 1, "root": {"handlers": [], "level": "CRITICAL"}}
