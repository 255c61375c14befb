from django.db import migrations, models

from sundbyberg_am.indexes import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False  # an index that is made beside the traffic is not made in a transaction

    dependencies = [("referrals", "0010_history_of_changes")]

    operations = [
        AddIndexBeside("referral", models.Index(fields=["decided_on"], name="referral_decided")),
    ]
