"""Addresses of what spans the rooms."""

from django.urls import path

from ideation.workspace import views

urlpatterns = [path("", views.home, name="home")]
brand_patterns = [
    path("p/<uuid:project_id>/", views.project, name="project"),
    path("versions/<uuid:version_id>/", views.version, name="version"),
    path("imports/<uuid:import_id>/begin-all/", views.import_all, name="import_all"),
]
