from django.db import migrations, models


class Migration(migrations.Migration):
    """Only the words of a refusal: they fit a system too, which has no draft. The database changes nothing."""

    dependencies = [("referrals", "0007_follow_ups_of_the_mapping")]

    operations = [
        migrations.AlterConstraint(
            model_name="referral",
            name="referral_one_undecided_per_person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("submitted", "completed", "completion_asked"))),
                fields=("personnummer",),
                name="referral_one_undecided_per_person",
                violation_error_message="Anvisningen kan inte skickas för den här personen just nu. Ring samordnaren på arbetsmarknadsenheten.",
            ),
        ),
    ]
