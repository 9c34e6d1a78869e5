"""Computes the leaves of what was imported before over all that is stored now, and pins each version anew.

Leaves of erased reviews stay as they are: what they were made of is gone.
"""

from itertools import chain, islice
from typing import Any

import accounts.tenancy
from django.db import migrations

from ideation.base.brandwise import each_brand, update_rows
from mlcore.merkle import LEAF_FIELDS, leaves_of_stored, merkle_root


def reseal_brand(apps: Any, connection: Any) -> None:
    """One brand's datasets, inside its scope."""
    reviews, erased, versions = (
        apps.get_model("reviews", name)._base_manager.using(connection.alias)
        for name in ("Review", "ErasedReview", "DatasetVersion")
    )
    update_rows(connection, "reviews_review", ("leaf_sha256",), _leaves(reviews.order_by("pk")))
    for version in versions.all():
        mine = {"dataset_id": version.dataset_id, "version_number__lte": version.number}
        leaves = (
            rows.filter(**mine).values_list("leaf_sha256", flat=True).iterator(5000) for rows in (reviews, erased)
        )
        version.root_sha256 = merkle_root(chain(*leaves))
        version.save(using=connection.alias, update_fields=["root_sha256"])


def _leaves(reviews: Any) -> Any:
    rows = iter(list(reviews.values_list("pk", flat=True)))
    while keys := list(islice(rows, 5000)):
        stored = list(reviews.filter(pk__in=keys).values("pk", *LEAF_FIELDS))
        yield from zip((row["pk"] for row in stored), leaves_of_stored(stored), strict=True)


def forwards(apps: Any, schema_editor: Any) -> None:
    """Brand after brand: the wall binds migrations too."""
    for _brand in each_brand(schema_editor.connection):
        reseal_brand(apps, schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_platform_counts"),
        ("reviews", "0006_project_of_reviews"),
    ]
    operations = [
        migrations.RemoveConstraint("datasetimport", "reviews_datasetimport_audited"),
        migrations.AddConstraint(
            "datasetimport",
            accounts.tenancy.Audited(
                name="reviews_datasetimport_audited", hide=("file", "file_sha256", "layout"), ignore=("rows_read",)
            ),
        ),
        migrations.RunPython(forwards, migrations.RunPython.noop),
    ]
