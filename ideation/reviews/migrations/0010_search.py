"""What searches need: indexes in the list's order and of signs, two functions that the wall doesn't slow, and exports.

Row-level security would keep Postgres from using the index of words, since `@@` isn't known to keep what it sees to
itself. The functions filter by the brand of the scope themselves and return ids, whose rows are read under the wall.
"""

import datetime as dt
import uuid

import accounts.tenancy
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

MINE = f"w.brand_id = {accounts.tenancy.CURRENT_BRAND} AND w.project_id = project"
ARGUMENTS = "project uuid, query text, from_day date, from_id uuid, upwards boolean, most integer"
FOUND = "TABLE (review_id uuid, day date)"


def _one_way(upwards: bool, newest: bool) -> str:
    """Matches beyond a place of the list, one way; of the next ones there only, or of all by the index of words."""
    way, order = (">", "ASC") if upwards else ("<", "DESC")
    wanted = "upwards" if upwards else "NOT upwards"
    beyond = f"(w.day, w.review_id) {way} (from_day, from_id)"
    sort = f"ORDER BY w.day {order}, w.review_id {order}"
    matches = "w.words @@ query::tsquery"
    if newest:
        inner = f"SELECT w.* FROM reviews_reviewwords w WHERE {wanted} AND {MINE} AND {beyond} {sort} LIMIT walk"
        return f"(SELECT w.review_id, w.day FROM ({inner}) w WHERE {matches} {sort} LIMIT most)"
    inner = f"SELECT w.review_id, w.day FROM reviews_reviewwords w WHERE {wanted} AND {matches} AND {MINE}"
    return (
        f"(WITH hits AS MATERIALIZED ({inner}) SELECT w.review_id, w.day FROM hits w WHERE {beyond} {sort} LIMIT most)"
    )


def _both_ways(newest: bool) -> str:
    return f"{_one_way(False, newest)} UNION ALL {_one_way(True, newest)}"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_platform_counts"),
        ("catalog", "0004_product_details"),
        ("reviews", "0009_sources_and_uploads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewExport",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "form",
                    models.CharField(choices=[("csv", "CSV"), ("xlsx", "XLSX"), ("parquet", "Parquet")], max_length=10),
                ),
                ("query", models.CharField(blank=True, max_length=2000)),
                ("file", models.FileField(max_length=300, upload_to="")),
                ("file_bytes", models.BigIntegerField(default=0)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("left_out", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.RemoveIndex(
            model_name="reviewvector",
            name="reviews_vector_of_project",
        ),
        migrations.AlterField(
            model_name="reviewvector",
            name="brand",
            field=models.ForeignKey(
                db_index=False,
                default=accounts.tenancy.current_brand,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.brand",
            ),
        ),
        migrations.AlterField(
            model_name="reviewwords",
            name="brand",
            field=models.ForeignKey(
                db_index=False,
                default=accounts.tenancy.current_brand,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.brand",
            ),
        ),
        migrations.AddIndex(
            model_name="reviewvector",
            index=models.Index(fields=["brand", "project_id"], include=("review", "bits"), name="reviews_vector_signs"),
        ),
        migrations.AddIndex(
            model_name="reviewwords",
            index=models.Index(fields=["brand", "project_id", "day", "review"], name="reviews_words_in_order"),
        ),
        migrations.AddField(
            model_name="reviewexport",
            name="brand",
            field=models.ForeignKey(
                default=accounts.tenancy.current_brand,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.brand",
            ),
        ),
        migrations.AddField(
            model_name="reviewexport",
            name="created_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="reviewexport",
            name="project",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="review_exports",
                to="catalog.project",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewexport",
            constraint=accounts.tenancy.Audited(
                bulk=False, hide=("file",), ignore=(), name="reviews_reviewexport_audited"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewexport",
            constraint=accounts.tenancy.SystemReads(name="reviews_reviewexport_system_reads"),
        ),
        migrations.AddConstraint(
            model_name="reviewexport",
            constraint=accounts.tenancy.SameBrand(
                column="project_id", name="reviews_reviewexport_project_brand", to="catalog_project"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewexport",
            constraint=accounts.tenancy.RowsOfBrand(column="brand_id", name="reviews_reviewexport_rows_of_brand"),
        ),
        migrations.AddConstraint(
            model_name="reviewexport",
            constraint=models.UniqueConstraint(fields=("brand", "id"), name="reviews_reviewexport_brand_id"),
        ),
        migrations.RemoveIndex(model_name="review", name="reviews_review_newest"),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                models.F("brand"),
                models.F("project_id"),
                models.OrderBy(
                    models.Case(
                        models.When(date=None, then=models.Value(dt.date(1, 1, 1))),
                        default="date",
                        output_field=models.DateField(),
                    ),
                    descending=True,
                ),
                models.OrderBy(models.F("id"), descending=True),
                name="reviews_review_newest",
            ),
        ),
        accounts.tenancy.system_function(
            "reviews_newest", f"{ARGUMENTS}, walk integer", FOUND, _both_ways(newest=True)
        ),
        accounts.tenancy.system_function("reviews_found", ARGUMENTS, FOUND, _both_ways(newest=False)),
        accounts.tenancy.system_function(
            "brands_with_old_review_exports",
            "",
            "TABLE (brand_id uuid)",
            "SELECT DISTINCT brand_id FROM reviews_reviewexport WHERE file <> '' AND expires_at < clock_timestamp()",
        ),
    ]
