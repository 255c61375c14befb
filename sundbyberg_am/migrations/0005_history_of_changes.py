import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# One function writes the history of every table. Its triggers run once a statement, not once a row: many
# rows stored at once cost one statement more. `whose` is what a table knows of whom a row r is about: three
# SQL expressions, for the participant, the enrolment and the referral. Columns that are left out tell only
# what the history itself tells; of an unsaid column the history says that it changed, never what it said.
#
# It runs as the owner of the tables, so that the role of the program needs no right to write here; it looks
# for temporary tables last, or one of the same name would be written to instead.
RECORD = """
CREATE FUNCTION sundbyberg_am_record_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    acting text := coalesce(current_setting('sundbyberg_am.acting', true), '');
    whose text := TG_ARGV[0];
    rows text;
BEGIN
    rows := CASE TG_OP
        WHEN 'INSERT' THEN
            'rows_after r, (SELECT NULL::jsonb AS was, NULL::jsonb AS became) said'
        WHEN 'UPDATE' THEN
            'rows_after r JOIN rows_before b ON b.id = r.id CROSS JOIN LATERAL (
                SELECT jsonb_object_agg(o.key, CASE WHEN o.key <> ALL ($5) THEN o.value END) AS was,
                    jsonb_object_agg(
                        o.key, CASE WHEN o.key <> ALL ($5) THEN n.row -> o.key END
                    ) AS became
                FROM (SELECT to_jsonb(r) AS row OFFSET 0) n, jsonb_each(to_jsonb(b)) o
                WHERE n.row -> o.key <> o.value AND o.key <> ALL ($4)
            ) said'
        ELSE
            'rows_before r CROSS JOIN LATERAL (
                SELECT jsonb_object_agg(o.key, CASE WHEN o.key <> ALL ($5) THEN o.value END) AS was,
                    NULL::jsonb AS became
                FROM jsonb_each(to_jsonb(r)) o WHERE o.key <> ALL ($4)
            ) said'
        END;
    EXECUTE format(
        'INSERT INTO sundbyberg_am_change
            (at, user_id, through, kind, "table", row, was, became, participant, enrolment, referral)
        SELECT clock_timestamp(), $1, $2, %L, $3, r.id, said.was, said.became, %s
        FROM %s WHERE said.was IS NOT NULL OR %L = ''INSERT'' ORDER BY r.id',
        TG_OP, whose, rows, TG_OP
    ) USING
        nullif(split_part(acting, ' ', 1), '')::bigint,
        left(split_part(acting, ' ', 2), 200),
        TG_TABLE_NAME,
        TG_ARGV[1]::text[],
        TG_ARGV[2]::text[];
    RETURN NULL;
END $$;

CREATE FUNCTION sundbyberg_am_keep_history(
    watched regclass, whose text, left_out text[] DEFAULT '{}', unsaid text[] DEFAULT '{}'
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    event text;
    seen text;
BEGIN
    FOR event, seen IN VALUES
        ('INSERT', 'NEW TABLE AS rows_after'),
        ('UPDATE', 'OLD TABLE AS rows_before NEW TABLE AS rows_after'),
        ('DELETE', 'OLD TABLE AS rows_before')
    LOOP
        EXECUTE format(
            'CREATE TRIGGER %I AFTER %s ON %s REFERENCING %s FOR EACH STATEMENT
            EXECUTE FUNCTION sundbyberg_am_record_change(%L, %L, %L)',
            'history_' || lower(event), event, watched, seen,
            whose, left_out || '{version,changed_at,changed_by_id}'::text[], unsaid
        );
    END LOOP;
END $$;

CREATE FUNCTION sundbyberg_am_leave_history(room text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    kept record;
BEGIN
    FOR kept IN SELECT tgname, tgrelid::regclass AS watched FROM pg_trigger
        WHERE tgfoid = 'sundbyberg_am_record_change'::regproc
        AND starts_with(tgrelid::regclass::text, room || '_')
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', kept.tgname, kept.watched);
    END LOOP;
END $$;

SELECT sundbyberg_am_keep_history(
    'sundbyberg_am_user', 'NULL, NULL, NULL', '{password,last_login}'
);
SELECT sundbyberg_am_keep_history('sundbyberg_am_absence', 'NULL, NULL, NULL');
"""
FORGET = """
DROP FUNCTION sundbyberg_am_leave_history(text);
DROP FUNCTION sundbyberg_am_keep_history(regclass, text, text[], text[]);
DROP FUNCTION sundbyberg_am_record_change() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sundbyberg_am", "0004_drafts_and_submissions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="tid")),
                ("through", models.CharField(max_length=200, verbose_name="sida")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("INSERT", "Lades till"),
                            ("UPDATE", "Ändrades"),
                            ("DELETE", "Togs bort"),
                        ],
                        max_length=6,
                        verbose_name="vad",
                    ),
                ),
                ("table", models.CharField(max_length=63, verbose_name="tabell")),
                ("row", models.BigIntegerField(verbose_name="rad")),
                ("was", models.JSONField(null=True, verbose_name="före")),
                ("became", models.JSONField(null=True, verbose_name="efter")),
                ("participant", models.BigIntegerField(null=True)),
                ("enrolment", models.BigIntegerField(null=True)),
                ("referral", models.BigIntegerField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("participant__isnull", False)),
                        fields=["participant", "-id"],
                        name="change_of_participant",
                    ),
                    models.Index(
                        condition=models.Q(("referral__isnull", False)),
                        fields=["referral", "-id"],
                        name="change_of_referral",
                    ),
                ],
            },
        ),
        migrations.RunSQL(RECORD, FORGET),
    ]
