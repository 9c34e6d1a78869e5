"""Changes are noted in the audit by the database itself."""

from django.db import migrations

import accounts.tenancy


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_audit_and_its_guards"), ("reviews", "0001_initial")]
    operations = [
        migrations.AddConstraint(
            model_name="reviewdataset",
            constraint=accounts.tenancy.Audited(
                bulk=False, hide=("salt",), ignore=(), name="reviews_reviewdataset_audited"
            ),
        ),
        migrations.AddConstraint(
            model_name="datasetimport",
            constraint=accounts.tenancy.Audited(
                bulk=False, hide=("file", "file_sha256", "layout"), ignore=(), name="reviews_datasetimport_audited"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=accounts.tenancy.Audited(bulk=True, hide=(), ignore=(), name="reviews_review_audited"),
        ),
    ]
