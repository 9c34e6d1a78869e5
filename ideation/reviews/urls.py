"""Addresses of reviews and their files. Lists of reviews and a single one show needs and belong to them."""

from django.urls import path

from ideation.reviews.views import imports, lists, uploads, versions

brand_patterns = [
    path("p/<uuid:project_id>/upload/", uploads.upload, name="upload"),
    path("p/<uuid:project_id>/reviews/index/", lists.review_index, name="review_index"),
    path("p/<uuid:project_id>/reviews/export/", lists.review_exports, name="review_exports"),
    path("p/<uuid:project_id>/reviews/views/", lists.saved_views, name="saved_views"),
    path("views/<uuid:view_id>/", lists.saved_view, name="saved_view"),
    path("views/<uuid:view_id>/rename/", lists.view_renamed, name="view_rename"),
    path("views/<uuid:view_id>/delete/", lists.view_deleted, name="view_delete"),
    path("imports/<uuid:import_id>/", imports.dataset_import, name="import"),
    path("imports/<uuid:import_id>/begin/", imports.import_begin, name="import_begin"),
    path("versions/<uuid:version_id>/verify/", versions.version_verified, name="version_verify"),
    path("imports/<uuid:import_id>/rejected.csv", imports.rejected_csv, name="rejected_csv"),
]
