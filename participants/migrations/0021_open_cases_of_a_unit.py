from django.db import migrations, models

from sundbyberg_am.indexes import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False  # an index that is made beside the traffic is not made in a transaction

    dependencies = [("participants", "0020_narrowings")]

    operations = [
        AddIndexBeside(
            "enrolment",
            models.Index(
                fields=["unit", "started_on", "id"],
                condition=models.Q(ended_on=None, voided_at=None),
                name="enrolment_open_of_unit",
            ),
        ),
    ]
