"""Corrections, names that nobody wants matched, and a guard: what a review says changes by neither update nor slip."""

import accounts.tenancy
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


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
        migrations.AddConstraint(
            model_name="review",
            constraint=accounts.tenancy.MayChange(
                columns=("product_id", "first_id", "ended_in", "language", "characters", "tokens", "flags", "sketch"),
                name="reviews_review_may_change",
            ),
        ),
    ]
