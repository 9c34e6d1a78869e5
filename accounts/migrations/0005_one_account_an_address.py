"""One account an address, whatever its letters' case; whoever is there already has proved theirs."""

from django.db import migrations, models
from django.db.models.functions import Upper

PROVED = """
    INSERT INTO account_emailaddress (user_id, email, verified, "primary")
    SELECT id, lower(email), true, true FROM accounts_user
    WHERE NOT EXISTS (SELECT FROM account_emailaddress WHERE user_id = accounts_user.id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0004_audit_and_its_guards"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(Upper("email"), name="accounts_user_email_once"),
        ),
        # People made before there was a sign-up, by the command line alone: nobody else could have made them.
        migrations.RunSQL(PROVED, migrations.RunSQL.noop),
    ]
