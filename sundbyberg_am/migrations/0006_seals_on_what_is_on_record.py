from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sundbyberg_am", "0005_history_of_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "number",
                    models.PositiveBigIntegerField(
                        primary_key=True, serialize=False, verbose_name="nummer"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="tid")),
                ("rows", models.JSONField(verbose_name="rader")),
                ("up_to", models.JSONField(verbose_name="till och med")),
                ("hashes", models.BinaryField(verbose_name="radernas kontrollsummor")),
                ("root", models.CharField(max_length=64, verbose_name="kontrollsumma")),
                ("signature", models.CharField(max_length=64, verbose_name="underskrift")),
            ],
        ),
    ]
