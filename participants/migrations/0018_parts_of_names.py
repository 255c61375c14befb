from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models.functions import Concat, Lower

# Every run of one, two or three letters within the words of a name. An index on them finds a name by any
# part of it: pg_trgm would do the same, but an extension is not there on every server.
MAKE = """
CREATE FUNCTION participants_name_parts(name text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
    SELECT array_agg(DISTINCT substr(name, place, size))
    FROM generate_series(1, char_length(name)) AS place, generate_series(1, 3) AS size
    WHERE place + size <= char_length(name) + 1 AND position(' ' IN substr(name, place, size)) = 0
);
"""


# As they are searched: in small letters, without marks.
SEARCHED_NAME = models.Func(
    Lower(Concat(models.F("first_name"), models.Value(" "), models.F("last_name"))),
    models.Value(
        "\xe5\xe4\xe0\xe1\xe2\xe3\u0101\u0103\u0105\xe6\xe7\u0107\u010d\u010f\u0111\xf0\xe8\xe9\xea\xeb\u0113\u0119\u011b\u011f\u0123\xec\xed\xee\xef\u012b\u0131\u0130\u0137\u0142\u013c\u013e\xf1\u0144\u0148\u0146\xf6\xf2\xf3\xf4\xf5\xf8\u014d\u0151\u0155\u0159\u015b\u0161\u015f\u0219\u0165\u0163\u021b\xfe\xf9\xfa\xfb\xfc\u016b\u016f\u0171\xfd\xff\u017a\u017c\u017e\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327\u0328"
    ),
    models.Value("aaaaaaaaaacccdddeeeeeeeggiiiiiiiklllnnnnoooooooorrssssttttuuuuuuuyyzzz"),
    function="translate",
    output_field=models.CharField(),
)


class Migration(migrations.Migration):
    dependencies = [("participants", "0017_consents_and_disclosures")]

    operations = [
        migrations.RunSQL(MAKE, "DROP FUNCTION participants_name_parts(text)"),
        migrations.AddIndex(
            "participant",
            GinIndex(
                models.Func(
                    SEARCHED_NAME,
                    function="participants_name_parts",
                    output_field=ArrayField(models.TextField()),
                ),
                name="participant_name_parts",
            ),
        ),
    ]
