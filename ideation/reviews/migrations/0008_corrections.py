"""Corrections, names that nobody wants matched, and a guard: what a review says changes by neither update nor slip."""

import accounts.tenancy
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


STAYS = (
    "project_id", "dataset_id", "dataset_import_id", "version_number", "line", "external_id", "text", "title", "rating",
    "rating_written", "date", "product_name", "source", "author_sha256", "verified", "helpful", "price", "currency",
    "country", "attributes", "is_follow_up", "as_written", "content_sha256", "salt", "leaf_sha256",
)  # fmt: skip
# What is found out about a review (language, flags, counts, sketch), its product and its place may change.
OLD, NEW = (", ".join(f'{row}."{name}"' for name in STAYS) for row in ("OLD", "NEW"))
GUARD = f"""
CREATE FUNCTION reviews_stay() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  -- The owner migrates, and may have to.
  IF current_user::regrole <> (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID) THEN
    RAISE EXCEPTION 'a review is never changed: a correction takes its place' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $body$;
CREATE TRIGGER reviews_review_stays BEFORE UPDATE OF {", ".join(f'"{name}"' for name in STAYS)} ON reviews_review
  FOR EACH ROW WHEN (({OLD}) IS DISTINCT FROM ({NEW})) EXECUTE FUNCTION reviews_stay()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_platform_counts"),
        ("catalog", "0005_image_hidden"),
        ("reviews", "0007_leaves_anew"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("original", models.UUIDField()),
                ("fields", models.JSONField(default=list)),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                (
                    "after",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrected_from",
                        to="reviews.review",
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="reviews.review",
                    ),
                ),
                (
                    "brand",
                    models.ForeignKey(
                        default=accounts.tenancy.current_brand,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.brand",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
                "indexes": [models.Index(fields=["brand", "original"], name="reviews_correction_original")],
                "constraints": [
                    models.UniqueConstraint(fields=("brand", "before"), name="reviews_corrected_once"),
                    models.UniqueConstraint(fields=("brand", "after"), name="reviews_correction_of_one"),
                    accounts.tenancy.SameBrand(
                        column="before_id", name="reviews_correction_before_brand", to="reviews_review"
                    ),
                    accounts.tenancy.SameBrand(
                        column="after_id", name="reviews_correction_after_brand", to="reviews_review"
                    ),
                    accounts.tenancy.RowsOfBrand(column="brand_id", name="reviews_correction_rows_of_brand"),
                    models.UniqueConstraint(fields=("brand", "id"), name="reviews_correction_brand_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IgnoredName",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "brand",
                    models.ForeignKey(
                        default=accounts.tenancy.current_brand,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.brand",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ignored_names",
                        to="catalog.project",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    accounts.tenancy.Audited(bulk=False, hide=(), ignore=(), name="reviews_ignoredname_audited"),
                    models.UniqueConstraint(fields=("brand", "project", "name"), name="reviews_ignored_name_once"),
                    accounts.tenancy.SameBrand(
                        column="project_id", name="reviews_ignoredname_project_brand", to="catalog_project"
                    ),
                    accounts.tenancy.RowsOfBrand(column="brand_id", name="reviews_ignoredname_rows_of_brand"),
                    models.UniqueConstraint(fields=("brand", "id"), name="reviews_ignoredname_brand_id"),
                ],
            },
        ),
        migrations.RunSQL(GUARD, "DROP TRIGGER reviews_review_stays ON reviews_review; DROP FUNCTION reviews_stay()"),
    ]
