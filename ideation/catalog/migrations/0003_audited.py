"""Changes are noted in the audit by the database itself."""

from django.db import migrations

import accounts.tenancy


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_audit_and_its_guards"), ("catalog", "0002_restricted_projects")]
    operations = [
        migrations.AddConstraint(
            model_name="project",
            constraint=accounts.tenancy.Audited(bulk=False, hide=(), ignore=(), name="catalog_project_audited"),
        ),
        migrations.AddConstraint(
            model_name="projectmember",
            constraint=accounts.tenancy.Audited(bulk=False, hide=(), ignore=(), name="catalog_projectmember_audited"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=accounts.tenancy.Audited(bulk=False, hide=(), ignore=(), name="catalog_product_audited"),
        ),
    ]
