"""Masks personal data in what was understood and written of reviews before, as their own texts are masked."""

from typing import Any

from django.db import migrations

from accounts.tenancy import system_function
from ideation.base.brandwise import each_brand, update_rows
from mlcore.personal import find, mask

TEXTS = (
    ("needs", "Sentence", ("text",)),
    ("needs", "Need", ("statement", "label")),
    ("needs", "Claim", ("text",)),
    ("concepts", "Concept", ("name", "pitch", "insight", "target_user")),
    ("concepts", "Feature", ("text",)),
)
"""Room, model, columns that may repeat a review."""


def mask_brand(apps: Any, connection: Any) -> None:
    """One brand's words, inside its scope."""
    for room, name, columns in TEXTS:
        model = apps.get_model(room, name)
        rows = model._base_manager.using(connection.alias).values_list("pk", *columns)
        masked = ((pk, *map(mask, texts)) for pk, *texts in rows.iterator(2000) if any(map(find, texts)))
        update_rows(connection, model._meta.db_table, columns, masked)


def forwards(apps, schema_editor):
    for _brand in each_brand(schema_editor.connection):
        mask_brand(apps, schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0001_initial"),
        ("reviews", "0004_masked_and_sealed"),
        ("needs", "0003_erased"),
        ("concepts", "0003_erased_quotes"),
    ]
    operations = [
        migrations.RunPython(forwards, migrations.RunPython.noop),
        system_function(
            "brands_to_delete",
            "",
            "SETOF uuid",
            "SELECT id FROM accounts_brand WHERE delete_after < clock_timestamp() ORDER BY delete_after",
        ),
        system_function(
            "brands_with_old_exports",
            "",
            "SETOF uuid",
            "SELECT DISTINCT brand_id FROM privacy_brandexport WHERE file <> '' AND expires_at < clock_timestamp()",
        ),
    ]
