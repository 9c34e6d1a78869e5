"""Every address of the API, its OpenAPI document and the page to try it out on."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.cache import cache_page
from django.views.decorators.vary import vary_on_headers
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from ideation.base.problems import unknown_address
from ideation.catalog.api import products
from ideation.catalog.api import projects as catalog
from ideation.concepts import api as concepts
from ideation.jobs import api as jobs
from ideation.needs import api as needs
from ideation.needs import correctionapi as corrections_of_needs
from ideation.needs import insightapi, reviewapi
from ideation.privacy import api as privacy
from ideation.reviews.api import (
    corrections,
    datasets,
    imports,
    layouts,
    lists,
    matching,
    mending,
    reviews,
    sources,
    uploads,
)
from ideation.team import api as team
from ideation.team import oversight
from ideation.training import api as training
from ideation.workspace import api as workspace

# Making the document takes a second of work, which nobody may ask for again and again.
schema = cache_page(300)(vary_on_headers("Accept", "Accept-Language")(SpectacularAPIView.as_view()))
# Page and script apart: the content security policy allows no inline script.
docs = SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="base/api_docs.html")

project: list[URLPattern] = [
    path("", catalog.ProjectView.as_view()),
    path("access/", catalog.AccessView.as_view()),
    path("products/", products.ProductsView.as_view()),
    path("products/bulk/", products.ProductsBulkView.as_view()),
    path("products/import/", products.ProductsFileView.as_view()),
    path("unmatched-names/", matching.UnmatchedView.as_view()),
    path("datasets/", datasets.DatasetsView.as_view()),
    path("imports/", imports.ImportsView.as_view()),
    path("uploads/", uploads.UploadsView.as_view()),
    path("upload-forms/", uploads.UploadFormsView.as_view()),
    path("fetches/", uploads.FetchesView.as_view()),
    path("sources/", sources.SourcesView.as_view()),
    path("reviews/", reviewapi.ReviewsView.as_view()),
    path("reviews/index/", lists.IndexView.as_view()),
    path("saved-views/", lists.SavedViewsView.as_view()),
    path("review-exports/", lists.ReviewExportsView.as_view()),
    path("dataset-versions/", datasets.VersionsView.as_view()),
    path("analyses/", needs.AnalysesView.as_view()),
    path("needs/", needs.NeedsView.as_view()),
    path("needs/ask/", insightapi.AskView.as_view()),
    path("needs/trends/", insightapi.TrendsView.as_view()),
    path("needs/compare/", insightapi.CompareView.as_view()),
    path("needs/export/", insightapi.NeedsExportView.as_view()),
    path("need-edits/", corrections_of_needs.EditsView.as_view()),
    path("unassigned-sentences/", corrections_of_needs.UnassignedView.as_view()),
    path("sentiment/", needs.SentimentView.as_view()),
    path("sentiment/reset/", needs.SentimentResetView.as_view()),
    path("themes/", corrections_of_needs.ThemesView.as_view()),
    path("code-frames/", corrections_of_needs.FramesView.as_view()),
    path("surveys/", corrections_of_needs.SurveysView.as_view()),
    path("training-runs/", training.RunsView.as_view()),
    path("models/", training.ModelsView.as_view()),
    path("briefs/", concepts.BriefsView.as_view()),
    path("concepts/", concepts.ConceptsView.as_view()),
    path("main-jobs/", workspace.MainJobView.as_view()),
]

v1: list[URLPattern | URLResolver] = [
    path("projects/", catalog.ProjectsView.as_view()),
    path("projects/<uuid:project_id>/", include(project)),
    path("products/<uuid:product_id>/", products.ProductView.as_view()),
    path("products/<uuid:product_id>/delete/", products.ProductDeleteView.as_view()),
    path("products/<uuid:product_id>/image/", products.ProductImageView.as_view()),
    path("products/<uuid:product_id>/image/file/", privacy.ProductImageFileView.as_view()),
    path("products/<uuid:product_id>/image/remove/", products.ProductImageRemoveView.as_view()),
    path("datasets/<uuid:dataset_id>/", datasets.DatasetView.as_view()),
    path("imports/<uuid:import_id>/", imports.ImportView.as_view()),
    path("imports/<uuid:import_id>/start/", imports.ImportStartView.as_view()),
    path("imports/<uuid:import_id>/main-job/", workspace.ImportMainJobView.as_view()),
    path("imports/<uuid:import_id>/rejected-rows/", imports.RejectedRowsView.as_view()),
    path("imports/<uuid:import_id>/layout/", layouts.ImportLayoutView.as_view()),
    path("imports/<uuid:import_id>/preview/", layouts.ImportPreviewView.as_view()),
    path("imports/<uuid:import_id>/rejected-file/", mending.RejectedFileView.as_view()),
    path("imports/<uuid:import_id>/duplicate-rows/", mending.DuplicateRowsView.as_view()),
    path("imports/<uuid:import_id>/mended/", mending.ImportMendedView.as_view()),
    path("uploads/<uuid:upload_id>/", uploads.UploadView.as_view(), name="upload"),
    path("sources/<uuid:source_id>/", sources.SourceView.as_view()),
    path("sources/<uuid:source_id>/delete/", sources.SourceDeleteView.as_view()),
    path("sources/<uuid:source_id>/fetch/", sources.SourceFetchView.as_view()),
    path("reviews/<uuid:review_id>/", reviews.ReviewView.as_view()),
    path("reviews/<uuid:review_id>/corrections/", corrections.CorrectionsView.as_view()),
    path("dataset-versions/<uuid:version_id>/", datasets.VersionView.as_view()),
    path("dataset-versions/<uuid:version_id>/compare/<uuid:other_id>/", datasets.VersionsCompareView.as_view()),
    path("saved-views/<uuid:view_id>/", lists.SavedViewView.as_view()),
    path("saved-views/<uuid:view_id>/rename/", lists.SavedViewRenameView.as_view()),
    path("saved-views/<uuid:view_id>/delete/", lists.SavedViewDeleteView.as_view()),
    path("review-exports/<uuid:review_export_id>/", lists.ReviewExportView.as_view()),
    path("review-exports/<uuid:review_export_id>/file/", privacy.ReviewExportFileView.as_view()),
    path("dataset-versions/<uuid:version_id>/verify/", datasets.VersionVerifyView.as_view()),
    path("erasures/", privacy.ErasuresView.as_view()),
    path("erasures/<uuid:erasure_id>/", privacy.ErasureView.as_view()),
    path("erasures/<uuid:erasure_id>/confirm/", privacy.ErasureConfirmView.as_view()),
    path("exports/", privacy.ExportsView.as_view()),
    path("exports/<uuid:export_id>/", privacy.ExportView.as_view()),
    path("exports/<uuid:export_id>/file/", privacy.ExportFileView.as_view()),
    path("needs/<uuid:need_id>/", needs.NeedView.as_view()),
    path("needs/<uuid:need_id>/evidence/", needs.EvidenceView.as_view()),
    path("needs/<uuid:need_id>/merge/", corrections_of_needs.MergeView.as_view()),
    path("needs/<uuid:need_id>/split/", corrections_of_needs.SplitView.as_view()),
    path("needs/<uuid:need_id>/move/", corrections_of_needs.MoveView.as_view()),
    path("needs/<uuid:need_id>/sentences/", corrections_of_needs.PlaceView.as_view()),
    path("need-edits/<uuid:edit_id>/undo/", corrections_of_needs.EditUndoView.as_view()),
    path("themes/<uuid:theme_id>/", corrections_of_needs.ThemeView.as_view()),
    path("themes/<uuid:theme_id>/delete/", corrections_of_needs.ThemeDeleteView.as_view()),
    path("models/<uuid:model_id>/", training.ModelView.as_view()),
    path("briefs/<uuid:brief_id>/", concepts.BriefView.as_view()),
    path("briefs/<uuid:brief_id>/generations/", concepts.GenerationsView.as_view()),
    path("concepts/<uuid:concept_id>/", concepts.ConceptView.as_view()),
    path("members/", team.MembersView.as_view()),
    path("members/<uuid:member_id>/", team.MemberView.as_view()),
    path("members/<uuid:member_id>/role/", team.MemberRoleView.as_view()),
    path("members/<uuid:member_id>/remove/", team.MemberRemoveView.as_view()),
    path("invitations/", team.InvitationsView.as_view()),
    path("invitations/<uuid:invitation_id>/resend/", team.InvitationResendView.as_view()),
    path("invitations/<uuid:invitation_id>/revoke/", team.InvitationRevokeView.as_view()),
    path("keys/", team.KeysView.as_view()),
    path("keys/<uuid:key_id>/revoke/", team.KeyRevokeView.as_view()),
    path("audit/", oversight.AuditView.as_view()),
    path("usage/", oversight.UsageView.as_view()),
    path("jobs/", jobs.JobsView.as_view()),
    path("jobs/<uuid:job_id>/", jobs.JobView.as_view(), name="job"),
    path("jobs/<uuid:job_id>/cancel/", jobs.JobCancelView.as_view()),
    path("jobs/<uuid:job_id>/retry/", jobs.JobRetryView.as_view()),
]

app_name = "api"
urlpatterns = [
    path("v1/", include(v1)),
    path("v1/schema/", schema, name="schema"),
    path("docs/", docs, name="docs"),
    path("", unknown_address),
    path("<path:path>", unknown_address),
]
