"""The functions that find a brand before anybody is inside it."""

from django.db import migrations

from accounts.tenancy import system_function


class Migration(migrations.Migration):
    """Three look-ups that return ids."""

    dependencies = [("accounts", "0001_initial")]
    operations = [
        system_function(
            "brand_of_slug", "wanted text", "SETOF uuid", "SELECT id FROM accounts_brand WHERE slug = wanted"
        ),
        system_function(
            "brand_of_api_key",
            "wanted text",
            "SETOF uuid",
            "SELECT brand_id FROM accounts_apikey WHERE prefix = wanted AND revoked_at IS NULL",
        ),
        system_function(
            "brands_of_person",
            "person uuid",
            "SETOF uuid",
            "SELECT brand_id FROM accounts_membership WHERE user_id = person",
        ),
    ]
