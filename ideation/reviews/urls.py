"""Addresses of reviews and their files. Lists of reviews and a single one show needs and belong to them."""

from django.urls import path

from ideation.reviews.views import (
    corrections,
    formuploads,
    imports,
    lists,
    matching,
    products,
    sources,
    uploads,
    versions,
)

urlpatterns = [path("form-uploads/", formuploads.form_upload, name="form_upload")]

brand_patterns = [
    path("p/<uuid:project_id>/upload/", uploads.upload, name="upload"),
    path("p/<uuid:project_id>/uploads/", uploads.upload_begin, name="upload_begin"),
    path("uploads/<uuid:upload_id>/", uploads.upload_one, name="upload_one"),
    path("p/<uuid:project_id>/fetch/", uploads.address_fetch, name="address_fetch"),
    path("p/<uuid:project_id>/sources/", sources.sources, name="sources"),
    path("p/<uuid:project_id>/sources/new/", sources.source_new, name="source_new"),
    path("sources/<uuid:source_id>/", sources.source, name="source"),
    path("sources/<uuid:source_id>/fetch/", sources.source_fetched, name="source_fetch"),
    path("sources/<uuid:source_id>/remove/", sources.source_removed, name="source_remove"),
    path("p/<uuid:project_id>/reviews/index/", lists.review_index, name="review_index"),
    path("p/<uuid:project_id>/reviews/export/", lists.review_exports, name="review_exports"),
    path("p/<uuid:project_id>/reviews/views/", lists.saved_views, name="saved_views"),
    path("views/<uuid:view_id>/", lists.saved_view, name="saved_view"),
    path("views/<uuid:view_id>/rename/", lists.view_renamed, name="view_rename"),
    path("views/<uuid:view_id>/delete/", lists.view_deleted, name="view_delete"),
    path("imports/<uuid:import_id>/", imports.dataset_import, name="import"),
    path("imports/<uuid:import_id>/begin/", imports.import_begin, name="import_begin"),
    path("p/<uuid:project_id>/products/", products.products, name="products"),
    path("products/<uuid:product_id>/", products.product, name="product"),
    path("p/<uuid:project_id>/unmatched/", matching.unmatched, name="unmatched"),
    path("p/<uuid:project_id>/unmatched/assign/", matching.name_assign, name="name_assign"),
    path("p/<uuid:project_id>/unmatched/unassign/", matching.name_unassign, name="name_unassign"),
    path("p/<uuid:project_id>/unmatched/ignore/", matching.name_ignore, name="name_ignore"),
    path("reviews/<uuid:review_id>/correct/", corrections.review_correction, name="review_correct"),
    path("versions/<uuid:version_id>/compare/<uuid:other_id>/", versions.versions_compared, name="versions_compare"),
    path("imports/<uuid:import_id>/layout/", imports.import_layout, name="import_layout"),
    path("imports/<uuid:import_id>/preview/", imports.import_preview, name="import_preview"),
    path("imports/<uuid:import_id>/duplicates/", imports.import_duplicates, name="import_duplicates"),
    path("imports/<uuid:import_id>/mended/", imports.import_mended, name="import_mended"),
    path("imports/<uuid:import_id>/rejected/", imports.rejected_file, name="rejected_file"),
    path("versions/<uuid:version_id>/verify/", versions.version_verified, name="version_verify"),
    path("imports/<uuid:import_id>/rejected.csv", imports.rejected_csv, name="rejected_csv"),
]
