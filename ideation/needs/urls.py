"""Addresses of needs, and of a review, which shows the needs it speaks of."""

from django.urls import path

from ideation.needs import views

brand_patterns = [
    path("p/<uuid:project_id>/needs/", views.needs, name="needs"),
    path("p/<uuid:project_id>/needs/find/", views.needs_find, name="needs_find"),
    path("needs/<uuid:need_id>/", views.need, name="need"),
    path("reviews/<uuid:review_id>/", views.review, name="review"),
    path("reviews/<uuid:review_id>/as-written/", views.review_as_written, name="review_as_written"),
]
