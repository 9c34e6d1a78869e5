"""Uploads know where they go; the clock finds expired uploads and due sources of any brand, by ids alone."""

import django.db.models.deletion
from django.db import migrations, models

import accounts.tenancy
from accounts.tenancy import system_function


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_platform_counts"), ("reviews", "0008_corrections")]
    operations = [
        migrations.AddField(
            model_name="upload",
            name="dataset",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="uploads",
                to="reviews.reviewdataset",
            ),
        ),
        migrations.AddField(
            model_name="upload",
            name="source",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="uploads",
                to="reviews.reviewsource",
            ),
        ),
        migrations.AlterField(model_name="upload", name="file", field=models.CharField(blank=True, max_length=300)),
        migrations.AddConstraint(
            model_name="upload",
            constraint=accounts.tenancy.SameBrand(
                column="dataset_id", name="reviews_upload_dataset_brand", to="reviews_reviewdataset"
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=accounts.tenancy.SameBrand(
                column="source_id", name="reviews_upload_source_brand", to="reviews_reviewsource"
            ),
        ),
        system_function(
            "uploads_expired",
            "",
            "TABLE (brand_id uuid, upload_id uuid)",
            "SELECT brand_id, id FROM reviews_upload WHERE expires_at < clock_timestamp() "
            "ORDER BY expires_at LIMIT 500",
        ),
        system_function(
            "sources_due",
            "",
            "TABLE (brand_id uuid, source_id uuid)",
            "SELECT brand_id, id FROM reviews_reviewsource WHERE next_at < clock_timestamp() "
            "ORDER BY next_at LIMIT 500",
        ),
    ]
