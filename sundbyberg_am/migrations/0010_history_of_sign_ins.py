from django.db import migrations

# What gives somebody a role, by whom they are known, and what they sign in with. That something was used is
# no change; of what a factor holds the history says that it changed, never what it held.
KEEP = """
SELECT sundbyberg_am_keep_history('sundbyberg_am_roleclaim', 'NULL, NULL, NULL');
SELECT sundbyberg_am_keep_history(
    'socialaccount_socialaccount', 'NULL, NULL, NULL', '{last_login}', '{extra_data}'
);
SELECT sundbyberg_am_keep_history(
    'mfa_authenticator', 'NULL, NULL, NULL', '{last_used_at}', '{data}'
);
"""
LEAVE = """
SELECT sundbyberg_am_leave_history('mfa');
SELECT sundbyberg_am_leave_history('socialaccount');
DROP TRIGGER history_insert ON sundbyberg_am_roleclaim;
DROP TRIGGER history_update ON sundbyberg_am_roleclaim;
DROP TRIGGER history_delete ON sundbyberg_am_roleclaim;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sundbyberg_am", "0009_sign_in_by_the_city"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunSQL(KEEP, LEAVE),
    ]
