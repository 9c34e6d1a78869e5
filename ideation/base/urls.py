"""Addresses that belong to no room."""

from django.urls import path

from ideation.base import views

urlpatterns = [
    path("theme/", views.theme_switch, name="theme"),
    path("design/", views.design, name="design"),
]
