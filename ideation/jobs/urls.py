"""Addresses of work."""

from django.urls import path

from ideation.jobs import views

urlpatterns = [
    path("platform/", views.platform, name="platform"),
]
brand_patterns = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<uuid:job_id>/", views.job, name="job"),
    path("jobs/<uuid:job_id>/live/", views.job_live, name="job_live"),
    path("jobs/<uuid:job_id>/cancel/", views.cancel, name="job_cancel"),
    path("jobs/<uuid:job_id>/retry/", views.retry, name="job_retry"),
]
