"""Changes are noted in the audit by the database itself."""

from django.db import migrations

import accounts.tenancy


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_audit_and_its_guards"), ("concepts", "0001_initial")]
    operations = [
        migrations.AddConstraint(
            model_name="brief",
            constraint=accounts.tenancy.Audited(bulk=False, hide=(), ignore=(), name="concepts_brief_audited"),
        ),
        migrations.AddConstraint(
            model_name="concept",
            constraint=accounts.tenancy.Audited(
                bulk=False, hide=("pitch", "insight", "target_user"), ignore=(), name="concepts_concept_audited"
            ),
        ),
    ]
