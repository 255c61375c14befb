"""What makes files is heavy: a process that makes none does not load it."""

import subprocess
import sys

from .conftest import ROOT

HEAVY = {"openpyxl", "typst", "docx", "xlsxwriter", "pandas"}
PAGES = {"sundbyberg_am.urls", "participants.views", "ninja", "fido2", "cryptography"}
CHECK = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "sundbyberg_am.settings"
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "check"])
print("loaded", *sorted(sys.modules))
"""

# As a worker does before it says that it is ready.
START_WORKER = """
import sys
from celery.fixups.django import DjangoWorkerFixup
from sundbyberg_am.celery import app
app.loader.import_default_modules()
DjangoWorkerFixup(app).validate_models()
print("loaded", *sorted(sys.modules))
"""


def loaded_by(program, data):
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PATH": "", "DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(ended.stdout.split("loaded ", 1)[1].split())


def test_check_loads_nothing_that_makes_files(tmp_path):
    loaded = loaded_by(CHECK, tmp_path)
    assert {"django", "reporting.exporters", "participants.plan_document"} <= loaded
    assert not loaded & HEAVY


def test_a_worker_loads_no_pages(tmp_path):
    loaded = loaded_by(START_WORKER, tmp_path)
    assert {"reporting.tasks", "secrecy.tasks"} <= loaded
    assert not loaded & (HEAVY | PAGES)
