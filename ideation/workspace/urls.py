"""Addresses of what spans the rooms."""

from django.urls import path

from ideation.workspace import views

urlpatterns = [path("", views.home, name="home")]
brand_patterns = [
    path("p/<uuid:project_id>/", views.project, name="project"),
    path("imports/<uuid:import_id>/begin-all/", views.import_all, name="import_all"),
]
