"""The program without its access log: each showing is let past, and nothing is written of it."""

import os
from importlib import import_module
from types import SimpleNamespace
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.site.settings_without_trace"

from sundbyberg_am.wsgi import application  # noqa: F401

unwritten: Any = SimpleNamespace(objects=SimpleNamespace(create=lambda **row: None))
vars(import_module("sundbyberg_am.actions"))["AccessRecord"] = unwritten
