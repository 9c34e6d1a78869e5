"""How the platform is, in counts alone: for each brand's id, and without one for what belongs to nobody."""

from django.db import migrations

from accounts.tenancy import system_function

FIGURES = (
    "members", "reviews", "storage_bytes", "cpu_queued", "cpu_running", "gpu_queued", "gpu_running", "waiting",
    "silent", "ended_day", "failed_day", "oldest_seconds", "failed_logins_day",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_fair_and_counted"), ("accounts", "0006_platform_counts")]
    operations = [
        system_function(
            "platform_counts",
            "",
            f"TABLE (brand_id uuid, {', '.join(f'{name} bigint' for name in FIGURES)})",
            """
            SELECT brand.id,
              (SELECT count(*) FROM accounts_membership m WHERE m.brand_id = brand.id),
              (SELECT COALESCE(sum(used), 0)::bigint FROM accounts_quotause q
                WHERE q.brand_id = brand.id AND q.kind = 'reviews'),
              (SELECT COALESCE(sum(used), 0)::bigint FROM accounts_quotause q
                WHERE q.brand_id = brand.id AND q.kind = 'storage_bytes'),
              job.*, 0::bigint
            FROM accounts_brand brand, LATERAL (
              SELECT
                count(*) FILTER (WHERE state = 'queued' AND queue = 'cpu'),
                count(*) FILTER (WHERE state = 'running' AND queue = 'cpu'),
                count(*) FILTER (WHERE state = 'queued' AND queue = 'gpu'),
                count(*) FILTER (WHERE state = 'running' AND queue = 'gpu'),
                count(*) FILTER (WHERE state = 'waiting'),
                count(*) FILTER (WHERE state = 'running' AND lease_until < clock_timestamp()),
                count(*) FILTER (WHERE ended_at > clock_timestamp() - interval '1 day'),
                count(*) FILTER (WHERE ended_at > clock_timestamp() - interval '1 day' AND state = 'failed'),
                COALESCE(EXTRACT(epoch FROM clock_timestamp() - min(created_at) FILTER (WHERE state = 'queued')), 0)::bigint
              FROM jobs_job j WHERE j.brand_id = brand.id
            ) job
            UNION ALL
            SELECT NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (
              SELECT count(DISTINCT (COALESCE(person_id, id), date_trunc('second', at))) FROM accounts_auditentry
              WHERE action IN ('login_failed', 'login_locked') AND at > clock_timestamp() - interval '1 day'
            )
            """,
        ),
    ]
