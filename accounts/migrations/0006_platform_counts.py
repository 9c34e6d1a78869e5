"""What the platform's counts need: sums of quotas, and the failed logins of a day without reading all entries."""

from django.db import migrations, models

import accounts.tenancy


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_one_account_an_address")]
    operations = [
        migrations.AddConstraint(
            model_name="quotause",
            constraint=accounts.tenancy.SystemReads(name="accounts_quotause_system_reads"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("action__in", ["login_failed", "login_locked"])),
                fields=["-at"],
                name="accounts_audit_failed_logins",
            ),
        ),
    ]
