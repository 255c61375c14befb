"""The exit reasons that the figures know from the start. The office adds its own and retires these."""

from django.db import migrations

# code, shown as, counts as, KAS class
REASONS = [
    ("work_unsubsidised", "Arbete utan subvention", "work", "A"),
    ("work_subsidised", "Arbete med subvention", "work", "A"),
    ("studies", "Teoretiska studier", "studies", "B"),
    ("goal_other_actor", "Mål uppfyllt – vidare till annan aktör", "goal_met", "C"),
    ("goal_back_to_referrer", "Mål uppfyllt – åter beställare", "goal_met", "D"),
    (
        "other_benefit",
        "Annan ersättning beviljad (sjukpenning, pension, a-kassa)",
        "other_authority",
        "C",
    ),
    ("municipal_employment", "Kommunal arbetsmarknadsanställning", "other", "E"),
    ("moved", "Flyttat från kommunen", "other", "E"),
    ("deceased", "Avliden", "other", "E"),
    ("ended_by_participant", "Avbrott, deltagarens val", "other", "E"),
    ("ended_by_unit", "Avbrott, enhetens beslut", "other", "E"),
    ("other", "Övrigt", "other", "E"),
    ("unknown", "Uppgift saknas", "other", "unknown"),
]


def add_reasons(apps, schema_editor):
    reason = apps.get_model("participants", "ExitReason")
    reason.objects.bulk_create(
        reason(code=code, label=label, counts_as=counts_as, kas_class=kas_class, position=position)
        for position, (code, label, counts_as, kas_class) in enumerate(REASONS, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("participants", "0001_people_and_cases")]

    operations = [migrations.RunPython(add_reasons, migrations.RunPython.noop)]
