from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("referrals", "0010_history_of_changes")]

    operations = [
        AddIndexConcurrently(
            "referral", models.Index(fields=["decided_on"], name="referral_decided")
        ),
    ]
