"""Tells each review its project, by its dataset's."""

from typing import Any

from django.db import migrations, models

from ideation.base.brandwise import each_brand

FILL = """
UPDATE reviews_review AS review SET project_id = dataset.project_id
FROM reviews_reviewdataset AS dataset WHERE dataset.id = review.dataset_id
"""


def forwards(_apps: Any, schema_editor: Any) -> None:
    """Brand after brand: the wall binds migrations too."""
    for _brand in each_brand(schema_editor.connection):
        schema_editor.execute(FILL)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_accounted_rows")]
    operations = [
        migrations.RunPython(forwards, migrations.RunPython.noop),
        migrations.AlterField("review", "project_id", models.UUIDField()),
    ]
