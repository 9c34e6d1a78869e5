"""Addresses of projects."""

from django.urls import path

from ideation.catalog.views import projects

brand_patterns = [
    path("", projects.projects, name="projects"),
    path("new/", projects.project_new, name="project_new"),
    path("p/<uuid:project_id>/settings/", projects.project_settings, name="project_settings"),
]
