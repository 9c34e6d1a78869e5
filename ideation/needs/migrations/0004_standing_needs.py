"""What lasts of needs; sentences are read once, whatever analysis asks. The data follow in the next migration."""

import accounts.tenancy
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgvector.django.halfvec
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_platform_counts"),
        ("catalog", "0005_image_hidden"),
        ("needs", "0003_erased"),
        ("reviews", "0010_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Coding",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("belongs", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="NeedEdit",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("rename", "Reworded"),
                            ("merge", "Merged"),
                            ("split", "Split"),
                            ("move", "Evidence moved"),
                            ("dismiss", "Marked as no need"),
                            ("restore", "Taken back as a need"),
                            ("pin", "Pinned"),
                            ("unpin", "Unpinned"),
                            ("add", "Added by hand"),
                            ("care", "Owner, status or date set"),
                            ("theme", "Put under a theme"),
                        ],
                        max_length=10,
                    ),
                ),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="SentenceVector",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("key", models.BinaryField(max_length=16)),
                ("embedding", pgvector.django.halfvec.HalfVectorField(dimensions=512)),
            ],
        ),
        migrations.CreateModel(
            name="StandingNeed",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("statement", models.CharField(blank=True, max_length=300, verbose_name="statement")),
                ("label", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("bank", models.CharField(blank=True, max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("chosen", "Chosen"),
                            ("in_work", "In work"),
                            ("solved", "Solved"),
                            ("declined", "Declined"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("due_on", models.DateField(null=True, verbose_name="due")),
                ("is_pinned", models.BooleanField(default=False)),
                ("is_dismissed", models.BooleanField(default=False)),
                ("by_hand", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="SurveyFigure",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("importance", models.FloatField(null=True)),
                ("satisfaction", models.FloatField(null=True)),
                ("answers", models.PositiveIntegerField()),
                ("source", models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="Theme",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="Chinese name")),
                ("code", models.CharField(blank=True, max_length=40)),
                ("position", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "name"],
            },
        ),
        migrations.AlterModelOptions(
            name="evidence",
            options={"ordering": ["rank", "id"]},
        ),
        migrations.AlterModelOptions(
            name="need",
            options={"ordering": ["rank", "id"]},
        ),
        migrations.AlterModelOptions(
            name="sentence",
            options={"ordering": ["review", "position"]},
        ),
        migrations.RemoveConstraint(
            model_name="need",
            name="needs_need_rank_once",
        ),
        migrations.RemoveConstraint(
            model_name="sentence",
            name="needs_sentence_number_once",
        ),
        migrations.AddField(
            model_name="analysis",
            name="before",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="later",
                to="needs.analysis",
            ),
        ),
        migrations.AddField(
            model_name="analysis",
            name="new_reviews_count",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="need",
            name="figures",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="need",
            name="kano",
            field=models.CharField(
                blank=True,
                choices=[
                    ("must_be", "Must-be"),
                    ("performance", "Performance"),
                    ("attractive", "Attractive"),
                    ("indifferent", "Indifferent"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="need",
            name="opportunity_high",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="need",
            name="opportunity_low",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="need",
            name="rank_high",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="need",
            name="rank_low",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="sentence",
            name="aspects",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="sentence",
            name="intents",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="sentence",
            name="key",
            field=models.BinaryField(default=b"", max_length=16),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="sentence",
            name="project",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sentences",
                to="catalog.project",
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="need",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="evidence",
                to="needs.need",
            ),
        ),
        migrations.AlterField(
            model_name="need",
            name="label",
            field=models.CharField(max_length=120, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="sentence",
            name="review",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sentences",
                to="reviews.review",
            ),
        ),
        migrations.AddConstraint(
            model_name="analysis",
            constraint=accounts.tenancy.SameBrand(
                column="before_id", name="needs_analysis_before_brand", to="needs_analysis"
            ),
        ),
        migrations.AddField(
            model_name="coding",
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
            model_name="coding",
            name="sentence",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="codings",
                to="needs.sentence",
            ),
        ),
        migrations.AddField(
            model_name="neededit",
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
            model_name="neededit",
            name="created_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="neededit",
            name="project",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="need_edits",
                to="catalog.project",
            ),
        ),
        migrations.AddField(
            model_name="coding",
            name="edit",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="codings",
                to="needs.neededit",
            ),
        ),
        migrations.AddField(
            model_name="sentencevector",
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
            model_name="sentencevector",
            name="project",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="catalog.project",
            ),
        ),
        migrations.AddField(
            model_name="standingneed",
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
            model_name="standingneed",
            name="merged_into",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="merged",
                to="needs.standingneed",
            ),
        ),
        migrations.AddField(
            model_name="standingneed",
            name="owner",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="standingneed",
            name="project",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="standing_needs",
                to="catalog.project",
            ),
        ),
        migrations.AddField(
            model_name="neededit",
            name="standing",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="edits",
                to="needs.standingneed",
            ),
        ),
        migrations.AddField(
            model_name="coding",
            name="standing",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="codings",
                to="needs.standingneed",
            ),
        ),
        migrations.AddField(
            model_name="need",
            name="standing",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="needs",
                to="needs.standingneed",
            ),
        ),
        migrations.AddField(
            model_name="surveyfigure",
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
            model_name="surveyfigure",
            name="standing",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="survey_figures",
                to="needs.standingneed",
            ),
        ),
        migrations.AddField(
            model_name="theme",
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
            model_name="theme",
            name="parent",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="children",
                to="needs.theme",
            ),
        ),
        migrations.AddField(
            model_name="theme",
            name="project",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="themes",
                to="catalog.project",
            ),
        ),
        migrations.AddField(
            model_name="standingneed",
            name="theme",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="standing_needs",
                to="needs.theme",
            ),
        ),
        migrations.AddConstraint(
            model_name="sentencevector",
            constraint=models.UniqueConstraint(fields=("brand", "project", "key"), name="needs_vector_once"),
        ),
        migrations.AddConstraint(
            model_name="sentencevector",
            constraint=accounts.tenancy.SameBrand(
                column="project_id", name="needs_sentencevector_project_brand", to="catalog_project"
            ),
        ),
        migrations.AddConstraint(
            model_name="sentencevector",
            constraint=accounts.tenancy.RowsOfBrand(column="brand_id", name="needs_sentencevector_rows_of_brand"),
        ),
        migrations.AddConstraint(
            model_name="sentencevector",
            constraint=models.UniqueConstraint(fields=("brand", "id"), name="needs_sentencevector_brand_id"),
        ),
        migrations.AddIndex(
            model_name="neededit",
            index=models.Index(fields=["brand", "project", "-created_at"], name="needs_edit_newest"),
        ),
        migrations.AddConstraint(
            model_name="neededit",
            constraint=accounts.tenancy.Audited(bulk=False, hide=(), ignore=(), name="needs_need_edit_audited"),
        ),
        migrations.AddConstraint(
            model_name="neededit",
            constraint=accounts.tenancy.SameBrand(
                column="project_id", name="needs_neededit_project_brand", to="catalog_project"
            ),
        ),
        migrations.AddConstraint(
            model_name="neededit",
            constraint=accounts.tenancy.SameBrand(
                column="standing_id", name="needs_neededit_standing_brand", to="needs_standingneed"
            ),
        ),
        migrations.AddConstraint(
            model_name="neededit",
            constraint=accounts.tenancy.RowsOfBrand(column="brand_id", name="needs_neededit_rows_of_brand"),
        ),
        migrations.AddConstraint(
            model_name="neededit",
            constraint=models.UniqueConstraint(fields=("brand", "id"), name="needs_neededit_brand_id"),
        ),
        migrations.AddConstraint(
            model_name="coding",
            constraint=models.UniqueConstraint(
                fields=("brand", "edit", "standing", "sentence"), name="needs_coding_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="coding",
            constraint=accounts.tenancy.SameBrand(
                column="standing_id", name="needs_coding_standing_brand", to="needs_standingneed"
            ),
        ),
        migrations.AddConstraint(
            model_name="coding",
            constraint=accounts.tenancy.SameBrand(
                column="sentence_id", name="needs_coding_sentence_brand", to="needs_sentence"
            ),
        ),
        migrations.AddConstraint(
            model_name="coding",
            constraint=accounts.tenancy.SameBrand(
                column="edit_id", name="needs_coding_edit_brand", to="needs_neededit"
            ),
        ),
        migrations.AddConstraint(
            model_name="coding",
            constraint=accounts.tenancy.RowsOfBrand(column="brand_id", name="needs_coding_rows_of_brand"),
        ),
        migrations.AddConstraint(
            model_name="coding",
            constraint=models.UniqueConstraint(fields=("brand", "id"), name="needs_coding_brand_id"),
        ),
        migrations.AddConstraint(
            model_name="surveyfigure",
            constraint=accounts.tenancy.Audited(bulk=False, hide=(), ignore=(), name="needs_survey_figure_audited"),
        ),
        migrations.AddConstraint(
            model_name="surveyfigure",
            constraint=models.UniqueConstraint(fields=("brand", "standing"), name="needs_survey_once"),
        ),
        migrations.AddConstraint(
            model_name="surveyfigure",
            constraint=accounts.tenancy.SameBrand(
                column="standing_id", name="needs_surveyfigure_standing_brand", to="needs_standingneed"
            ),
        ),
        migrations.AddConstraint(
            model_name="surveyfigure",
            constraint=accounts.tenancy.RowsOfBrand(column="brand_id", name="needs_surveyfigure_rows_of_brand"),
        ),
        migrations.AddConstraint(
            model_name="surveyfigure",
            constraint=models.UniqueConstraint(fields=("brand", "id"), name="needs_surveyfigure_brand_id"),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=accounts.tenancy.Audited(bulk=False, hide=(), ignore=(), name="needs_theme_audited"),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.UniqueConstraint(
                fields=("brand", "project", "parent", "name"), name="needs_theme_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=accounts.tenancy.SameBrand(
                column="project_id", name="needs_theme_project_brand", to="catalog_project"
            ),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=accounts.tenancy.SameBrand(
                column="parent_id", name="needs_theme_parent_brand", to="needs_theme"
            ),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=accounts.tenancy.RowsOfBrand(column="brand_id", name="needs_theme_rows_of_brand"),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.UniqueConstraint(fields=("brand", "id"), name="needs_theme_brand_id"),
        ),
        migrations.AddIndex(
            model_name="standingneed",
            index=models.Index(fields=["brand", "project"], name="needs_standing_project"),
        ),
        migrations.AddConstraint(
            model_name="standingneed",
            constraint=accounts.tenancy.Audited(bulk=False, hide=(), ignore=(), name="needs_standing_need_audited"),
        ),
        migrations.AddConstraint(
            model_name="standingneed",
            constraint=accounts.tenancy.SameBrand(
                column="project_id", name="needs_standingneed_project_brand", to="catalog_project"
            ),
        ),
        migrations.AddConstraint(
            model_name="standingneed",
            constraint=accounts.tenancy.SameBrand(
                column="theme_id", name="needs_standingneed_theme_brand", to="needs_theme"
            ),
        ),
        migrations.AddConstraint(
            model_name="standingneed",
            constraint=accounts.tenancy.SameBrand(
                column="merged_into_id", name="needs_standingneed_merged_into_brand", to="needs_standingneed"
            ),
        ),
        migrations.AddConstraint(
            model_name="standingneed",
            constraint=accounts.tenancy.RowsOfBrand(column="brand_id", name="needs_standingneed_rows_of_brand"),
        ),
        migrations.AddConstraint(
            model_name="standingneed",
            constraint=models.UniqueConstraint(fields=("brand", "id"), name="needs_standingneed_brand_id"),
        ),
        migrations.AddField(
            model_name="evidence",
            name="is_struck",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="neededit",
            name="undone_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
    ]
