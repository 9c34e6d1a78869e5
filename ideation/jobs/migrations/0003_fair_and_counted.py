"""Jobs know their queue, so that Postgres can say whose turn it is, and what they use of their brand's quotas."""

from django.conf import settings
from django.db import migrations, models

from accounts.tenancy import system_function


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_audit_and_its_guards"),
        ("jobs", "0002_jobs_due"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="claimed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="holds",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="job",
            name="queue",
            field=models.CharField(default="cpu", max_length=10),
        ),
        migrations.AddField(
            model_name="job",
            name="spent",
            field=models.JSONField(default=dict),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("state__in", ["queued", "running"])),
                fields=["queue", "brand", "created_at"],
                name="jobs_job_queued",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["brand", "queue", "-claimed_at"], name="jobs_job_served"),
        ),
        # The owner is bound by row-level security too: lifted for this one statement, so that no brand is left out.
        migrations.RunSQL(
            "ALTER TABLE jobs_job NO FORCE ROW LEVEL SECURITY; "
            "UPDATE jobs_job SET queue = 'gpu' WHERE kind IN ('model_train', 'concepts_write'); "
            "ALTER TABLE jobs_job FORCE ROW LEVEL SECURITY",
            migrations.RunSQL.noop,
        ),
        system_function(
            "jobs_next",
            "wanted text",
            "TABLE (brand_id uuid, job_id uuid)",
            """
            WITH queued AS (
              SELECT brand_id, id, created_at, row_number() OVER (PARTITION BY brand_id ORDER BY created_at, id) AS place
              FROM jobs_job
              WHERE queue = wanted AND state = 'queued' AND NOT cancel_requested AND attempt < max_attempts
            ), brands AS (
              SELECT brand_id, (
                SELECT count(*) FROM jobs_job job
                WHERE job.brand_id = owner.brand_id AND job.queue = wanted
                  AND job.state = 'running' AND job.lease_until >= clock_timestamp()
              ) AS running, (
                SELECT max(claimed_at) FROM jobs_job job WHERE job.brand_id = owner.brand_id AND job.queue = wanted
              ) AS served
              FROM (SELECT DISTINCT brand_id FROM queued) owner
            )
            SELECT brand_id, id FROM queued JOIN brands USING (brand_id)
            ORDER BY running + place, served NULLS FIRST, created_at, id LIMIT 20
            """,
        ),
    ]
