"""The starting set of the mapping, until the office has written its own.

Built on the criteria of the levels in the audit of the city's labour-market work in 2022, section 5.1.
"""

import json
from datetime import date
from pathlib import Path

from django.db import migrations

CONTENT = Path(__file__).with_name("0002_starting_mapping.json")


def add_mapping(apps, schema_editor):
    apps.get_model("referrals", "MappingForm").objects.create(
        version=1,
        title="Kartläggning – startuppsättning",
        # Before any case that can be brought in from an earlier system.
        valid_from=date(2000, 1, 1),
        content=json.loads(CONTENT.read_text(encoding="utf-8")),
    )


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_referrals")]

    operations = [migrations.RunPython(add_mapping, migrations.RunPython.noop)]
