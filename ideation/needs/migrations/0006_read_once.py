"""Takes away what the tables of sentences and needs had before 0004."""

import django.db.models.deletion
from django.db import migrations, models

import accounts.tenancy


class Migration(migrations.Migration):
    dependencies = [("needs", "0005_sentences_once")]
    operations = [
        migrations.RemoveConstraint(
            model_name="sentence",
            name="needs_sentence_analysis_brand",
        ),
        migrations.RemoveIndex(
            model_name="sentence",
            name="needs_sentence_of_review",
        ),
        migrations.RemoveField(
            model_name="sentence",
            name="analysis",
        ),
        migrations.RemoveField(
            model_name="sentence",
            name="embedding",
        ),
        migrations.RemoveField(
            model_name="sentence",
            name="number",
        ),
        migrations.AlterField(
            model_name="sentence",
            name="project",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sentences",
                to="catalog.project",
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="rank",
            field=models.PositiveIntegerField(),
        ),
        migrations.AddIndex(
            model_name="sentence",
            index=models.Index(fields=["brand", "project", "key"], name="needs_sentence_key"),
        ),
        migrations.AddConstraint(
            model_name="sentence",
            constraint=models.UniqueConstraint(
                fields=("brand", "review", "position"), name="needs_sentence_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sentence",
            constraint=accounts.tenancy.SameBrand(
                column="project_id", name="needs_sentence_project_brand", to="catalog_project"
            ),
        ),
        migrations.AlterField(
            model_name="need",
            name="standing",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="needs",
                to="needs.standingneed",
            ),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.UniqueConstraint(fields=("brand", "analysis", "standing"), name="needs_need_once"),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=accounts.tenancy.SameBrand(
                column="standing_id", name="needs_need_standing_brand", to="needs_standingneed"
            ),
        ),
    ]
