"""Addresses of projects."""

from django.urls import path

from ideation.catalog import views

brand_patterns = [
    path("", views.projects, name="projects"),
    path("new/", views.project_new, name="project_new"),
    path("p/<uuid:project_id>/settings/", views.project_settings, name="project_settings"),
]
