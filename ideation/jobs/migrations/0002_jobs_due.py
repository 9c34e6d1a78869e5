"""The sweeper's look across brands: ids of jobs that no worker holds."""

from django.db import migrations

from accounts.tenancy import system_function


class Migration(migrations.Migration):
    """One look-up that returns ids."""

    dependencies = [("jobs", "0001_initial"), ("accounts", "0002_system_functions")]
    operations = [
        system_function(
            "jobs_due",
            "",
            "TABLE (brand_id uuid, job_id uuid)",
            """
            SELECT brand_id, id FROM jobs_job
            WHERE (state = 'queued' AND dispatch_after < clock_timestamp())
               OR (state = 'running' AND lease_until < clock_timestamp())
            ORDER BY created_at LIMIT 500
            """,
        ),
    ]
