from django.db import migrations, models

# Counted at the end of the transaction, when it takes no more locks, so that two never wait for each other.
COUNT = """
CREATE FUNCTION sundbyberg_am_narrows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO sundbyberg_am_narrowing AS narrowing (id, count) VALUES (1, 1)
        ON CONFLICT (id) DO UPDATE SET count = narrowing.count + 1;
    RETURN NULL;
END $$;
"""
FORGET = "DROP FUNCTION sundbyberg_am_narrows()"


class Migration(migrations.Migration):
    dependencies = [
        ("sundbyberg_am", "0013_first_passwords"),
    ]

    operations = [
        migrations.CreateModel(
            name="Narrowing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("count", models.BigIntegerField(db_default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="narrowing_one_row")
                ],
            },
        ),
        migrations.RunSQL(COUNT, FORGET),
    ]
