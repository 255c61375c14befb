"""What makes files is heavy: a process that makes none does not load it."""

import subprocess
import sys

from .conftest import ROOT

HEAVY = {"openpyxl", "typst", "docx", "xlsxwriter"}
CHECK = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "sundbyberg_am.settings"
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "check"])
print("loaded", *sorted(sys.modules))
"""


def test_check_loads_nothing_that_makes_files(tmp_path):
    checked = subprocess.run(
        [sys.executable, "-c", CHECK],
        cwd=ROOT,
        env={"PATH": "", "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = set(checked.stdout.split("loaded ", 1)[1].split())
    assert {"django", "reporting.exporters", "participants.plan_document"} <= loaded
    assert not loaded & HEAVY
