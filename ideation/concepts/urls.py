"""Addresses of concepts."""

from django.urls import path

from ideation.concepts import views

brand_patterns = [
    path("p/<uuid:project_id>/concepts/", views.concepts, name="concepts"),
    path("p/<uuid:project_id>/concepts/new/", views.concept_new, name="concept_new"),
    path("concepts/<uuid:concept_id>/", views.concept, name="concept"),
]
