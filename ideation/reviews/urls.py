"""Addresses of reviews and their files. A single review's page shows its needs and so belongs to them."""

from django.urls import path

from ideation.reviews import views

brand_patterns = [
    path("p/<uuid:project_id>/upload/", views.upload, name="upload"),
    path("p/<uuid:project_id>/reviews/", views.reviews, name="reviews"),
    path("imports/<uuid:import_id>/", views.dataset_import, name="import"),
    path("imports/<uuid:import_id>/begin/", views.import_begin, name="import_begin"),
    path("versions/<uuid:version_id>/verify/", views.version_verified, name="version_verify"),
    path("imports/<uuid:import_id>/rejected.csv", views.rejected_csv, name="rejected_csv"),
]
