from datetime import date

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce

from sundbyberg_am.indexes import AddIndexBeside

UNTIL = Coalesce("ended_on", models.Value(date.max))

# A row is read from the index alone when no recent change has touched its page: so vacuum comes early.
TABLES = ("participant", "enrolment", "levelchange", "plan", "intervention")
EARLY = "".join(
    f"ALTER TABLE participants_{table} SET (autovacuum_vacuum_scale_factor = 0.02,"
    " autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);"
    for table in TABLES
)
AS_OTHERS = "".join(
    f"ALTER TABLE participants_{table} RESET (autovacuum_vacuum_scale_factor,"
    " autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);"
    for table in TABLES
)


class Migration(migrations.Migration):
    atomic = False  # an index that is made beside the traffic is not made in a transaction

    dependencies = [("participants", "0021_open_cases_of_a_unit")]

    operations = [
        AddIndexBeside(
            "enrolment",
            models.Index(
                UNTIL,
                include=[
                    "started_on",
                    "ended_on",
                    "id",
                    "participant",
                    "initiator",
                    "exit_reason",
                    "exit_confirmed",
                    "voided_at",
                ],
                name="enrolment_counted",
            ),
        ),
        AddIndexBeside(
            "enrolment",
            models.Index(
                fields=["participant", "ended_on"],
                include=["id"],
                condition=models.Q(voided_at=None),
                name="enrolment_of_person",
            ),
        ),
        AddIndexBeside(
            "intervention",
            models.Index(
                UNTIL,
                include=[
                    "started_on",
                    "ended_on",
                    "planned_end_on",
                    "id",
                    "enrolment",
                    "kind",
                    "offer",
                    "provider",
                    "need",
                    "outcome",
                ],
                name="intervention_counted",
            ),
        ),
        AddIndexBeside(
            "participant",
            models.Index(
                fields=["id"],
                include=["sex", "birth_date", "education"],
                name="participant_counted",
            ),
        ),
        AddIndexBeside(
            "plan", models.Index(fields=["enrolment", "adopted_on"], name="plan_adopted")
        ),
        AddIndexBeside(
            "levelchange",
            models.Index(
                fields=["enrolment", "valid_from", "id"], include=["level"], name="level_in_force"
            ),
        ),
        RemoveIndexConcurrently("levelchange", "levelchange_in_force"),
        migrations.RunSQL(EARLY, AS_OTHERS),
    ]
