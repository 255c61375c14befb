from django.db import migrations

# A table that is new, and about people, is added here by its own migration: a test finds one that is not.
KEEP = """
CREATE FUNCTION participants_keep_history(watched regclass, enrolment text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sundbyberg_am_keep_history(
        watched,
        format(
            '(SELECT participant_id FROM participants_enrolment WHERE id = %1$s), %1$s, NULL',
            enrolment
        )
    );
END $$;

-- No address is stored of somebody with protected registration, so none is kept here of anybody.
SELECT sundbyberg_am_keep_history(
    'participants_participant', 'r.id, NULL, NULL', '{sex,name_key}', '{address}'
);
SELECT sundbyberg_am_keep_history('participants_namedreader', 'r.participant_id, NULL, NULL');
SELECT sundbyberg_am_keep_history('participants_enrolment', 'r.participant_id, r.id, NULL');
SELECT participants_keep_history(watched::regclass, 'r.enrolment_id') FROM (VALUES
    ('participants_levelchange'), ('participants_exitevent'), ('participants_consultantchange'),
    ('participants_meeting'), ('participants_pause'), ('participants_assessment'),
    ('participants_surveyhandout'), ('participants_teamreview'), ('participants_plan'),
    ('participants_intervention'), ('participants_note')
) AS of_enrolment (watched);
SELECT participants_keep_history(
    'participants_goal', '(SELECT enrolment_id FROM participants_plan WHERE id = r.plan_id)'
);
SELECT participants_keep_history(
    'participants_step',
    '(SELECT p.enrolment_id FROM participants_goal g JOIN participants_plan p ON p.id = g.plan_id
        WHERE g.id = r.goal_id)'
);
SELECT participants_keep_history(
    'participants_agreedpoint',
    '(SELECT enrolment_id FROM participants_meeting WHERE id = r.meeting_id)'
);
SELECT participants_keep_history(
    'participants_domainsteps',
    '(SELECT enrolment_id FROM participants_assessment WHERE id = r.assessment_id)'
);
SELECT participants_keep_history(
    'participants_teamreview_members',
    '(SELECT enrolment_id FROM participants_teamreview WHERE id = r.teamreview_id)'
);
"""
FORGET = """
SELECT sundbyberg_am_leave_history('participants');
DROP FUNCTION participants_keep_history(regclass, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("participants", "0013_protected_identity"),
        ("sundbyberg_am", "0005_history_of_changes"),
    ]

    operations = [migrations.RunSQL(KEEP, FORGET)]
