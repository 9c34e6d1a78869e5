"""Worker entry points of the needs room."""

from ideation.jobs.runner import job_task
from ideation.needs import services

reviews_analyse = job_task("reviews_analyse")(services.analysis_run)
