"""Worker entry points of the needs room."""

from ideation.jobs.runner import job_task
from ideation.needs import services
from ideation.needs.exporting import review_export_run

reviews_analyse = job_task("reviews_analyse")(services.analysis_run)
sentiment_tune = job_task("sentiment_tune")(services.sentiment_run)
reviews_export = job_task("reviews_export")(review_export_run)
