"""Masks personal data in what was imported before, keys the hashes, and pins each version anew over leaves that last."""

import json
import secrets
from typing import Any

from django.db import migrations

from ideation.base.brandwise import each_brand, update_rows
from mlcore.merkle import LEAF_FIELDS, keyed, leaves_of_stored, merkle_root
from mlcore.personal import find, mask

CHANGED = ("text", "title", "as_written", "author_sha256", "content_sha256", "leaf_sha256")


def seal_brand(apps: Any, connection: Any) -> None:
    """One brand's datasets, inside its scope."""
    dataset_model = apps.get_model("reviews", "ReviewDataset")
    for dataset in dataset_model._base_manager.using(connection.alias):
        dataset.salt = secrets.token_hex(32)
        dataset.save(using=connection.alias, update_fields=["salt"])
        reviews = apps.get_model("reviews", "Review")._base_manager.using(connection.alias).filter(dataset=dataset)
        update_rows(
            connection, "reviews_review", CHANGED, (sealed(one, dataset.salt) for one in reviews.iterator(2000))
        )
        versions = apps.get_model("reviews", "DatasetVersion")._base_manager.using(connection.alias)
        for version in versions.filter(dataset=dataset):
            leaves = reviews.filter(version_number__lte=version.number).values_list("leaf_sha256", flat=True)
            version.root_sha256 = merkle_root(leaves.iterator(5000))
            version.save(using=connection.alias, update_fields=["root_sha256"])
    for found in apps.get_model("reviews", "DatasetImport")._base_manager.using(connection.alias):
        rows = [] if found.finished_at else [[mask(cell) for cell in row] for row in found.layout.get("sample", [])]
        found.layout = {**found.layout, "sample": rows}
        found.save(using=connection.alias, update_fields=["layout"])
    rejected = apps.get_model("reviews", "RejectedRow")._base_manager.using(connection.alias)
    masked = ((row.pk, mask(row.value)[:500]) for row in rejected.iterator(2000) if find(row.value))
    update_rows(connection, "reviews_rejectedrow", ("value",), masked)


def sealed(review: Any, salt: str) -> tuple[Any, ...]:
    """A review's id and its CHANGED columns as they are now."""
    in_text, in_title = find(review.text), find(review.title)
    personal = bool(in_text or in_title)
    now = {
        "text": mask(review.text, in_text),
        "title": mask(review.title, in_title)[:500],
        "as_written": {"text": review.text, "title": review.title} if personal else None,
        "author_sha256": keyed(salt, review.author_sha256),
        "content_sha256": keyed(salt, review.content_sha256),
    }
    # Columns that came later are empty here.
    stored = {name: now[name] if name in now else getattr(review, name, None) for name in LEAF_FIELDS}
    now["leaf_sha256"] = leaves_of_stored([stored])[0]
    now["as_written"] = json.dumps(now["as_written"], ensure_ascii=False) if personal else None
    return (review.pk, *(now[name] for name in CHANGED))


def forwards(apps, schema_editor):
    for _brand in each_brand(schema_editor.connection):
        seal_brand(apps, schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_personal_data_and_tombstones")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
