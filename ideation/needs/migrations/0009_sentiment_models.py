"""Sentiment that learnt from a project's stars."""

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
        ("needs", "0008_watches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SentimentModel",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("encoder", models.CharField(max_length=40)),
                ("weights", models.BinaryField()),
                ("reviews_count", models.PositiveIntegerField()),
                ("held_out_count", models.PositiveIntegerField()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("is_used", models.BooleanField(default=True)),
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
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sentiment_models",
                        to="catalog.project",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["brand", "project", "-created_at"], name="needs_sentiment_newest")],
                "constraints": [
                    accounts.tenancy.Audited(
                        bulk=False, hide=("weights",), ignore=(), name="needs_sentiment_model_audited"
                    ),
                    accounts.tenancy.SameBrand(
                        column="project_id", name="needs_sentimentmodel_project_brand", to="catalog_project"
                    ),
                    accounts.tenancy.RowsOfBrand(column="brand_id", name="needs_sentimentmodel_rows_of_brand"),
                    models.UniqueConstraint(fields=("brand", "id"), name="needs_sentimentmodel_brand_id"),
                ],
            },
        ),
    ]
