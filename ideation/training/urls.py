"""Addresses of models."""

from django.urls import path

from ideation.training import views

brand_patterns = [
    path("p/<uuid:project_id>/models/", views.models, name="models"),
    path("p/<uuid:project_id>/models/tune/", views.model_tune, name="model_tune"),
    path("models/<uuid:version_id>/", views.model, name="model"),
]
