"""Alerts of needs, and who is told of them."""

import accounts.tenancy
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_platform_counts"),
        ("catalog", "0005_image_hidden"),
        ("needs", "0007_samples"),
    ]

    operations = [
        migrations.CreateModel(
            name="NeedAlert",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("volume", "How many speak of it"),
                            ("mood", "How they feel about it"),
                            ("trend", "It emerges, grows or fades"),
                        ],
                        max_length=10,
                    ),
                ),
                ("side", models.CharField(max_length=10)),
                ("month", models.DateField()),
                ("figures", models.JSONField(default=dict)),
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
                        related_name="need_alerts",
                        to="catalog.project",
                    ),
                ),
                (
                    "standing",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="needs.standingneed",
                    ),
                ),
            ],
            options={
                "ordering": ["-month", "-created_at"],
                "indexes": [models.Index(fields=["brand", "project", "-created_at"], name="needs_alert_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("brand", "standing", "kind", "month"), name="needs_alert_once"),
                    accounts.tenancy.SameBrand(
                        column="project_id", name="needs_needalert_project_brand", to="catalog_project"
                    ),
                    accounts.tenancy.SameBrand(
                        column="standing_id", name="needs_needalert_standing_brand", to="needs_standingneed"
                    ),
                    accounts.tenancy.RowsOfBrand(column="brand_id", name="needs_needalert_rows_of_brand"),
                    models.UniqueConstraint(fields=("brand", "id"), name="needs_needalert_brand_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NeedWatch",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("volume", "How many speak of it"),
                            ("mood", "How they feel about it"),
                            ("trend", "It emerges, grows or fades"),
                        ],
                        max_length=10,
                    ),
                ),
                ("site", models.CharField(blank=True, max_length=200)),
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
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="need_watches",
                        to="accounts.membership",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="need_watches",
                        to="catalog.project",
                    ),
                ),
                (
                    "standing",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="watches",
                        to="needs.standingneed",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    accounts.tenancy.Audited(bulk=False, hide=(), ignore=("site",), name="needs_watch_audited"),
                    models.UniqueConstraint(
                        fields=("brand", "project", "standing", "member", "kind"),
                        name="needs_watch_once",
                        nulls_distinct=False,
                    ),
                    accounts.tenancy.SameBrand(
                        column="project_id", name="needs_needwatch_project_brand", to="catalog_project"
                    ),
                    accounts.tenancy.SameBrand(
                        column="standing_id", name="needs_needwatch_standing_brand", to="needs_standingneed"
                    ),
                    accounts.tenancy.SameBrand(
                        column="member_id", name="needs_needwatch_member_brand", to="accounts_membership"
                    ),
                    accounts.tenancy.RowsOfBrand(column="brand_id", name="needs_needwatch_rows_of_brand"),
                    models.UniqueConstraint(fields=("brand", "id"), name="needs_needwatch_brand_id"),
                ],
            },
        ),
    ]
