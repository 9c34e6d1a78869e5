"""Addresses of reviews and their files. A single review's page shows its needs and so belongs to them."""

from django.urls import path

from ideation.reviews.views import formuploads, imports, reviews, sources, uploads, versions

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
    path("p/<uuid:project_id>/reviews/", reviews.reviews, name="reviews"),
    path("imports/<uuid:import_id>/", imports.dataset_import, name="import"),
    path("imports/<uuid:import_id>/begin/", imports.import_begin, name="import_begin"),
    path("versions/<uuid:version_id>/verify/", versions.version_verified, name="version_verify"),
    path("imports/<uuid:import_id>/rejected.csv", imports.rejected_csv, name="rejected_csv"),
]
