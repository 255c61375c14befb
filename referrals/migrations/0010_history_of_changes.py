from django.db import migrations

# A table that is new, and about people, is added here by its own migration: a test finds one that is not.
KEEP = """
SELECT sundbyberg_am_keep_history(
    'referrals_referral',
    '(SELECT participant_id FROM participants_enrolment WHERE id = r.enrolment_id), r.enrolment_id, r.id'
);
SELECT sundbyberg_am_keep_history(watched::regclass, 'NULL, NULL, r.referral_id') FROM (VALUES
    ('referrals_referralevent'), ('referrals_feedbackrecord'), ('referrals_teamrequest'),
    ('referrals_notice')
) AS of_referral (watched);
SELECT participants_keep_history('referrals_followup', 'r.enrolment_id');
"""
FORGET = "SELECT sundbyberg_am_leave_history('referrals')"


class Migration(migrations.Migration):
    dependencies = [
        ("participants", "0014_history_of_changes"),
        ("referrals", "0009_systems_that_send_referrals"),
    ]

    operations = [migrations.RunSQL(KEEP, FORGET)]
