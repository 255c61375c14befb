from django.db import migrations

# Somebody whose identity becomes protected, and a named reader who is one no longer.
WATCH = """
CREATE CONSTRAINT TRIGGER narrows_new AFTER INSERT ON participants_participant
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.protection <> '')
    EXECUTE FUNCTION sundbyberg_am_narrows();
CREATE CONSTRAINT TRIGGER narrows AFTER UPDATE ON participants_participant
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.protection <> '' AND (OLD.protection, OLD.personnummer)
        IS DISTINCT FROM (NEW.protection, NEW.personnummer))
    EXECUTE FUNCTION sundbyberg_am_narrows();
CREATE CONSTRAINT TRIGGER narrows AFTER UPDATE OR DELETE ON participants_namedreader
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sundbyberg_am_narrows();
"""
FORGET = """
DROP TRIGGER narrows ON participants_namedreader;
DROP TRIGGER narrows ON participants_participant;
DROP TRIGGER narrows_new ON participants_participant;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("participants", "0019_corrections"),
        ("sundbyberg_am", "0014_narrowings"),
    ]

    operations = [migrations.RunSQL(WATCH, FORGET)]
