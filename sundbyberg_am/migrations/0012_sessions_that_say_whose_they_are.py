import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The table is the one that Django has made wherever the program was before: who is signed in stays so, and the
# version before can go on writing in it.
COLUMNS = """
CREATE TABLE IF NOT EXISTS django_session (
    session_key varchar(40) PRIMARY KEY,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS django_session_expire_date_a5c62663 ON django_session (expire_date);
ALTER TABLE django_session
    ADD COLUMN user_id bigint NULL REFERENCES sundbyberg_am_user DEFERRABLE INITIALLY DEFERRED,
    ADD COLUMN proof varchar(64) NOT NULL DEFAULT '',
    ADD COLUMN began timestamp with time zone NULL,
    ADD COLUMN seen timestamp with time zone NULL,
    ADD COLUMN browser varchar(40) NOT NULL DEFAULT '';
CREATE INDEX django_session_user ON django_session (user_id);
"""
NO_COLUMNS = """
ALTER TABLE django_session
    DROP COLUMN user_id, DROP COLUMN proof, DROP COLUMN began, DROP COLUMN seen, DROP COLUMN browser;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sundbyberg_am", "0011_removals_on_record"),
    ]

    operations = [
        migrations.RunSQL(
            COLUMNS,
            NO_COLUMNS,
            state_operations=[
                migrations.CreateModel(
                    name="Session",
                    fields=[
                        (
                            "session_key",
                            models.CharField(
                                max_length=40,
                                primary_key=True,
                                serialize=False,
                                verbose_name="session key",
                            ),
                        ),
                        ("session_data", models.TextField(verbose_name="session data")),
                        (
                            "expire_date",
                            models.DateTimeField(db_index=True, verbose_name="expire date"),
                        ),
                        ("proof", models.CharField(db_default="", max_length=64)),
                        ("began", models.DateTimeField(null=True)),
                        ("seen", models.DateTimeField(null=True)),
                        ("browser", models.CharField(db_default="", max_length=40)),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "inloggning",
                        "verbose_name_plural": "inloggningar",
                        "db_table": "django_session",
                    },
                )
            ],
        ),
    ]
