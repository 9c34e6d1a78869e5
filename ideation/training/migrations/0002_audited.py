"""Changes are noted in the audit by the database itself."""

from django.db import migrations

import accounts.tenancy


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_audit_and_its_guards"), ("training", "0001_initial")]
    operations = [
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=accounts.tenancy.Audited(
                bulk=False, hide=("folder", "corpus_sha256"), ignore=(), name="training_modelversion_audited"
            ),
        ),
    ]
