from django.db import migrations, models
from django.db.models.functions import Coalesce

from sundbyberg_am.indexes import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False  # an index that is made beside the traffic is not made in a transaction

    dependencies = [("referrals", "0011_answers_found_by_day")]

    operations = [
        AddIndexBeside(
            "referral",
            models.Index(
                Coalesce("decided_on", "withdrawn_on").desc(),
                models.F("id").desc(),
                condition=models.Q(status__in=("accepted", "returned", "withdrawn")),
                name="referral_closed",
            ),
        ),
    ]
